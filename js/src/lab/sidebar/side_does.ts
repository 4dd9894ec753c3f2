/** What the side bar does when something is chosen from a menu, pressed or dragged. */
import type { RunLine, VersionLine } from '../../contract/lab';
import { sideKeys } from '../../lib/side_keys';
import type { Line } from '../../lib/side_tree';
import { copied } from '../../parts/clipboard';
import { button, element } from '../../parts/elements';
import { sentenceOf } from '../fault';
import type { ITrackbook } from '../token';
import type { About } from './decision';
import { dragWhenMoved } from './drag';
import type { MenuItems } from './menu';
import { type RunDeeds, runMenu } from './run_menu';
import type { SideBar } from './side_bar';
import { storageNode } from './storage';
import { modelMenu, type VersionDeeds, versionMenu } from './version_menu';

export class SideDoes implements RunDeeds, VersionDeeds {
  constructor(
    private readonly bar: SideBar,
    private readonly trackbook: ITrackbook,
  ) {}

  private get store(): string {
    return this.bar.state.facts?.path ?? '';
  }

  menu(line: Line): MenuItems {
    const { trans } = this.trackbook;
    const writable = this.bar.state.facts?.writable ?? false;
    if (line.kind === 'run') return runMenu(this.bar.runs, writable, this, trans);
    if (line.kind === 'model') return modelMenu(line.name, line.versions, writable, this, trans);
    if (line.kind !== 'version') return this.more();
    return versionMenu(line.version, this.bar.state.versionsOf(line.version.model), writable, this, trans);
  }

  /** What is about all of it. */
  more(): MenuItems {
    const { trans } = this.trackbook;
    const { state } = this.bar;
    const words = state.deleted ? trans.__('Show the runs') : trans.__('Show deleted runs');
    return [
      { text: words, act: () => state.search(state.filter, !state.deleted) },
      { text: trans.__('Storage…'), act: () => void this.storage() },
      { text: trans.__('Undo'), act: () => this.bar.deeds.undoLast(), key: 'Accel Z' },
      { text: trans.__('Keys'), act: () => this.help(), key: '?' },
    ];
  }

  open(line: Line): void {
    const run = this.bar.runOf(line);
    if (run) this.openCell(run);
    else if (line.kind === 'more') void this.bar.state.showMore(line.model);
    else if (line.kind === 'version' && line.version.runId) this.openCell(line.version);
  }

  openCell(about: RunLine | VersionLine): void {
    this.go(this.bar.ways.openCell(this.store, 'runId' in about ? about.runId : about.id));
  }

  showCode(run: RunLine): void {
    this.go(this.bar.ways.showCode(this.store, run.id));
  }

  get browse(): VersionDeeds['browse'] {
    const { ways } = this.bar;
    return ways.browses ? (model, version) => this.go(ways.browse(this.store, model, version)) : null;
  }

  compare(runs: readonly RunLine[]): void {
    const { trans } = this.trackbook;
    const { ways } = this.bar;
    const ids = runs.map((run) => run.id);
    if (!ways.compares) this.say(trans.__('The panels of trackbook are switched off.'));
    else if (ids.length < 2) this.say(trans.__('Select two runs or more: Space or Ctrl+click.'));
    else this.go(ways.compare(this.store, ids));
  }

  star(runs: readonly RunLine[]): void {
    void this.bar.deeds.change(this.store, runs, runs.every((run) => run.star) ? 'unstar' : 'star');
  }

  tag(runs: readonly RunLine[]): void {
    this.ask(runs, 'tag', this.trackbook.trans.__('tag'), '', 'team=ads');
  }

  note(runs: readonly RunLine[]): void {
    this.ask(runs, 'note', this.trackbook.trans.__('note'), runs.length === 1 ? (runs[0]?.note ?? '') : '', '');
  }

  rename(run: RunLine): void {
    this.ask([run], 'rename', this.trackbook.trans.__('name'), run.name, '');
  }

  register(run: RunLine): void {
    this.ask([run], 'register', this.trackbook.trans.__('register as'), '', 'churn');
  }

  stop(run: RunLine): void {
    void this.bar.deeds.change(this.store, [run], 'stop');
  }

  remove(runs: readonly RunLine[]): void {
    void this.bar.deeds.change(this.store, runs, runs.every((run) => run.deleted) ? 'restore' : 'delete');
    this.bar.tree.clear();
  }

  decide(about: About): void {
    this.bar.slot.close();
    this.bar.decisions.open(this.store, about);
  }

  copy(text: string): void {
    const { trans } = this.trackbook;
    void copied(text).then((done) =>
      this.bar.notice.show(done ? trans.__('Copied: %1', text) : text, done ? 'done' : 'warning'),
    );
  }

  grab(line: Line, event: PointerEvent): void {
    const run = this.bar.runOf(line);
    if (!run) return;
    const { selected } = this.bar.tree;
    const runs = selected.has(run.id) ? this.bar.runs : [run];
    const { trans } = this.trackbook;
    const words = runs.length === 1 ? run.name : trans._n('%1 run', '%1 runs', runs.length, runs.length);
    dragWhenMoved(
      event,
      runs.map((each) => each.id),
      words,
    );
  }

  help(): void {
    const { trans } = this.trackbook;
    const lines = sideKeys(trans).map(([key, words]) =>
      element('div', {}, element('kbd', { text: key }), element('span', { text: words })),
    );
    const close = button(trans.__('Close'), () => this.bar.slot.close());
    this.bar.slot.show(element('div', { class: 'tb-Pane tb-Keys' }, ...lines, close));
  }

  private async storage(): Promise<void> {
    const { api, trans } = this.trackbook;
    const { store } = this;
    const close = (): void => void this.bar.slot.close();
    const collect = async (): Promise<void> => {
      await this.bar.deeds.make(store, () => api.collect(store));
      close();
    };
    try {
      this.bar.slot.show(storageNode(await api.storage(store), () => void collect(), close, trans));
    } catch (error) {
      this.say(sentenceOf(error));
    }
  }

  private ask(
    runs: readonly RunLine[],
    deed: 'tag' | 'note' | 'rename' | 'register',
    label: string,
    value: string,
    hint: string,
  ): void {
    const { store } = this;
    if (runs.length === 0) return;
    this.bar.decisions.cancel();
    this.bar.slot.ask(label, value, hint, (text) => void this.bar.deeds.change(store, runs, deed, text.trim()));
  }

  private go(way: Promise<void>): void {
    way.catch((error: unknown) => this.say(sentenceOf(error)));
  }

  private say(text: string): void {
    this.bar.notice.show(text, 'warning');
  }
}
