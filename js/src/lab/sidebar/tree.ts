/** The lines of the side bar as a tree: only those in view are made; walked, selected and opened by mouse and keys. */
import { rowsInView, type Span, scrolledTo, widened } from '../../lib/rows_in_view';
import type { Line, Tree } from '../../lib/side_tree';
import { element } from '../../parts/elements';

export const LINE_HEIGHT = 24;
const AHEAD = 8;

export interface TreeWishes {
  label: string;
  /** What stays the same when lines come and go above it; empty for a line that is not known yet. */
  identity(line: Line): string;
  /** Place of a line now, by its identity; -1 when it is nowhere. */
  placeOf(identity: string): number;
  fill(node: HTMLElement, line: Line): void;
  toggle(line: Line): void;
  open(line: Line): void;
  menu(line: Line, at: { x: number; y: number }): void;
  /** Which lines are in view, so that their runs can be asked for. */
  inView(span: Span): void;
  grab(line: Line, event: PointerEvent): void;
}

let trees = 0;

export class TreeView {
  readonly node: HTMLElement;
  /** Identities of the selected lines. */
  readonly selected = new Set<string>();
  active = 0;
  private readonly prefix = `tb-tree-${trees++}`;
  private readonly space = element('div', { class: 'tb-TreeSpace', role: 'presentation' });
  private readonly watch = new ResizeObserver(() => this.draw());
  private tree: Tree | null = null;
  private activeIdentity = '';
  private anchor = 0;

  constructor(private readonly wishes: TreeWishes) {
    this.node = element(
      'div',
      { class: 'tb-Tree', role: 'tree', tabindex: '0', 'aria-label': wishes.label, 'aria-multiselectable': 'true' },
      this.space,
    );
    this.watch.observe(this.node);
    this.node.addEventListener('scroll', () => this.draw(), { passive: true });
    this.node.addEventListener('click', (event) => this.clicked(event));
    this.node.addEventListener('contextmenu', (event) => this.asked(event));
    this.node.addEventListener('pointerdown', (event) => {
      const line = this.lineOf(event.target);
      if (line && event.button === 0) wishes.grab(line, event);
    });
  }

  get activeLine(): Line | undefined {
    return this.tree?.at(this.active);
  }

  show(tree: Tree): void {
    this.tree = tree;
    const at = this.activeIdentity === '' ? -1 : this.wishes.placeOf(this.activeIdentity);
    this.active = Math.max(0, at >= 0 ? at : Math.min(tree.length - 1, this.active));
    this.space.style.blockSize = `${tree.length * LINE_HEIGHT}px`;
    this.draw();
  }

  draw(): void {
    const { tree } = this;
    if (!tree) return;
    const seen = rowsInView(this.node.scrollTop, this.node.clientHeight || 400, LINE_HEIGHT, tree.length);
    this.wishes.inView(seen);
    const span = widened(seen, AHEAD, tree.length);
    const made: HTMLElement[] = [];
    for (let place = span.from; place < span.to; place++) {
      const line = tree.at(place);
      if (line) made.push(this.drawn(line, place));
    }
    this.space.replaceChildren(...made);
    if (tree.length > 0) this.node.setAttribute('aria-activedescendant', `${this.prefix}-${this.active}`);
  }

  /** extend: selects all from where the selection began. */
  walk(to: number, extend = false): void {
    const line = this.tree?.at(to);
    if (!line) return;
    this.active = to;
    this.activeIdentity = this.wishes.identity(line);
    if (extend) this.range(to);
    else {
      this.anchor = to;
      this.selected.clear();
    }
    this.node.scrollTop = scrolledTo(to, this.node.scrollTop, this.node.clientHeight, LINE_HEIGHT);
    this.draw();
  }

  walkBy(by: number, extend: boolean): void {
    const last = (this.tree?.length ?? 0) - 1;
    this.walk(Math.max(0, Math.min(last, this.active + by)), extend);
  }

