/** How much a store keeps, what of it nobody needs any more, and a button that frees it. */
import type { Storage } from '../../contract/lab';
import { size } from '../../lib/sizes';
import type { Trans } from '../../lib/trans';
import { button, element } from '../../parts/elements';

const MOST = 12; // experiments that are listed

export function storageNode(told: Storage, collect: () => void, close: () => void, trans: Trans): HTMLElement {
  const rows: [string, string][] = [
    [trans.__('database'), size(told.file)],
    [trans.__('artifacts'), size(told.blobs)],
    [trans.__('not merged yet'), size(told.spools)],
    [trans.__('can be freed'), size(told.garbage)],
  ];
  if (told.quota > 0) rows.push([trans.__('quota'), size(told.quota)]);
  const largest = [...told.experiments].sort((one, other) => other.bytes - one.bytes).slice(0, MOST);
  const free = button(trans.__('Free %1', size(told.garbage)), () => {
    free.disabled = true;
    collect();
  });
  free.disabled = told.garbage === 0;
  return element(
    'div',
    { class: 'tb-Pane', role: 'dialog', 'aria-label': trans.__('storage') },
    ...(told.warning ? [element('p', { class: 'tb-warning', text: `⚠ ${told.warning}` })] : []),
    table(rows),
    element('div', { class: 'tb-PaneTitle', text: trans.__('artifacts by experiment') }),
    table(largest.map((each) => [each.name, size(each.bytes)])),
    element('div', { class: 'tb-PaneFoot' }, free, button(trans.__('Close'), close)),
  );
}

function table(rows: readonly [string, string][]): HTMLElement {
  return element(
    'table',
    { class: 'tb-PaneTable' },
    ...rows.map(([name, value]) =>
      element('tr', {}, element('th', { scope: 'row', text: name }), element('td', { text: value })),
    ),
  );
}
