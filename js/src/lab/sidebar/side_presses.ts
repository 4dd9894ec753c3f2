/** What a key does in the side bar: the same keys as in the run table. */
import { wishOf } from '../../lib/keys';
import type { SideBar } from './side_bar';

export function sideKeysOf(bar: SideBar, event: KeyboardEvent): void {
  if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) {
    if (event.key === 'Escape' && event.target === bar.head.filter.node) bar.tree.node.focus();
    if (event.key === 'ArrowDown' && event.target === bar.head.filter.node) bar.tree.node.focus();
    return;
  }
  const { does, tree } = bar;
  if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    event.preventDefault();
    tree.openMenu();
    return;
  }
  if (event.target instanceof HTMLButtonElement && (event.key === 'Enter' || event.key === ' ')) return;
  const wish = wishOf(event, tree.page);
  if (!wish) return;
  const line = tree.activeLine;
  const acts: Partial<Record<typeof wish.do, () => unknown>> = {
    walk: () => wish.do === 'walk' && tree.walkBy(wish.by, wish.extend),
    end: () => wish.do === 'end' && tree.walkToEnd(wish.last),
    filter: () => bar.head.filter.focus(),
    select: () => tree.select(),
    open: () => line && (line.open === null ? does.open(line) : bar.state.toggle(line)),
    close: () => bar.slot.close() || bar.decisions.cancel() || bar.notice.clear(),
    compare: () => does.compare(bar.runs),
    star: () => does.star(bar.runs),
    tag: () => does.tag(bar.runs),
    note: () => does.note(bar.runs),
    rename: () => bar.runs[0] && does.rename(bar.runs[0]),
    delete: () => does.remove(bar.runs),
    undo: () => bar.deeds.undoLast(),
    help: () => does.help(),
    unfold: () => line && (line.open === false ? bar.state.toggle(line) : line.open && tree.walkBy(1, false)),
    fold: () => line && (line.open ? bar.state.toggle(line) : line.parent >= 0 && tree.walk(line.parent)),
  };
  const act = acts[wish.do];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  if (wish.do === 'close' && tree.clear()) return;
  act();
}
