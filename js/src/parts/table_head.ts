/** The head of the run table: titles that sort, move and widen, and a box above each column to type in. */
import type { Column } from '../contract/table';
import { element } from './elements';
import { columnBox } from './table_box';
import type { Drawing } from './table_row';
import { type ColumnTitle, columnTitle, type TitleWishes } from './table_title';

export interface HeadWishes extends TitleWishes {
  type(key: string, text: string): void;
  /** Has a column that is out of view drawn. */
  reveal(at: number): void;
}

export interface TableHeadPart {
  readonly node: HTMLElement;
  show(drawing: Drawing): void;
  fault(key: string, sentence: string): void;
  /** Puts the focus on the title of a column. */
  focus(key: string): void;
}

export function tableHead(wishes: HeadWishes): TableHeadPart {
  const titles = element('div', { class: 'tb-Titles', role: 'row', 'aria-rowindex': '1' });
  const boxes = element('div', { class: 'tb-Boxes' });
  const node = element('div', { class: 'tb-Head', role: 'rowgroup' }, titles, boxes);
  const corner = element('div', {
    class: 'tb-Corner',
    role: 'columnheader',
    'aria-label': 'star',
    'aria-colindex': '1',
  });
  const made = new Map<string, ColumnTitle>();
  const typed = new Map<string, HTMLInputElement>();
  let columns: readonly Column[] = [];
  let walked = '';
  titles.append(corner);
  boxes.append(element('div', { class: 'tb-Corner' }));

  function show(drawing: Drawing): void {
    columns = drawing.columns;
    const focused = [...made].find(([, title]) => title.press === title.press.ownerDocument.activeElement)?.[0];
    const wanted = drawing.places.flatMap((at) => columns[at] ?? []);
    for (const column of columns) {
      // What has the focus stays, also out of view: one goes on typing.
      const stays = column.key === focused || typed.get(column.key) === boxes.ownerDocument.activeElement;
      if (stays && !wanted.includes(column)) wanted.push(column);
    }
    const keys = new Set(wanted.map((column) => column.key));
    dropOthers(made, keys, (title) => title.node);
    dropOthers(typed, keys, (input) => input);
    wanted.forEach((column) => {
      const at = columns.indexOf(column);
      place(titles, title(column).node, at);
      place(boxes, box(column), at);
    });
    order(titles);
    order(boxes);
    if (focused && keys.has(focused)) made.get(focused)?.press.focus({ preventScroll: true });
    rove();
  }

  function title(column: Column): ColumnTitle {
    const there = made.get(column.key) ?? columnTitle(column.key, wishes);
    made.set(column.key, there);
    there.show(column);
    return there;
  }

  function box(column: Column): HTMLInputElement {
    const there = typed.get(column.key) ?? columnBox(column, wishes.type);
    typed.set(column.key, there);
    if (there !== there.ownerDocument.activeElement) there.value = column.typed;
    return there;
  }

  /** One title is reached with Tab, the others from it with the arrow keys. */
  function rove(): void {
    const now = made.has(walked) ? walked : columns[0]?.key;
    for (const [key, each] of made) each.press.tabIndex = key === now ? 0 : -1;
  }

  function focus(key: string): void {
    const at = columns.findIndex((column) => column.key === key);
    if (at < 0) return;
    walked = key;
    wishes.reveal(at);
    rove();
    made.get(key)?.press.focus({ preventScroll: true });
  }

  function fault(key: string, sentence: string): void {
    const input = typed.get(key);
    if (!input) return;
    input.title = sentence || (input.dataset.example ?? '');
    input.classList.toggle('tb-faulty', sentence !== '');
    input.setAttribute('aria-invalid', String(sentence !== ''));
  }

  titles.addEventListener('focusin', (event) => {
    const key = [...made].find(([, each]) => each.press === event.target)?.[0];
    if (key === undefined) return;
    walked = key;
    rove();
  });
  titles.addEventListener('keydown', (event) => {
    const at = columns.findIndex((column) => made.get(column.key)?.press === event.target);
    const column = columns[at];
    if (!column || event.altKey || event.metaKey) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined) {
      if (event.ctrlKey) wishes.move(column.key, at + step);
      else if (event.shiftKey) wishes.widenBy(column.key, step);
      else focus(columns[at + step]?.key ?? '');
    } else if (event.key === 'ArrowDown') typed.get(column.key)?.focus();
    else if (event.key === 'Delete') {
      focus((columns[at + 1] ?? columns[at - 1])?.key ?? '');
      wishes.hide(column.key);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  boxes.addEventListener('keydown', (event) => {
    const key = [...typed].find(([, input]) => input === event.target)?.[0];
    if (event.key !== 'ArrowUp' || key === undefined) return;
    focus(key);
    event.preventDefault();
  });

  return { node, show, fault, focus };
}

function dropOthers<Part>(
  parts: Map<string, Part>,
  keys: ReadonlySet<string>,
  nodeOf: (part: Part) => HTMLElement,
): void {
  for (const [key, part] of [...parts]) {
    if (keys.has(key)) continue;
    nodeOf(part).remove();
    parts.delete(key);
  }
}

function place(row: HTMLElement, node: HTMLElement, at: number): void {
  node.style.gridColumn = String(at + 2);
  node.setAttribute('aria-colindex', String(at + 2));
  node.classList.toggle('tb-stays', at === 0);
  if (node.parentElement !== row) row.append(node);
}

/** Puts what is in a row in the order of its places, for Tab; what stands right is not moved and keeps the focus. */
function order(row: HTMLElement): void {
  const sorted = [...row.children].sort((one, two) => placeOf(one) - placeOf(two));
  sorted.forEach((node, at) => {
    if (row.children[at] !== node) row.insertBefore(node, row.children[at] ?? null);
  });
}

function placeOf(node: Element): number {
  return Number(node.getAttribute('aria-colindex') ?? 1);
}
