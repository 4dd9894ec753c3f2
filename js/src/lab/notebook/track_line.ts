/** The `%%track` line of a cell: whether there is one, and the edit that adds it or takes it away. Twin of capture/track_line.py. */

/** First words that make `%track WORD` a command of its own and no name of a run. */
const SUBCOMMANDS = new Set(['on', 'off', 'show', 'diff', 'note', 'tag', 'ignore', 'delete', 'restore']);
const HELP = new Set(['--help', '-h']);
const HEAD = /^\s*(?:>>> |In \[\d+\]: )?(%%?)track(?!\S)[^\S\n]*(.*)$/;

export const BARE = '%%track';

/** Where text of a cell is replaced; offsets in UTF-16 units, `to` behind the last one. */
export interface Edit {
  from: number;
  to: number;
  text: string;
}

interface TrackLine {
  /** Offset of the line, which only empty lines come before. */
  from: number;
  /** Offset behind its line break. */
  to: number;
  /** As typed, without its line break. */
  text: string;
}

/** The line by which a cell asks to be tracked; null where it does not. */
export function trackLine(source: string): TrackLine | null {
  let from = 0;
  for (const text of source.split('\n')) {
    const to = Math.min(source.length, from + text.length + 1);
    if (text.trim() !== '') return asks(text, source.slice(to)) ? { from, to, text } : null;
    from = to;
  }
  return null;
}

function asks(line: string, below: string): boolean {
  const [, marks = '', options = ''] = HEAD.exec(line) ?? [];
  const words = options.split(/\s+/);
  if (marks === '' || words.some((word) => HELP.has(word))) return false;
  return marks === '%%' || (below.trim() !== '' && !SUBCOMMANDS.has(words[0] ?? ''));
}

/** The one edit that takes the line away; or that adds `line`, above everything, because a cell magic is the first line. */
export function toggle(source: string, line = BARE): Edit {
  const found = trackLine(source);
  if (found) return { from: found.from, to: found.to, text: '' };
  return { from: 0, to: 0, text: `${line}\n` };
}

export function applied(source: string, edit: Edit): string {
  return source.slice(0, edit.from) + edit.text + source.slice(edit.to);
}

/** What is left to run: the code that a run keeps of this cell. */
export function untracked(source: string): string {
  return (trackLine(source) ? applied(source, toggle(source)) : source).replace(/^\n+/, '');
}
