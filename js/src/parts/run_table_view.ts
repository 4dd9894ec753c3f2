/** The whole run table: bar, rows, foot, and who does what when. */
import { type Ask, isGroup, type TableHead, type Told } from '../contract/table';
import { KEYS, type Wish, wishOf } from '../lib/keys';
import { element } from './elements';
import { notice } from './notice';
import { type Picker, picker } from './picker';
import { menu, popup } from './popup';
import { tableBar } from './table_bar';
import { ROW_HEIGHT, TableBody } from './table_body';
import { TableDeeds } from './table_deeds';
import { tableFoot } from './table_foot';
import { tableHead } from './table_head';
import { TableSelection } from './table_select';

let tables = 0;

export class RunTableView {
  readonly node = element('div', { class: 'tb-Panel tb-RunTable', 'data-lm-suppress-shortcuts': 'true' });
  private readonly notice = notice();
  private readonly popup = popup(this.node, () => this.body.node.focus());
  private readonly empty = element('div', { class: 'tb-Empty' });
  private readonly body: TableBody;
  private readonly selection: TableSelection;
  private readonly deeds: TableDeeds;
  private readonly bar = tableBar({
    filter: (text) => this.fromTop({ ask: 'filter', text }),
    group: (by) => this.fromTop({ ask: 'group', by }),
    pickGroup: (at) => this.pickGroup(at),
    pickColumns: (at) => this.pickColumns(at),
    deleted: (on) => this.fromTop({ ask: 'deleted', on }),
    help: () => this.help(),
  });
  private readonly head = tableHead({
    sort: (column, add) => this.fromTop({ ask: 'sort', column, add }),
    type: (column, text) => this.fromTop({ ask: 'term', column, text }),
  });
  private readonly foot = tableFoot({
    compare: () => this.deeds.compare(),
    star: () => this.deeds.star(),
    pin: () => this.deeds.pin(),
    tag: () => this.deeds.tag(),
    note: () => this.deeds.noteDown(),
    remove: () => this.deeds.remove(),
    clear: () => {
      this.selection.clear();
      this.body.node.focus();
    },
    focus: () => this.body.node.focus(),
  });
  private picker: Picker | null = null;
  private table: TableHead | null = null;
  private topAsked = true;
  private scrollTimer = 0;
  private topTold = 0;

  constructor(
    private readonly send: (ask: Ask) => void,
    height: number,
  ) {
    const wishes = {
      askRows: (span: { from: number; to: number }, top: number) => this.send({ ask: 'rows', ...span, top }),
      waiting: (on: boolean) => this.bar.waiting(on),
    };
    this.body = new TableBody(this.head.node, wishes, `tb-row-${tables++}`);
    this.body.node.style.maxHeight = `${height}px`;
    this.selection = new TableSelection(this.body, send, () => this.showSelected());
    this.deeds = new TableDeeds(this.body, this.selection, () => this.foot, send);
    this.node.append(this.bar.node, this.body.node, this.empty, this.notice.node, this.foot.node);
    this.body.node.addEventListener('click', (event) => this.click(event));
    this.body.node.addEventListener('dblclick', (event) => this.deeds.rename(this.body.placeOf(event.target)));
    this.body.node.addEventListener('contextmenu', (event) => this.contextMenu(event));
    this.body.node.addEventListener('scroll', () => this.tellTop(), { passive: true });
    this.node.addEventListener('keydown', (event) => this.key(event));
    this.showSelected();
  }

  tell(words: Told): void {
    switch (words.tell) {
      case 'table':
        this.table = words;
        this.deeds.deleted = words.deleted;
        this.head.show(words.columns);
        this.bar.show(words);
        this.body.show(words, this.topAsked);
        this.topAsked = false;
        this.foot.showCall(words.call);
        this.showEmpty(words);
        this.showSelected();
        break;
      case 'rows':
        this.body.addRows(words.version, words.from, words.page);
        break;
      case 'sparks':
        this.body.addCourses(words.courses);
        break;
      case 'names':
        this.picker?.show(words.keys, words.more, new Set(this.chosenKeys()));
        break;
      case 'fault':
        if (words.column) this.head.fault(words.column, words.sentence);
        if (!words.column || words.sentence) this.bar.filter.showFault(words.sentence, words.text, words.position);
        else this.bar.filter.showFault('', '', 0);
        break;
      case 'notice':
        this.notice.show(words.text, words.tone, words.undo ? () => this.deeds.undo() : undefined);
        break;
      case 'selected':
        this.selection.adopt(words.ids);
        break;
    }
  }

  dispose(): void {
    window.clearTimeout(this.scrollTimer);
    this.popup.close();
    this.body.dispose();
    this.node.remove();
  }

  /** Asks for other rows, which are then shown from the first. */
  private fromTop(ask: Ask): void {
    this.topAsked = true;
    this.send(ask);
  }

  private tellTop(): void {
    window.clearTimeout(this.scrollTimer);
    this.scrollTimer = window.setTimeout(() => {
      const top = this.body.inView.from;
      if (top !== this.topTold) this.send({ ask: 'top', top });
      this.topTold = top;
    }, 200);
  }

