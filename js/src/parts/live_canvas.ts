/** Draws one chart of a live panel on a canvas: bands, curves, the best so far, axes, and what the pointer is at. */
import { type Axis, axisOf, rangeOf, share, ticks } from '../lib/live_axis';
import type { DrawnSeries } from '../lib/live_model';
import { number } from '../lib/numbers';

export const LEFT = 52;
export const RIGHT = 10;
const TOP = 8;
const BOTTOM = 20;

export interface Frame {
  readonly x: Axis;
  readonly y: Axis;
  readonly width: number;
  readonly height: number;
}

interface Colours {
  readonly text: string;
  readonly quiet: string;
  readonly edge: string;
  readonly back: string;
  readonly font: string;
}

/** Draws, and returns where things are; null when there is nothing to draw. at: the step that the pointer is at. */
export function drawChart(
  canvas: HTMLCanvasElement,
  some: readonly DrawnSeries[],
  logY: boolean,
  at: number | null,
): Frame | null {
  const context = canvas.getContext('2d');
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!context || width === 0 || height === 0) return null;
  const scale = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const colours = coloursOf(canvas);
  const frame = frameOf(some, logY, width, height);
  context.font = `11px ${colours.font}`;
  if (!frame) {
    context.fillStyle = colours.quiet;
    context.textAlign = 'center';
    context.fillText(whyEmpty(some, logY), width / 2, height / 2);
    return null;
  }
  drawAxes(context, frame, colours);
  context.save();
  context.beginPath();
  context.rect(LEFT, TOP - 2, width - LEFT - RIGHT + 2, height - TOP - BOTTOM + 4);
  context.clip();
  for (const { band } of some) if (band) drawBand(context, frame, band, colours);
  for (const each of some) drawLine(context, frame, each);
  context.restore();
  for (const each of some) drawBest(context, frame, each, colours); // unclipped: it often is the newest point
  if (at !== null) drawPointer(context, frame, at, colours);
  return frame;
}

/** Where a step is, in pixels from the left. */
export function placeOfStep(frame: Frame, step: number): number {
  return LEFT + share(frame.x, step) * (frame.width - LEFT - RIGHT);
}

/** The step at a place of the canvas. */
export function stepAt(frame: Frame, place: number): number {
  return frame.x.low + ((place - LEFT) / (frame.width - LEFT - RIGHT)) * (frame.x.high - frame.x.low);
}

function placeOfValue(frame: Frame, value: number): number {
  return frame.height - BOTTOM - share(frame.y, value) * (frame.height - TOP - BOTTOM);
}

function whyEmpty(some: readonly DrawnSeries[], logY: boolean): string {
  const counted = some.filter((each) => each.curve.count > 0);
  if (counted.length === 0) return 'no value yet';
  const isPlottable = counted.some((each) => each.curve.points().values.some(Number.isFinite));
  return isPlottable && logY ? 'no value above 0 for the logarithmic axis' : 'only NaN so far';
}

function frameOf(some: readonly DrawnSeries[], logY: boolean, width: number, height: number): Frame | null {
  const points = some.map((each) => each.curve.points());
  const [low, high] = rangeOf(
    points.map((each) => each.values),
    logY,
  );
  const [left, right] = rangeOf(
    points.map((each) => each.steps),
    false,
  );
  if (low > high || left > right) return null;
  const x: Axis =
    left === right ? { low: left - 0.5, high: right + 0.5, isLog: false } : { low: left, high: right, isLog: false };
  const [bandLow, bandHigh] = rangeOf(
    some.flatMap(({ band }) => (band ? [within(band.steps, band.low, x), within(band.steps, band.high, x)] : [])),
    logY,
  );
  const y = axisOf(Math.min(low, bandLow), Math.max(high, bandHigh), logY);
  return y ? { x, y, width, height } : null;
}

function within(steps: Float64Array, values: Float64Array, x: Axis): Float64Array {
  return values.filter((_, at) => {
    const step = steps[at] as number;
    return step >= x.low && step <= x.high;
  });
}

function drawAxes(context: CanvasRenderingContext2D, frame: Frame, colours: Colours): void {
  context.lineWidth = 1;
  context.strokeStyle = colours.edge;
  context.fillStyle = colours.quiet;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const value of ticks(frame.y, Math.max(2, Math.floor(frame.height / 45)))) {
    const y = Math.round(placeOfValue(frame, value)) + 0.5;
    if (y < TOP || y > frame.height - BOTTOM + 1) continue;
    context.beginPath();
    context.moveTo(LEFT, y);
    context.lineTo(frame.width - RIGHT, y);
    context.stroke();
    context.fillText(number(value), LEFT - 6, y);
  }
  context.textBaseline = 'alphabetic';
  context.textAlign = 'center';
  for (const step of ticks(frame.x, Math.max(2, Math.floor(frame.width / 110)))) {
    if (!Number.isInteger(step)) continue;
    const text = number(step);
    const half = context.measureText(text).width / 2;
    const x = Math.min(Math.max(placeOfStep(frame, step), LEFT), frame.width - RIGHT - half + 6);
    context.fillText(text, x, frame.height - 5);
  }
}

