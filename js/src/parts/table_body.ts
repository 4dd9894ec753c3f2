/** The rows and columns that are in view, out of any number: asks for those it does not know, and draws each once. */
import { type Column, type Courses, isGroup, type Row, type TableTold } from '../contract/table';
import { KnownRows, type Page, same } from '../lib/known_rows';
import { rowsInView, type Span, scrolledTo, unknownOf, widened } from '../lib/rows_in_view';
import { type Chosen, columnsInView, layOut, scrolledToColumn } from '../lib/widths';
import { element } from './elements';
import { type Drawing, type Equal, type TableRow, tableRow } from './table_row';

export const ROW_HEIGHT = 26;
const AHEAD = 20;
const COLUMNS_AHEAD = 8;
const COLUMNS_DRAWN_AHEAD = 3;
const MOST_KEPT = 3000;
const PAUSE = 30;
const PATIENCE = 1500;
const NOBODY: Equal = { to: '', runs: new Map() };

export interface BodyWishes {
  askRows(rows: Span, columns: Span, top: number): void;
  /** The kernel has not answered for a while, or has at last. */
  waiting(on: boolean): void;
  /** Other columns are drawn now. */
  drawn(drawing: Drawing): void;
}

export class TableBody {
  readonly node: HTMLElement;
  readonly selected = new Set<string>();
  columns: readonly Column[] = [];
  rows = 0;
  active = 0;
  baseline = '';

  private readonly space = element('div', { class: 'tb-Space', role: 'rowgroup' });
  private readonly known = new KnownRows();
  private readonly spare: TableRow[] = [];
  private readonly drawn = new Map<number, TableRow>();
  private equal: Equal = NOBODY;
  private drawing: Drawing = { columns: [], places: [], equal: NOBODY };
  private lefts: readonly number[] = [];
  private courses: Courses = {};
  private withCourse = new Set<string>();
  private version = -1;
  private grouped = false;
  private pending = false;
  private made = 0;
  private frame = 0;
  private settling = 0;
  private timer = 0;
  private patience = 0;
  private readonly clock: number;
  private readonly watch: ResizeObserver;

