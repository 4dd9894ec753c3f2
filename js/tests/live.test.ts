// @vitest-environment happy-dom
/** The live panel: numbers from the kernel, words for the reader, and nothing that a name could do to the page. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Facts, type Request, readNews } from '../src/contract/live';
import { axisOf, nearest, rangeOf, share, ticks } from '../src/lib/live_axis';
import { BUCKETS, LiveCurve } from '../src/lib/live_curve';
import { LiveModel, MOST_DRAWN } from '../src/lib/live_model';
import { progressCount, progressRest, readKnobText, stopButton } from '../src/lib/live_words';
import { duration, number } from '../src/lib/numbers';
import { livePanel } from '../src/parts/live_panel';

const HOSTILE = '<img src=x onerror=alert(1)>';

function facts(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { run_id: '0199', name: 'net', status: 'RUNNING', state: 'running', started_at: 100, now: 160, ...changes };
}

function columns(...lists: number[][]): DataView[] {
  return lists.map((list) => new DataView(new Float64Array(list).buffer));
}

function news(sequence: number, changes: Record<string, unknown> = {}, ...lists: number[][]) {
  const found = readNews({ kind: 'news', sequence, ...changes }, columns(...lists));
  if (!found) throw new Error('no news');
  return found;
}

function read(changes: Record<string, unknown> = {}): Facts {
  const found = news(1, { facts: facts(changes) }).facts;
  if (!found) throw new Error('no facts');
  return found;
}

describe('a message', () => {
  it('is cut into the points of each series', () => {
    const found = news(1, {}, [2, 1, 0, 2], [5, 0, 1], [0.5, 1, 2]);
    expect(found.points.map((each) => [each.series, [...each.steps], [...each.values]])).toEqual([
      [2, [5], [0.5]],
      [0, [0, 1], [1, 2]],
    ]);
  });
  it('may lie at any place in memory', () => {
    const bytes = new Uint8Array(9);
    bytes.set(new Uint8Array(new Float64Array([7]).buffer), 1);
    const odd = new DataView(bytes.buffer, 1);
    const [heads, steps] = columns([0, 1], [3]) as [DataView, DataView];
    expect(readNews({ kind: 'news' }, [heads, steps, odd])?.points[0]?.values[0]).toBe(7);
  });
  it('of somebody else, or of nonsense, breaks nothing', () => {
    expect(readNews('text', [])).toBeNull();
    expect(readNews({ kind: 'other' }, [])).toBeNull();
    const odd = readNews({ kind: 'news', series: [3, ['a', 'b', 'javascript:x']], facts: { knobs: 4 } }, []);
    expect(odd?.series[1]?.colour).toBe('#888888');
    expect(odd?.facts?.knobs).toEqual([]);
  });
});

describe('a curve', () => {
  it('keeps few points, in order, with all extremes and the newest', () => {
    const curve = new LiveCurve();
    const values = Float64Array.from({ length: 100_000 }, (_, at) => Math.sin(at / 300) + ((at * 7919) % 101) / 500);
    values[55_555] = -9;
    values[77_777] = 9;
    const steps = Float64Array.from(values, (_, at) => at);
    for (let at = 0; at < values.length; at += 100) curve.add(steps.slice(at, at + 100), values.slice(at, at + 100));
    const kept = curve.points();
    expect(kept.values.length).toBeLessThanOrEqual(4 * BUCKETS);
    expect([...kept.steps]).toEqual([...kept.steps].sort((one, other) => one - other));
    expect(kept.values).toContain(-9);
    expect(kept.values).toContain(9);
    expect([curve.count, curve.lastStep]).toEqual([100_000, 99_999]);
    // Even everywhere: no half of the run has less than a quarter of the points.
    const early = kept.steps.filter((step) => step < 50_000).length;
    expect(early).toBeGreaterThan(kept.steps.length / 4);
  });
  it('leaves a gap where a value is NaN and survives nothing but NaN', () => {
    const curve = new LiveCurve();
    curve.add(new Float64Array(5000), new Float64Array(5000).fill(Number.NaN));
    expect(curve.points().values.every(Number.isNaN)).toBe(true);
  });
});

describe('an axis', () => {
  it('has round ticks within its range', () => {
    const axis = axisOf(0.12, 0.94, false);
    expect(axis && ticks(axis, 4)).toEqual([0.2, 0.4, 0.6, 0.8]);
  });
  it('has decades when it is logarithmic', () => {
    const axis = axisOf(0.001, 100, true);
    expect(axis && ticks(axis, 10)).toEqual([0.001, 0.01, 0.1, 1, 10, 100]);
    expect(axis && share(axis, Math.sqrt(0.1))).toBeCloseTo(0.5);
  });
  it('makes room round one value and refuses none', () => {
    const axis = axisOf(5, 5, false);
    expect(axis && share(axis, 5)).toBeCloseTo(0.5);
    expect(axisOf(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false)).toBeNull();
  });
  it('leaves out what it cannot show', () => {
    expect(rangeOf([[1, Number.NaN, Number.POSITIVE_INFINITY, -2]], false)).toEqual([-2, 1]);
    expect(rangeOf([[1, -2, 0, 3]], true)).toEqual([1, 3]);
    expect(nearest([1, 5, 9], 6)).toBe(1);
    expect(nearest([], 6)).toBe(-1);
  });
});

describe('words', () => {
  it('set numbers and times as Python does', () => {
    expect([0.12345, 0, 12, 123456, -0.5, 1e-9, Number.NaN, 2e20].map((each) => number(each))).toEqual([
      '0.123', '0', '12', '123\u202f456', '\u22120.5', '1e-9', 'NaN', '2e20',
    ]); // biome-ignore format: one line reads better
    expect([5, 72, 7500, 273_600].map(duration)).toEqual([
      '5\u202fs', '1\u202fmin 12\u202fs', '2\u202fh 5\u202fmin', '3\u202fd 4\u202fh',
    ]); // biome-ignore format: one line reads better
  });
  it('say how far a run is', () => {
    const half = read({ done: 13, total: 50, label: 'epoch', left: 360 });
    expect(progressCount(half)).toBe('epoch 13 of 50');
    expect(progressRest(half)).toBe('26\u202f% · about 6\u202fmin left');
    expect(progressCount(read())).toBe('');
    expect(progressRest(read({ done: 3, unit: 'step' }))).toBe('');
  });
  it('name the button after what it does', () => {
    expect(stopButton(read({ stop: { asks: true } }))).toMatchObject({ text: 'Stop after this step', kind: 'stop' });
    expect(stopButton(read({ stop: { asks: false } }))).toMatchObject({ text: 'Interrupt', kind: 'interrupt' });
    expect(stopButton(read({ stop: { asks: true, asked: true } })).enabled).toBe(false);
    expect(stopButton(read({ stop: { stopped: true } })).enabled).toBe(false);
  });
  it('take what was typed for a knob by its kind', () => {
    expect(readKnobText('float', ' 1e-3 ')).toBe(0.001);
    expect(readKnobText('int', '7')).toBe(7);
    expect([readKnobText('int', '7.5'), readKnobText('float', 'x'), readKnobText('float', '')]).toEqual([
      null,
      null,
      null,
    ]);
    expect(readKnobText('str', '')).toBe('');
  });
});

describe('what the panel knows', () => {
  it('goes on from message to message and says when one was lost', () => {
    const live = new LiveModel();
    expect(live.take(news(3, {}, [0, 1], [0], [1]), 0)).toBe(false);
    expect(
      live.take(news(4, { reset: true, series: [['loss', 'loss', '#000000', 'lower']] }, [0, 1], [0], [1]), 0),
    ).toBe(true);
    expect(live.take(news(5, {}, [0, 1], [1], [0.5]), 0)).toBe(true);
    expect(live.take(news(7, {}, [0, 1], [3], [0.1]), 0)).toBe(false);
    expect(live.charts().get('loss')?.[0]?.curve.points().values).toEqual([1, 0.5]);
  });
  it('draws every message once, also where a series comes twice in it', () => {
    const live = new LiveModel();
    const drawn: number[] = [];
    live.watch(() => drawn.push(live.charts().get('loss')?.[0]?.curve.count ?? 0));
    const series = [
      ['loss', 'loss', '#000000', 'lower'],
      ['acc', 'acc', '#000000', 'higher'],
    ];
    live.take(news(1, { reset: true, series }, [0, 2], [0, 1], [1, 1]), 0);
    live.take(news(2, {}, [0, 1, 1, 1, 0, 1], [2, 2, 3], [1, 9, 1]), 0);
    expect(drawn).toEqual([2, 4]);
    expect(live.charts().get('loss')?.[0]?.curve.points().steps).toEqual([0, 1, 2, 3]);
    expect(live.charts().get('acc')?.[0]?.curve.points().values).toEqual([9]);
  });
  it('lets the clock run on between two messages, and stops it at the end', () => {
    const live = new LiveModel();
    live.take(news(1, { reset: true, facts: facts() }), 5000);
    expect(live.elapsed(8000)).toBe(63);
    live.take(news(2, { facts: facts({ status: 'FINISHED', ended_at: 170 }) }), 9000);
    expect(live.elapsed(99_000)).toBe(70);
  });
  it('draws the first of many metrics until somebody chooses', () => {
    const live = new LiveModel();
    const series = Array.from({ length: 5000 }, (_, at) => [`m${at}`, `m${at}`, '#000000', '']);
    live.take(news(1, { reset: true, series }), 0);
    expect(live.charts().size).toBe(MOST_DRAWN);
    live.chosen = new Set(['m4999']);
    expect([...live.charts().keys()]).toEqual(['m4999']);
  });
});

describe('the panel', () => {
  let live: LiveModel;
  let asked: Request[];

  beforeEach(() => {
    document.body.replaceChildren();
    live = new LiveModel();
    asked = [];
    vi.stubGlobal('requestAnimationFrame', (draw: () => void) => {
      queueMicrotask(draw);
      return 1;
    });
  });
  async function shown(): Promise<HTMLElement> {
    const panel = livePanel(live, (request) => asked.push(request));
    document.body.append(panel.node);
    await Promise.resolve();
    await Promise.resolve();
    return panel.node;
  }

  it('says what to do without a run', async () => {
    live.take(news(1, { reset: true, facts: { empty: 'Put %%track --live there.' } }), 0);
    expect((await shown()).textContent).toContain('Put %%track --live there.');
  });
  it('shows names as text', async () => {
    const series = [[HOSTILE, HOSTILE, '#000000', '']];
    const knobs = [{ name: HOSTILE, kind: 'str', value: HOSTILE, text: HOSTILE }];
    const all = {
      name: HOSTILE,
      label: HOSTILE,
      total: 3,
      warnings: [HOSTILE],
      error: HOSTILE,
      machine: HOSTILE,
      knobs,
    };
    live.take(
      news(1, { reset: true, series, facts: facts({ ...all, heard: true }), answer: HOSTILE }, [0, 1], [0], [1]),
      0,
    );
    const node = await shown();
    expect(node.querySelector('img')).toBeNull();
    expect(node.textContent).toContain(HOSTILE);
  });
  it('asks the kernel to stop, and for a value of a knob', async () => {
    const knobs = [{ name: 'lr', kind: 'float', value: 0.001, text: '0.001' }];
    live.take(news(1, { reset: true, facts: facts({ stop: { asks: true }, heard: true, knobs }) }), 0);
    const node = await shown();
    node.querySelector<HTMLButtonElement>('.tb-LiveStop')?.click();
    const input = node.querySelector<HTMLInputElement>('.tb-Knob input') as HTMLInputElement;
    const form = node.querySelector('form') as HTMLFormElement;
    input.value = 'much';
    form.dispatchEvent(new Event('submit'));
    expect(node.querySelector('.tb-Notice')?.textContent).toContain('lr needs a number');
    input.value = '0.5';
    form.dispatchEvent(new Event('submit'));
    expect(asked).toEqual([{ kind: 'stop' }, { kind: 'knob', name: 'lr', value: 0.5 }]);
  });
  it('offers no click that would not be heard', async () => {
    live.take(news(1, { reset: true, facts: facts({ heard: false }) }), 0);
    expect((await shown()).querySelector<HTMLButtonElement>('.tb-LiveStop')?.disabled).toBe(true);
  });
  it('leaves what somebody is typing', async () => {
    const knobs = (text: string) => [{ name: 'lr', kind: 'float', value: 1, text }];
    live.take(news(1, { reset: true, facts: facts({ heard: true, knobs: knobs('1') }) }), 0);
    const node = await shown();
    const input = node.querySelector<HTMLInputElement>('.tb-Knob input') as HTMLInputElement;
    input.value = '0.0';
    input.dispatchEvent(new Event('input'));
    live.take(news(2, { facts: facts({ heard: true, knobs: knobs('2') }) }), 0);
    await Promise.resolve();
    expect(input.value).toBe('0.0');
  });
});
