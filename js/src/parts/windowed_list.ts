/** A list of any length of which only what is in view is there; walked with the arrow keys, as a listbox is. */
import { rowsInView, scrolledTo, widened } from '../lib/rows_in_view';
import { element } from './elements';

export const LINE_HEIGHT = 26;
const AHEAD = 6;
const PAUSE = 120; // milliseconds of rest after which a line that was walked to is chosen

export interface ListWishes<Line> {
  label: string;
  key(line: Line): string;
  fill(node: HTMLElement, line: Line): void;
  choose(line: Line): void;
}

export interface WindowedList<Line> {
  readonly node: HTMLElement;
  show(lines: readonly Line[], chosen: string): void;
  dispose(): void;
}

let lists = 0;

export function windowedList<Line>(wishes: ListWishes<Line>): WindowedList<Line> {
  const prefix = `tb-list-${lists++}`;
  const space = element('div', { class: 'tb-ListSpace', role: 'presentation' });
  const node = element('div', { class: 'tb-Lines', role: 'listbox', tabindex: '0', 'aria-label': wishes.label }, space);
  let lines: readonly Line[] = [];
  let chosen = '';
  let active = 0;
  let seen = ''; // the chosen line that was brought into view
  let timer = 0;

  function draw(): void {
    const span = widened(
      rowsInView(node.scrollTop, node.clientHeight || 400, LINE_HEIGHT, lines.length),
      AHEAD,
      lines.length,
    );
    const made: HTMLElement[] = [];
    for (let at = span.from; at < span.to; at++) {
      const line = lines[at];
      if (line !== undefined) made.push(drawn(line, at));
    }
    space.replaceChildren(...made);
    if (lines.length > 0) node.setAttribute('aria-activedescendant', `${prefix}-${active}`);
    else node.removeAttribute('aria-activedescendant');
  }
  function drawn(line: Line, at: number): HTMLElement {
    const isChosen = wishes.key(line) === chosen;
    const made = element('div', {
      class: `tb-Line${at === active ? ' tb-active' : ''}`,
      role: 'option',
      id: `${prefix}-${at}`,
      'data-at': String(at),
      'aria-selected': String(isChosen),
      'aria-setsize': String(lines.length),
      'aria-posinset': String(at + 1),
    });
    made.style.top = `${at * LINE_HEIGHT}px`;
    wishes.fill(made, line);
    return made;
  }
  function walkTo(at: number, now = false): void {
    const line = lines[at];
    if (line === undefined) return;
    active = at;
    chosen = wishes.key(line); // seen at once; what belongs to it follows
    node.scrollTop = scrolledTo(at, node.scrollTop, node.clientHeight, LINE_HEIGHT);
    draw();
    window.clearTimeout(timer);
    timer = 0;
    const choose = (): void => {
      timer = 0;
      wishes.choose(line);
    };
    if (now) choose();
    else timer = window.setTimeout(choose, PAUSE);
  }
  node.addEventListener('scroll', draw, { passive: true });
  node.addEventListener('click', (event) => {
    const found = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-at]') : null;
    if (found) walkTo(Number(found.dataset.at), true);
  });
  node.addEventListener('keydown', (event) => {
    const page = Math.max(1, Math.floor(node.clientHeight / LINE_HEIGHT) - 1);
    const last = lines.length - 1;
    const places: Record<string, number> = {
      ArrowDown: Math.min(last, active + 1),
      ArrowUp: Math.max(0, active - 1),
      PageDown: Math.min(last, active + page),
      PageUp: Math.max(0, active - page),
      Home: 0,
      End: last,
      Enter: active,
    };
    const to = places[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    walkTo(to, event.key === 'Enter');
  });
  const watch = new ResizeObserver(draw);
  watch.observe(node);

  function show(next: readonly Line[], key: string): void {
    lines = next;
    space.style.height = `${lines.length * LINE_HEIGHT}px`;
    if (timer === 0) chosen = key; // else somebody is walking on
    const at = lines.findIndex((line) => wishes.key(line) === chosen);
    active = Math.max(0, at >= 0 ? at : Math.min(lines.length - 1, active));
    // Once only: whoever scrolled away since is left alone when something else is new.
    if (at >= 0 && seen !== chosen) node.scrollTop = scrolledTo(at, node.scrollTop, node.clientHeight, LINE_HEIGHT);
    seen = chosen;
    draw();
  }

  return {
    node,
    show,
    dispose: () => {
      window.clearTimeout(timer);
      watch.disconnect();
    },
  };
}
