/** Where values stand on an axis, linear or logarithmic, and which of them are written beside it. */

export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
}

/** Makes an axis with a little room at both ends; null when nothing can be shown on it. */
export function axisOf(low: number, high: number, isLog: boolean): Axis | null {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return null;
  if (isLog) {
    const [from, to] = [Math.log10(low), Math.log10(high)];
    const room = 0.04 * (to - from) || 0.2;
    return { low: 10 ** (from - room), high: 10 ** (to + room), isLog };
  }
  const room = 0.04 * (high - low || Math.abs(high) || 1);
  return { low: low - room, high: high + room, isLog };
}

/** 0 at the low end, 1 at the high one. */
export function share(axis: Axis, value: number): number {
  if (!axis.isLog) return (value - axis.low) / (axis.high - axis.low);
  return (Math.log10(value) - Math.log10(axis.low)) / (Math.log10(axis.high) - Math.log10(axis.low));
}

/** Round values within the axis, about so many. */
export function ticks(axis: Axis, about: number): number[] {
  if (axis.isLog) {
    const decades = powers(axis);
    if (decades.length >= 2) return everyNth(decades, about);
  }
  const step = roundStep((axis.high - axis.low) / Math.max(1, about));
  const found: number[] = [];
  for (let at = Math.ceil(axis.low / step); at * step <= axis.high && found.length < 50; at += 1) {
    // Through text, so that 3 × 0.1 is 0.3.
    found.push(Number((at * step).toPrecision(12)));
  }
  return axis.isLog ? found.filter((value) => value > 0) : found;
}

function powers(axis: Axis): number[] {
  const found: number[] = [];
  const last = Math.floor(Math.log10(axis.high));
  for (let power = Math.ceil(Math.log10(axis.low)); power <= last; power += 1) found.push(Number(`1e${power}`));
  return found;
}

function everyNth(values: readonly number[], about: number): number[] {
  const nth = Math.max(1, Math.ceil(values.length / Math.max(1, about)));
  return values.filter((_, at) => at % nth === 0);
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const times = rough / power;
  if (times < 1.5) return power;
  if (times < 3.5) return 2 * power;
  return times < 7.5 ? 5 * power : 10 * power;
}

/** The range of what can be shown of some values; on a logarithmic axis that is what is above 0. */
export function rangeOf(lists: Iterable<readonly number[] | Float64Array>, isLog: boolean): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of lists) {
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at] as number;
      if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}

/** The place of the value nearest to another; -1 in an empty list. Steps need not be in order. */
export function nearest(values: readonly number[], wanted: number): number {
  let found = -1;
  let distance = Number.POSITIVE_INFINITY;
  for (let at = 0; at < values.length; at += 1) {
    const away = Math.abs((values[at] as number) - wanted);
    if (away < distance) {
      distance = away;
      found = at;
    }
  }
  return found;
}
