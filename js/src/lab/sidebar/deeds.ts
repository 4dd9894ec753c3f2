/** Changes that are made in the side bar, each told with a way back. */
import type { Done, RootPath, RunChange, RunLine } from '../../contract/lab';
import type { Notice } from '../../parts/notice';
import type { Api } from '../api';
import { sentenceOf } from '../fault';

const LONGEST = 50; // undos that are remembered

export class Deeds {
  private readonly undos: { store: RootPath; undo: string }[] = [];

  constructor(
    private readonly api: Api,
    private readonly notice: Notice,
    private readonly changed: () => void,
  ) {}

  /** runs: those meant; each shows its new state at once, and as the store has it a moment later. */
  async change(store: RootPath, runs: readonly RunLine[], deed: RunChange['deed'], text?: string): Promise<void> {
    const ids = runs.map((run) => run.id);
    if (ids.length === 0) return;
    await this.make(store, () => this.api.change({ store, ids, deed, ...(text === undefined ? {} : { text }) }));
  }

  /** Of something that was made elsewhere. */
  told({ text, undo }: Done, store: RootPath): void {
    const way = undo === '' ? undefined : () => void this.undo(store, undo);
    if (undo !== '') this.undos.push({ store, undo });
    if (this.undos.length > LONGEST) this.undos.shift();
    this.notice.show(text, 'done', way);
    this.changed();
  }

  /** Takes back what was done last here. */
  undoLast(): void {
    const last = this.undos.at(-1);
    if (last) void this.undo(last.store, last.undo);
  }

  async make(store: RootPath, deed: () => Promise<Done>): Promise<void> {
    try {
      this.told(await deed(), store);
    } catch (error) {
      this.notice.show(sentenceOf(error));
    }
  }

  private async undo(store: RootPath, undo: string): Promise<void> {
    const at = this.undos.findIndex((each) => each.undo === undo);
    if (at >= 0) this.undos.splice(at, 1);
    try {
      const { text } = await this.api.undo(store, undo);
      this.notice.show(text, 'done');
      this.changed();
    } catch (error) {
      this.notice.show(sentenceOf(error));
    }
  }
}
