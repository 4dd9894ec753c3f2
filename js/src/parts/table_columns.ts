/** What one does to columns: move, widen, fit, hide, group by. Widths belong to the screen; the rest Python decides. */
import type { Ask, Column } from '../contract/table';
import { allowed, type Chosen } from '../lib/widths';
import type { Choice } from './popup';
import type { TableBody } from './table_body';
import type { TitleWishes } from './table_title';

const STEP = 16;
const EDGE = 30; // pixels from the edge where a dragged title scrolls
const PADDING = 18;

/** Where the widths are kept as long as the panel lives, also when the page is loaded anew. */
export interface Widths {
  get(): Chosen;
  set(widths: Chosen): void;
}

export class TableColumns implements Omit<TitleWishes, 'sort' | 'menu'> {
  private readonly dragged: Record<string, number> = {};

  constructor(
    private readonly body: () => TableBody,
    private readonly kept: Widths,
    private readonly send: (ask: Ask) => void,
  ) {}

  /** Pixels by column key, as somebody dragged them. */
  get chosen(): Chosen {
    return { ...this.kept.get(), ...this.dragged };
  }

  get keys(): string[] {
    return this.body().columns.map((column) => column.key);
  }

  /** Shows another set of columns; null for those that vary. */
  choose(keys: string[] | null): void {
    this.send({ ask: 'columns', keys });
  }

  move(key: string, to: number): void {
    const keys = this.keys.filter((each) => each !== key);
    const place = Math.max(0, Math.min(keys.length, to));
    if (this.keys[place] !== key) this.choose([...keys.slice(0, place), key, ...keys.slice(place)]);
  }

  drag(key: string, clientX: number, done: boolean): void {
    const { node } = this.body();
    const { left, right } = node.getBoundingClientRect();
    if (clientX > right - EDGE) node.scrollLeft += STEP;
    else if (clientX < left + EDGE) node.scrollLeft -= STEP;
    const over = [...node.querySelectorAll<HTMLElement>('.tb-Title')].find((title) => {
      const box = title.getBoundingClientRect();
      return clientX >= box.left && clientX < box.right;
    });
    for (const title of node.querySelectorAll('.tb-Title')) title.classList.toggle('tb-over', !done && title === over);
    if (done && over) this.move(key, Number(over.getAttribute('aria-colindex')) - 2);
  }

  widen(key: string, width: number, done: boolean): void {
    this.dragged[key] = allowed(width);
    if (done) {
      this.kept.set({ ...this.kept.get(), [key]: allowed(width) });
      delete this.dragged[key];
    }
    this.body().layOut();
    this.body().redraw();
  }

  widenBy(key: string, step: number): void {
    const title = this.titleOf(key);
    if (title) this.widen(key, title.offsetWidth + step * STEP, true);
  }

  fit(key: string): void {
    const [title, at] = [this.titleOf(key), this.keys.indexOf(key)];
    if (!title) return;
    const words = [...this.body().cellsOf(at), title.querySelector('button') ?? title];
    this.widen(key, Math.max(...words.map(widthOfContent)) + PADDING, true);
  }

  hide(key: string): void {
    const keys = this.keys.filter((each) => each !== key);
    if (keys.length > 0) this.choose(keys);
  }

  /** What the menu of a column offers. */
  choices(column: Column, group: (by: string) => void): Choice[] {
    const { key } = column;
    const at = this.keys.indexOf(key);
    const by = key === 'experiment' || key.startsWith('params.') || key.startsWith('tags.');
    return [
      ...(by ? [{ text: 'Group by this', choose: () => group(key) }] : []),
      { text: 'Fit the width', hint: 'double click on the edge', choose: () => this.fit(key) },
      { text: 'Move left', hint: 'Ctrl+←', choose: () => this.move(key, at - 1) },
      { text: 'Move right', hint: 'Ctrl+→', choose: () => this.move(key, at + 1) },
      { text: 'Hide', hint: 'Delete', choose: () => this.hide(key) },
    ];
  }

  private titleOf(key: string): HTMLElement | null {
    return this.body().node.querySelector<HTMLElement>(`.tb-Title[aria-colindex="${this.keys.indexOf(key) + 2}"]`);
  }
}

function widthOfContent(node: HTMLElement): number {
  const range = node.ownerDocument.createRange();
  range.selectNodeContents(node);
  return range.getBoundingClientRect().width;
}
