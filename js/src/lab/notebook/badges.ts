/** The plugin that puts a badge under each tracked cell, with a box that tells more. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import type { RunLine } from '../../contract/lab';
import { ITrackbook } from '../token';
import { AttemptsBox } from './attempts_box';
import { BadgeLayer } from './badge_layer';
import { OPEN_RUN, SEARCH } from './commands';
import { INotebookRuns } from './open_notebooks';

export const badges: JupyterFrontEndPlugin<void> = {
  id: 'trackbook-lab:badges',
  description: 'Shows the last run of each tracked cell under it.',
  autoStart: true,
  requires: [ITrackbook, INotebookRuns, INotebookTracker],
  activate: (app: JupyterFrontEnd, core: ITrackbook, notebooks: INotebookRuns): void => {
    notebooks.each((panel, runs) => {
      const box = new AttemptsBox(core, runs, {
        open: (run) => open(app, runs.store, run),
        interrupt: () => void interrupt(panel),
      });
      const layer = new BadgeLayer(panel, runs, core.settings, core.trans, {
        open: (run) => {
          box.close();
          open(app, runs.store, run);
        },
        hover: (badge) => box.hover(badge),
        leave: () => box.leave(),
      });
      panel.disposed.connect(() => {
        layer.dispose();
        box.dispose();
      });
    });
  },
};

/** In the side bar, where everything can be done with it; one is at its cell already. */
function open(app: JupyterFrontEnd, store: string, run: RunLine): void {
  const { commands } = app;
  if (commands.hasCommand(SEARCH)) void commands.execute(SEARCH, { filter: `run_id = '${run.id}'` });
  else void commands.execute(OPEN_RUN, { store, runId: run.id });
}

async function interrupt(panel: NotebookPanel): Promise<void> {
  await panel.sessionContext.session?.kernel?.interrupt();
}
