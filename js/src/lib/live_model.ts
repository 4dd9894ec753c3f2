/** What a live panel knows of its run, put together from the kernel's messages; the page's views draw it. */
import type { Band, Facts, News, Series } from '../contract/live';
import { LiveCurve } from './live_curve';

/** Drawn at once unless somebody chooses otherwise. */
export const MOST_DRAWN = 24;

export interface DrawnSeries {
  readonly series: Series;
  readonly curve: LiveCurve;
  readonly band: Band | null;
}

export class LiveModel {
  facts: Facts | null = null;
  /** Milliseconds of this browser's clock when the facts came. */
  factsAt = 0;
  answer = '';
  logY = false;
  /** Names that somebody chose; null draws the first ones. */
  chosen: ReadonlySet<string> | null = null;
  readonly series: Series[] = [];
  private curves: LiveCurve[] = [];
  private bands = new Map<number, Band>();
  private sequence = -1;
  private readonly watchers = new Set<() => void>();

  /** Takes a message in; false when one before it was lost, so that everything is needed again. */
  take(news: News, now: number): boolean {
    const follows = news.reset || news.sequence === this.sequence + 1;
    if (news.facts) {
      this.facts = news.facts;
      this.factsAt = now;
    }
    if (news.answer !== '') this.answer = news.answer;
    if (follows) {
      this.sequence = news.sequence;
      this.takeNumbers(news);
    }
    this.changed();
    return follows;
  }

  /** Calls back after every change; returns the undo. */
  watch(changed: () => void): () => void {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  }

  changed(): void {
    for (const watcher of this.watchers) watcher();
  }

  isDrawn(at: number): boolean {
    const name = this.series[at]?.name ?? '';
    return this.chosen ? this.chosen.has(name) : at < MOST_DRAWN;
  }

  /** Seconds that the run has taken, going on with this browser's clock while it runs. */
  elapsed(now: number): number {
    const facts = this.facts;
    if (!facts || facts.startedAt === 0) return 0;
    if (facts.endedAt !== null) return facts.endedAt - facts.startedAt;
    return facts.now - facts.startedAt + (now - this.factsAt) / 1000;
  }

  /** What is drawn, by chart; both in the order in which they came. */
  charts(): Map<string, DrawnSeries[]> {
    const found = new Map<string, DrawnSeries[]>();
    this.series.forEach((series, at) => {
      const curve = this.curves[at];
      if (!curve || !this.isDrawn(at)) return;
      const some = found.get(series.chart) ?? [];
      some.push({ series, curve, band: this.bands.get(at) ?? null });
      found.set(series.chart, some);
    });
    return found;
  }

  private takeNumbers(news: News): void {
    if (news.reset) {
      this.series.length = 0;
      this.curves = [];
      this.bands = new Map();
    }
    for (const series of news.series) {
      this.series.push(series);
      this.curves.push(new LiveCurve());
    }
    for (const points of news.points) this.curves[points.series]?.add(points.steps, points.values);
    for (const band of news.bands) this.bands.set(band.series, band);
  }
}