  constructor(
    private readonly head: HTMLElement,
    private readonly wishes: BodyWishes,
    private readonly chosen: () => Chosen,
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

  show(told: TableTold): void {
    this.version = told.version;
    this.rows = told.rows;
    if (!same(this.columns, told.columns)) this.columns = told.columns;
    if (told.top || told.baseline !== this.baseline) this.equal = NOBODY;
    this.baseline = told.baseline;
    this.grouped = told.group !== '';
    this.known.replace({ from: told.from, rows: told.page, left: told.left });
    this.answered();
    this.node.setAttribute('aria-rowcount', String(told.rows + 1));
    this.node.setAttribute('aria-colcount', String(told.columns.length + 1));
    this.space.style.height = `${told.rows * ROW_HEIGHT}px`;
    this.layOut();
    if (told.top) this.node.scrollTop = 0;
    else if (told.shift && this.node.scrollTop > 0) this.node.scrollTop += told.shift * ROW_HEIGHT;
    this.active = Math.max(0, Math.min(told.rows - 1, told.top ? 0 : this.active + told.shift));
    this.redraw();
  }

  addRows(version: number, page: Page): void {
    this.answered();
    if (version !== this.version) return;
    if (this.known.size > MOST_KEPT) this.forget();
    this.known.add(page);
    this.redraw();
  }

  addCourses(courses: Courses): void {
    const before = this.withCourse.size;
    for (const [id, found] of Object.entries(courses)) {
      const all = { ...this.courses[id], ...found };
      if (!same(this.courses[id], all)) this.courses[id] = all;
      for (const key of Object.keys(found)) this.withCourse.add(key);
    }
    if (this.withCourse.size !== before) this.layOut();
    this.redraw();
  }

  /** Marks runs that cannot be told from another one. */
  markEqual(to: string, marks: Readonly<Record<string, readonly string[]>>): void {
    this.equal = { to, runs: new Map(Object.entries(marks).map(([key, ids]) => [key, new Set(ids)])) };
    this.layOut();
    this.redraw();
  }

  /** The run at a place, when it is known; a group or a gone run is none. */
  idAt(place: number): string {
    const row = this.known.at(place);
    return row && !isGroup(row) ? row.id : '';
  }

  rowAt(place: number): Row | undefined {
    return this.known.at(place);
  }

  walkTo(place: number): void {
    this.active = Math.max(0, Math.min(this.rows - 1, place));
    this.node.scrollTop = scrolledTo(this.active, this.node.scrollTop, this.height, ROW_HEIGHT);
    this.redraw();
  }

  /** Scrolls sideways by whole columns. */
  walkSideways(by: number): void {
    const { from } = columnsInView(this.lefts, this.node.scrollLeft, this.node.clientWidth);
    const stays = this.lefts[1] ?? 0;
    const partly = (this.lefts[from] ?? 0) < this.node.scrollLeft + stays;
    const at = by > 0 || !partly ? from + by : from;
    this.node.scrollLeft = (this.lefts[Math.max(1, at)] ?? 0) - stays;
  }

  /** Scrolls sideways until a column is whole in view, and draws it. */
  showColumn(at: number): void {
    this.node.scrollLeft = scrolledToColumn(at, this.lefts, this.node.scrollLeft, this.node.clientWidth);
    this.redraw();
  }

  placeOf(target: EventTarget | null): number | null {
    if (!(target instanceof Element)) return null;
    const row = target.closest('.tb-Row');
    for (const [place, drawn] of this.drawn) if (drawn.node === row) return place;
    return null;
  }

  /** The cells of a column that are drawn. */
  cellsOf(column: number): HTMLElement[] {
    return [...this.drawn.values()].flatMap((row) => row.cellAt(column) ?? []);
  }

  /** Gives each column its width anew. */
  layOut(): void {
    const { template, lefts } = layOut(this.columns, {
      compared: this.baseline !== '',
      grouped: this.grouped,
      hasCourse: (key) => this.withCourse.has(key),
      hasMarks: (key) => this.equal.runs.has(key),
      chosen: this.chosen(),
    });
    this.lefts = lefts;
    this.node.style.setProperty('--tb-columns', template);
    this.node.style.setProperty('--tb-width', `${lefts.at(-1) ?? 0}px`);
  }

  redraw(): void {
    this.node.classList.toggle('tb-aside', this.node.scrollLeft > 0);
    this.chooseColumns();
    const height = this.height;
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
    // A page that is being laid out may be measured between two sizes, and the observer sees the last one only.
    window.cancelAnimationFrame(this.settling);
    this.settling = window.requestAnimationFrame(() => {
      if (this.height !== height) this.redraw();
    });
  }

  dispose(): void {
    window.clearInterval(this.clock);
    window.clearTimeout(this.timer);
    window.clearTimeout(this.patience);
    window.cancelAnimationFrame(this.frame);
    window.cancelAnimationFrame(this.settling);
    this.watch.disconnect();
  }

  private get columnsInView(): Span {
    return columnsInView(this.lefts, this.node.scrollLeft, this.node.clientWidth);
  }

  /** Takes other columns into the drawing when some in view are not in it. */
  private chooseColumns(): void {
    const view = this.columnsInView;
    const { columns, places, equal } = this.drawing;
    const [from, to] = [places[1] ?? 1, (places.at(-1) ?? 0) + 1];
    if (columns === this.columns && equal === this.equal && from <= view.from && view.to <= to) return;
    const span = widened(view, COLUMNS_DRAWN_AHEAD, this.columns.length);
    const others = Array.from({ length: span.to - span.from }, (_, at) => span.from + at).filter((at) => at > 0);
    const drawn = this.columns.length > 0 ? [0, ...others] : [];
    this.drawing = { columns: this.columns, places: drawn, equal: this.equal };
    this.wishes.drawn(this.drawing);
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
    row.fill(this.known.at(place), this.drawing, this.courses, {
      place,
      selected: id !== '' && this.selected.has(id),
      active: place === this.active,
      baseline: id !== '' && id === this.baseline,
    });
  }

  private soon(): void {
    window.cancelAnimationFrame(this.frame);
    this.frame = window.requestAnimationFrame(() => this.redraw());
  }

  private askLater(): void {
    const columns = this.columnsInView;
    if (this.pending || !unknownOf(this.inView, (place) => this.known.has(place, columns))) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.ask(), PAUSE);
  }

  private ask(): void {
    const [view, columns] = [this.inView, this.columnsInView];
    const wanted = unknownOf(widened(view, AHEAD, this.rows), (place) => this.known.has(place, columns));
    if (!wanted || this.pending) return;
    this.pending = true;
    window.clearTimeout(this.patience);
    this.patience = window.setTimeout(() => this.wishes.waiting(true), PATIENCE);
    this.wishes.askRows(wanted, widened(columns, COLUMNS_AHEAD, this.columns.length), view.from);
  }

  private answered(): void {
    this.pending = false;
    window.clearTimeout(this.patience);
    this.wishes.waiting(false);
  }

  /** Keeps what is near; what was scrolled past long ago is asked for again. */
  private forget(): void {
    const ids = this.known.keep(widened(this.inView, MOST_KEPT / 4, this.rows));
    for (const id of Object.keys(this.courses)) if (!ids.has(id)) delete this.courses[id];
  }
}
