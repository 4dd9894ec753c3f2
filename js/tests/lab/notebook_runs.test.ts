// @vitest-environment happy-dom
import { DisposableDelegate } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FeedEvent, Gone, RunLine } from '../../src/contract/lab';
import { Badge } from '../../src/lab/notebook/badge';
import { type Notebook, NotebookRuns } from '../../src/lab/notebook/notebook_runs';
import { DEFAULTS, SHOWN } from '../../src/lib/lab_settings';
import { english } from '../../src/lib/trans';
import { runLine } from './run_lines';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function server(cells: Record<string, RunLine[]>, gone: Gone['notebooks'] = []) {
  const hearers = new Set<(event: FeedEvent) => void>();
  const settings = { wishes: { ...DEFAULTS } } as { wishes: typeof DEFAULTS; changed?: unknown };
  settings.changed = new Signal<object, unknown>(settings);
  const api = {
    stores: vi.fn(async () => ({ current: { path: 'a/trackbook.duckdb' }, known: [], version: '' })),
    cells: vi.fn(async (_store: string, notebook: string) => ({
      cells: [{ cellId: 'cell0', cellKey: '', code: '', attempts: cells[notebook] ?? [] }],
    })),
    gone: vi.fn(async () => ({ notebooks: gone })),
  };
  const feeds = {
    listen: vi.fn((_store: string, hear: (event: FeedEvent) => void) => {
      hearers.add(hear);
      return new DisposableDelegate(() => hearers.delete(hear));
    }),
  };
  const asked = { api, feeds, settings } as unknown as ConstructorParameters<typeof NotebookRuns>[0];
  const tell = (event: FeedEvent): void => {
    for (const hear of hearers) hear(event);
  };
  return { api, feeds, hearers, asked, tell };
}

const notebook = (path: () => string, ...ids: string[]): Notebook => ({
  path,
  cells: () => (ids.length > 0 ? ids : ['cell0']).map((id) => ({ id, source: '%%track' })),
  loaded: Promise.resolve(),
});

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(2000);

test('a notebook has one line to its store, and a burst of news is at most two questions, whatever its cells', async () => {
  const { api, feeds, asked, tell } = server({ 'a/n.ipynb': [runLine()] });
  const runs = new NotebookRuns(
    asked,
    notebook(() => 'a/n.ipynb'),
  );
  await settle();
  expect(runs.of('cell0')).toHaveLength(1);
  api.cells.mockClear();
  for (let at = 0; at < 30; at += 1) tell({ tell: 'changed' });
  await settle();
  expect(api.cells.mock.calls.length).toBeLessThanOrEqual(2);
  expect(feeds.listen).toHaveBeenCalledOnce();
  runs.dispose();
});

test('progress is shown without a question, and only where it is another', async () => {
  const running = runLine({ status: 'RUNNING', took: null, progress: 0.1 });
  const { api, asked, tell } = server({ 'n.ipynb': [running] });
  const runs = new NotebookRuns(
    asked,
    notebook(() => 'n.ipynb'),
  );
  await settle();
  api.cells.mockClear();
  const told = vi.fn();
  runs.changed.connect(told);
  tell({ tell: 'progress', runs: [{ id: running.id, progress: 0.4 }] });
  tell({ tell: 'progress', runs: [{ id: running.id, progress: 0.4 }] });
  tell({ tell: 'progress', runs: [{ id: 'another', progress: 0.9 }] });
  expect(runs.last()[0]?.progress).toBe(0.4);
  expect(told).toHaveBeenCalledOnce();
  expect(api.cells).not.toHaveBeenCalled();
  runs.dispose();
});

test('a notebook that is renamed keeps the runs that its kernel makes under the name of its start', async () => {
  const before = runLine({ id: 'old', started: 1 });
  const after = runLine({ id: 'new', started: 2 });
  const { asked } = server({ 'n.ipynb': [before], 'renamed.ipynb': [after] });
  let name = 'n.ipynb';
  const runs = new NotebookRuns(
    asked,
    notebook(() => name),
  );
  await settle();
  name = 'renamed.ipynb';
  await runs.follow();
  await settle();
  expect(runs.of('cell0').map((run) => run.id)).toEqual(['new', 'old']);
  runs.dispose();
});

test('a notebook that was moved while nobody looked has its runs by the ids of its cells', async () => {
  const gone = [
    { notebook: 'before.ipynb', cellIds: ['cell0', 'deleted'] },
    { notebook: 'stranger.ipynb', cellIds: ['other'] },
  ];
  const { api, asked } = server({ 'before.ipynb': [runLine({ id: 'old' })] }, gone);
  const runs = new NotebookRuns(
    asked,
    notebook(() => 'n.ipynb'),
  );
  await settle();
  expect(runs.of('cell0').map((run) => run.id)).toEqual(['old']);
  expect(runs.isCalled('before.ipynb')).toBe(true);
  expect(api.cells).not.toHaveBeenCalledWith('a/trackbook.duckdb', 'stranger.ipynb');
  runs.dispose();
});

test('a notebook that is closed listens no more and asks nobody', async () => {
  const { api, hearers, asked } = server({});
  const runs = new NotebookRuns(
    asked,
    notebook(() => 'n.ipynb'),
  );
  await settle();
  api.cells.mockClear();
  runs.refresh();
  runs.dispose();
  await settle();
  expect(hearers.size).toBe(0);
  expect(api.cells.mock.calls.length).toBeLessThanOrEqual(1);
});

test('a server that refuses leaves what was known', async () => {
  const { api, asked, tell } = server({ 'n.ipynb': [runLine()] });
  const runs = new NotebookRuns(
    asked,
    notebook(() => 'n.ipynb'),
  );
  await settle();
  api.cells.mockRejectedValueOnce(new Error('the store is held'));
  tell({ tell: 'changed' });
  await settle();
  expect(runs.of('cell0')).toHaveLength(1);
  runs.dispose();
});

test('a badge shows what the settings wish, in words that are text whatever they hold', () => {
  const evil = '<img src=x onerror="alert(1)">';
  const metric = { name: evil, cell: { t: evil, h: evil, d: '+1', a: 1, c: 'good' } };
  const run = runLine({ name: evil, metric, badges: [{ text: evil, hover: evil }] });
  const badge = new Badge('cell0', english, { open: vi.fn(), hover: vi.fn(), leave: vi.fn() });
  badge.say([run], SHOWN);
  expect(badge.node.querySelector('img')).toBeNull();
  expect(badge.node.textContent).toContain(evil);
  badge.say([run], ['took']);
  expect(badge.node.textContent).toBe('●12.4\u202fs');
  badge.dispose();
});
