/** Where the side bar leads to; what other plugins of ours do is reached through their commands. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { RootPath } from '../../contract/lab';
import { OPEN_RUN } from '../notebook/commands';
import type { ITrackbook } from '../token';
import { showDiff, sourceNow } from './code_diff';

const COMPARE = 'trackbook:compare';
const REGISTRY = 'trackbook:registry';

export class Ways {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly notebooks: INotebookTracker,
    private readonly trackbook: ITrackbook,
  ) {}

  /** Whether the panels are there: their plugin can be switched off. */
  get compares(): boolean {
    return this.app.commands.hasCommand(COMPARE);
  }

  get browses(): boolean {
    return this.app.commands.hasCommand(REGISTRY);
  }

  async openCell(store: RootPath, runId: string): Promise<void> {
    if (this.app.commands.hasCommand(OPEN_RUN)) await this.app.commands.execute(OPEN_RUN, { store, runId });
    else await this.showCode(store, runId);
  }

  async compare(store: RootPath, runIds: string[]): Promise<void> {
    await this.app.commands.execute(COMPARE, { store, runIds });
  }

  async browse(store: RootPath, model: string, version: number): Promise<void> {
    await this.app.commands.execute(REGISTRY, { store, model, version });
  }

  async showCode(store: RootPath, runId: string): Promise<void> {
    const code = await this.trackbook.api.code(store, runId);
    showDiff(this.app, code, sourceNow(this.notebooks, code), this.trackbook.trans);
  }
}
