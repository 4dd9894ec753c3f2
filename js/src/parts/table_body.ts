/** The rows that are in view, out of any number: asks for those it does not know, and draws each once. */
import { type Column, type Courses, isGroup, type Row, type TableTold } from '../contract/table';
import { rowsInView, type Span, scrolledTo, unknownOf, widened } from '../lib/rows_in_view';
import { template } from '../lib/widths';
import { element } from './elements';
import { type TableRow, tableRow } from './table_row';

export const ROW_HEIGHT = 26;
const AHEAD = 20;
const MOST_KEPT = 3000;
const PAUSE = 30;
const PATIENCE = 1500;

export interface BodyWishes {
  askRows(span: Span, top: number): void;
  /** The kernel has not answered for a while, or has at last. */
  waiting(on: boolean): void;
}

export class TableBody {
  readonly node: HTMLElement;
  readonly selected = new Set<string>();
  columns: readonly Column[] = [];
  rows = 0;
  active = 0;
  baseline = '';

  private readonly space = element('div', { class: 'tb-Space', role: 'rowgroup' });
  private readonly drawn = new Map<number, TableRow>();
  private readonly spare: TableRow[] = [];
  private known = new Map<number, Row>();
  private courses: Courses = {};
  private withCourse = new Set<string>();
  private version = -1;
  private grouped = false;
  private pending: Span | null = null;
  private made = 0;
  private frame = 0;
  private timer = 0;
  private patience = 0;
  private readonly clock: number;
  private readonly watch: ResizeObserver;

  constructor(
    private readonly head: HTMLElement,
    private readonly wishes: BodyWishes,
    private readonly prefix: string,
  ) {
    this.node = element('div', {
      class: 'tb-Scroll',
      role: 'grid',
      tabindex: '0',
      'aria-label': 'runs',
      'aria-multiselectable': 'true',
    });
    this.node.append(head, this.space);
    this.node.addEventListener('scroll', () => this.soon(), { passive: true });
    this.clock = window.setInterval(() => this.redraw(), 30_000); // `3 min ago` goes on
    this.watch = new ResizeObserver(() => this.soon());
    this.watch.observe(this.node);
    this.watch.observe(head);
  }

  /** The rows' own height; the head lies above them. */
  get height(): number {
    return Math.max(ROW_HEIGHT, this.node.clientHeight - this.head.offsetHeight);
  }

  get inView(): Span {
    return rowsInView(this.node.scrollTop, this.height, ROW_HEIGHT, this.rows);
  }

  show(told: TableTold, fromTop: boolean): void {
    this.version = told.version;
    this.rows = told.rows;
    if (!same(this.columns, told.columns)) this.columns = told.columns;
    this.baseline = told.baseline;
    this.grouped = told.group !== '';
    const before = this.known;
    this.known = new Map();
    told.page.forEach((row, at) => {
      // The same row keeps its object, and so what is drawn of it is not drawn anew under the pointer.
      const old = before.get(told.from + at);
      this.known.set(told.from + at, old && same(old, row) ? old : row);
    });
    this.pending = null;
    this.node.setAttribute('aria-rowcount', String(told.rows + 1));
    this.node.setAttribute('aria-colcount', String(told.columns.length + 1));
    this.space.style.height = `${told.rows * ROW_HEIGHT}px`;
    this.layOut();
    if (fromTop) this.node.scrollTop = 0;
    else if (told.shift && this.node.scrollTop > 0) this.node.scrollTop += told.shift * ROW_HEIGHT;
    this.active = Math.max(0, Math.min(told.rows - 1, fromTop ? 0 : this.active + told.shift));
    this.redraw();
  }

  addRows(version: number, from: number, page: readonly Row[]): void {
    this.answered();
    if (version !== this.version) return;
    if (this.known.size > MOST_KEPT) this.forget();
    page.forEach((row, at) => {
      this.known.set(from + at, row);
    });
    this.redraw();
  }

  addCourses(courses: Courses): void {
    const before = this.withCourse.size;
    for (const [id, found] of Object.entries(courses)) {
      if (!same(this.courses[id], found)) this.courses[id] = found;
      for (const key of Object.keys(found)) this.withCourse.add(key);
    }
    if (this.withCourse.size !== before) this.layOut();
    this.redraw();
  }

