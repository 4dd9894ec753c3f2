// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Decision, Preview, RunLine, StoreFacts } from '../../src/contract/lab';
import type { Api } from '../../src/lab/api';
import { Fault, refusalOf } from '../../src/lab/fault';
import { Decisions } from '../../src/lab/sidebar/decision';
import { emptiness, emptyNode } from '../../src/lab/sidebar/empty';
import { fillLine } from '../../src/lab/sidebar/lines';
import { type RunDeeds, runMenu } from '../../src/lab/sidebar/run_menu';
import { TreeView } from '../../src/lab/sidebar/tree';
import { type Line, RUNS, Tree } from '../../src/lib/side_tree';
import { english as trans } from '../../src/lib/trans';

const EVIL = '<img src=x onerror="hacked()">';
const run = (more: Partial<RunLine> = {}): RunLine => ({
  id: 'r1',
  name: EVIL,
  experiment: EVIL,
  status: 'FINISHED',
  started: 1000,
  took: 1,
  attempt: 1,
  star: true,
  note: EVIL,
  deleted: false,
  metric: { name: EVIL, cell: { t: EVIL, d: EVIL, a: 1 } },
  course: [1, 2],
  badges: [{ text: EVIL, hover: EVIL }],
  progress: null,
  notebook: EVIL,
  cellId: EVIL,
  cellKey: EVIL,
  error: EVIL,
  ...more,
});
const base = { key: 'k', level: 2, position: 1, brothers: 1, parent: 0, open: null } as const;

describe('lines', () => {
  const version = {
    model: EVIL,
    version: 1,
    stage: EVIL,
    aliases: [EVIL],
    at: 0,
    runId: '',
    runName: EVIL,
    deleted: false,
  };
  const lines: Line[] = [
    { ...base, kind: 'run', experiment: EVIL, at: 0 },
    { ...base, kind: 'experiment', name: EVIL, runs: 1, running: 1 },
    { ...base, kind: 'model', name: EVIL, versions: [version], count: 1 },
    { ...base, kind: 'version', version },
    { ...base, kind: 'more', model: EVIL, count: 3 },
  ];
  test.each(lines)('markup in a line of kind $kind stays text', (line) => {
    const node = document.createElement('div');
    fillLine(node, line, run(), trans);
    expect(node.querySelector('img')).toBeNull();
    if (line.kind !== 'more') expect(node.textContent).toContain(EVIL);
  });

  test('a run that is not known yet has its place', () => {
    const node = document.createElement('div');
    fillLine(node, { ...base, kind: 'run', experiment: 'churn', at: 0 }, undefined, trans);
    expect(node.textContent).toBe('…');
  });
});

describe('the tree', () => {
  beforeEach(() =>
    vi.stubGlobal(
      'ResizeObserver',
      class {
        observe() {}
        disconnect() {}
      },
    ),
  );

  function made(runs: number) {
    const opened: string[] = [];
    const view = new TreeView({
      label: 'runs',
      identity: (line) => (line.kind === 'run' ? `id-${line.at}` : line.key),
      placeOf: () => -1,
      fill: (node, line) => node.append(line.key),
      toggle: (line) => opened.push(`toggle ${line.key}`),
      open: (line) => opened.push(`open ${line.key}`),
      menu: () => {},
      inView: () => {},
      grab: () => {},
    });
    const shown = { experiments: [], models: [], filtered: true, totals: new Map([['', runs]]) };
    view.show(new Tree({ ...shown, open: new Set([RUNS]) }));
    return { opened, view };
  }
  const click = (view: TreeView, place: number, how: MouseEventInit = {}): void => {
    view.node
      .querySelector(`[data-place="${place}"]`)
      ?.dispatchEvent(new MouseEvent('click', { bubbles: true, ...how }));
  };

  test('of 100,000 runs only those in view are made, and each says where it stands', () => {
    const { view } = made(100_000);
    const lines = view.node.querySelectorAll('[role=treeitem]');
    expect(lines.length).toBeLessThan(60);
    expect(lines[1]?.getAttribute('aria-setsize')).toBe('100000');
    expect(lines[1]?.getAttribute('aria-level')).toBe('2');
    expect(lines[0]?.getAttribute('aria-expanded')).toBe('true');
  });

  test('runs are selected one by one and in ranges', () => {
    const { view } = made(10);
    click(view, 2);
    click(view, 4, { shiftKey: true });
    expect([...view.selected]).toEqual(['id-1', 'id-2', 'id-3']);
    click(view, 6, { ctrlKey: true });
    click(view, 2, { ctrlKey: true });
    expect([...view.selected]).toEqual(['id-2', 'id-3', 'id-5']);
    click(view, 1);
    expect(view.selected.size).toBe(0);
  });

  test('a second click opens a run, a first one a folder', () => {
    const { opened, view } = made(3);
    click(view, 1, { detail: 1 });
    click(view, 1, { detail: 2 });
    click(view, 0, { detail: 1 });
    expect(opened).toEqual(['open run 0 ', 'toggle runs']);
  });
});

