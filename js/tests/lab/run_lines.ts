/** Runs as the server tells of them, for tests. */
import type { RunLine } from '../../src/contract/lab';

export function runLine(facts: Partial<RunLine> = {}): RunLine {
  return {
    id: 'run-7',
    name: 'churn',
    experiment: 'credit',
    status: 'FINISHED',
    started: 1000,
    took: 12.4,
    attempt: 7,
    star: false,
    note: '',
    deleted: false,
    metric: { name: 'accuracy', cell: { t: '0.914', h: '0.91402', d: '+0.006', a: 1, c: 'good' } },
    course: [],
    badges: [],
    progress: null,
    notebook: 'credit.ipynb',
    cellId: 'cell0',
    cellKey: 'key',
    error: '',
    ...facts,
  };
}
