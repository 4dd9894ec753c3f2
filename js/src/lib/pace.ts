/** Does something as often as it is wished, but one at a time and not faster than a pause allows. */

export class Pace {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private busy = false;
  private wanted = false;
  private ended = false;
  private last = Number.NEGATIVE_INFINITY;

  /** pause: seconds from one beginning to the next; asked each time. */
  constructor(
    private readonly act: () => Promise<void>,
    private readonly pause: () => number,
  ) {}

  /** At once where the pause is over, else at its end; several wishes are one. */
  wish(): void {
    this.wanted = true;
    if (this.busy || this.timer !== null || this.ended) return;
    const left = this.last + 1000 * this.pause() - performance.now();
    if (left <= 0) void this.run();
    else this.timer = setTimeout(() => void this.run(), left);
  }

  end(): void {
    this.ended = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    this.timer = null;
    if (this.ended) return;
    this.busy = true;
    this.wanted = false;
    this.last = performance.now();
    try {
      await this.act();
    } finally {
      this.busy = false;
      if (this.wanted) this.wish();
    }
  }
}
