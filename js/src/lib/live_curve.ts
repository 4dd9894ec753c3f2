/** One metric as a live picture keeps it: every point counts, the number of points kept is bounded. */

/** A curve keeps at most twice as many points as this, and a stretch that is not yet in a bucket. */
export const BUCKETS = 500;

const MOST = 4 * BUCKETS;

/** Lowest and highest of equal stretches, which grow longer as the metric does. Twin of views/live_curve.py. */
export class LiveCurve {
  private steps: number[] = [];
  private values: number[] = [];
  /** Points up to here are two a bucket; behind it they are as they came. */
  private bucketed = 0;
  private stride = 1;
  count = 0;
  last = Number.NaN;
  lastStep = Number.NaN;

  add(steps: Float64Array, values: Float64Array): void {
    for (let at = 0; at < values.length; at += 1) {
      this.steps.push(steps[at] as number);
      this.values.push(values[at] as number);
    }
    if (values.length > 0) {
      this.count += values.length;
      this.last = values[values.length - 1] as number;
      this.lastStep = steps[values.length - 1] as number;
    }
    while (this.values.length > MOST) this.thin();
  }

  /** Steps and values to draw a line through, in the order logged; NaN is a gap. */
  points(): { steps: readonly number[]; values: readonly number[] } {
    return { steps: this.steps, values: this.values };
  }

  private thin(): void {
    const steps: number[] = [];
    const values: number[] = [];
    const keep = (from: number, to: number): void => {
      const [low, high] = extremes(this.values, from, to);
      for (const place of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) {
        steps.push(this.steps[place] as number);
        values.push(this.values[place] as number);
      }
    };
    // Two buckets, of two points each, become one; what came since is put into buckets of that length.
    const longer = this.bucketed === 0 ? 4 : 2 * this.stride;
    for (let at = 0; at + 4 <= this.bucketed; at += 4) keep(at, at + 4);
    let at = this.bucketed - (this.bucketed % 4);
    for (; at + longer <= this.values.length; at += longer) keep(at, at + longer);
    const bucketed = steps.length;
    for (; at < this.values.length; at += 1) {
      steps.push(this.steps[at] as number);
      values.push(this.values[at] as number);
    }
    this.stride = longer;
    this.bucketed = bucketed;
    this.steps = steps;
    this.values = values;
  }
}

/** Places of the lowest and the highest value of a stretch; NaN is neither, unless there is nothing else. */
function extremes(values: readonly number[], from: number, to: number): [number, number] {
  let low = from;
  let high = from;
  for (let at = from; at < to; at += 1) {
    const value = values[at] as number;
    if (value < (values[low] as number) || Number.isNaN(values[low])) low = at;
    if (value > (values[high] as number) || Number.isNaN(values[high])) high = at;
  }
  return [low, high];
}
