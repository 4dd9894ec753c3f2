/** How wide each column is: fixed, so that head and rows agree whatever is in view. */
import type { Column } from '../contract/table';

export const SPARK_WIDTH = 56;
const WIDTHS: Record<Column['kind'], number> = {
  name: 190,
  status: 82,
  when: 96,
  took: 88,
  whole: 44,
  metric: 76,
  param: 92,
  text: 120,
};
const DELTA = 70;
const BEST = 84;
const LETTER = 7;
const LONGEST_TITLE = 22;

/** The value of `grid-template-columns`: the star, then the columns; the name takes what is left. */
export function template(
  columns: readonly Column[],
  compared: boolean,
  grouped: boolean,
  hasCourse: (key: string) => boolean,
): string {
  const parts = columns.map((column) => {
    const title = Math.min(column.title.length, LONGEST_TITLE) * LETTER + 26;
    let width = Math.max(WIDTHS[column.kind], title);
    if (column.kind === 'metric') {
      if (grouped) width += BEST;
      else if (compared) width += DELTA;
      if (hasCourse(column.key)) width += SPARK_WIDTH + 8;
    }
    return column.kind === 'name' ? `minmax(${width + (grouped ? 60 : 0)}px, 1fr)` : `${width}px`;
  });
  return ['28px', ...parts].join(' ');
}
