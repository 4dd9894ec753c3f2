/** Which cell of a notebook a run belongs to. */
import type { Cells, RunLine } from '../../contract/lab';
import { untracked } from './track_line';

export interface NotebookCell {
  id: string;
  source: string;
}

/** The attempts of each cell by its id, newest first. told: for each name that the notebook has had. */
export function attemptsByCell(...told: Cells[]): Map<string, readonly RunLine[]> {
  const found = new Map<string, readonly RunLine[]>();
  for (const { cellId, attempts } of told.flatMap(({ cells }) => cells)) {
    if (!cellId || attempts.length === 0) continue;
    const before = found.get(cellId);
    found.set(cellId, before ? [...before, ...attempts].sort((a, b) => b.started - a.started) : attempts);
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
