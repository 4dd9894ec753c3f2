/** When a tracked cell's end is worth a notification. */
import type { RunLine } from '../../contract/lab';
import { took } from '../../lib/numbers';
import type { Trans } from '../../lib/trans';
import { metricWords } from './badge_words';

export interface News {
  runId: string;
  tone: 'success' | 'error' | 'warning';
  text: string;
}

/** Remembers what ran, so that each end is told once, and only of runs that were seen running. */
export class EndWatch {
  private running = new Set<string>();

  /** runs: the last attempts of a notebook's cells. after: seconds; shorter runs are not told of. Infinity for none. */
  look(runs: readonly RunLine[], after: number): RunLine[] {
    const ended = runs.filter((run) => run.status !== 'RUNNING' && this.running.has(run.id));
    this.running = new Set(runs.filter((run) => run.status === 'RUNNING').map((run) => run.id));
    return ended.filter((run) => (run.took ?? 0) >= after);
  }
}

export function newsOf(run: RunLine, trans: Trans): News {
  const time = took(run.took ?? 0);
  const name = run.attempt > 0 ? `${run.name} #${run.attempt}` : run.name;
  if (run.status === 'FAILED') {
    const text = run.error
      ? trans.__('%1 failed after %2: %3', name, time, run.error)
      : trans.__('%1 failed after %2.', name, time);
    return { runId: run.id, tone: 'error', text };
  }
  if (run.status === 'KILLED') {
    return { runId: run.id, tone: 'warning', text: trans.__('%1 was stopped after %2.', name, time) };
  }
  const metric = metricWords(run);
  const gained = metric ? ` ${[metric.name, metric.value, metric.delta].filter(Boolean).join(' ')}` : '';
  return { runId: run.id, tone: 'success', text: trans.__('%1 ended after %2.', name, time) + gained };
}
