/** Which runs are selected, by mouse and by key; ranges that are not in the browser are resolved by Python. */
import type { Ask } from '../contract/table';
import type { TableBody } from './table_body';

export class TableSelection {
  private anchor = 0;
  /** Counts what was selected here; what Python says in answer to an older turn is out of date. */
  private turn = 0;

  constructor(
    private readonly body: TableBody,
    private readonly send: (ask: Ask) => void,
    private readonly changed: () => void,
  ) {}

  get ids(): string[] {
    return [...this.body.selected];
  }

  /** The selected runs; without any, the one that the keys have walked to. */
  get meant(): string[] {
    if (this.body.selected.size > 0) return this.ids;
    const id = this.body.idAt(this.body.active);
    return id ? [id] : [];
  }

  /** Takes over what Python says is selected, unless somebody has selected something since. */
  adopt(ids: readonly string[], turn: number): void {
    if (turn < this.turn) return;
    this.turn = turn;
    this.body.selected.clear();
    for (const id of ids) this.body.selected.add(id);
    this.shown();
  }

  click(place: number, how: { shift: boolean; add: boolean }): void {
    this.body.active = place;
    if (how.shift) {
      this.range(this.anchor, place, how.add);
      return;
    }
    this.anchor = place;
    if (how.add) this.toggle(place);
    else this.set([this.body.idAt(place)]);
  }

  toggle(place: number): void {
    this.anchor = place;
    const id = this.body.idAt(place);
    if (!id) {
      this.ask(place, place, true);
      return;
    }
    const { selected } = this.body;
    if (!selected.delete(id)) selected.add(id);
    this.tell();
  }

  extendTo(place: number): void {
    this.range(this.anchor, place, false);
  }

  startAt(place: number): void {
    this.anchor = place;
  }

  all(): void {
    this.range(0, this.body.rows - 1, false);
  }

  clear(): boolean {
    if (this.body.selected.size === 0) return false;
    this.set([]);
    return true;
  }

  private range(from: number, to: number, add: boolean): void {
    const places = Array.from({ length: Math.abs(to - from) + 1 }, (_, at) => Math.min(from, to) + at);
    const ids = places.length < 1000 ? places.map((place) => this.body.idAt(place)) : [''];
    if (ids.every((id) => id !== '')) this.set(add ? [...this.ids, ...ids] : ids);
    else this.ask(from, to, add);
  }

  private ask(from: number, to: number, add: boolean): void {
    this.send({ ask: 'range', from, to, add, ids: add ? this.ids : [], turn: ++this.turn });
  }

  private set(ids: readonly string[]): void {
    this.body.selected.clear();
    for (const id of ids) if (id) this.body.selected.add(id);
    this.tell();
  }

  private tell(): void {
    this.send({ ask: 'select', ids: this.ids, turn: ++this.turn });
    this.shown();
  }

  private shown(): void {
    this.body.redraw();
    this.changed();
  }
}
