/** What a badge shows when it is looked at: the last attempts, and a hand on the one that runs. */
import type { Done, RunLine } from '../../contract/lab';
import { element } from '../../parts/elements';
import { notice } from '../../parts/notice';
import { sentenceOf } from '../fault';
import type { ITrackbook } from '../token';
import { attemptsTable } from './attempts_table';
import type { Badge } from './badge';
import { type ControlBox, controlBox } from './control_box';
import { HoverBox } from './hover_box';
import type { NotebookRuns } from './notebook_runs';

export interface BoxDeeds {
  open(run: RunLine): void;
  interrupt(): void;
}

export class AttemptsBox {
  private readonly box = new HoverBox(() => this.gone());
  private badge: Badge | null = null;
  private readonly says = notice();
  private readonly table = element('div');
  private readonly hand = element('div');
  private control: ControlBox | null = null;
  private steered = '';

  constructor(
    private readonly core: Pick<ITrackbook, 'api' | 'trans'>,
    private readonly runs: NotebookRuns,
    private readonly deeds: BoxDeeds,
  ) {
    runs.changed.connect(this.draw, this);
  }

  hover(badge: Badge): void {
    const anchor = badge.node.firstElementChild;
    if (!(anchor instanceof HTMLElement)) return;
    this.box.wish(anchor, this.core.trans.__('Last attempts of this cell'), (box) => {
      this.badge = badge;
      this.says.clear();
      box.append(this.hand, this.says.node, this.table);
      this.draw();
    });
  }

  leave(): void {
    this.box.leave();
  }

  close(): void {
    this.box.close();
  }

  dispose(): void {
    this.runs.changed.disconnect(this.draw, this);
    this.box.close();
  }

  private gone(): void {
    this.badge = null;
    this.steered = '';
  }

  private draw(): void {
    if (!this.badge) return;
    const attempts = this.runs.of(this.badge.cellId);
    if (attempts.length === 0 || this.badge.isDisposed) {
      this.box.close();
      return;
    }
    this.fill(attempts);
    void this.steer(attempts.find((run) => run.status === 'RUNNING'));
    this.box.place();
  }

  /** Made anew with all news; whoever walks it with the keyboard stays where they are. */
  private fill(attempts: readonly RunLine[]): void {
    const at = [...this.table.querySelectorAll('button')].indexOf(document.activeElement as HTMLButtonElement);
    this.table.replaceChildren(attemptsTable(attempts, (run) => this.open(run), this.core.trans));
    if (at >= 0) this.table.querySelectorAll('button')[at]?.focus();
  }

  private open(run: RunLine): void {
    this.box.close();
    this.deeds.open(run);
  }

  private async steer(run: RunLine | undefined): Promise<void> {
    if (!run) {
      this.steered = '';
      this.hand.replaceChildren();
      return;
    }
    if (this.steered !== run.id || !this.control) {
      this.steered = run.id;
      this.control = this.handOn(run.id);
      this.hand.replaceChildren();
    }
    const { control } = this;
    try {
      const facts = await this.core.api.control(this.runs.store, run.id);
      if (this.steered !== run.id) return;
      control.show(facts);
      if (!control.node.isConnected) this.hand.replaceChildren(control.node);
      this.box.place();
    } catch {
      // It has just ended, or never had a page: the table says how it stands.
      if (this.steered === run.id) this.hand.replaceChildren();
    }
  }

  private handOn(id: string): ControlBox {
    const { trans } = this.core;
    return controlBox(
      {
        stop: () => void this.change({ deed: 'stop' }, id),
        turn: (knob, value) => void this.change({ deed: 'knob', knob, value }, id),
        interrupt: () => this.deeds.interrupt(),
        complain: (text) => this.says.show(text),
      },
      trans,
    );
  }

  private change(
    change: { deed: 'stop' } | { deed: 'knob'; knob: string; value: boolean | number | string },
    id: string,
  ): Promise<void> {
    return this.deed(() => this.core.api.change({ store: this.runs.store, ids: [id], ...change }));
  }

  private async deed(make: () => Promise<Done>): Promise<void> {
    try {
      const { text, undo } = await make();
      const takeBack = (): void => void this.deed(() => this.core.api.undo(this.runs.store, undo));
      this.says.show(text, 'done', undo ? takeBack : undefined);
    } catch (error) {
      this.says.show(sentenceOf(error));
    }
    this.draw();
    this.box.place();
  }
}
