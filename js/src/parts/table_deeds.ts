/** What one does to runs with the table's buttons, keys and menu: each is said to Python, which decides and offers the way back. */
import { type Ask, isGroup, type RunRow } from '../contract/table';
import { copied } from './clipboard';
import type { Notice } from './notice';
import type { Choice } from './popup';
import type { TableBody } from './table_body';
import type { TableFoot } from './table_foot';
import type { TableSelection } from './table_select';

export class TableDeeds {
  /** Whether the table shows the deleted runs. */
  deleted = false;

  constructor(
    private readonly body: TableBody,
    private readonly selection: TableSelection,
    private readonly foot: () => TableFoot,
    private readonly send: (ask: Ask) => void,
    private readonly notice: Notice,
  ) {}

  compare(): void {
    this.send({ ask: 'compare', ids: this.selection.meant });
  }

  pin(): void {
    const walked = this.body.idAt(this.body.active);
    const ids = walked ? [walked] : this.selection.meant.slice(0, 1);
    if (ids.length > 0) this.send({ ask: 'pin', ids });
  }

  star(): void {
    const ids = this.selection.meant;
    const row = this.runAt(this.body.active);
    this.send({ ask: 'star', ids, on: !(row && ids.includes(row.id) && row.star) });
  }

  starOne(row: RunRow): void {
    this.send({ ask: 'star', ids: [row.id], on: !row.star });
  }

  remove(): void {
    this.send({ ask: this.deleted ? 'restore' : 'delete', ids: this.selection.meant });
  }

  tag(): void {
    const ids = this.selection.meant;
    this.foot().ask(`Tag ${counted(ids.length)}:`, '', 'name=value; -name takes it away', (text) =>
      this.send({ ask: 'tag', ids, text }),
    );
  }

  noteDown(): void {
    const ids = this.selection.meant;
    const row = this.runAt(this.body.active);
    const before = row && ids.length === 1 && row.id === ids[0] ? (row.note ?? '') : '';
    this.foot().ask(`Note on ${counted(ids.length)}:`, before, 'what you want to remember', (text) =>
      this.send({ ask: 'note', ids, text }),
    );
  }

  rename(place: number | null): void {
    const row = place === null ? undefined : this.runAt(place);
    if (!row?.id) return;
    const ids = [row.id];
    this.foot().ask('Rename to:', row.name ?? '', 'a name', (name) => this.send({ ask: 'rename', ids, name }));
  }

  undo(): void {
    this.send({ ask: 'undo' });
    this.body.node.focus();
  }

  open(): void {
    const row = this.body.rowAt(this.body.active);
    if (row && isGroup(row)) this.fold(!row.open);
    else if (row?.id) this.send({ ask: 'details', ids: [row.id] });
  }

  /** Opens or closes the group that was walked to; tells whether there was anything to do. */
  fold(open: boolean): boolean {
    const row = this.body.rowAt(this.body.active);
    if (!row || !isGroup(row) || row.open === open) return false;
    this.send({ ask: 'fold', label: row.group, open });
    return true;
  }

  /** What the context menu offers for a run. */
  choices(place: number, id: string): Choice[] {
    return [
      { text: 'Open', hint: 'Enter', choose: () => this.send({ ask: 'details', ids: [id] }) },
      { text: 'Compare', hint: 'c', choose: () => this.compare() },
      { text: 'Pin as baseline', hint: 'p', choose: () => this.send({ ask: 'pin', ids: [id] }) },
      { text: 'Star', hint: '*', choose: () => this.star() },
      { text: 'Tag…', hint: 't', choose: () => this.tag() },
      { text: 'Note…', hint: 'n', choose: () => this.noteDown() },
      { text: 'Rename…', hint: 'F2', choose: () => this.rename(place) },
      { text: 'Copy run id', choose: () => void this.copyId(id) },
      { text: this.deleted ? 'Restore' : 'Delete', hint: 'Delete', choose: () => this.remove() },
    ];
  }

  private async copyId(id: string): Promise<void> {
    if (await copied(id)) this.notice.show(`Copied ${id}.`, 'done');
    else this.notice.show(`This page may not write to the clipboard. The run's id is ${id}.`, 'warning');
  }

  private runAt(place: number): RunRow | undefined {
    const row = this.body.rowAt(place);
    return row && !isGroup(row) ? row : undefined;
  }
}

function counted(runs: number): string {
  return `${runs} run${runs === 1 ? '' : 's'}`;
}
