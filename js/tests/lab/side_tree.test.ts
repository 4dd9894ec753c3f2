import { describe, expect, test } from 'vitest';
import type { VersionLine } from '../../src/contract/lab';
import { experimentKey, type Line, MODELS, modelKey, RUNS, type Shown, Tree } from '../../src/lib/side_tree';

const version = (number: number): VersionLine => ({
  model: 'churn',
  version: number,
  stage: 'None',
  aliases: [],
  at: 0,
  runId: '',
  runName: '',
  deleted: false,
});

const shown = (more: Partial<Shown> = {}): Shown => ({
  open: new Set([RUNS, MODELS, experimentKey('churn')]),
  experiments: [
    { name: 'churn', runs: 100_000, running: 1, last: 2 },
    { name: 'credit', runs: 3, running: 0, last: 1 },
  ],
  models: [{ name: 'churn', versions: [version(2), version(1)], more: 5 }],
  filtered: false,
  totals: new Map(),
  ...more,
});

const kinds = (tree: Tree): string[] =>
  Array.from({ length: tree.length }, (_, place) => (tree.at(place) as Line).kind);

describe('the tree of the side bar', () => {
  test('an open experiment has a line for each of its runs, and none is made before it is looked at', () => {
    const tree = new Tree(shown());
    expect(tree.length).toBe(1 + 1 + 100_000 + 1 + 1 + 1);
    expect(tree.at(2)).toMatchObject({ kind: 'run', experiment: 'churn', at: 0, level: 3, parent: 1 });
    expect(tree.at(100_001)).toMatchObject({ kind: 'run', at: 99_999, position: 100_000, brothers: 100_000 });
    expect(tree.at(100_002)).toMatchObject({ kind: 'experiment', name: 'credit', open: false });
    expect(tree.at(tree.length)).toBeUndefined();
    expect(tree.at(-1)).toBeUndefined();
  });

  test('what a page of runs told counts more than what the experiments told before', () => {
    expect(new Tree(shown({ totals: new Map([['churn', 2]]) })).length).toBe(7);
  });

  test('filtered runs stand in one row below their head', () => {
    const tree = new Tree(shown({ filtered: true, totals: new Map([['', 2]]), models: [] }));
    expect(kinds(tree)).toEqual(['runs', 'run', 'run', 'models']);
    expect(tree.at(0)).toMatchObject({ count: 2 });
    expect(tree.at(1)).toMatchObject({ level: 2, experiment: '' });
  });

  test('an open model has its versions, and a line for those that were left out', () => {
    const open = new Set([MODELS, modelKey('churn')]);
    const tree = new Tree(shown({ open }));
    expect(kinds(tree)).toEqual(['runs', 'models', 'model', 'version', 'version', 'more']);
    expect(tree.at(2)).toMatchObject({ count: 7 });
    expect(tree.at(5)).toMatchObject({ kind: 'more', count: 5, position: 3, brothers: 3, parent: 2 });
  });

  test('a line is found by its key, the runs of an experiment by its name', () => {
    const tree = new Tree(shown());
    expect(tree.placeOf(MODELS)).toBe(100_003);
    expect(tree.placeOf(modelKey('gone'))).toBe(-1);
    expect(tree.firstRun('churn')).toBe(2);
    expect(tree.firstRun('credit')).toBe(-1);
  });

  test('as long as the store has told nothing there are two heads without a number', () => {
    const tree = new Tree(shown({ experiments: null, models: null }));
    expect(kinds(tree)).toEqual(['runs', 'models']);
    expect(tree.at(0)).toMatchObject({ count: null });
  });
});
