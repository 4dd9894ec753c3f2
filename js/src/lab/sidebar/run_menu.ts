/** What can be done with the runs that are meant. */
import type { RunLine } from '../../contract/lab';
import { cellFor } from '../../lib/side_words';
import type { Trans } from '../../lib/trans';
import type { MenuItem, MenuItems } from './menu';

export interface RunDeeds {
  openCell(run: RunLine): void;
  showCode(run: RunLine): void;
  compare(runs: readonly RunLine[]): void;
  star(runs: readonly RunLine[]): void;
  tag(runs: readonly RunLine[]): void;
  note(runs: readonly RunLine[]): void;
  rename(run: RunLine): void;
  register(run: RunLine): void;
  stop(run: RunLine): void;
  remove(runs: readonly RunLine[]): void;
  copy(text: string): void;
}

/** writable: whether decisions can be made in this store. */
export function runMenu(runs: readonly RunLine[], writable: boolean, deeds: RunDeeds, trans: Trans): MenuItems {
  const [first] = runs;
  if (!first) return [];
  const alone = runs.length === 1;
  const item = (text: string, act: () => void, key = ''): MenuItem => ({ text, act, key });
  const looks = [
    ...(alone && first.notebook ? [item(trans.__('Open its cell'), () => deeds.openCell(first), 'Enter')] : []),
    ...(alone ? [item(trans.__('Show code as executed'), () => deeds.showCode(first))] : []),
    ...(alone ? [] : [item(trans.__('Compare %1 runs', runs.length), () => deeds.compare(runs), 'C')]),
    item(trans.__('Copy call'), () => deeds.copy(cellFor(runs.map((run) => run.id)))),
  ];
  if (!writable) return looks;
  const isStarred = runs.every((run) => run.star);
  const isDeleted = runs.every((run) => run.deleted);
  return [
    ...looks,
    null,
    item(isStarred ? trans.__('Take the star away') : trans.__('Star'), () => deeds.star(runs), '*'),
    item(trans.__('Tag…'), () => deeds.tag(runs), 'T'),
    item(trans.__('Note…'), () => deeds.note(runs), 'N'),
    ...(alone ? [item(trans.__('Rename…'), () => deeds.rename(first), 'F2')] : []),
    ...(alone && !first.deleted ? [item(trans.__('Register its model…'), () => deeds.register(first))] : []),
    ...(alone && first.status === 'RUNNING' ? [item(trans.__('Stop after this step'), () => deeds.stop(first))] : []),
    null,
    item(isDeleted ? trans.__('Restore') : trans.__('Delete'), () => deeds.remove(runs), 'Delete'),
  ];
}
