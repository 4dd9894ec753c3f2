/** What runs in the store in front, by whichever process. */
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import type { FeedEvent, RootPath, RunLine } from '../../contract/lab';
import { Pace } from '../../lib/pace';
import type { ITrackbook } from '../token';

const RUNNING = "status = 'RUNNING'";
const MOST = 50;

type Running = Pick<RunLine, 'id' | 'notebook' | 'progress'>;

export class RunningRuns {
  private known: readonly Running[] = [];
  private line: IDisposable | null = null;
  private store: RootPath = '';
  private readonly told = new Signal<this, void>(this);
  private readonly pace: Pace;

  constructor(private readonly core: Pick<ITrackbook, 'api' | 'feeds' | 'settings' | 'stores'>) {
    this.pace = new Pace(
      () => this.look(),
      () => core.settings.wishes.refresh,
    );
    core.stores.changed.connect(this.follow, this);
    this.follow();
  }

  get runs(): readonly Running[] {
    return this.known;
  }

  isRunningIn(notebook: RootPath): boolean {
    return this.known.some((run) => run.notebook === notebook);
  }

  get changed(): ISignal<this, void> {
    return this.told;
  }

  private follow(): void {
    const store = this.core.stores.current;
    if (!store || (store.path === this.store && this.line)) return;
    this.line?.dispose();
    this.store = store.path;
    this.set([]);
    this.line = this.core.feeds.listen(store.path, (event) => this.hear(event));
  }

  private hear(event: FeedEvent): void {
    if (event.tell === 'changed') {
      if (this.core.settings.wishes.refresh > 0) this.pace.wish();
      return;
    }
    const shares = new Map(event.runs.map((run) => [run.id, run.progress]));
    this.set(this.known.map((run) => ({ ...run, progress: shares.get(run.id) ?? run.progress })));
  }

  private async look(): Promise<void> {
    const { store } = this;
    try {
      const page = await this.core.api.runs({ store, filter: RUNNING, limit: MOST });
      if (store === this.store) this.set(page.runs);
    } catch {
      // The side bar says what is wrong with the store.
    }
  }

  private set(runs: readonly Running[]): void {
    const isSame = JSON.stringify(runs.map(key)) === JSON.stringify(this.known.map(key));
    this.known = runs;
    if (!isSame) this.told.emit();
  }
}

function key(run: Running): unknown {
  return [run.id, run.progress];
}
