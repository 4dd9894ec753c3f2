/** Reads server-sent events out of a text that comes in pieces. */

export interface Pieces {
  /** What the data of each event that has ended by now says. */
  add(piece: string): string[];
}

export function eventPieces(): Pieces {
  let rest = '';
  return {
    add(piece) {
      const blocks = (rest + piece).replace(/\r\n?/g, '\n').split('\n\n');
      rest = blocks.pop() ?? '';
      return blocks.map(dataOf).filter((data) => data !== '');
    },
  };
}

/** Of lines like `data: …`; comments and other fields say nothing to us. */
function dataOf(block: string): string {
  return block
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).trimStart())
    .join('\n');
}
