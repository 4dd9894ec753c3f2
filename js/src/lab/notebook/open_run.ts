/** Opens the notebook at the cell that made a run: the cell comes into view and flashes; what is gone is said. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { NotebookPanel } from '@jupyterlab/notebook';
import type { ServerConnection } from '@jupyterlab/services';
import type { RunLine } from '../../contract/lab';
import { sentenceOf } from '../fault';
import { ITrackbook } from '../token';
import { cellOfRun } from './cell_match';
import { OPEN_RUN } from './commands';
import { INotebookRuns } from './open_notebooks';
import { showCode } from './run_code';

const FLASH = 'tb-Flash';

export const openRun: JupyterFrontEndPlugin<void> = {
  id: 'trackbook-lab:open-run',
  description: 'Opens the notebook at the cell that made a run.',
  autoStart: true,
  requires: [ITrackbook, IDocumentManager],
  optional: [INotebookRuns],
  activate: (
    app: JupyterFrontEnd,
    core: ITrackbook,
    documents: IDocumentManager,
    notebooks: INotebookRuns | null,
  ): void => {
    const places = { documents, notebooks };
    app.commands.addCommand(OPEN_RUN, {
      label: core.trans.__('Open the notebook at the cell of a run'),
      isVisible: () => false, // it takes a run, and the palette has none to give
      execute: async (args) => {
        const store = typeof args.store === 'string' ? args.store : (core.stores.current?.path ?? '');
        try {
          await open(await core.api.run(store, String(args.runId)), store, core, places);
        } catch (error) {
          Notification.error(sentenceOf(error));
        }
      },
    });
  },
};

interface Places {
  documents: IDocumentManager;
  notebooks: INotebookRuns | null;
}

async function open(run: RunLine, store: string, core: ITrackbook, places: Places): Promise<void> {
  const { trans } = core;
  const offer = (text: string): void => offerCode(text, run, store, core);
  if (!run.notebook) {
    offer(trans.__('%1 was not made in a notebook.', run.name));
    return;
  }
  const path = await whereNow(run.notebook, places);
  if (!path) {
    offer(trans.__('%1 is no more where %2 was made; it was moved, renamed or deleted.', run.notebook, run.name));
    return;
  }
  const panel = places.documents.openOrReveal(path, 'Notebook');
  if (!(panel instanceof NotebookPanel)) {
    offer(trans.__('%1 cannot be opened as a notebook.', path));
    return;
  }
  await panel.context.ready;
  await panel.revealed;
  const index = await indexOf(run, store, panel, core);
  if (index < 0) {
    offer(trans.__('The cell that made %1 is no more in %2.', run.name, path));
    return;
  }
  await flash(panel, index);
}

/** Path of the notebook that was called so; empty where it is gone, and none that is open had its name before. */
async function whereNow(name: string, { documents, notebooks }: Places): Promise<string> {
  if (await isThere(name, documents)) return name;
  const now = notebooks?.called(name)?.context.path ?? '';
  return now === name ? '' : now; // open, but its file is gone
}

async function isThere(path: string, documents: IDocumentManager): Promise<boolean> {
  try {
    await documents.services.contents.get(path, { content: false });
    return true;
  } catch (error) {
    if ((error as Partial<ServerConnection.ResponseError>).response?.status === 404) return false;
    throw error;
  }
}

async function indexOf(run: RunLine, store: string, panel: NotebookPanel, { api }: ITrackbook): Promise<number> {
  const cells = [...(panel.content.model?.cells ?? [])].map((cell) => ({
    id: cell.type === 'code' ? cell.id : '',
    source: cell.type === 'code' ? cell.sharedModel.getSource() : '',
  }));
  const byId = cellOfRun(cells, run.cellId, '');
  return byId >= 0 ? byId : cellOfRun(cells, '', (await api.code(store, run.id)).code);
}

async function flash(panel: NotebookPanel, index: number): Promise<void> {
  const { content } = panel;
  content.deselectAll();
  content.activeCellIndex = index;
  content.mode = 'command';
  await content.scrollToItem(index, 'center');
  const cell = content.widgets[index];
  await cell?.ready;
  if (!cell || cell.isDisposed) return;
  const { node } = cell;
  node.classList.remove(FLASH);
  void node.offsetWidth; // so that a second flash begins anew
  node.classList.add(FLASH);
  node.addEventListener('animationend', () => node.classList.remove(FLASH), { once: true });
}

function offerCode(text: string, run: RunLine, store: string, { api, trans }: ITrackbook): void {
  Notification.warning(text, {
    autoClose: 12_000,
    actions: [
      {
        label: trans.__('Show the code as executed'),
        callback: () =>
          void api.code(store, run.id).then(
            (code) => showCode(code, trans),
            (error: unknown) => Notification.error(sentenceOf(error)),
          ),
      },
    ],
  });
}
