/** Says once why a tracked cell gets no badge where the server's extension does not run; the side bar has the way out. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { NotebookActions } from '@jupyterlab/notebook';
import { ITrackbook } from '../token';
import { SHOW_SIDEBAR } from './commands';
import { trackLine } from './track_line';

export const unserved: JupyterFrontEndPlugin<void> = {
  id: 'trackbook-lab:unserved',
  description: 'Says that runs cannot be shown while the server’s extension does not run.',
  autoStart: true,
  requires: [ITrackbook],
  activate: ({ commands }: JupyterFrontEnd, { stores, trans }: ITrackbook): void => {
    let isSaid = false;
    NotebookActions.executed.connect((_, { cell }) => {
      if (isSaid || !stores.fault?.isUnserved || !trackLine(cell.model.sharedModel.getSource())) return;
      isSaid = true;
      const text = trans.__(
        'The run is kept, but JupyterLab cannot show it: the trackbook server extension is not running.',
      );
      const callback = (): void => void (commands.hasCommand(SHOW_SIDEBAR) && commands.execute(SHOW_SIDEBAR));
      Notification.warning(text, { autoClose: false, actions: [{ label: trans.__('Show the way out'), callback }] });
    });
  },
};
