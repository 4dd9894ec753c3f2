/** The last attempts of a notebook's cells, kept true by the store's news: one question a change, whatever the cells. */
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import type { FeedEvent, RootPath, RunLine } from '../../contract/lab';
import { Pace } from '../../lib/pace';
import type { ITrackbook } from '../token';
import { attemptsByCell } from './cell_match';

type Asked = Pick<ITrackbook, 'api' | 'feeds' | 'settings'>;

export class NotebookRuns implements IDisposable {
  private attempts = new Map<string, readonly RunLine[]>();
  private line: IDisposable | null = null;
  private ended = false;
  private readonly pace: Pace;
  private readonly told = new Signal<this, void>(this);
  private storePath: RootPath = '';
  /** A kernel that runs knows its notebook by the name of its start, so runs come in under that one too. */
  private readonly names = new Set<RootPath>();

  /** path: of the notebook from the server's root, asked each time because it may be renamed. */
  constructor(
    private readonly asked: Asked,
    private readonly path: () => RootPath,
  ) {
    this.pace = new Pace(
      () => this.look(),
      () => asked.settings.wishes.refresh,
    );
    asked.settings.changed.connect(this.follow, this);
    void this.follow();
  }

  /** Whenever something that a badge shows is another; also progress. */
  get changed(): ISignal<this, void> {
    return this.told;
  }

  get store(): RootPath {
    return this.storePath;
  }

  get isDisposed(): boolean {
    return this.ended;
  }

  /** Newest first; empty for a cell that made none. */
  of(cellId: string): readonly RunLine[] {
    return this.attempts.get(cellId) ?? [];
  }

  /** The last attempt of every cell. */
  last(): RunLine[] {
    return [...this.attempts.values()].flatMap((runs) => runs.slice(0, 1));
  }

  /** Asks again, as after a cell has run; news of the store do so by themselves. */
  refresh(): void {
    this.pace.wish();
  }

  /** Finds the notebook's store anew, as after it was renamed. */
  async follow(): Promise<void> {
    const store = await this.findStore();
    if (this.ended || store === null) return;
    if (store !== this.storePath || this.line === null) {
      this.line?.dispose();
      this.storePath = store;
      this.line = this.asked.feeds.listen(store, (event) => this.hear(event));
    }
    this.refresh();
  }

  dispose(): void {
    if (this.ended) return;
    this.ended = true;
    this.pace.end();
    this.line?.dispose();
    this.asked.settings.changed.disconnect(this.follow, this);
    Signal.clearData(this);
  }

  private async findStore(): Promise<RootPath | null> {
    if (this.asked.settings.wishes.store) return this.asked.settings.wishes.store;
    try {
      return (await this.asked.api.stores(this.path())).current.path;
    } catch {
      return null; // the side bar says why; a notebook without badges is a whole notebook
    }
  }

  private hear(event: FeedEvent): void {
    if (event.tell === 'progress') this.advance(new Map(event.runs.map((run) => [run.id, run.progress])));
    else if (this.asked.settings.wishes.refresh > 0) this.refresh();
  }

  private advance(shares: ReadonlyMap<string, number | null>): void {
    let isNews = false;
    for (const [cell, runs] of this.attempts) {
      const [last, ...rest] = runs;
      const share = last && shares.get(last.id);
      if (!last || share === undefined || share === last.progress) continue;
      this.attempts.set(cell, [{ ...last, progress: share }, ...rest]);
      isNews = true;
    }
    if (isNews) this.told.emit();
  }

  private async look(): Promise<void> {
    const store = this.storePath;
    try {
      this.names.add(this.path());
      const told = await Promise.all([...this.names].map((name) => this.asked.api.cells(store, name)));
      if (this.ended || store !== this.storePath) return;
      this.attempts = attemptsByCell(...told);
      this.told.emit();
    } catch {
      // What was known stays; the side bar says what is wrong, and the next news ask again.
    }
  }
}
