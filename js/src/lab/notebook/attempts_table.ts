/** The last attempts of a cell as a small table; a row opens its run. */
import type { RunLine } from '../../contract/lab';
import { ago } from '../../lib/ago';
import { took } from '../../lib/numbers';
import type { Trans } from '../../lib/trans';
import { button, element } from '../../parts/elements';
import { metricWords, statusWords } from './badge_words';

export function attemptsTable(
  runs: readonly RunLine[],
  open: (run: RunLine) => void,
  trans: Trans,
  now = Date.now() / 1000,
): HTMLTableElement {
  const metric = runs.find((run) => run.metric)?.metric?.name ?? '';
  const titles = ['', trans.__('run'), metric, trans.__('change'), trans.__('took'), trans.__('when'), ''];
  const head = element('tr', {}, ...titles.map((text) => element('th', { scope: 'col', text })));
  const rows = runs.map((run) => row(run, metric, open, trans, now));
  const table = element('table', { class: 'tb-Attempts', 'aria-label': trans.__('Last attempts of this cell') });
  table.append(element('thead', {}, head), element('tbody', {}, ...rows));
  return table;
}

function row(run: RunLine, metric: string, open: (run: RunLine) => void, trans: Trans, now: number): HTMLElement {
  const words = metricWords(run);
  const mine = words?.name === metric ? words : null;
  const name = button(run.name, () => open(run), { class: 'tb-AttemptsName', title: run.name });
  const others = [statusWords(run, trans), run.error, ...run.badges.map((badge) => badge.text)];
  const made = element(
    'tr',
    { 'data-status': run.status },
    element('td', { class: 'tb-AttemptsNumber', text: run.attempt > 0 ? `#${run.attempt}` : '' }),
    element('td', {}, name),
    figure(mine?.value ?? '', { class: 'tb-AttemptsFigure', title: mine?.hover ?? '' }),
    figure(mine?.delta ?? '', { class: 'tb-AttemptsFigure tb-CellBadgeDelta', 'data-tone': mine?.tone ?? '' }),
    figure(run.took === null ? '' : took(run.took), { class: 'tb-AttemptsFigure' }),
    element('td', { text: ago(run.started, now), title: new Date(run.started * 1000).toLocaleString() }),
    element('td', { class: 'tb-AttemptsSays', text: others.filter(Boolean).join(' · ') }),
  );
  return made;
}

/** A number with its sign or unit reads so also where the page reads from right to left. */
function figure(text: string, attributes: Record<string, string>): HTMLElement {
  return element('td', attributes, element('bdi', { dir: 'ltr', text }));
}
