/** Our panels as tabs beside the notebook: commands for the palette, the launcher and whoever knows runs. */
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification, WidgetTracker } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Widget } from '@lumino/widgets';
import { ITrackbook } from '../token';
import { PANELS, tabId, type Wanted, wantedOf } from './panel_code';
import { PanelKernels } from './panel_kernel';
import { PanelTab } from './panel_tab';
import { titlesOf } from './titles';

const CATEGORY = 'trackbook';
const OPEN = 'trackbook:open-panel';

export const panels: JupyterFrontEndPlugin<void> = {
  id: 'trackbook-lab:panels',
  description: 'Runs, comparison, registry and live view as tabs of the main area.',
  autoStart: true,
  requires: [ITrackbook, INotebookTracker, IRenderMimeRegistry],
  optional: [ICommandPalette, ILauncher, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    core: ITrackbook,
    notebooks: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    restorer: ILayoutRestorer | null,
  ): void => {
    const { trans } = core;
    const tabs = new WidgetTracker<PanelTab>({ namespace: 'trackbook' });
    const kernels = new PanelKernels(
      app.serviceManager,
      rendermime,
      () => notebooks.currentWidget?.sessionContext.session?.kernel?.name ?? '',
    );
    const titles = titlesOf(trans);
    app.commands.addCommand(OPEN, {
      label: trans.__('Open a panel of trackbook'),
      isVisible: () => false, // it has to be told which
      execute: async (args) => {
        const wanted = wantedOf(args, args.store ? '' : await storeInFront(core));
        if (!wanted?.store) {
          Notification.warning(core.stores.fault?.message ?? trans.__('trackbook knows no store here yet.'));
          return null;
        }
        return await show(wanted);
      },
    });
    const show = async (wanted: Wanted): Promise<PanelTab> => {
      const there = tabs.find((tab) => tab.id === tabId(wanted));
      const tab = there ?? new PanelTab(wanted, titles[wanted.panel], kernels, trans);
      if (!there) {
        app.shell.add(tab, 'main', beside(tabs.currentWidget, notebooks.currentWidget));
        await tabs.add(tab);
      }
      app.shell.activateById(tab.id);
      return tab;
    };
    PANELS.forEach((panel, rank) => {
      const { label, caption, icon } = titles[panel];
      const command = `trackbook:${panel}`;
      app.commands.addCommand(command, {
        label: (args) => (args.isLauncher ? label : trans.__('trackbook: %1', label)),
        caption,
        icon,
        execute: (args) => app.commands.execute(OPEN, { ...args, panel }),
      });
      palette?.addItem({ command, category: CATEGORY });
      launcher?.add({ command, category: CATEGORY, rank, args: { isLauncher: true } });
    });
    void restorer?.restore(tabs, {
      command: OPEN,
      args: ({ wanted: { runs, ...rest } }) => ({ ...rest, runIds: [...runs] }),
      name: (tab) => tab.id,
    });
    void app.restored.then(() => kernels.endLeftOver()).catch(() => undefined); // the next start tries again
  },
};

/** Beside the notebook; a further panel becomes a tab of the same side. */
function beside(panel: Widget | null, notebook: Widget | null): DocumentRegistry.IOpenOptions {
  if (panel) return { mode: 'tab-after', ref: panel.id };
  return notebook ? { mode: 'split-right', ref: notebook.id } : {};
}

/** The store that the side bar shows; asked for when nobody has yet. */
async function storeInFront({ stores }: ITrackbook): Promise<string> {
  if (!stores.current) await stores.refresh();
  return stores.current?.path ?? '';
}
