/** The side bar: head, notice, what is asked, and the tree of runs and models. */
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import type { RunLine } from '../../contract/lab';
import { experimentKey, type Line, type Tree } from '../../lib/side_tree';
import { element } from '../../parts/elements';
import { type Notice, notice } from '../../parts/notice';
import { Fault } from '../fault';
import type { ITrackbook } from '../token';
import { Decisions } from './decision';
import { Deeds } from './deeds';
import { emptiness, emptyNode, faultText } from './empty';
import { type Head, head } from './head';
import { fillLine } from './lines';
import { openMenu } from './menu';
import { SideDoes } from './side_does';
import { sideKeysOf } from './side_presses';
import { Slot } from './slot';
import { SideState } from './state';
import { TreeView } from './tree';
import type { Ways } from './ways';

export class SideBar extends Widget {
  readonly state: SideState;
  readonly tree: TreeView;
  readonly notice: Notice = notice();
  readonly slot: Slot;
  readonly head: Head;
  readonly decisions: Decisions;
  readonly deeds: Deeds;
  readonly does: SideDoes;
  private readonly empty = element('div');
  private emptyText = '';
  private faultShown = '';
  private storeShown = '';

  constructor(
    private readonly trackbook: ITrackbook,
    readonly ways: Ways,
  ) {
    super({ node: element('div', { class: 'tb-Panel tb-SideBar', 'data-lm-suppress-shortcuts': 'true' }) });
    const { api, stores, trans } = trackbook;
    this.state = new SideState(trackbook);
    this.deeds = new Deeds(api, this.notice, () => this.state.lookSoon());
    const back = (): void => this.tree.node.focus();
    this.slot = new Slot(back);
    this.decisions = new Decisions(api, trans, (done, store) => this.deeds.told(done, store), back);
    this.head = head(
      {
        filter: (text) => this.state.search(text),
        choose: (store) => stores.choose(store.path),
        again: () => this.again(),
        more: (at) => openMenu(this.does.more(), at),
      },
      trans,
    );
    this.does = new SideDoes(this, trackbook);
    this.tree = new TreeView({
      label: trans.__('runs and models'),
      identity: (line) => this.identity(line),
      placeOf: (identity) => this.placeOf(identity),
      fill: (node, line) => fillLine(node, line, this.runOf(line), trans),
      toggle: (line) => this.state.toggle(line),
      open: (line) => this.does.open(line),
      menu: (line, at) => openMenu(this.does.menu(line), at),
      inView: ({ from, to }) => this.wantRuns(from, to),
      grab: (line, event) => this.does.grab(line, event),
    });
    this.node.append(this.head.node, this.notice.node, this.slot.node, this.decisions.node, this.empty, this.tree.node);
    this.node.addEventListener('keydown', (event) => sideKeysOf(this, event));
    this.state.changed.connect(this.draw, this);
    this.draw();
  }

  /** The runs that are meant: those selected, without any the one walked to. */
  get runs(): RunLine[] {
    const chosen = [...this.tree.selected].map((id) => this.state.runs.find(id)).filter((run) => run !== undefined);
    if (chosen.length > 0) return chosen;
    const line = this.tree.activeLine;
    const run = line && this.runOf(line);
    return run ? [run] : [];
  }

  runOf(line: Line): RunLine | undefined {
    return line.kind === 'run' ? this.state.runs.at(line.experiment, line.at) : undefined;
  }

  again(): void {
    void this.trackbook.stores.refresh().then(() => this.state.look());
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.state.dispose();
    this.tree.dispose();
    super.dispose();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.state.show(true);
    this.tree.draw();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.state.show(false);
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) this.state.show(true);
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.tree.node.focus();
  }

  private draw(): void {
    const { stores, trans } = this.trackbook;
    this.turnTo(stores.current?.path ?? '');
    this.head.show(stores.current, stores.known);
    const nothing = emptiness(stores.current, stores.fault, trans);
    const isEmpty = nothing !== null && !(this.state.isKnown && stores.current?.exists);
    const text = isEmpty ? nothing.text : '';
    if (text !== this.emptyText) {
      this.empty.replaceChildren(...(isEmpty ? [emptyNode(nothing, () => this.again(), trans)] : []));
    }
    this.emptyText = text;
    this.tree.node.hidden = isEmpty;
    this.head.filter.node.hidden = isEmpty;
    this.drawFault();
    this.tree.show(this.state.tree);
  }

  /** What was said, asked, looked for and selected was about the store that was in front. */
  private turnTo(store: string): void {
    if (store === this.storeShown) return;
    this.storeShown = store;
    this.notice.clear();
    this.slot.close();
    this.decisions.cancel();
    this.head.filter.show(this.state.filter);
    this.tree.selected.clear();
  }

  private drawFault(): void {
    const { fault, filter } = this.state;
    const isFilter = fault instanceof Fault && fault.position !== undefined;
    this.head.filter.showFault(isFilter ? firstLine(fault.message) : '', filter, isFilter ? (fault.position ?? 0) : 0);
    const text = isFilter ? '' : faultText(fault);
    if (text === this.faultShown) return;
    if (text) this.notice.show(text);
    else if (this.notice.node.dataset.tone === 'error') this.notice.clear();
    this.faultShown = text;
  }

  private identity(line: Line): string {
    return line.kind === 'run' ? (this.runOf(line)?.id ?? '') : line.key;
  }

  private placeOf(identity: string): number {
    const { runs, tree } = this.state;
    if (!runs.find(identity)) return tree.placeOf(identity);
    const active = this.tree.activeLine;
    const slots = active?.kind === 'run' ? [active.experiment] : ['', ...runs.totals.keys()];
    for (const slot of slots) {
      const at = runs.placeOf(slot, identity);
      const first = at < 0 ? -1 : tree.firstRun(slot);
      if (first >= 0) return first + at;
    }
    return -1;
  }

  private wantRuns(from: number, to: number): void {
    for (const [slot, span] of runsInView(this.state.tree, from, to)) this.state.runs.want(slot, span);
  }
}

/** Of a filter's fault the sentence; the mark below its place is drawn here. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** Which runs of which experiments stand between two places. */
function runsInView(tree: Tree, from: number, to: number): Map<string, { from: number; to: number }> {
  const found = new Map<string, { from: number; to: number }>();
  for (let place = from; place < to; place++) {
    const line = tree.at(place);
    if (line?.kind === 'run')
      found.set(line.experiment, { from: found.get(line.experiment)?.from ?? line.at, to: line.at + 1 });
    else if (
      line?.kind === 'experiment' &&
      line.open &&
      !found.has(line.name) &&
      line.key === experimentKey(line.name)
    ) {
      found.set(line.name, { from: 0, to: 1 }); // tells how many there are
    }
  }
  return found;
}