  private showEmpty(head: TableHead): void {
    this.empty.hidden = head.rows > 0;
    this.empty.replaceChildren(element('p', { text: head.sentence }));
    if (head.rows === 0 && head.total === 0 && !head.deleted) {
      const code = '%%track my-first-run\nlr = 0.1\naccuracy = 0.9 + lr / 10';
      this.empty.append(element('pre', { text: code }));
    }
  }

  private showSelected(): void {
    this.foot.showSelected(this.body.selected.size, this.table?.deleted ?? false);
  }

  private click(event: MouseEvent): void {
    const place = this.body.placeOf(event.target);
    if (place === null || !(event.target instanceof Element)) return;
    const row = this.body.rowAt(place);
    const add = event.ctrlKey || event.metaKey;
    if (row && isGroup(row) && !add && !event.shiftKey) {
      this.body.active = place;
      this.send({ ask: 'fold', label: row.group, open: !row.open });
    } else if (event.target.closest('.tb-Mark') && row && !isGroup(row)) {
      this.deeds.starOne(row);
    } else this.selection.click(place, { shift: event.shiftKey, add });
    this.body.node.focus();
  }

  private key(event: KeyboardEvent): void {
    event.stopPropagation(); // JupyterLab's own keys are for cells
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (typing && event.key !== 'Escape') return;
    const wish = wishOf(event, Math.max(1, Math.floor(this.body.height / ROW_HEIGHT) - 1));
    const onButton = event.target instanceof HTMLButtonElement && (event.key === 'Enter' || event.key === ' ');
    if (!wish || onButton) return;
    event.preventDefault();
    this.grant(wish, typing);
  }

  private grant(wish: Wish, typing: boolean): void {
    const { body, selection, deeds } = this;
    const plain: Record<Exclude<Wish['do'], 'walk' | 'end'>, () => void> = {
      filter: () => this.bar.filter.focus(),
      select: () => selection.toggle(body.active),
      all: () => selection.all(),
      open: () => deeds.open(),
      fold: () => deeds.fold(false),
      unfold: () => deeds.fold(true),
      close: () => this.close(typing),
      compare: () => deeds.compare(),
      pin: () => deeds.pin(),
      star: () => deeds.star(),
      tag: () => deeds.tag(),
      note: () => deeds.noteDown(),
      rename: () => deeds.rename(body.active),
      help: () => this.help(),
      delete: () => deeds.remove(),
      undo: () => deeds.undo(),
    };
    if (wish.do === 'end') body.walkTo(wish.last ? body.rows - 1 : 0);
    else if (wish.do === 'walk') {
      body.walkTo(body.active + wish.by);
      if (wish.extend) selection.extendTo(body.active);
      else selection.startAt(body.active);
    } else plain[wish.do]();
  }

  /** Closes one thing, the topmost. */
  private close(typing: boolean): void {
    if (this.popup.close() || this.foot.stopAsking()) {
      this.body.node.focus();
      return;
    }
    if (typing) this.body.node.focus();
    else if (!this.notice.node.hidden) this.notice.clear();
    else if (!this.selection.clear()) this.send({ ask: 'details', ids: [] });
  }

  private contextMenu(event: MouseEvent): void {
    const place = this.body.placeOf(event.target);
    const id = place === null ? '' : this.body.idAt(place);
    if (place === null || !id || event.shiftKey) return; // Shift+right click is JupyterLab's own way to the browser's menu
    event.preventDefault();
    event.stopPropagation();
    if (this.body.selected.has(id)) this.body.active = place;
    else this.selection.click(place, { shift: false, add: false });
    const corner = this.node.getBoundingClientRect();
    const list = menu(this.deeds.choices(place, id), () => this.popup.close());
    this.popup.open(list, { x: event.clientX - corner.left, y: event.clientY - corner.top });
  }

  private help(): void {
    const rows = KEYS.map(([key, what]) =>
      element('div', {}, element('kbd', { text: key }), element('span', { text: what })),
    );
    const list = element('div', { class: 'tb-Keys', role: 'dialog', 'aria-label': 'keys', tabindex: '-1' }, ...rows);
    this.popup.open(list, { x: this.node.clientWidth, y: 36 });
    list.focus();
  }

  private chosenKeys(): string[] {
    return this.table?.columns.map((column) => column.key) ?? [];
  }

  private pickColumns(at: HTMLElement): void {
    this.pick(
      at,
      'columns',
      {
        text: 'those that vary',
        press: () => {
          this.popup.close();
          this.send({ ask: 'columns', keys: null });
        },
      },
      (key, on) => {
        const keys = this.chosenKeys().filter((each) => each !== key);
        this.send({ ask: 'columns', keys: on ? [...keys, key] : keys });
      },
    );
  }

  private pickGroup(at: HTMLElement): void {
    this.pick(at, 'group by a param or tag', null, (by) => {
      this.popup.close();
      this.fromTop({ ask: 'group', by });
    });
  }

  private pick(
    at: HTMLElement,
    title: string,
    reset: { text: string; press(): void } | null,
    toggle: (key: string, on: boolean) => void,
  ): void {
    this.picker = picker(title, { search: (text) => this.send({ ask: 'names', text }), toggle, reset });
    this.popup.open(this.picker.node, { x: at.offsetLeft, y: at.offsetTop + at.offsetHeight + 2 });
    this.send({ ask: 'names', text: '' });
  }
}