  walkToEnd(last: boolean): void {
    this.walk(last ? (this.tree?.length ?? 1) - 1 : 0);
  }

  /** How many lines one sees at once. */
  get page(): number {
    return Math.max(1, Math.floor(this.node.clientHeight / LINE_HEIGHT) - 1);
  }

  select(place = this.active): void {
    const line = this.tree?.at(place);
    const identity = line ? this.wishes.identity(line) : '';
    if (identity !== '' && !this.selected.delete(identity)) this.selected.add(identity);
    this.anchor = place;
    this.draw();
  }

  /** Tells whether anything was selected. */
  clear(): boolean {
    const had = this.selected.size > 0;
    this.selected.clear();
    if (had) this.draw();
    return had;
  }

  /** Opens the menu of the line that the keys have walked to, below it. */
  openMenu(): void {
    const line = this.activeLine;
    const box = this.node.getBoundingClientRect();
    const y = box.top + (this.active + 1) * LINE_HEIGHT - this.node.scrollTop;
    if (line) this.wishes.menu(line, { x: box.left + 24, y: Math.max(box.top, Math.min(y, box.bottom)) });
  }

  dispose(): void {
    this.watch.disconnect();
  }

  private drawn(line: Line, place: number): HTMLElement {
    const isSelected = this.selected.has(this.wishes.identity(line));
    const made = element('div', {
      class: `tb-Leaf tb-${line.kind}${place === this.active ? ' tb-active' : ''}`,
      role: 'treeitem',
      id: `${this.prefix}-${place}`,
      'data-place': String(place),
      'aria-level': String(line.level),
      'aria-posinset': String(line.position),
      'aria-setsize': String(line.brothers),
      'aria-selected': String(isSelected),
    });
    if (line.open !== null) made.setAttribute('aria-expanded', String(line.open));
    made.style.insetBlockStart = `${place * LINE_HEIGHT}px`;
    made.style.paddingInlineStart = `${(line.level - 1) * 12 + 4}px`;
    this.wishes.fill(made, line);
    return made;
  }

  private clicked(event: MouseEvent): void {
    const place = placeOf(event.target);
    const line = place === null ? undefined : this.tree?.at(place);
    if (place === null || !line) return;
    if (event.shiftKey) this.walk(place, true);
    else if (event.ctrlKey || event.metaKey) {
      this.active = place;
      this.activeIdentity = this.wishes.identity(line);
      this.select(place);
    } else {
      this.walk(place);
      if (line.open !== null) this.wishes.toggle(line);
      // Each click draws anew, so the browser's dblclick would come to a line that is gone.
      else if (line.kind === 'more' || event.detail === 2) this.wishes.open(line);
    }
  }

  private asked(event: MouseEvent): void {
    const place = placeOf(event.target);
    const line = place === null ? undefined : this.tree?.at(place);
    if (place === null || !line) return;
    event.preventDefault();
    event.stopPropagation();
    if (!this.selected.has(this.wishes.identity(line))) this.walk(place);
    else {
      this.active = place;
      this.activeIdentity = this.wishes.identity(line);
      this.draw();
    }
    this.wishes.menu(line, { x: event.clientX, y: event.clientY });
  }

  private range(to: number): void {
    this.selected.clear();
    for (let place = Math.min(this.anchor, to); place <= Math.max(this.anchor, to); place++) {
      const line = this.tree?.at(place);
      if (line?.kind === 'run' || line?.kind === 'version') {
        const identity = this.wishes.identity(line);
        if (identity !== '') this.selected.add(identity);
      }
    }
  }

  private lineOf(target: EventTarget | null): Line | undefined {
    const place = placeOf(target);
    return place === null ? undefined : this.tree?.at(place);
  }
}

function placeOf(target: EventTarget | null): number | null {
  const found = target instanceof Element ? target.closest<HTMLElement>('[data-place]') : null;
  return found ? Number(found.dataset.place) : null;
}
