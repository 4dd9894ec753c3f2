/** The status bar's line: whether this notebook is tracked, into which store, and what runs there. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IStatusBar } from '@jupyterlab/statusbar';
import { Widget } from '@lumino/widgets';
import { ITrackbook } from '../token';
import { SHOW_SIDEBAR } from './commands';
import { KernelWatch } from './kernel_watch';
import { RunningRuns } from './running_runs';
import { statusHover, statusLine } from './status_words';

export const STATUS = 'trackbook-lab:status';

export const statusItem: JupyterFrontEndPlugin<void> = {
  id: STATUS,
  description: 'Says in the status bar whether the notebook is tracked, and what runs.',
  autoStart: true,
  requires: [ITrackbook, INotebookTracker],
  optional: [IStatusBar],
  activate: (app: JupyterFrontEnd, core: ITrackbook, notebooks: INotebookTracker, bar: IStatusBar | null): void => {
    if (!bar) return;
    const item = new StatusItem(
      () => void (app.commands.hasCommand(SHOW_SIDEBAR) && app.commands.execute(SHOW_SIDEBAR)),
    );
    const kernel = new KernelWatch(notebooks);
    const running = new RunningRuns(core);
    const draw = (): void => {
      const path = notebooks.currentWidget?.context.path;
      // A kernel in the middle of a cell cannot say that it has loaded trackbook by now.
      const isSeen = path !== undefined && kernel.tracking === 'off' && running.isRunningIn(path);
      const tracking = path === undefined ? 'unknown' : isSeen ? 'cells' : kernel.tracking;
      const store = core.stores.current?.path ?? '';
      item.say(statusLine(tracking, store, running.runs, core.trans), statusHover(tracking, store, core.trans));
    };
    kernel.changed.connect(draw);
    running.changed.connect(draw);
    core.stores.changed.connect(draw);
    bar.registerStatusItem(STATUS, { item, align: 'left', rank: 40, isActive: () => item.text !== '' });
    draw();
  },
};

class StatusItem extends Widget {
  private readonly words = document.createElement('span');

  constructor(private readonly press: () => void) {
    super();
    this.addClass('tb-Status');
    this.addClass('jp-mod-highlighted');
    // JupyterLab's own TextItem is React; these are its classes.
    this.words.className = 'jp-StatusBar-TextItem';
    this.words.tabIndex = 0;
    this.words.setAttribute('role', 'button');
    this.node.append(this.words);
  }

  get text(): string {
    return this.words.textContent ?? '';
  }

  say(text: string, hover: string): void {
    this.words.textContent = text;
    this.words.title = hover;
    this.setHidden(text === '');
  }

  handleEvent(event: Event): void {
    if (event.type === 'click') this.press();
    else if (event instanceof KeyboardEvent && (event.key === 'Enter' || event.key === ' ')) this.press();
  }

  protected override onAfterAttach(): void {
    for (const type of ['click', 'keydown']) this.words.addEventListener(type, this);
  }

  protected override onBeforeDetach(): void {
    for (const type of ['click', 'keydown']) this.words.removeEventListener(type, this);
  }
}
