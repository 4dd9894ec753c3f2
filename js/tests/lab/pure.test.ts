import { describe, expect, test } from 'vitest';
import type { Preview, RunLine, VersionLine } from '../../src/contract/lab';
import { eventOf } from '../../src/lab/feed';
import { pauseAfter } from '../../src/lib/backoff';
import { callOf, conflictOf, planOf } from '../../src/lib/decision_words';
import { heightsOf } from '../../src/lib/heights';
import { DEFAULTS, settingsOf } from '../../src/lib/lab_settings';
import { lineDiff } from '../../src/lib/line_diff';
import { cellFor, modelStanding, runHover, stagesFor, standing } from '../../src/lib/side_words';
import { size } from '../../src/lib/sizes';
import { eventPieces } from '../../src/lib/sse';
import { english as trans } from '../../src/lib/trans';

const run = (more: Partial<RunLine> = {}): RunLine => ({
  id: 'r1',
  name: 'otter',
  experiment: 'churn',
  status: 'FINISHED',
  started: 1000,
  took: 12,
  attempt: 2,
  star: false,
  note: '',
  deleted: false,
  metric: { name: 'accuracy', cell: { t: '0.914', h: '0.91432', d: '+0.006', a: 1 } },
  course: [],
  badges: [{ text: 'unseeded', hover: 'no random_state' }],
  progress: null,
  notebook: '',
  cellId: '',
  cellKey: '',
  error: '',
  ...more,
});

const version = (number: number, stage: string, deleted = false): VersionLine => ({
  model: 'churn',
  version: number,
  stage,
  aliases: [],
  at: 0,
  runId: '',
  runName: '',
  deleted,
});

describe('server-sent events', () => {
  test('come in pieces of any size, with comments between them', () => {
    const pieces = eventPieces();
    expect(pieces.add('data: {"tell"')).toEqual([]);
    expect(pieces.add(':"changed"}\n\n: still here\n\ndata: a\r\n')).toEqual(['{"tell":"changed"}']);
    expect(pieces.add('data: b\n\ndata: c\n\n')).toEqual(['a\nb', 'c']);
  });

  test('what is no word of ours is nothing', () => {
    expect(eventOf('{"tell":"changed"}')).toEqual({ tell: 'changed' });
    for (const data of ['', 'x', '[]', 'null', '{"tell":"progress"}', '{"tell":"else"}'])
      expect(eventOf(data)).toBeNull();
  });

  test('a line that broke is tried again ever more rarely, but within half a minute or so', () => {
    expect(pauseAfter(1, 0.5)).toBe(500);
    expect(pauseAfter(4, 0.5)).toBe(4000);
    expect(pauseAfter(60, 1)).toBeLessThanOrEqual(37_500);
  });
});

describe('settings', () => {
  test('what does not fit is the default', () => {
    expect(settingsOf({})).toEqual(DEFAULTS);
    const odd = { badge: ['took', 'else'], notifyAfter: -1, notifyBrowser: 'yes', store: ' a.duckdb ', refresh: 0 };
    expect(settingsOf(odd)).toEqual({ ...DEFAULTS, badge: ['took'], store: 'a.duckdb', refresh: 0 });
  });
});

describe('the difference between two texts', () => {
  test('keeps what they have in common in order', () => {
    expect(lineDiff('a\nb\nc\nd', 'a\nx\nc\nd\ne').map((line) => line.sign + line.text)).toEqual([
      ' a',
      '-b',
      '+x',
      ' c',
      ' d',
      '+e',
    ]);
  });

  test('is nothing for equal texts, and all for a text that was empty', () => {
    expect(lineDiff('a\nb', 'a\nb').every((line) => line.sign === ' ')).toBe(true);
    expect(lineDiff('a\na', 'a').map((line) => line.sign)).toEqual([' ', '-']);
  });

  test('of texts too long to compare, the middle is replaced as a whole', () => {
    const many = (word: string): string => Array.from({ length: 3000 }, (_, at) => `${word}${at}`).join('\n');
    const lines = lineDiff(`same\n${many('a')}`, `same\n${many('b')}`);
    expect(lines.length).toBe(6001);
    expect(lines[0]).toEqual({ sign: ' ', text: 'same' });
  });
});