function drawBand(
  context: CanvasRenderingContext2D,
  frame: Frame,
  band: { steps: Float64Array; low: Float64Array; high: Float64Array },
  colours: Colours,
): void {
  const floor = frame.y.isLog ? frame.y.low : Number.NEGATIVE_INFINITY;
  context.beginPath();
  for (let at = 0; at < band.steps.length; at += 1) {
    context.lineTo(
      placeOfStep(frame, band.steps[at] as number),
      placeOfValue(frame, Math.max(band.high[at] as number, floor)),
    );
  }
  for (let at = band.steps.length - 1; at >= 0; at -= 1) {
    context.lineTo(
      placeOfStep(frame, band.steps[at] as number),
      placeOfValue(frame, Math.max(band.low[at] as number, floor)),
    );
  }
  context.closePath();
  context.globalAlpha = 0.16;
  context.fillStyle = colours.quiet;
  context.fill();
  context.globalAlpha = 1;
}

function drawLine(context: CanvasRenderingContext2D, frame: Frame, { series, curve }: DrawnSeries): void {
  const { steps, values } = curve.points();
  context.strokeStyle = series.colour;
  context.fillStyle = series.colour;
  context.lineWidth = 1.6;
  context.lineJoin = 'round';
  context.beginPath();
  let isDown = false;
  let drawn = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    if (!Number.isFinite(value) || (frame.y.isLog && value <= 0)) {
      isDown = false;
      continue;
    }
    const [x, y] = [placeOfStep(frame, steps[at] as number), placeOfValue(frame, value)];
    if (isDown) context.lineTo(x, y);
    else context.moveTo(x, y);
    isDown = true;
    drawn += 1;
  }
  context.stroke();
  if (drawn <= 30) drawDots(context, frame, steps, values);
}

/** Few points are seen as points, and one alone would not be seen at all. */
function drawDots(
  context: CanvasRenderingContext2D,
  frame: Frame,
  steps: readonly number[],
  values: readonly number[],
): void {
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    if (!Number.isFinite(value) || (frame.y.isLog && value <= 0)) continue;
    context.beginPath();
    context.arc(placeOfStep(frame, steps[at] as number), placeOfValue(frame, value), 2.2, 0, 2 * Math.PI);
    context.fill();
  }
}

/** Rings the best value so far, where it is known which way is up. */
function drawBest(context: CanvasRenderingContext2D, frame: Frame, each: DrawnSeries, colours: Colours): void {
  const place = bestPlace(each);
  if (place < 0) return;
  const { steps, values } = each.curve.points();
  const value = values[place] as number;
  if (frame.y.isLog && value <= 0) return;
  context.beginPath();
  context.arc(placeOfStep(frame, steps[place] as number), placeOfValue(frame, value), 4, 0, 2 * Math.PI);
  context.fillStyle = colours.back;
  context.fill();
  context.strokeStyle = each.series.colour;
  context.lineWidth = 2;
  context.stroke();
}

/** The place of the first of the best values; -1 where nobody knows which way is up, or one point is all there is. */
export function bestPlace({ series, curve }: DrawnSeries): number {
  if (series.better !== 'lower' && series.better !== 'higher') return -1;
  const { values } = curve.points();
  let found = -1;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    if (!Number.isFinite(value)) continue;
    const best = found < 0 ? Number.NaN : (values[found] as number);
    if (found < 0 || (series.better === 'lower' ? value < best : value > best)) found = at;
  }
  return values.length > 1 ? found : -1;
}

function drawPointer(context: CanvasRenderingContext2D, frame: Frame, step: number, colours: Colours): void {
  const x = Math.round(placeOfStep(frame, step)) + 0.5;
  context.strokeStyle = colours.text;
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, TOP);
  context.lineTo(x, frame.height - BOTTOM);
  context.stroke();
  context.globalAlpha = 1;
}

/** Reads the theme's colours anew, because it may have been changed since. */
function coloursOf(node: HTMLElement): Colours {
  const found = getComputedStyle(node);
  const colour = (name: string, otherwise: string): string => found.getPropertyValue(name).trim() || otherwise;
  return {
    text: colour('--tb-text', '#212121'),
    quiet: colour('--tb-quiet', '#757575'),
    edge: colour('--tb-edge', '#e0e0e0'),
    back: colour('--tb-back', '#ffffff'),
    font: found.fontFamily || 'sans-serif',
  };
}
