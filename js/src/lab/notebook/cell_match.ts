/** Which cell of a notebook a run belongs to: by id, through a split, else by the code that was executed. */
import type { Cells, RunLine } from '../../contract/lab';
import { fingerprint } from './fingerprint';
import { trackLine, untracked } from './track_line';

/** A code cell. */
export interface NotebookCell {
  id: string;
  source: string;
}

/** A cell as the server knows it: all attempts of one key. */
type Told = Cells['cells'][number];

/** Parts above the one that kept a split cell's id which are tried together with it. */
const MOST_PARTS = 4;

/** Whose runs are whose, remembered as long as the notebook is open: a part that is edited after a split stays the heir. */
export type Heirs = Map<string, string>;

/** The attempts of each cell by its id, newest first; of cells that are alike, each has them from its own last one on. */
export function attemptsByCell(
  cells: readonly NotebookCell[],
  told: readonly Told[],
  heirs: Heirs = new Map(),
): Map<string, readonly RunLine[]> {
  const found = new Map<string, readonly RunLine[]>();
  const ids = new Map(cells.map((cell, at) => [cell.id, at]));
  const add = (id: string, runs: readonly RunLine[]): void => {
    found.set(id, newestFirst([...(found.get(id) ?? []), ...runs]));
  };
  const lost: Told[] = [];
  for (const group of told) {
    const claims = new Map<string, readonly RunLine[]>();
    group.attempts.forEach(({ cellId }, at) => {
      if (ids.has(cellId) && !claims.has(cellId)) claims.set(cellId, group.attempts.slice(at));
    });
    for (const [id, runs] of claims) add(heirOf(cells, ids.get(id) ?? 0, group.code, heirs), runs);
    if (claims.size === 0 && group.attempts.length > 0) lost.push(group);
  }
  if (lost.length === 0) return found;
  const bare = cells.filter(({ id, source }) => !found.has(id) && trackLine(source));
  const byCode = new Map(bare.reverse().map(({ id, source }) => [fingerprint(untracked(source)), id]));
  for (const group of lost) {
    const id = byCode.get(group.code);
    if (id && group.code) add(id, group.attempts);
  }
  return found;
}

/** JupyterLab leaves a split cell's id with the last part; its runs go with the part that has the `%%track` line. */
function heirOf(cells: readonly NotebookCell[], at: number, code: string, heirs: Heirs): string {
  const id = cells[at]?.id ?? '';
  let whole = cells[at]?.source ?? '';
  if (trackLine(whole)) {
    heirs.delete(id);
    return id;
  }
  const known = heirs.get(id);
  if (known && cells.some((cell) => cell.id === known)) return known;
  for (const above of cells.slice(Math.max(0, at - MOST_PARTS), at).reverse()) {
    whole = `${above.source}\n${whole}`;
    if (!trackLine(above.source)) continue;
    if (fingerprint(untracked(whole)) !== code) break;
    heirs.set(id, above.id);
    return above.id;
  }
  return id;
}

function newestFirst(runs: RunLine[]): RunLine[] {
  const once = new Map(runs.map((run) => [run.id, run]));
  return [...once.values()].sort((a, b) => b.started - a.started);
}

/** Index of the cell that made a run: by its id, else the one whose code is what was executed; -1 for none. */
export function cellOfRun(cells: readonly NotebookCell[], cellId: string, code: string): number {
  const byId = cellId ? cells.findIndex((cell) => cell.id === cellId) : -1;
  if (byId >= 0 || code.trim() === '') return byId;
  const wanted = code.trimEnd();
  return cells.findIndex((cell) => untracked(cell.source).trimEnd() === wanted);
}
