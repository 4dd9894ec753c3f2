/** The whole run table: bar, rows, foot, and who does what when. */
import { type Ask, isGroup, type TableHead, type Told } from '../contract/table';
import { type Wish, wishOf } from '../lib/keys';
import { element } from './elements';
import { notice } from './notice';
import { type Choice, menu, popup } from './popup';
import { tableBar } from './table_bar';
import { type BodyWishes, ROW_HEIGHT, TableBody } from './table_body';
import { TableChoices } from './table_choices';
import { TableColumns, type Widths } from './table_columns';
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
    filter: (text) => this.send({ ask: 'filter', text }),
    group: (by) => this.send({ ask: 'group', by }),
    pickGroup: (at) => this.choices.group(at),
    pickColumns: (at) => this.choices.columns(at),
    deleted: (on) => this.send({ ask: 'deleted', on }),
    help: () => this.choices.keys(),
  });
  private readonly columns: TableColumns;
  private readonly choices: TableChoices;
  private readonly head = tableHead({
    sort: (column, add) => this.send({ ask: 'sort', column, add }),
    type: (column, text) => this.send({ ask: 'term', column, text }),
    move: (key, to) => this.columns.move(key, to),
    drag: (key, clientX, done) => this.columns.drag(key, clientX, done),
    widen: (key, width, done) => this.columns.widen(key, width, done),
    widenBy: (key, step) => this.columns.widenBy(key, step),
    fit: (key) => this.columns.fit(key),
    hide: (key) => this.columns.hide(key),
    reveal: (at) => this.body.showColumn(at),
    menu: (column, at) =>
      this.openMenu(
        this.columns.choices(column, (by) => this.send({ ask: 'group', by })),
        at,
      ),
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
  private table: TableHead | null = null;
  private verdict: { ids: readonly string[]; sentence: string } = { ids: [], sentence: '' };
  private scrollTimer = 0;
  private topTold = 0;

  constructor(
    private readonly send: (ask: Ask) => void,
    height: number,
    widths: Widths,
  ) {
    const wishes: BodyWishes = {
      askRows: (rows, columns, top) => this.send({ ask: 'rows', ...rows, left: columns.from, right: columns.to, top }),
      waiting: (on) => this.bar.waiting(on),
      drawn: (drawing) => this.head.show(drawing),
    };
    this.columns = new TableColumns(() => this.body, widths, send);
    this.choices = new TableChoices(this.node, this.popup, this.columns, send, (by) => this.send({ ask: 'group', by }));
    this.body = new TableBody(this.head.node, wishes, () => this.columns.chosen, `tb-row-${tables++}`);
    this.body.node.style.maxHeight = `${height}px`;
    this.selection = new TableSelection(this.body, send, () => this.showSelected());
    this.deeds = new TableDeeds(this.body, this.selection, () => this.foot, send, this.notice);
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
        this.bar.show(words);
        this.body.show(words);
        this.foot.showCall(words.call);
        this.showEmpty(words);
        this.showSelected();
        break;
      case 'rows':
        this.body.addRows(words.version, { from: words.from, rows: words.page, left: words.left });
        break;
      case 'sparks':
        this.body.addCourses(words.courses);
        break;
      case 'equal':
        this.body.markEqual(words.to, words.marks);
        break;
      case 'verdict':
        this.verdict = words;
        this.showSelected();
        break;
      case 'names':
        this.choices.show(words.keys, words.more);
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
        this.selection.adopt(words.ids, words.turn);
        break;
    }
  }

  dispose(): void {
    window.clearTimeout(this.scrollTimer);
    this.popup.close();
    this.body.dispose();
    this.node.remove();
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
    const { selected } = this.body;
    this.foot.showSelected(selected.size, this.table?.deleted ?? false);
    const { ids, sentence } = this.verdict;
    const holds = ids.length === selected.size && ids.every((id) => selected.has(id));
    this.foot.showVerdict(holds ? sentence : '');
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
      fold: () => deeds.fold(false) || body.walkSideways(-1),
      unfold: () => deeds.fold(true) || body.walkSideways(1),
      close: () => this.close(typing),
      compare: () => deeds.compare(),
      pin: () => deeds.pin(),
      star: () => deeds.star(),
      tag: () => deeds.tag(),
      note: () => deeds.noteDown(),
      rename: () => deeds.rename(body.active),
      help: () => this.choices.keys(),
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
    const byKey = event.target === this.body.node; // the menu key, for the run that the keys have walked to
    const place = byKey ? this.body.active : this.body.placeOf(event.target);
    const id = place === null ? '' : this.body.idAt(place);
    if (place === null || !id || (event.shiftKey && !byKey)) return; // Shift+right click: the browser's own menu
    event.preventDefault();
    event.stopPropagation();
    if (byKey || this.body.selected.has(id)) this.body.active = place;
    else this.selection.click(place, { shift: false, add: false });
    this.openMenu(this.deeds.choices(place, id), event);
  }

  private openMenu(choices: readonly Choice[], at: MouseEvent): void {
    const corner = this.node.getBoundingClientRect();
    const list = menu(choices, () => this.popup.close());
    this.popup.open(list, { x: at.clientX - corner.left, y: at.clientY - corner.top });
  }
}
