/** The last attempts of a notebook's cells, kept true by the store's news: one question a change, whatever the cells. */
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Cells, FeedEvent, RootPath, RunLine } from '../../contract/lab';
import { Pace } from '../../lib/pace';
import type { ITrackbook } from '../token';
import { attemptsByCell, type Heirs, type NotebookCell } from './cell_match';

type Asked = Pick<ITrackbook, 'api' | 'feeds' | 'settings'>;

/** The notebook itself, asked each time because all of it changes. */
export interface Notebook {
  /** From the server's root. */
  path(): RootPath;
  /** Its code cells; none before it is loaded. */
  cells(): readonly NotebookCell[];
  readonly loaded: Promise<void>;
}

export class NotebookRuns implements IDisposable {
  private told: Cells['cells'] = [];
  private attempts = new Map<string, readonly RunLine[]>();
  private readonly heirs: Heirs = new Map();
  private line: IDisposable | null = null;
  private ended = false;
  private readonly pace: Pace;
  private readonly news = new Signal<this, void>(this);
  private storePath: RootPath = '';
  /** A kernel that runs knows its notebook by the name of its start, so runs come in under that one too. */
  private readonly names = new Set<RootPath>();

  constructor(
    private readonly asked: Asked,
    private readonly notebook: Notebook,
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
    return this.news;
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

  /** The last attempt of every cell, also of one that was deleted since. */
  last(): RunLine[] {
    return this.told.flatMap(({ attempts }) => attempts.slice(0, 1));
  }

  /** Whether the notebook is called so, or was when it ran. */
  isCalled(name: RootPath): boolean {
    return this.names.has(name);
  }

  /** Asks again, as after a cell has run; news of the store do so by themselves. */
  refresh(): void {
    this.pace.wish();
  }

  /** Finds anew whose runs are whose, as after cells were moved, split or pasted. */
  match(): void {
    this.attempts = attemptsByCell(this.notebook.cells(), this.told, this.heirs);
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
    await this.findNames(store);
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
      return (await this.asked.api.stores(this.notebook.path())).current.path;
    } catch {
      return null; // the side bar says why; a notebook without badges is a whole notebook
    }
  }

  /** Names that it had before it was moved: of notebooks that are gone, and whose cells are its own. */
  private async findNames(store: RootPath): Promise<void> {
    try {
      const [{ notebooks }] = await Promise.all([this.asked.api.gone(store), this.notebook.loaded]);
      const own = new Set(this.notebook.cells().map((cell) => cell.id));
      const before = notebooks.filter(({ cellIds }) => cellIds.some((id) => own.has(id)));
      for (const { notebook } of before) this.names.add(notebook);
      if (before.length > 0) this.refresh();
    } catch {
      // As with its runs: what was known stays.
    }
  }

  private hear(event: FeedEvent): void {
    if (event.tell === 'progress') this.advance(new Map(event.runs.map((run) => [run.id, run.progress])));
    else if (this.asked.settings.wishes.refresh > 0) this.refresh();
  }

  private advance(shares: ReadonlyMap<string, number | null>): void {
    let isNews = false;
    for (const { attempts } of this.told) {
      const [last] = attempts;
      const share = last && shares.get(last.id);
      if (!last || share === undefined || share === last.progress) continue;
      attempts[0] = { ...last, progress: share };
      isNews = true;
    }
    if (isNews) this.tell();
  }

  private async look(): Promise<void> {
    const store = this.storePath;
    try {
      this.names.add(this.notebook.path());
      const told = await Promise.all([...this.names].map((name) => this.asked.api.cells(store, name)));
      if (this.ended || store !== this.storePath) return;
      this.told = told.flatMap(({ cells }) => cells);
      this.tell();
    } catch {
      // What was known stays; the side bar says what is wrong, and the next news ask again.
    }
  }

  private tell(): void {
    this.match();
    this.news.emit();
  }
}
