import { expect, test } from 'vitest';
import { EndWatch, newsOf } from '../../src/lab/notebook/news';
import { english } from '../../src/lib/trans';
import { runLine } from './run_lines';

const THIN = '\u202f';
const running = runLine({ status: 'RUNNING', took: null });

test('the end of a run that was seen running is told once, and only when it took long enough', () => {
  const watch = new EndWatch();
  expect(watch.look([running], 10)).toEqual([]);
  const ended = runLine({ took: 12 });
  expect(watch.look([ended], 10)).toEqual([ended]);
  expect(watch.look([ended], 10)).toEqual([]);
  watch.look([running], 10);
  expect(watch.look([runLine({ took: 9 })], 10)).toEqual([]);
});

test('what had ended before anybody looked is no news, and nothing is told where nothing is wished', () => {
  expect(new EndWatch().look([runLine({ took: 100 })], 1)).toEqual([]);
  const watch = new EndWatch();
  watch.look([running], Number.POSITIVE_INFINITY);
  expect(watch.look([runLine({ took: 1e6 })], Number.POSITIVE_INFINITY)).toEqual([]);
});

test('two cells that run are followed each by itself', () => {
  const watch = new EndWatch();
  const other = runLine({ id: 'other', status: 'RUNNING', took: null });
  watch.look([running, other], 0);
  const failed = runLine({ id: 'other', status: 'FAILED', took: 3 });
  expect(watch.look([running, failed], 0)).toEqual([failed]);
  expect(watch.look([runLine(), failed], 0).map((run) => run.id)).toEqual(['run-7']);
});

test('news are one sentence with the name, the time and what came of it', () => {
  expect(newsOf(runLine({ took: 90 }), english)).toEqual({
    runId: 'run-7',
    tone: 'success',
    text: `churn #7 ended after 1${THIN}min 30${THIN}s. accuracy 0.914 ▲ 0.006`,
  });
  const failed = runLine({ status: 'FAILED', took: 61, error: 'ValueError: no rows' });
  expect(newsOf(failed, english)).toMatchObject({
    tone: 'error',
    text: `churn #7 failed after 1${THIN}min 1${THIN}s: ValueError: no rows`,
  });
  expect(newsOf(runLine({ status: 'KILLED', took: 60 }), english).tone).toBe('warning');
});
