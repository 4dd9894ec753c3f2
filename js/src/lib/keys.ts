/** What a key means in the run table. */

export type Wish =
  | { do: 'walk'; by: number; extend: boolean }
  | { do: 'end'; last: boolean }
  | {
      do:
        | 'filter'
        | 'select'
        | 'all'
        | 'open'
        | 'close'
        | 'compare'
        | 'pin'
        | 'star'
        | 'tag'
        | 'note'
        | 'rename'
        | 'help'
        | 'delete'
        | 'undo'
        | 'fold'
        | 'unfold';
    };

export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

/** As `?` lists them. */
export const KEYS: readonly [string, string][] = [
  ['/', 'filter'],
  ['↑ ↓', 'walk; with Shift select on the way'],
  ['Space', 'select'],
  ['Ctrl+A', 'select all'],
  ['← →', 'scroll sideways; close or open a group'],
  ['Enter', 'all of the run; opens a group'],
  ['Esc', 'close'],
  ['c', 'compare'],
  ['p', 'pin as baseline'],
  ['*', 'star'],
  ['t', 'tag'],
  ['n', 'note'],
  ['F2', 'rename'],
  ['Delete', 'delete; restore among the deleted'],
  ['Ctrl+Z', 'undo'],
  ['?', 'these keys'],
  ['on a title', '← → walk, with Shift narrower or wider, with Ctrl move; ↓ its filter; Enter sorts; Delete hides'],
];

const PLAIN: Record<string, Wish> = {
  '/': { do: 'filter' },
  ' ': { do: 'select' },
  Enter: { do: 'open' },
  Escape: { do: 'close' },
  c: { do: 'compare' },
  p: { do: 'pin' },
  '*': { do: 'star' },
  t: { do: 'tag' },
  n: { do: 'note' },
  F2: { do: 'rename' },
  '?': { do: 'help' },
  Delete: { do: 'delete' },
  ArrowRight: { do: 'unfold' },
  ArrowLeft: { do: 'fold' },
  Home: { do: 'end', last: false },
  End: { do: 'end', last: true },
};

/** page: rows that one sees at once. */
export function wishOf(pressed: Pressed, page: number): Wish | null {
  if (pressed.altKey) return null;
  if (pressed.ctrlKey || pressed.metaKey) {
    const key = pressed.key.toLowerCase();
    if (key === 'z' && !pressed.shiftKey) return { do: 'undo' };
    return key === 'a' ? { do: 'all' } : null;
  }
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
  const by = steps[pressed.key];
  if (by !== undefined) return { do: 'walk', by, extend: pressed.shiftKey };
  return PLAIN[pressed.key] ?? null;
}
