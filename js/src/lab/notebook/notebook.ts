/** An open notebook of JupyterLab, as much of it as the search for its runs needs. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { NotebookCell } from './cell_match';
import type { Notebook } from './notebook_runs';

export function notebookOf(panel: NotebookPanel): Notebook {
  return {
    path: () => panel.context.localPath,
    cells: () => codeCells(panel),
    loaded: panel.context.ready,
  };
}

function codeCells(panel: NotebookPanel): NotebookCell[] {
  const cells = panel.isDisposed ? [] : [...(panel.content.model?.cells ?? [])];
  return cells
    .filter((cell) => cell.type === 'code')
    .map((cell) => ({ id: cell.id, source: cell.sharedModel.getSource() }));
}
