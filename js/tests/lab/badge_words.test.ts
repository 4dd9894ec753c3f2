import { expect, test } from 'vitest';
import { badgeWords } from '../../src/lab/notebook/badge_words';
import { statusHover, statusLine } from '../../src/lab/notebook/status_words';
import { english } from '../../src/lib/trans';
import { runLine } from './run_lines';

const THIN = '\u202f';

test('a badge says attempt, key metric, its change and how long', () => {
  const words = badgeWords(runLine(), english);
  expect(words).toMatchObject({ tone: 'quiet', attempt: '#7', status: '', took: `12.4${THIN}s` });
  expect(words.metric).toEqual({ name: 'accuracy', value: '0.914', hover: '0.91402', delta: '▲ 0.006', tone: 'good' });
  expect(words.label).toBe(`Last run churn #7, accuracy 0.914 ▲ 0.006, 12.4${THIN}s`);
});

test('a change for the worse points down and keeps its tone; without an attempt before there is none', () => {
  const worse = { name: 'loss', cell: { t: '0.3', d: '\u22120.02', a: -1, c: 'good' } };
  expect(badgeWords(runLine({ metric: worse }), english).metric).toMatchObject({ delta: '▼ 0.02', tone: 'good' });
  const first = { name: 'loss', cell: { t: '0.3', c: 'warning' } };
  expect(badgeWords(runLine({ metric: first }), english).metric).toMatchObject({ delta: '', tone: 'quiet' });
  expect(badgeWords(runLine({ metric: null }), english).metric).toBeNull();
});

test.each([
  [{ status: 'RUNNING', progress: 0.269, took: null }, 'running', `running 26${THIN}%`],
  [{ status: 'RUNNING', progress: null, took: null }, 'running', 'running'],
  [{ status: 'FAILED' }, 'bad', 'failed'],
  [{ status: 'KILLED' }, 'warning', 'stopped'],
  [{ status: 'FINISHED' }, 'quiet', ''],
] as const)('%j is said in a word beside its colour', (facts, tone, status) => {
  expect(badgeWords(runLine(facts), english)).toMatchObject({ tone, status });
});

test('honest badges are heard as well as seen', () => {
  const words = badgeWords(runLine({ badges: [{ text: 'unseeded', hover: 'no random_state' }] }), english);
  expect(words.marks).toEqual([{ text: 'unseeded', hover: 'no random_state' }]);
  expect(words.label).toContain('unseeded');
});

test('the status bar names the store by its file and tells of the run that is least far', () => {
  const running = [{ progress: 0.9 }, { progress: 0.26 }, { progress: null }];
  expect(statusLine('cells', 'a/trackbook.duckdb', running, english)).toBe(
    `◉ tracking · trackbook.duckdb · 3 running 26${THIN}%`,
  );
  expect(statusLine('all', 'trackbook.duckdb', [], english)).toBe('◉ tracking every cell · trackbook.duckdb');
  expect(statusLine('off', '', [{ progress: null }], english)).toBe('○ not tracking · 1 running');
  expect(statusLine('unknown', '', [], english)).toBe('');
});

test('the hover says how to begin where nothing is tracked', () => {
  expect(statusHover('off', 'x.duckdb', english)).toContain('%load_ext trackbook');
  expect(statusHover('cells', 'x.duckdb', english)).toContain('%%track');
});
