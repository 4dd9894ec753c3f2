/** One metric as a live picture keeps it: every point counts, the number of points kept is bounded. */

/** A curve keeps at most twice as many points as this, and a stretch that is not yet in a bucket. */
export const BUCKETS = 500;

const MOST = 4 * BUCKETS;

/** Lowest and highest of equal stretches, which grow longer as the metric does. Twin of views/live/curve.py. */
export class LiveCurve {
  private steps: number[] = [];
  private values: number[] = [];
  /** Points up to here are two a bucket; behind it they are as they came. */
  private bucketed = 0;
  private stride = 2;
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

  /** Puts what came since into buckets; where these are too many, two become one of twice the length. */
  private thin(): void {
    this.bucket(this.bucketed, this.values.length, this.stride);
    while (this.bucketed > 2 * BUCKETS) {
      this.bucket(0, this.bucketed, 4);
      this.stride *= 2;
    }
  }

  /** Replaces each `length` points of a stretch by their lowest and their highest; a rest at its end stays. */
  private bucket(from: number, to: number, length: number): void {
    const steps = this.steps.slice(0, from);
    const values = this.values.slice(0, from);
    let at = from;
    for (; at + length <= to; at += length) {
      const [low, high] = extremes(this.values, at, at + length);
      for (const place of [Math.min(low, high), Math.max(low, high)]) {
        steps.push(this.steps[place] as number);
        values.push(this.values[place] as number);
      }
    }
    this.bucketed = steps.length;
    this.steps = steps.concat(this.steps.slice(at));
    this.values = values.concat(this.values.slice(at));
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
