/** The side bar: runs and registered models of the store in front, always there, without a kernel. */
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { logo } from '../icon';
import { ITrackbook } from '../token';
import { SideBar } from './side_bar';
import { Ways } from './ways';

const SHOW = 'trackbook:show-sidebar';
const SEARCH = 'trackbook:search';

export const sidebar: JupyterFrontEndPlugin<void> = {
  id: 'trackbook-lab:sidebar',
  description: 'Shows experiments, runs and registered models in the side bar.',
  autoStart: true,
  requires: [ITrackbook, INotebookTracker],
  optional: [ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    trackbook: ITrackbook,
    notebooks: INotebookTracker,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
  ): void => {
    const { trans } = trackbook;
    const bar = new SideBar(trackbook, new Ways(app, notebooks, trackbook));
    bar.id = 'trackbook-sidebar';
    bar.title.icon = logo;
    bar.title.caption = trans.__('trackbook: runs and models');
    app.shell.add(bar, 'left', { rank: 550, type: 'trackbook' });
    restorer?.add(bar, bar.id);
    app.commands.addCommand(SHOW, {
      label: trans.__('trackbook: Show the side bar'),
      execute: () => app.shell.activateById(bar.id),
    });
    app.commands.addCommand(SEARCH, {
      label: trans.__('trackbook: Search runs'),
      execute: ({ filter }) => {
        app.shell.activateById(bar.id);
        if (typeof filter !== 'string') return bar.head.filter.focus();
        bar.head.filter.show(filter);
        bar.state.search(filter, false);
      },
    });
    for (const command of [SHOW, SEARCH]) palette?.addItem({ command, category: trans.__('trackbook') });
  },
};
