/** The runs of every open notebook, found once for whoever wants them. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { RootPath } from '../../contract/lab';
import { ITrackbook } from '../token';
import { notebookOf } from './notebook';
import { NotebookRuns } from './notebook_runs';
import { trackLine } from './track_line';

type Visit = (panel: NotebookPanel, runs: NotebookRuns) => void;

export interface INotebookRuns {
  /** Calls back for every notebook that is open, and for each that is opened. */
  each(visit: Visit): void;
  /** The open notebook that is called so, or was when it ran. */
  called(name: RootPath): NotebookPanel | undefined;
}

export const INotebookRuns = new Token<INotebookRuns>(
  'trackbook-lab:INotebookRuns',
  'The last attempts of the cells of each open notebook.',
);

export const openNotebooks: JupyterFrontEndPlugin<INotebookRuns> = {
  id: 'trackbook-lab:notebooks',
  description: 'Knows the last attempts of the cells of each open notebook.',
  autoStart: true,
  provides: INotebookRuns,
  requires: [ITrackbook, INotebookTracker],
  activate: (_app: JupyterFrontEnd, core: ITrackbook, notebooks: INotebookTracker): INotebookRuns => {
    const known = new Map<NotebookPanel, NotebookRuns>();
    const visits: Visit[] = [];
    const add = (panel: NotebookPanel): void => {
      const runs = new NotebookRuns(core, notebookOf(panel));
      known.set(panel, runs);
      panel.context.pathChanged.connect(() => void runs.follow());
      panel.disposed.connect(() => {
        known.delete(panel);
        runs.dispose();
      });
      for (const visit of visits) visit(panel, runs);
    };
    notebooks.forEach(add);
    notebooks.widgetAdded.connect((_, panel) => add(panel));
    // News come over the feed; a window that nobody sees has none, but hears its own kernels.
    NotebookActions.executed.connect((_, { notebook, cell }) => {
      const panel = [...known.keys()].find((each) => each.content === notebook);
      const runs = panel && known.get(panel);
      const wasTracked = trackLine(cell.model.sharedModel.getSource()) || (runs?.of(cell.model.id).length ?? 0) > 0;
      if (runs && wasTracked) runs.refresh();
    });
    return {
      each: (visit) => {
        visits.push(visit);
        for (const [panel, runs] of known) visit(panel, runs);
      },
      called: (name) => [...known].find(([, runs]) => runs.isCalled(name))?.[0],
    };
  },
};
