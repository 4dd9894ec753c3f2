/** The runs that the side bar has been told of, a page at a time: one question at once, always for what is in view now. */
import type { RunLine, RunsPage } from '../../contract/lab';
import { type Span, unknownOf } from '../../lib/rows_in_view';

const PAGE = 50;

/** slot: the name of an experiment, or '' for what the filter finds. */
export type AskRuns = (slot: string, offset: number, limit: number) => Promise<RunsPage>;

interface Slot {
  known: Map<number, RunLine>;
  wanted: Span;
  busy: boolean;
  /** How often there was news of the store, and how much of it was asked for. */
  news: number;
  asked: number;
}

export class RunPages {
  /** Runs by slot, as last told. */
  readonly totals = new Map<string, number>();
  private slots = new Map<string, Slot>();

  constructor(
    private readonly ask: AskRuns,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  at(slot: string, place: number): RunLine | undefined {
    return this.slots.get(slot)?.known.get(place);
  }

  /** -1 when it is not among those known. */
  placeOf(slot: string, id: string): number {
    for (const [place, run] of this.slots.get(slot)?.known ?? []) if (run.id === id) return place;
    return -1;
  }

  find(id: string): RunLine | undefined {
    for (const { known } of this.slots.values()) for (const run of known.values()) if (run.id === id) return run;
    return undefined;
  }

  *all(): Iterable<RunLine> {
    for (const { known } of this.slots.values()) yield* known.values();
  }

  /** What is in view; what is not known of it will be. */
  want(name: string, span: Span): void {
    const slot = this.slots.get(name) ?? this.begun(name);
    slot.wanted = span;
    void this.pump(name, slot);
  }

  /** Knows nothing any more, as with another filter or another store. */
  forget(): void {
    this.slots = new Map();
    this.totals.clear();
  }

  /** There is news: what is in view of these slots is asked again, the rest of them forgotten. */
  async refresh(names: Iterable<string>): Promise<void> {
    const wanted = new Set(names);
    for (const name of this.slots.keys()) if (!wanted.has(name)) this.slots.delete(name);
    await Promise.all(
      [...this.slots].map(([name, slot]) => {
        slot.news++;
        return this.pump(name, slot);
      }),
    );
  }

  private begun(name: string): Slot {
    const slot: Slot = { known: new Map(), wanted: { from: 0, to: 0 }, busy: false, news: 0, asked: 0 };
    this.slots.set(name, slot);
    return slot;
  }

  private async pump(name: string, slot: Slot): Promise<void> {
    if (slot.busy) return;
    slot.busy = true;
    try {
      for (let span = missing(slot); span; span = missing(slot)) {
        const { news } = slot;
        const page = await this.ask(name, span.from, span.to - span.from);
        if (this.slots.get(name) !== slot) return;
        if (slot.asked < news) slot.known = new Map();
        slot.asked = news;
        page.runs.forEach((run, at) => {
          slot.known.set(page.offset + at, run);
        });
        this.totals.set(name, page.total);
        slot.wanted = { from: slot.wanted.from, to: Math.min(slot.wanted.to, page.total) };
        this.changed();
        if (page.runs.length === 0) return;
      }
    } catch (error) {
      if (this.slots.get(name) === slot) this.failed(error);
    } finally {
      slot.busy = false;
    }
  }
}

/** What to ask for next, in whole pages; null when all in view is known. */
function missing(slot: Slot): Span | null {
  const isStale = slot.asked < slot.news;
  const span = isStale ? slot.wanted : unknownOf(slot.wanted, (place) => slot.known.has(place));
  if (!span || (span.to <= span.from && !isStale)) return null;
  return { from: Math.floor(span.from / PAGE) * PAGE, to: Math.max(1, Math.ceil(span.to / PAGE)) * PAGE };
}
