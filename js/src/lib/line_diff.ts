/** What two texts have in common, line by line: the longest common subsequence. */

export interface DiffLine {
  sign: ' ' | '+' | '-';
  text: string;
}

/** Beyond this many pairs of lines in the middle, what differs is shown as wholly replaced: a browser should not freeze. */
const MOST_PAIRS = 4_000_000;

export function lineDiff(before: string, after: string): DiffLine[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  return [
    ...old.slice(0, head).map(marked(' ')),
    ...middle(old.slice(head, old.length - tail), now.slice(head, now.length - tail)),
    ...old.slice(old.length - tail).map(marked(' ')),
  ];
}

function marked(sign: DiffLine['sign']): (text: string) => DiffLine {
  return (text) => ({ sign, text });
}

function middle(old: readonly string[], now: readonly string[]): DiffLine[] {
  if (old.length * now.length > MOST_PAIRS) return [...old.map(marked('-')), ...now.map(marked('+'))];
  const width = now.length + 1;
  const common = new Uint32Array((old.length + 1) * width); // of the rest from here on
  const known = (row: number, column: number): number => common[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row--) {
    for (let column = now.length - 1; column >= 0; column--) {
      const isSame = old[row] === now[column];
      common[row * width + column] = isSame
        ? known(row + 1, column + 1) + 1
        : Math.max(known(row + 1, column), known(row, column + 1));
    }
  }
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < old.length || column < now.length) {
    const [left, right] = [old[row], now[column]];
    if (left !== undefined && left === right) {
      lines.push({ sign: ' ', text: left });
      row++;
      column++;
    } else if (left !== undefined && (right === undefined || known(row + 1, column) >= known(row, column + 1))) {
      lines.push({ sign: '-', text: left });
      row++;
    } else {
      lines.push({ sign: '+', text: right ?? '' });
      column++;
    }
  }
  return lines;
}
