/** How wide each column is, where it begins, and which of many are in view: head and rows agree whatever is drawn. */
import type { Column } from '../contract/table';
import type { Span } from './rows_in_view';

export const SPARK_WIDTH = 56;
export const MARK_WIDTH = 28;
const NARROWEST = 40;
const WIDEST = 1200;
const WIDTHS: Record<Column['kind'], number> = {
  name: 190,
  status: 82,
  when: 96,
  took: 88,
  whole: 60,
  metric: 76,
  param: 92,
  text: 120,
};
const DELTA = 70;
const BEST = 84;
const EQUAL = 14;
const LETTER = 7;
const LONGEST_TITLE = 22;

/** Pixels by column key, as somebody dragged them. */
export type Chosen = Readonly<Record<string, number>>;

export interface Looks {
  /** Whether metrics show a difference to a baseline. */
  compared: boolean;
  grouped: boolean;
  hasCourse(key: string): boolean;
  /** Whether a metric has a `≈` somewhere. */
  hasMarks(key: string): boolean;
  chosen: Chosen;
}

export interface Layout {
  /** The value of `grid-template-columns`: the mark, then the columns; the name takes what is left. */
  template: string;
  /** Where each column begins, in pixels; one more than columns, the last is where all end. */
  lefts: readonly number[];
}

export function layOut(columns: readonly Column[], looks: Looks): Layout {
  const lefts = [MARK_WIDTH];
  const parts = [`${MARK_WIDTH}px`];
  for (const column of columns) {
    const width = widthOf(column, looks);
    lefts.push((lefts.at(-1) ?? 0) + width);
    const stretches = column.kind === 'name' && looks.chosen[column.key] === undefined;
    parts.push(stretches ? `minmax(${width}px, 1fr)` : `${width}px`);
  }
  return { template: parts.join(' '), lefts };
}

export function widthOf(column: Column, looks: Looks): number {
  const chosen = looks.chosen[column.key];
  if (chosen !== undefined) return allowed(chosen);
  const title = Math.min(column.title.length, LONGEST_TITLE) * LETTER + 26;
  let width = Math.max(WIDTHS[column.kind], title);
  if (column.kind === 'metric') {
    if (looks.grouped) width += BEST;
    else if (looks.compared) width += DELTA;
    if (looks.hasMarks(column.key)) width += EQUAL;
    if (looks.hasCourse(column.key)) width += SPARK_WIDTH + 8;
  }
  return column.kind === 'name' && looks.grouped ? width + 60 : width;
}

export function allowed(width: number): number {
  return Math.round(Math.max(NARROWEST, Math.min(WIDEST, width)));
}

/** The columns between the first, which stays in view, and the right edge. */
export function columnsInView(lefts: readonly number[], scrollLeft: number, width: number): Span {
  const count = lefts.length - 1;
  if (count < 2) return { from: count, to: count };
  const left = scrollLeft + (lefts[1] ?? 0);
  let from = 1;
  while (from < count && (lefts[from + 1] ?? 0) <= left) from++;
  let to = from;
  while (to < count && (lefts[to] ?? 0) < scrollLeft + width) to++;
  return { from, to };
}

/** Where to scroll sideways so that a column is whole in view; the same place when it is already. */
export function scrolledToColumn(at: number, lefts: readonly number[], scrollLeft: number, width: number): number {
  if (at < 1) return scrollLeft;
  const room = lefts[1] ?? 0;
  const [left, right] = [lefts[at] ?? 0, lefts[at + 1] ?? 0];
  if (left - room < scrollLeft || right - left > width - room) return left - room;
  return right > scrollLeft + width ? right - width : scrollLeft;
}
