/** The plugin that the others build on: the way to the server, news, the store in front, settings and words. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { speak } from '../lib/trans';
import { Api } from './api';
import { Feeds } from './feed';
import { Settings } from './settings';
import { Stores } from './stores';
import { ITrackbook } from './token';

export const PLUGIN = 'trackbook-lab:plugin';

export const core: JupyterFrontEndPlugin<ITrackbook> = {
  id: PLUGIN,
  description: 'Finds the trackbook store of the notebook in front and listens to its news.',
  autoStart: true,
  provides: ITrackbook,
  requires: [INotebookTracker],
  optional: [ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    registry: ISettingRegistry | null,
    translator: ITranslator | null,
  ): ITrackbook => {
    const trans = (translator ?? nullTranslator).load('trackbook');
    speak(trans);
    const api = new Api(app.serviceManager.serverSettings);
    const settings = new Settings();
    if (registry) void registry.load(PLUGIN).then((loaded) => settings.follow(loaded));
    return {
      api,
      feeds: new Feeds((store, signal) => api.feed(store, signal)),
      stores: new Stores(api, notebooks, settings, app.restored),
      settings,
      trans,
    };
  },
};
