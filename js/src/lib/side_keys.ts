/** The keys of the side bar, as `?` lists them; what each means is in keys.ts. */
import type { Trans } from './trans';

export function sideKeys(trans: Trans): [string, string][] {
  return [
    ['/', trans.__('filter')],
    ['↑ ↓', trans.__('walk; with Shift select on the way')],
    ['→ ←', trans.__('open and close; step in and out')],
    ['Space', trans.__('select')],
    ['Enter', trans.__('open the cell that made a run')],
    ['Shift+F10', trans.__('all that can be done')],
    ['c', trans.__('compare what is selected')],
    ['*', trans.__('star')],
    ['t', trans.__('tag')],
    ['n', trans.__('note')],
    ['F2', trans.__('rename')],
    ['Delete', trans.__('delete; restore among the deleted')],
    ['Ctrl+Z', trans.__('undo')],
    ['Esc', trans.__('close, or select nothing')],
    ['?', trans.__('these keys')],
  ];
}
