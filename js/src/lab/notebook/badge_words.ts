/** What a badge says of the last run of its cell; what is drawn is said to a screen reader too. */
import type { RunLine } from '../../contract/lab';
import { took } from '../../lib/numbers';
import type { Trans } from '../../lib/trans';

export type Tone = 'running' | 'bad' | 'warning' | 'quiet';

export interface BadgeWords {
  tone: Tone;
  /** `#7`; empty for a run that is no attempt of a cell. */
  attempt: string;
  /** `running 26 %`, `failed`, `stopped`; empty when all went well. */
  status: string;
  metric: MetricWords | null;
  /** How long; empty while it runs. */
  took: string;
  /** Honest badges. */
  marks: readonly { text: string; hover: string }[];
  /** All of it in one line. */
  label: string;
}

export interface MetricWords {
  name: string;
  value: string;
  hover: string;
  /** `▲ 0.006`; empty without an attempt before. */
  delta: string;
  /** good, bad or quiet. */
  tone: string;
}

const ARROWS: Record<number, string> = { 1: '▲', [-1]: '▼' };

export function badgeWords(run: RunLine, trans: Trans): BadgeWords {
  const status = statusWords(run, trans);
  const metric = metricWords(run);
  const time = run.took === null ? '' : took(run.took);
  const attempt = run.attempt > 0 ? `#${run.attempt}` : '';
  const heard = [
    trans.__('Last run %1', [run.name, attempt].filter(Boolean).join(' ')),
    status,
    metric ? [metric.name, metric.value, metric.delta].filter(Boolean).join(' ') : '',
    time,
    ...run.badges.map((badge) => badge.text),
  ];
  const label = heard.filter(Boolean).join(', ');
  return { tone: toneOf(run), attempt, status, metric, took: time, marks: run.badges, label };
}

export function statusWords(run: RunLine, trans: Trans): string {
  if (run.status === 'RUNNING') {
    return run.progress === null ? trans.__('running') : trans.__('running %1', percent(run.progress));
  }
  if (run.status === 'FAILED') return trans.__('failed');
  return run.status === 'KILLED' ? trans.__('stopped') : '';
}

export function percent(share: number): string {
  return `${Math.floor(100 * Math.min(1, Math.max(0, share)))}\u202f%`;
}

function toneOf(run: RunLine): Tone {
  if (run.status === 'RUNNING') return 'running';
  if (run.status === 'FAILED') return 'bad';
  return run.status === 'KILLED' ? 'warning' : 'quiet';
}

export function metricWords(run: RunLine): MetricWords | null {
  if (!run.metric) return null;
  const { name, cell } = run.metric;
  const arrow = ARROWS[cell.a ?? 0];
  const size = (cell.d ?? '').replace(/^[+\u2212-]/, '');
  const delta = arrow && size ? `${arrow} ${size}` : (cell.d ?? '');
  return { name, value: cell.t ?? '', hover: cell.h ?? '', delta, tone: cell.d ? (cell.c ?? 'quiet') : 'quiet' };
}
