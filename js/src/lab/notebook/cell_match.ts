/** Which cell of a notebook a run belongs to. */
import type { Cells, RunLine } from '../../contract/lab';
import { untracked } from './track_line';

export interface NotebookCell {
  id: string;
  source: string;
}

/** The attempts of each cell by its id, newest first. A run whose cell had no id has none here: see cellOfRun. */
export function attemptsByCell(cells: Cells): Map<string, readonly RunLine[]> {
  const found = new Map<string, readonly RunLine[]>();
  for (const { cellId, attempts } of cells.cells) {
    if (cellId && attempts.length > 0) found.set(cellId, attempts);
  }
  return found;
}

/** Index of the cell that made a run: by its id, else the one whose code is what was executed; -1 for none. */
export function cellOfRun(cells: readonly NotebookCell[], cellId: string, code: string): number {
  const byId = cellId ? cells.findIndex((cell) => cell.id === cellId) : -1;
  if (byId >= 0 || code.trim() === '') return byId;
  const wanted = code.trimEnd();
  return cells.findIndex((cell) => untracked(cell.source).trimEnd() === wanted);
}
