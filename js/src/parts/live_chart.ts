/** One chart of a live panel: a legend with the newest values, and a canvas that answers pointer and arrow keys. */
import { nearest } from '../lib/live_axis';
import type { DrawnSeries } from '../lib/live_model';
import { number } from '../lib/numbers';
import { element } from './elements';
import { bestPlace, drawChart, type Frame, stepAt } from './live_canvas';

export interface LiveChart {
  readonly node: HTMLElement;
  show(some: readonly DrawnSeries[], logY: boolean): void;
}

export function liveChart(name: string): LiveChart {
  const legend = element('div', { class: 'tb-LiveLegend' });
  const canvas = element('canvas', { class: 'tb-LiveCanvas', role: 'img', tabindex: '0' });
  const node = element('figure', { class: 'tb-LiveChart' }, legend, canvas);
  node.dataset.chart = name;
  let some: readonly DrawnSeries[] = [];
  let logY = false;
  let frame: Frame | null = null;
  let at: number | null = null;

  function show(next: readonly DrawnSeries[], log: boolean): void {
    some = next;
    logY = log;
    draw();
  }
  function draw(): void {
    node.dataset.single = String(some.every((each) => each.curve.count <= 1));
    frame = drawChart(canvas, some, logY, at);
    legend.replaceChildren(...some.map((each) => legendItem(each, at)));
    if (at !== null) legend.append(element('span', { class: 'tb-quiet', text: `at step ${number(at)}` }));
    const words = some.map((each) => `${each.series.name} ${number(each.curve.last)}`);
    canvas.setAttribute('aria-label', `${name} over step: ${words.join(', ')}`);
  }
  /** Points at the logged step that is nearest. */
  function point(wanted: number | null): void {
    at = wanted === null ? null : nearestStep(some, wanted);
    draw();
  }
  canvas.addEventListener('pointermove', (event) => {
    if (frame) point(stepAt(frame, event.offsetX));
  });
  canvas.addEventListener('pointerleave', () => point(null));
  canvas.addEventListener('blur', () => point(null));
  canvas.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === 'Escape' && at !== null) point(null);
    else if (by !== undefined) point(neighbour(some, at, by));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { node, show };
}

function legendItem(each: DrawnSeries, at: number | null): HTMLElement {
  const { steps, values } = each.curve.points();
  const value = at === null ? each.curve.last : values[nearest(steps, at)];
  const dot = element('span', { class: 'tb-LiveDot', 'aria-hidden': 'true' });
  dot.style.background = each.series.colour;
  const name = element('span', { class: 'tb-LiveName', text: each.series.name, title: each.series.name });
  const number_ = element('span', {
    class: 'tb-LiveValue',
    text: value === undefined ? '–' : number(value),
    title: value === undefined ? '' : String(value),
  });
  const item = element('span', { class: 'tb-LiveItem' }, dot, name, number_);
  const best = bestPlace(each);
  if (best >= 0 && at === null) {
    const found = number(values[best] as number);
    item.append(
      element('span', { class: 'tb-quiet', text: `best ${found}`, title: `at step ${number(steps[best] as number)}` }),
    );
  }
  return item;
}

function nearestStep(some: readonly DrawnSeries[], wanted: number): number | null {
  let found: number | null = null;
  for (const { curve } of some) {
    const { steps } = curve.points();
    const step = steps[nearest(steps, wanted)];
    if (step !== undefined && (found === null || Math.abs(step - wanted) < Math.abs(found - wanted))) found = step;
  }
  return found;
}

/** The next step of the longest curve, to the left or the right; from nowhere the newest. */
function neighbour(some: readonly DrawnSeries[], at: number | null, by: number): number | null {
  const longest = some.reduce<readonly number[]>((best, { curve }) => {
    const { steps } = curve.points();
    return steps.length > best.length ? steps : best;
  }, []);
  const from = at === null ? longest.length - 1 - Math.min(0, by + 1) : nearest(longest, at) + by;
  return longest[Math.min(Math.max(from, 0), longest.length - 1)] ?? null;
}