  /** The run at a place, when it is known; a group or a gone run is none. */
  idAt(place: number): string {
    const row = this.known.get(place);
    return row && !isGroup(row) ? row.id : '';
  }

  rowAt(place: number): Row | undefined {
    return this.known.get(place);
  }

  cellOf(place: number, kind: Column['kind']): HTMLElement | undefined {
    const at = this.columns.findIndex((column) => column.kind === kind);
    const cell = this.drawn.get(place)?.node.children[at + 1];
    return cell instanceof HTMLElement ? cell : undefined;
  }

  walkTo(place: number): void {
    this.active = Math.max(0, Math.min(this.rows - 1, place));
    this.node.scrollTop = scrolledTo(this.active, this.node.scrollTop, this.height, ROW_HEIGHT);
    this.redraw();
  }

  placeOf(target: EventTarget | null): number | null {
    if (!(target instanceof Element)) return null;
    const row = target.closest('.tb-Row');
    for (const [place, drawn] of this.drawn) if (drawn.node === row) return place;
    return null;
  }

  redraw(): void {
    const span = widened(this.inView, 4, this.rows);
    for (const [place, row] of this.drawn) {
      if (place >= span.from && place < span.to) continue;
      this.spare.push(row);
      this.drawn.delete(place);
    }
    for (let place = span.from; place < span.to; place++) this.draw(place);
    for (const row of this.spare) row.node.remove(); // those that found a new place have only moved
    const now = this.drawn.get(this.active);
    if (now) this.node.setAttribute('aria-activedescendant', now.node.id);
    else this.node.removeAttribute('aria-activedescendant');
    this.askLater();
  }

  dispose(): void {
    window.clearInterval(this.clock);
    window.clearTimeout(this.timer);
    window.clearTimeout(this.patience);
    window.cancelAnimationFrame(this.frame);
    this.watch.disconnect();
  }

  private draw(place: number): void {
    let row = this.drawn.get(place);
    if (!row) {
      row = this.spare.pop() ?? tableRow(`${this.prefix}-${this.made++}`);
      row.node.style.top = `${place * ROW_HEIGHT}px`;
      this.drawn.set(place, row);
      if (!row.node.isConnected) this.space.append(row.node);
    }
    const id = this.idAt(place);
    row.fill(this.known.get(place), this.columns, this.courses, {
      place,
      selected: id !== '' && this.selected.has(id),
      active: place === this.active,
      baseline: id !== '' && id === this.baseline,
    });
  }

  private layOut(): void {
    const hasCourse = (key: string) => this.withCourse.has(key);
    const columns = template(this.columns, this.baseline !== '', this.grouped, hasCourse);
    this.node.style.setProperty('--tb-columns', columns);
  }

  private soon(): void {
    window.cancelAnimationFrame(this.frame);
    this.frame = window.requestAnimationFrame(() => this.redraw());
  }

  private askLater(): void {
    if (this.pending || !unknownOf(this.inView, (place) => this.known.has(place))) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.ask(), PAUSE);
  }

  private ask(): void {
    const view = this.inView;
    const wanted = unknownOf(widened(view, AHEAD, this.rows), (place) => this.known.has(place));
    if (!wanted || this.pending) return;
    this.pending = wanted;
    window.clearTimeout(this.patience);
    this.patience = window.setTimeout(() => this.wishes.waiting(true), PATIENCE);
    this.wishes.askRows(wanted, view.from);
  }

  private answered(): void {
    this.pending = null;
    window.clearTimeout(this.patience);
    this.wishes.waiting(false);
  }

  /** Keeps what is near; what was scrolled past long ago is asked for again. */
  private forget(): void {
    const near = widened(this.inView, MOST_KEPT / 4, this.rows);
    for (const place of [...this.known.keys()]) if (place < near.from || place >= near.to) this.known.delete(place);
    const ids = new Set([...this.known.keys()].map((place) => this.idAt(place)));
    for (const id of Object.keys(this.courses)) if (!ids.has(id)) delete this.courses[id];
  }
}

/** Whether two things that came over the wire say the same. */
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
