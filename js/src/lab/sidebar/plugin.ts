/** The side bar: runs and registered models of the store in front. */
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Widget } from '@lumino/widgets';
import { ITrackbook } from '../token';

export const sidebar: JupyterFrontEndPlugin<void> = {
  id: 'trackbook-lab:sidebar',
  description: 'Shows experiments, runs and registered models in the side bar.',
  autoStart: true,
  requires: [ITrackbook],
  optional: [ILayoutRestorer],
  activate: (app: JupyterFrontEnd, { trans }: ITrackbook, restorer: ILayoutRestorer | null): void => {
    const panel = new Widget();
    panel.id = 'trackbook-sidebar';
    panel.addClass('tb-SideBar');
    panel.title.caption = trans.__('trackbook: runs and models');
    app.shell.add(panel, 'left', { rank: 550 });
    restorer?.add(panel, panel.id);
  },
};
