/** The rows that the browser has been told of, by place; of each those columns that were asked for. */
import { type Cell, isGroup, type Row } from '../contract/table';
import type { Span } from './rows_in_view';

export interface Page {
  /** Place of its first row. */
  from: number;
  rows: readonly Row[];
  /** The column of each row's second cell; the first cell is always that of the first column. */
  left: number;
}

export class KnownRows {
  private rows = new Map<number, Row>();

  get size(): number {
    return this.rows.size;
  }

  at(place: number): Row | undefined {
    return this.rows.get(place);
  }

  /** Whether all cells of these columns are known; of a run that is gone nothing is to be known. */
  has(place: number, columns: Span): boolean {
    const row = this.rows.get(place);
    if (!row) return false;
    if (row.cells.length === 0) return true;
    if (row.cells[0] === undefined) return false;
    for (let at = columns.from; at < columns.to; at++) if (row.cells[at] === undefined) return false;
    return true;
  }

  /** Knows this page only. A row that says the same as before stays the same object, so that it is not drawn anew. */
  replace(page: Page): void {
    const before = this.rows;
    this.rows = new Map();
    page.rows.forEach((told, at) => {
      const row = spread(told, page.left);
      const old = before.get(page.from + at);
      this.rows.set(page.from + at, old && same(old, row) ? old : row);
    });
  }

  /** Knows this page too; columns that were known of a row stay known. */
  add(page: Page): void {
    page.rows.forEach((told, at) => {
      const row = spread(told, page.left);
      const old = this.rows.get(page.from + at);
      if (old && nameOf(old) === nameOf(row)) {
        const cells = [...old.cells];
        row.cells.forEach((cell, column) => {
          cells[column] = cell;
        });
        row.cells = cells;
      }
      this.rows.set(page.from + at, row);
    });
  }

  /** Forgets what is not within a span; returns the ids of the runs that are left. */
  keep(span: Span): Set<string> {
    const ids = new Set<string>();
    for (const [place, row] of [...this.rows]) {
      if (place < span.from || place >= span.to) this.rows.delete(place);
      else if (!isGroup(row)) ids.add(row.id);
    }
    return ids;
  }
}

/** Whether two things that came over the wire say the same. */
export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function nameOf(row: Row): string {
  return isGroup(row) ? `group ${row.group}` : `run ${row.id}`;
}

function spread(row: Row, left: number): Row {
  const [first, ...others] = row.cells;
  if (first === undefined) return row;
  const cells: (Cell | undefined)[] = [first];
  others.forEach((cell, at) => {
    cells[left + at] = cell;
  });
  return { ...row, cells };
}
