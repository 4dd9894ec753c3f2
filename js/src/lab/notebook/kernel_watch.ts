/** Follows the kernel of the notebook in front: is it tracking? Asked after each cell, and after a restart. */
import { type INotebookTracker, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';
import { Pace } from '../../lib/pace';
import type { Tracking } from './status_words';
import { trackingOf } from './tracking';

const PAUSE = 0.5; // seconds

export class KernelWatch {
  private state: Tracking = 'unknown';
  private kernel: Kernel.IKernelConnection | null = null;
  private panel: NotebookPanel | null = null;
  /** Kernels that have not answered yet: one in the middle of a cell does so after it, some other language's never. */
  private readonly asked = new WeakSet<Kernel.IKernelConnection>();
  private readonly told = new Signal<this, void>(this);
  private readonly pace = new Pace(
    async () => void this.ask(),
    () => PAUSE,
  );

  constructor(private readonly notebooks: INotebookTracker) {
    notebooks.currentChanged.connect(this.follow, this);
    NotebookActions.executed.connect((_, { notebook }) => {
      if (notebook === this.panel?.content) this.pace.wish();
    });
    this.follow();
  }

  get tracking(): Tracking {
    return this.state;
  }

  get changed(): ISignal<this, void> {
    return this.told;
  }

  private follow(): void {
    const session = this.panel?.isDisposed === false ? this.panel.sessionContext : null;
    session?.kernelChanged.disconnect(this.change, this);
    session?.statusChanged.disconnect(this.status, this);
    this.panel = this.notebooks.currentWidget;
    this.panel?.sessionContext.kernelChanged.connect(this.change, this);
    this.panel?.sessionContext.statusChanged.connect(this.status, this);
    this.change();
  }

  private change(): void {
    this.kernel = this.panel?.sessionContext.session?.kernel ?? null;
    this.set('unknown');
    this.pace.wish();
  }

  private status(_: unknown, status: Kernel.Status): void {
    if (status === 'restarting' || status === 'autorestarting' || status === 'dead') this.set('unknown');
    else if (status === 'idle' && this.state === 'unknown') this.pace.wish();
  }

  private async ask(): Promise<void> {
    const { kernel } = this;
    if (!kernel || kernel.isDisposed || this.asked.has(kernel)) return;
    this.asked.add(kernel);
    try {
      const found = await trackingOf(kernel);
      if (kernel === this.kernel && found) this.set(found);
    } catch {
      // The kernel went away meanwhile; its successor is asked.
    } finally {
      this.asked.delete(kernel);
    }
  }

  private set(state: Tracking): void {
    if (state === this.state) return;
    this.state = state;
    this.told.emit();
  }
}