describe('a decision in the side bar', () => {
  const preview = (before: string, seen: string): Preview => ({
    changes: [{ what: 'Production', before, after: 'version 4' }],
    gates: [],
    seen,
  });
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

  test('that comes too late shows both states, and is made upon what holds now', async () => {
    const made: Decision[] = [];
    const api = {
      preview: async () => preview('version 3', 'first'),
      decide: async (decision: Decision) => {
        made.push(decision);
        if (decision.seen === 'second') return { text: 'Promoted.', undo: '7' };
        const fault = { message: 'Too late.', was: preview('version 3', 'first'), is: preview('version 1', 'second') };
        throw new Fault(409, fault);
      },
    } as unknown as Api;
    const done = vi.fn();
    const decisions = new Decisions(api, trans, done, () => {});
    document.body.append(decisions.node);
    decisions.open('trackbook.duckdb', { deed: 'promote', model: 'churn', version: 4, stage: 'Production' });
    await settled();
    const submit = (): boolean => decisions.node.dispatchEvent(new Event('submit', { cancelable: true }));
    submit();
    await settled();
    expect(decisions.node.textContent).toContain('You saw Production: version 3; now it is Production: version 1.');
    submit();
    await settled();
    expect(made.map((each) => each.seen)).toEqual(['first', 'second']);
    expect(done).toHaveBeenCalledWith({ text: 'Promoted.', undo: '7' }, 'trackbook.duckdb');
    expect(decisions.node.hidden).toBe(true);
  });

  test('that is refused says why', async () => {
    const api = {
      preview: async () => {
        throw new Fault(400, { message: 'Version 4 is in Production already.' });
      },
    } as unknown as Api;
    const decisions = new Decisions(
      api,
      trans,
      () => {},
      () => {},
    );
    decisions.open('s', { deed: 'promote', model: 'churn', version: 4, stage: 'Production' });
    await settled();
    expect(decisions.node.textContent).toContain('Version 4 is in Production already.');
  });
});

describe('nothing to list', () => {
  const facts = (more: Partial<StoreFacts>): StoreFacts => ({
    path: 'a.duckdb',
    exists: true,
    writable: true,
    fault: '',
    ...more,
  });

  test('is a sentence with what helps', () => {
    const missing = new Fault(404, { message: '' }, false);
    expect(emptiness(null, missing, trans)?.code).toContain('jupyter server extension enable');
    expect(emptiness(facts({ exists: false }), null, trans)).toMatchObject({ code: '%load_ext trackbook' });
    expect(emptiness(facts({ fault: 'It is no store.' }), null, trans)).toEqual({ text: 'It is no store.', code: '' });
    expect(emptiness(facts({}), null, trans)).toBeNull();
    expect(emptiness(null, null, trans)).toBeNull();
    expect(emptyNode({ text: EVIL, code: EVIL }, () => {}, trans).querySelector('img')).toBeNull();
  });

  test("the server's own page means that our part is not there, our 404 does not", async () => {
    const page = new Response('<html>Not Found</html>', { status: 404 });
    expect(await refusalOf(page)).toMatchObject({ status: 404, isOurs: false });
    const ours = new Response('{"message": "There is no run like this."}', { status: 404 });
    expect(await refusalOf(ours)).toMatchObject({ message: 'There is no run like this.', isOurs: true });
  });
});

describe('the menu of runs', () => {
  const deeds = new Proxy({}, { get: () => () => {} }) as RunDeeds;
  const texts = (runs: RunLine[], writable = true): string[] =>
    runMenu(runs, writable, deeds, trans).flatMap((item) => (item ? [item.text] : []));

  test('offers what suits the runs that are meant', () => {
    expect(texts([run()])).toContain('Open its cell');
    expect(texts([run({ notebook: '' })])).not.toContain('Open its cell');
    expect(texts([run(), run({ id: 'r2' })])).toContain('Compare 2 runs');
    expect(texts([run({ deleted: true })])).toContain('Restore');
    expect(texts([run({ status: 'RUNNING' })])).toContain('Stop after this step');
    expect(texts([run()], false)).not.toContain('Delete');
    expect(texts([])).toEqual([]);
  });
});
