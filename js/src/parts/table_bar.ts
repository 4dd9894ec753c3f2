/** The line above the run table: filter, groups, columns, the deleted, how many. */
import type { TableHead } from '../contract/table';
import { button, element } from './elements';
import { type FilterBox, filterBox } from './filter_box';

export interface BarWishes {
  filter(text: string): void;
  group(by: string): void;
  pickGroup(at: HTMLElement): void;
  pickColumns(at: HTMLElement): void;
  deleted(on: boolean): void;
  help(): void;
}

export interface TableBar {
  readonly node: HTMLElement;
  readonly filter: FilterBox;
  show(head: TableHead): void;
  waiting(on: boolean): void;
}

const OTHER = '\u0000other';

export function tableBar(wishes: BarWishes): TableBar {
  const filter = filterBox(wishes.filter);
  const groups = element('select', { class: 'tb-Select', 'aria-label': 'group' });
  const columns = button('columns ▾', () => wishes.pickColumns(columns), { 'aria-haspopup': 'dialog' });
  const tick = element('input', { type: 'checkbox' });
  const deleted = element(
    'label',
    { class: 'tb-Choice', title: 'Show the deleted runs instead' },
    tick,
    element('span', { text: 'deleted' }),
  );
  const count = element('span', { class: 'tb-Count', 'aria-live': 'polite' });
  const live = element('span', {
    class: 'tb-quiet',
    text: '⟳ live',
    title: 'New runs of any notebook appear by themselves',
  });
  const keys = button('?', () => wishes.help(), { title: 'keys (?)', 'aria-label': 'keys' });
  const line = element(
    'div',
    { class: 'tb-Bar', role: 'toolbar' },
    filter.node,
    groups,
    columns,
    deleted,
    count,
    live,
    keys,
  );
  const node = element('div', {}, line, filter.fault);
  let now = '';
  groups.addEventListener('change', () => {
    if (groups.value === OTHER) {
      groups.value = now;
      wishes.pickGroup(groups);
    } else wishes.group(groups.value);
  });
  tick.addEventListener('change', () => wishes.deleted(tick.checked));

  function show(head: TableHead): void {
    now = head.group;
    const shown = head.columns.map((column) => column.key).filter((key) => /^(params|tags)\./.test(key));
    const choices = new Set(['', 'experiment', 'cell', ...shown, head.group]);
    groups.replaceChildren(
      ...[...choices].map((by) => element('option', { value: by, text: by === '' ? 'no groups' : `by ${by}` })),
      element('option', { value: OTHER, text: 'by another param or tag…' }),
    );
    groups.value = head.group;
    columns.textContent = `columns: ${head.byHand ? 'chosen' : 'that vary'}${head.hidden > 0 ? ` (+${head.hidden})` : ''} ▾`;
    tick.checked = head.deleted;
    count.textContent = head.runs > 0 ? head.sentence : '';
    filter.show(head.filter);
  }

  function waiting(on: boolean): void {
    live.textContent = on ? 'waiting for the kernel…' : '⟳ live';
    live.classList.toggle('tb-warning', on);
  }

  return { node, filter, show, waiting };
}
