/** One row of the run table: made once, filled again and again as rows come into view. */
import { type Column, type Course, type Courses, isGroup, type Row } from '../contract/table';
import { element } from './elements';
import { fillCell } from './table_cell';

export interface RowState {
  place: number;
  selected: boolean;
  active: boolean;
  baseline: boolean;
}

export interface TableRow {
  readonly node: HTMLElement;
  fill(row: Row | undefined, columns: readonly Column[], courses: Courses, state: RowState): void;
}

export function tableRow(id: string): TableRow {
  const node = element('div', { class: 'tb-Row', role: 'row', id });
  const mark = element('div', { class: 'tb-Cell tb-Mark', role: 'gridcell' });
  const cells: HTMLElement[] = [];
  let drawn: {
    row: Row | undefined;
    columns: readonly Column[];
    course: Record<string, Course> | undefined;
    minute: number;
  } | null = null;
  node.append(mark);

  function haveCells(count: number): void {
    while (cells.length < count) {
      const cell = element('div', { role: 'gridcell' });
      cells.push(cell);
      node.append(cell);
    }
    while (cells.length > count) cells.pop()?.remove();
  }

  function fill(row: Row | undefined, columns: readonly Column[], courses: Courses, state: RowState): void {
    node.classList.toggle('tb-active', state.active);
    node.classList.toggle('tb-baseline', state.baseline);
    node.setAttribute('aria-rowindex', String(state.place + 2));
    node.setAttribute('aria-selected', String(state.selected));
    const course = row === undefined || isGroup(row) ? undefined : courses[row.id];
    const minute = Math.floor(Date.now() / 30_000);
    // What is drawn already stays: a double click needs its text to be there at the second click.
    if (drawn && drawn.row === row && drawn.columns === columns && drawn.course === course && drawn.minute === minute)
      return;
    drawn = { row, columns, course, minute };
    haveCells(columns.length);
    node.classList.toggle('tb-Group', row !== undefined && isGroup(row));
    node.classList.toggle('tb-empty', row === undefined);
    node.classList.toggle('tb-inside', row !== undefined && !isGroup(row) && row.level > 0);
    if (row === undefined) {
      mark.textContent = '…';
      for (const cell of cells) cell.replaceChildren();
      return;
    }
    fillMark(row);
    columns.forEach((column, at) => {
      const cell = cells[at];
      if (cell) fillCell(cell, column, row.cells[at], course?.[column.key]);
    });
    if (!isGroup(row) && row.note) noted(cells[columns.findIndex((column) => column.kind === 'name')], row.note);
  }

  function fillMark(row: Row): void {
    if (isGroup(row)) {
      node.setAttribute('aria-expanded', String(row.open));
      mark.textContent = row.open ? '▾' : '▸';
      mark.title = row.open ? 'Close the group' : 'Open the group';
      mark.classList.remove('tb-starred');
    } else {
      node.removeAttribute('aria-expanded');
      mark.textContent = row.star ? '★' : '☆';
      mark.title = row.star ? 'Take the star off' : 'Star';
      mark.classList.toggle('tb-starred', row.star === true);
    }
  }

  return { node, fill };
}

function noted(cell: HTMLElement | undefined, note: string): void {
  cell?.append(element('span', { class: 'tb-quiet tb-Note', text: ' ✎', title: note }));
}
