/** What the side bar knows: of one store its experiments, its models, and the runs in view; looks again when there is news. */
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Experiments, FeedEvent, Models, StoreFacts, VersionLine } from '../../contract/lab';
import { Pace } from '../../lib/pace';
import { experimentKey, type Line, MODELS, RUNS, Tree } from '../../lib/side_tree';
import { Fault } from '../fault';
import type { ITrackbook } from '../token';
import { RunPages } from './run_pages';

const MORE = 200;
const LOCKED = 423;
/** Milliseconds. */
const PATIENCE = 5000;

export class SideState implements IDisposable {
  readonly runs: RunPages;
  filter = '';
  deleted = false;
  /** What was refused last; null when all is well. */
  fault: unknown = null;
  private store = '';
  private open = new Set<string>([RUNS, MODELS]);
  private experiments: Experiments['experiments'] | null = null;
  private models: Models['models'] | null = null;
  /** Versions of a model that somebody wanted to see beyond the first. */
  private readonly more = new Map<string, Models['models'][number]>();
  private made: Tree | null = null;
  private feed: IDisposable | null = null;
  private listened: string | null = null;
  private seen = false;
  private retry = 0;
  private readonly pace: Pace;
  private readonly told = new Signal<this, void>(this);
  isDisposed = false;

  constructor(private readonly trackbook: ITrackbook) {
    const { api, settings, stores } = trackbook;
    this.runs = new RunPages(
      (slot, offset, limit) =>
        api.runs({ store: this.store, filter: this.filter, experiment: slot, deleted: this.deleted, offset, limit }),
      () => this.tell(),
      (error) => this.fail(error),
    );
    this.pace = new Pace(
      () => this.look(),
      () => settings.wishes.refresh,
    );
    stores.changed.connect(this.follow, this);
  }

  get changed(): ISignal<this, void> {
    return this.told;
  }

  get facts(): StoreFacts | null {
    return this.trackbook.stores.current;
  }

  get tree(): Tree {
    this.made ??= new Tree({
      open: this.open,
      experiments: this.experiments,
      models: this.models,
      filtered: this.isFiltered,
      totals: this.runs.totals,
    });
    return this.made;
  }

  /** Whether anything has been told of the store. */
  get isKnown(): boolean {
    return this.experiments !== null;
  }

  versionsOf(model: string): readonly VersionLine[] {
    return this.models?.find((each) => each.name === model)?.versions ?? [];
  }

  /** Also among the deleted runs: experiments count only live ones. */
  get isFiltered(): boolean {
    return this.filter !== '' || this.deleted;
  }

  /** Asks nobody for what nobody sees. */
  show(on: boolean): void {
    if (this.seen === on) return;
    this.seen = on;
    this.follow();
  }

  toggle(line: Line, on = !line.open): void {
    if (line.open === null || line.open === on) return;
    if (on) this.open.add(line.key);
    else this.open.delete(line.key);
    this.tell();
  }

  search(filter: string, deleted = this.deleted): void {
    if (filter === this.filter && deleted === this.deleted) return;
    this.filter = filter;
    this.deleted = deleted;
    this.fault = null;
    this.runs.forget();
    this.open.add(RUNS);
    if (this.isFiltered) this.runs.want('', { from: 0, to: 1 });
    this.tell();
  }

  /** Looks at the store now. */
  async look(): Promise<void> {
    if (!this.seen || !this.facts?.exists) return;
    const { store } = this;
    const { api, stores } = this.trackbook;
    if (this.isFiltered && !this.runs.totals.has('')) this.runs.want('', { from: 0, to: 1 }); // of another store
    const refreshed = this.isFiltered ? [''] : [...this.open].map((key) => key.replace(/^experiment /, ''));
    try {
      const [{ experiments }, { models }] = await Promise.all([
        api.experiments(store),
        api.models(store),
        this.runs.refresh(refreshed),
      ]);
      if (store !== this.store) return;
      if (this.experiments === null) this.openFirst(experiments);
      else if (this.experiments.length > 0 && experiments.length === 0) void stores.refresh(); // it may be gone
      this.experiments = experiments;
      this.models = models.map((each) => this.widened(each));
      if (!this.isFiltered) for (const { name, runs } of experiments) this.runs.totals.set(name, runs);
      this.fault = null;
    } catch (error) {
      if (store === this.store) this.fail(error);
    }
    this.tell();
  }

  /** Soon, and not more often than the settings allow. */
  lookSoon(): void {
    this.pace.wish();
  }

  /** The next versions of a model of which only the newest are known. */
  async showMore(model: string): Promise<void> {
    const known = this.models?.find((each) => each.name === model);
    if (!known) return;
    try {
      const { total, versions } = await this.trackbook.api.versions(this.store, model, 0, known.versions.length + MORE);
      this.more.set(model, { name: model, versions, more: Math.max(0, total - versions.length) });
      this.models = this.models?.map((each) => this.widened(each)) ?? null;
    } catch (error) {
      this.fail(error);
    }
    this.tell();
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.pace.end();
    window.clearTimeout(this.retry);
    this.feed?.dispose();
    Signal.clearData(this);
  }

  private follow(): void {
    const store = this.facts?.path ?? '';
    if (store !== this.store) {
      if (this.store !== '') this.filter = ''; // it was about the runs of the other one
      this.store = store;
      this.experiments = this.models = null;
      this.more.clear();
      this.runs.forget();
      this.open = new Set([RUNS, MODELS]);
      this.fault = null;
    }
    const listened = this.seen && this.facts?.exists && this.trackbook.settings.wishes.refresh > 0 ? store : null;
    if (listened !== this.listened) {
      this.feed?.dispose();
      this.feed = listened === null ? null : this.trackbook.feeds.listen(listened, (event) => this.hear(event));
      this.listened = listened;
    }
    if (this.seen) this.pace.wish();
    this.tell();
  }

  private hear(event: FeedEvent): void {
    if (event.tell === 'changed') {
      this.pace.wish();
      return;
    }
    const progress = new Map(event.runs.map((run) => [run.id, run.progress]));
    for (const run of this.runs.all()) if (progress.has(run.id)) run.progress = progress.get(run.id) ?? null;
    this.tell();
  }

  private openFirst(experiments: Experiments['experiments']): void {
    const name = this.trackbook.stores.notebook
      .split('/')
      .at(-1)
      ?.replace(/\.ipynb$/, '');
    const latest = [...experiments].sort((one, other) => other.last - one.last)[0];
    const first = experiments.find((each) => each.name === name) ?? latest;
    if (first) this.open.add(experimentKey(first.name));
  }

  /** Of a model whose further versions were shown: these too, the newest as the store tells them now. */
  private widened(told: Models['models'][number]): Models['models'][number] {
    const more = this.more.get(told.name);
    if (!more || told.more === 0) return told;
    const now = new Set(told.versions.map((each) => each.version));
    const versions = [...told.versions, ...more.versions.filter((each) => !now.has(each.version))];
    versions.sort((one, other) => other.version - one.version);
    const total = told.versions.length + told.more;
    return { name: told.name, versions, more: Math.max(0, total - versions.length) };
  }

  private fail(error: unknown): void {
    this.fault = error;
    // Nobody tells when another program lets go of the store.
    if (error instanceof Fault && error.status === LOCKED) {
      window.clearTimeout(this.retry);
      this.retry = window.setTimeout(() => this.lookSoon(), PATIENCE);
    }
    this.tell();
  }

  private tell(): void {
    this.made = null;
    if (!this.isDisposed) this.told.emit();
  }
}
