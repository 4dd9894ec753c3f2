/** Who decided what about a model, when and why: the newest first. */
import type { History, Moment } from '../contract/registry';
import { ago } from '../lib/ago';
import { element } from './elements';

export interface HistoryTab {
  readonly node: HTMLElement;
  show(model: string, version: number): void;
  showHistory(told: History): void;
}

export function historyTab(): HistoryTab {
  const tick = element('input', { type: 'checkbox' });
  const only = element('span');
  const bar = element('label', { class: 'tb-Choice' }, tick, only);
  const list = element('ol', { class: 'tb-History' });
  const node = element('div', {}, bar, list);
  let last: History | null = null;
  let [shown, chosen] = ['', 0];
  function draw(): void {
    if (!last) return;
    const entries = tick.checked ? last.entries.filter((each) => each.versions.includes(chosen)) : last.entries;
    list.replaceChildren(...entries.map(line));
    if (last.more > 0)
      list.append(element('li', { class: 'tb-quiet', text: `${last.more} earlier: tb.audit("${shown}") has all` }));
  }
  tick.addEventListener('change', draw);
  return {
    node,
    show(model, version) {
      [shown, chosen] = [model, version];
      only.textContent = `only version ${version}`;
      draw();
    },
    showHistory(told) {
      last = told;
      draw();
    },
  };
}

function line(moment: Moment): HTMLElement {
  const when = element('time', { class: 'tb-quiet', text: ago(moment.at, Date.now() / 1000) });
  when.title = moment.exact;
  const words = element(
    'span',
    {},
    element('strong', { text: moment.who }),
    document.createTextNode(` ${moment.words}`),
  );
  if (moment.reason) words.append(element('q', { text: moment.reason }));
  const place = element('span', { class: 'tb-quiet tb-Place', text: moment.place });
  return element('li', { 'data-seq': String(moment.seq) }, when, words, place);
}
