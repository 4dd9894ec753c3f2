/** Which rows a scrolled window shows, and which of them have to be asked for. */

export interface Span {
  /** First place, and the one behind the last. */
  from: number;
  to: number;
}

export function rowsInView(scrollTop: number, height: number, rowHeight: number, rows: number): Span {
  const from = Math.max(0, Math.min(rows, Math.floor(scrollTop / rowHeight)));
  return { from, to: Math.min(rows, Math.ceil((scrollTop + height) / rowHeight)) };
}

/** Widens a span on both sides, within the table. */
export function widened(span: Span, by: number, rows: number): Span {
  return { from: Math.max(0, span.from - by), to: Math.min(rows, span.to + by) };
}

/** The smallest span that holds every place of another that is not known; null when all are. */
export function unknownOf(span: Span, isKnown: (place: number) => boolean): Span | null {
  let { from, to } = span;
  while (from < to && isKnown(from)) from++;
  while (to > from && isKnown(to - 1)) to--;
  return from < to ? { from, to } : null;
}

/** Where to scroll so that a row is whole in view; the same place when it is already. */
export function scrolledTo(place: number, scrollTop: number, height: number, rowHeight: number): number {
  const above = place * rowHeight;
  if (above < scrollTop) return above;
  return above + rowHeight > scrollTop + height ? above + rowHeight - height : scrollTop;
}
