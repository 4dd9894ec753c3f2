/** Which metrics a live panel draws, where there are more than it can: a search among their names. */
import { type LiveModel, MOST_DRAWN } from '../lib/live_model';
import { number } from '../lib/numbers';
import { element } from './elements';
import { picker } from './picker';

export interface LiveChoice {
  readonly node: HTMLElement;
  show(): void;
}

const MOST_LISTED = 60;

export function liveChoice(live: LiveModel): LiveChoice {
  let sought = '';
  const names = picker('metrics to draw', {
    search: (text) => {
      sought = text.toLowerCase();
      list();
    },
    toggle: (name, on) => {
      const chosen = new Set(drawn());
      if (on) chosen.add(name);
      else chosen.delete(name);
      live.chosen = chosen;
      live.changed();
    },
    reset: {
      text: `the first ${MOST_DRAWN}`,
      press: () => {
        live.chosen = null;
        live.changed();
        list();
      },
    },
  });
  const summary = element('summary');
  const node = element('details', { class: 'tb-LiveChoice' }, summary, names.node);
  node.addEventListener('toggle', list);
  node.addEventListener('keydown', (event) => event.stopPropagation()); // letters are commands of the notebook

  function drawn(): string[] {
    return live.series.filter((_, at) => live.isDrawn(at)).map((each) => each.name);
  }
  function list(): void {
    if (!node.open) return;
    const fitting = live.series.filter((each) => each.name.toLowerCase().includes(sought)).map((each) => each.name);
    names.show(fitting.slice(0, MOST_LISTED), Math.max(0, fitting.length - MOST_LISTED), new Set(drawn()));
  }
  let counted = '';
  function show(): void {
    const text = `metrics: ${number(drawn().length)} of ${number(live.series.length)}`;
    if (text !== counted) {
      counted = text;
      summary.textContent = text;
      list();
    }
  }
  return { node, show };
}