describe('words of the side bar', () => {
  test('a course is drawn from its least to its greatest value, gaps stay gaps', () => {
    expect(heightsOf([2, null, 4, 3])).toEqual([0, null, 31, 15.5]);
    expect(heightsOf([5, 5])).toEqual([15.5, 15.5]);
    expect(heightsOf([])).toEqual([]);
  });

  test('a run says how far it is or how it ended', () => {
    expect(standing(run(), trans)).toBe('');
    expect(standing(run({ status: 'RUNNING' }), trans)).toBe('running');
    expect(standing(run({ status: 'RUNNING', progress: 0.269 }), trans)).toBe('26\u202f%');
    expect(standing(run({ status: 'FAILED' }), trans)).toBe('failed');
    expect(standing(run({ status: 'FAILED', deleted: true }), trans)).toBe('deleted');
  });

  test('the hover has all of it, a line each', () => {
    const lines = runHover(run({ note: 'look' }), 1100, trans).split('\n');
    expect(lines[0]).toBe('otter');
    expect(lines).toContain('accuracy 0.91432 +0.006');
    expect(lines).toContain('attempt 2 of its cell');
    expect(lines).toContain('unseeded: no random_state');
    expect(lines.at(-1)).toBe('note: look');
  });

  test('a model says who is where, the furthest first', () => {
    const versions = [version(4, 'Staging'), version(3, 'Production'), version(2, 'Archived')];
    expect(modelStanding(versions)).toBe('v3 Production · v4 Staging');
    expect(modelStanding([version(2, 'None', true), version(1, 'None')])).toBe('v1');
    expect(modelStanding([])).toBe('');
  });

  test('a version is offered the stages that it is not in', () => {
    expect(stagesFor(version(3, 'Production'), [version(1, 'Shadow')])).toEqual(['Staging', 'Shadow']);
  });

  test('a run that is dropped is a call, several are a list of calls', () => {
    expect(cellFor(['a'])).toBe('tb.get_run("a")');
    expect(cellFor(['a', 'b'])).toBe('[\n    tb.get_run("a"),\n    tb.get_run("b"),\n]');
  });

  test('sizes have the unit that suits them', () => {
    expect([0, 950, 999.6, 1234, 12_345_678, 5e13].map(size)).toEqual([
      '0\u202fB',
      '950\u202fB',
      '1.0\u202fkB',
      '1.2\u202fkB',
      '12\u202fMB',
      '50\u202fTB',
    ]);
  });
});

describe('a decision', () => {
  const preview = (before: string): Preview => ({
    changes: [{ what: 'Production', before, after: 'version 4' }],
    gates: [{ name: 'loads', passed: true, sentence: '' }],
    seen: 'x',
  });

  test('has the call that one would type', () => {
    const about = { model: 'ch"urn', version: 3 };
    expect(callOf({ deed: 'promote', ...about, stage: 'Staging' })).toBe('tb.promote("ch\\"urn", 3, "Staging")');
    expect(callOf({ deed: 'archive', ...about })).toBe('tb.archive("ch\\"urn", 3)');
    expect(callOf({ deed: 'rollback', ...about, stage: 'Production' })).toBe('tb.rollback("ch\\"urn", "Production")');
    expect(callOf({ deed: 'alias', ...about, alias: 'best' })).toBe('tb.set_alias("ch\\"urn", "best", 3)');
    expect(callOf({ deed: 'unalias', ...about, alias: 'best' })).toBe('tb.delete_alias("ch\\"urn", "best")');
  });

  test('is shown with its changes and gates, or with why it cannot be made', () => {
    const about = { deed: 'promote', model: 'churn', version: 4, stage: 'Production' } as const;
    const plan = planOf(about, 7, preview('version 3'), '', trans);
    expect(plan).toMatchObject({
      turn: 7,
      title: 'Promote churn version 4 to Production',
      gates: ['loads'],
      refusal: '',
    });
    expect(plan.changes).toEqual([['Production', 'version 3', 'version 4']]);
    expect(planOf(about, 8, null, 'It is there already.', trans)).toMatchObject({
      changes: [],
      refusal: 'It is there already.',
    });
  });

  test('upon what is no longer so tells both states', () => {
    const text = conflictOf('Too late.', preview('version 3'), preview('version 1'), trans);
    expect(text).toBe('Too late. You saw Production: version 3; now it is Production: version 1.');
    expect(conflictOf('Too late.', undefined, undefined, trans)).toBe('Too late.');
  });
});
