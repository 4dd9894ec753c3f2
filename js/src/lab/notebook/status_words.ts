/** What the status bar says. */
import type { RunLine } from '../../contract/lab';
import type { Trans } from '../../lib/trans';
import { percent } from './badge_words';

/** cells: cells with `%%track`. all: `%track on`. off: trackbook is not loaded. unknown: nobody could be asked. */
export type Tracking = 'cells' | 'all' | 'off' | 'unknown';

/** `◉ tracking · trackbook.duckdb · 1 running 26 %`. store: its path; running: its runs that run. */
export function statusLine(
  tracking: Tracking,
  store: string,
  running: readonly Pick<RunLine, 'progress'>[],
  trans: Trans,
): string {
  const parts = [trackingWords(tracking, trans), store.split('/').pop() ?? '', runningWords(running, trans)];
  return parts.filter(Boolean).join(' · ');
}

function trackingWords(tracking: Tracking, trans: Trans): string {
  if (tracking === 'all') return `◉ ${trans.__('tracking every cell')}`;
  if (tracking === 'cells') return `◉ ${trans.__('tracking')}`;
  return tracking === 'off' ? `○ ${trans.__('not tracking')}` : '';
}

/** What the words mean, for the hover. */
export function statusHover(tracking: Tracking, store: string, trans: Trans): string {
  const means = {
    all: trans.__('Every cell that fits or scores is tracked (%track on).'),
    cells: trans.__('Cells that begin with %%track are tracked.'),
    off: trans.__('trackbook is not loaded in this notebook’s kernel: %load_ext trackbook'),
    unknown: '',
  };
  return [means[tracking], store ? trans.__('Store: %1', store) : ''].filter(Boolean).join('\n');
}

/** `2 running 26 %`: the share is that of the one that is least far. */
export function runningWords(running: readonly Pick<RunLine, 'progress'>[], trans: Trans): string {
  if (running.length === 0) return '';
  const known = running.map((run) => run.progress).filter((share) => share !== null);
  const text = trans._n('%1 running', '%1 running', running.length);
  return known.length > 0 ? `${text} ${percent(Math.min(...known))}` : text;
}
