/** Which store belongs to the notebook in front; says so whenever it is another one or has come to be. */
import { type INotebookTracker, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { type ISignal, Signal } from '@lumino/signaling';
import type { RootPath, StoreFacts } from '../contract/lab';
import type { Api } from './api';
import { Fault } from './fault';
import type { Settings } from './settings';

/** Milliseconds from a cell's start until its store is there. */
const MAKING = 1000;

export class Stores {
  private facts: StoreFacts | null = null;
  private others: readonly StoreFacts[] = [];
  private refusal: Fault | null = null;
  private followed: NotebookPanel | null = null;
  private chosen: RootPath = '';
  private turn = 0;
  private readonly told = new Signal<this, void>(this);

  constructor(
    private readonly api: Api,
    private readonly notebooks: INotebookTracker,
    private readonly settings: Settings,
    restored: Promise<unknown>,
  ) {
    void restored.then(() => this.begin()); // JupyterLab's own start comes first
  }

  /** null as long as the server has not said. */
  get current(): StoreFacts | null {
    return this.facts;
  }

  get known(): readonly StoreFacts[] {
    return this.others;
  }

  /** Why nothing is known; null when all is well. */
  get fault(): Fault | null {
    return this.refusal;
  }

  /** Of the notebook in front; empty without one. */
  get notebook(): RootPath {
    return this.notebooks.currentWidget?.context.path ?? '';
  }

  /** Another store, another notebook in front, or another fault. */
  get changed(): ISignal<this, void> {
    return this.told;
  }

  /** Another one than that of the notebook in front, until another notebook is in front. */
  choose(path: RootPath): void {
    this.chosen = path;
    void this.refresh();
  }

  /** Looks again, as after a store was made or the server came back. */
  async refresh(): Promise<void> {
    const turn = ++this.turn;
    try {
      const { current, known } = await this.api.stores(this.notebook);
      if (turn !== this.turn) return;
      const wanted = this.chosen || this.settings.wishes.store;
      this.facts =
        wanted === '' || wanted === current.path
          ? current
          : (known.find((each) => each.path === wanted) ?? missing(wanted));
      this.others = known;
      this.refusal = null;
    } catch (error) {
      if (turn !== this.turn) return;
      this.refusal = error instanceof Fault ? error : new Fault(0, { message: String(error) });
    }
    this.told.emit();
  }

  private begin(): void {
    this.notebooks.currentChanged.connect(this.follow, this);
    this.settings.changed.connect(() => void this.refresh());
    // The first tracked cell makes the store.
    for (const ran of [NotebookActions.executionScheduled, NotebookActions.executed])
      ran.connect(this.perhapsMade, this);
    this.follow();
  }

  private follow(): void {
    this.followed?.context.pathChanged.disconnect(this.renamed, this);
    if (this.followed !== this.notebooks.currentWidget) this.chosen = '';
    this.followed = this.notebooks.currentWidget;
    this.followed?.context.pathChanged.connect(this.renamed, this);
    void this.refresh();
  }

  private perhapsMade(): void {
    if (this.facts?.exists === false) window.setTimeout(() => void this.refresh(), MAKING);
  }

  private renamed(): void {
    void this.refresh();
  }
}

function missing(path: RootPath): StoreFacts {
  return { path, exists: false, writable: false, fault: '' };
}
