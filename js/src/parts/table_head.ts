/** The head of the run table: titles that sort, and a box above each column to type in. */
import type { Column } from '../contract/table';
import { element } from './elements';
import { isNumeric } from './table_cell';

export interface HeadWishes {
  sort(key: string, add: boolean): void;
  type(key: string, text: string): void;
}

export interface TableHeadPart {
  readonly node: HTMLElement;
  show(columns: readonly Column[]): void;
  fault(key: string, sentence: string): void;
}

const PAUSE = 400; // milliseconds after the last key

const EXAMPLES: Record<Column['kind'], string> = {
  name: 'part of the name; = exactly',
  status: 'FAILED, RUNNING, …',
  when: '2 h, 2026-11-23, > 2026-11-01',
  took: '> 60 (seconds)',
  whole: '> 3, 2..5',
  metric: '> 0.9, 0.8..0.9',
  param: '4, 2..6, adam',
  text: 'part of the text; = exactly',
};

export function tableHead(wishes: HeadWishes): TableHeadPart {
  const titles = element('div', { class: 'tb-Titles', role: 'row', 'aria-rowindex': '1' });
  const boxes = element('div', { class: 'tb-Boxes' });
  const node = element('div', { class: 'tb-Head', role: 'rowgroup' }, titles, boxes);
  let drawn = '';

  function show(columns: readonly Column[]): void {
    const now = JSON.stringify(columns.map(({ typed: _, ...rest }) => rest));
    const keys = columns.map((column) => column.key).join('\n');
    if (now !== drawn) {
      titles.replaceChildren(
        element('div', { class: 'tb-Cell', role: 'columnheader', 'aria-label': 'star' }),
        ...columns.map((column) => title(column, wishes)),
      );
      drawn = now;
    }
    if (boxes.dataset.keys !== keys) {
      boxes.replaceChildren(element('div', {}), ...columns.map((column) => box(column, wishes)));
      boxes.dataset.keys = keys;
    }
    columns.forEach((column, at) => {
      const input = boxes.children[at + 1];
      if (input instanceof HTMLInputElement && input !== input.ownerDocument.activeElement) input.value = column.typed;
    });
  }

  function fault(key: string, sentence: string): void {
    for (const input of boxes.querySelectorAll('input')) {
      if (input.dataset.key !== key) continue;
      input.title = sentence || (input.dataset.example ?? '');
      input.classList.toggle('tb-faulty', sentence !== '');
      input.setAttribute('aria-invalid', String(sentence !== ''));
    }
  }

  return { node, show, fault };
}

function title(column: Column, wishes: HeadWishes): HTMLElement {
  const [rank, down] = column.sort;
  const node = element('div', {
    class: `tb-Cell tb-Title${isNumeric(column) ? ' tb-right' : ''}`,
    role: 'columnheader',
    'aria-sort': rank === 0 ? 'none' : down ? 'descending' : 'ascending',
  });
  const better = column.better ? `; ${column.better} is better` : '';
  const press = element('button', {
    type: 'button',
    title: `${column.key}${better}\nclick sorts, Shift+click adds a key`,
  });
  press.append(element('span', { class: 'tb-Words', text: column.title }));
  if (rank > 0)
    press.append(element('span', { class: 'tb-Order', text: `${down ? '▾' : '▴'}${rank > 1 ? rank : ''}` }));
  press.addEventListener('click', (event) => wishes.sort(column.key, event.shiftKey));
  node.append(press);
  return node;
}

function box(column: Column, wishes: HeadWishes): HTMLInputElement {
  const input = element('input', {
    type: 'text',
    class: 'tb-Box',
    'aria-label': `filter ${column.title}`,
    title: EXAMPLES[column.kind],
    placeholder: column.kind === 'name' ? 'filter this column' : ' ',
    spellcheck: 'false',
    autocomplete: 'off',
  });
  input.dataset.key = column.key;
  input.dataset.example = EXAMPLES[column.kind];
  let timer = 0;
  let told = column.typed;
  const tell = () => {
    window.clearTimeout(timer);
    if (input.value !== told) wishes.type(column.key, input.value);
    told = input.value;
  };
  input.addEventListener('input', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(tell, PAUSE);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') tell();
  });
  return input;
}
