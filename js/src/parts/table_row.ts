/** One row of the run table: made once, filled again and again as rows and columns come into view. */
import { type Column, type Course, type Courses, isGroup, type Row } from '../contract/table';
import { element } from './elements';
import { fillCell } from './table_cell';

export interface RowState {
  place: number;
  selected: boolean;
  active: boolean;
  baseline: boolean;
}

/** Which runs cannot be told from the best or the baseline. */
export interface Equal {
  /** Name of that one. */
  to: string;
  /** Ids of runs, by the column of the metric. */
  runs: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What all rows share; another object whenever anything of it is another. */
export interface Drawing {
  columns: readonly Column[];
  /** Places of the columns that are drawn, in order. */
  places: readonly number[];
  equal: Equal;
}

export interface TableRow {
  readonly node: HTMLElement;
  fill(row: Row | undefined, drawing: Drawing, courses: Courses, state: RowState): void;
  cellAt(column: number): HTMLElement | undefined;
}

interface Drawn {
  row: Row | undefined;
  drawing: Drawing;
  course: Record<string, Course> | undefined;
  minute: number;
}

export function tableRow(id: string): TableRow {
  const node = element('div', { class: 'tb-Row', role: 'row', id });
  const mark = element('div', { class: 'tb-Cell tb-Mark', role: 'gridcell', 'aria-colindex': '1' });
  const cells = new Map<number, HTMLElement>();
  let drawn: Drawn | null = null;
  node.append(mark);

  /** Has a cell for each drawn column; returns the columns whose cell is new there. */
  function arrange(places: readonly number[]): Set<number> {
    const wanted = new Set(places);
    const spare = [...cells].filter(([at]) => !wanted.has(at));
    for (const [at] of spare) cells.delete(at);
    const fresh = new Set<number>();
    for (const at of places) {
      if (cells.has(at)) continue;
      const cell = spare.pop()?.[1] ?? node.appendChild(element('div', { role: 'gridcell' }));
      cell.style.gridColumn = String(at + 2);
      cell.setAttribute('aria-colindex', String(at + 2));
      cells.set(at, cell);
      fresh.add(at);
    }
    for (const [, cell] of spare) cell.remove();
    return fresh;
  }

  function fill(row: Row | undefined, drawing: Drawing, courses: Courses, state: RowState): void {
    node.classList.toggle('tb-active', state.active);
    node.classList.toggle('tb-baseline', state.baseline);
    node.setAttribute('aria-rowindex', String(state.place + 2));
    node.setAttribute('aria-selected', String(state.selected));
    const course = row === undefined || isGroup(row) ? undefined : courses[row.id];
    const now = { row, drawing, course, minute: Math.floor(Date.now() / 30_000) };
    const before = drawn;
    drawn = now;
    // What is drawn already stays: a double click needs its text to be there at the second click.
    const stays = before !== null && row === before.row && course === before.course && now.minute === before.minute;
    if (stays && drawing === before.drawing) return;
    const fresh = arrange(drawing.places);
    const agrees = stays && drawing.columns === before.drawing.columns && drawing.equal === before.drawing.equal;
    const only = agrees ? fresh : null;
    if (!only) fillWhole(row);
    for (const at of only ?? drawing.places) fillAt(now, at);
  }

  function fillWhole(row: Row | undefined): void {
    node.classList.toggle('tb-Group', row !== undefined && isGroup(row));
    node.classList.toggle('tb-empty', row === undefined);
    node.classList.toggle('tb-inside', row !== undefined && !isGroup(row) && row.level > 0);
    if (row === undefined) {
      node.removeAttribute('aria-expanded');
      mark.textContent = '…';
    } else if (isGroup(row)) {
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

  function fillAt({ row, drawing, course }: Drawn, at: number): void {
    const [cell, column] = [cells.get(at), drawing.columns[at]];
    if (!cell || !column) return;
    const equal = row !== undefined && !isGroup(row) && drawing.equal.runs.get(column.key)?.has(row.id);
    const words = equal ? `cannot be told from ${drawing.equal.to}: a paired bootstrap over their predictions` : '';
    fillCell(cell, column, row?.cells[at], course?.[column.key], words);
    cell.classList.toggle('tb-stays', at === 0);
    if (column.kind === 'name' && row && !isGroup(row) && row.note)
      cell.append(element('span', { class: 'tb-quiet tb-Note', text: ' ✎', title: row.note }));
  }

  return { node, fill, cellAt: (column) => cells.get(column) };
}
