/** The words between the run table in the browser and the one in Python: widgets/run_table/answers.py and shown.py. */

export interface Cell {
  /** Text, ready to be shown. */
  t?: string;
  /** The exact value, for the hover. */
  h?: string;
  /** good, bad, warning, quiet, running or base. */
  c?: string;
  /** Signed difference to the baseline, or the best of a group. */
  d?: string;
  /** 1 up, -1 down. */
  a?: number;
  /** A time, in seconds since the epoch. */
  m?: number;
}

export interface Column {
  key: string;
  title: string;
  kind: 'name' | 'status' | 'when' | 'took' | 'whole' | 'metric' | 'param' | 'text';
  better: string;
  /** Rank among the keys of the order, 0 for none; and whether downwards. */
  sort: [number, boolean];
  /** What is typed in its box. */
  typed: string;
}

export interface RunRow {
  /** Empty for a run that is gone. */
  id: string;
  name?: string;
  level: number;
  star?: boolean;
  note?: string;
  /** Over the wire: of the first column, then of those asked for. In lib/known_rows.ts: at the places of their columns. */
  cells: readonly (Cell | undefined)[];
}

export interface GroupRow {
  /** null for the runs without a value. */
  group: string | null;
  count: number;
  open: boolean;
  cells: readonly (Cell | undefined)[];
}

export type Row = RunRow | GroupRow;

export interface TableHead {
  version: number;
  rows: number;
  runs: number;
  total: number;
  sentence: string;
  columns: Column[];
  /** Columns that there are and that are not shown. */
  hidden: number;
  byHand: boolean;
  filter: string;
  group: string;
  deleted: boolean;
  baseline: string;
  baselineName: string;
  call: string;
}

export interface TableTold extends TableHead {
  tell: 'table';
  from: number;
  page: Row[];
  /** Column of each row's second cell; the first is always that of the first column. */
  left: number;
  /** Rows that came in above the first one seen. */
  shift: number;
  /** Other rows, which are shown from the first. */
  top: boolean;
}

export type Course = (number | null)[];
/** By run id, then by column. */
export type Courses = Record<string, Record<string, Course>>;

export type Told =
  | TableTold
  | { tell: 'rows'; version: number; from: number; page: Row[]; left: number }
  | { tell: 'sparks'; courses: Courses }
  | { tell: 'equal'; to: string; marks: Record<string, string[]> }
  /** Whether the first of two selected runs is better than the second. */
  | { tell: 'verdict'; ids: string[]; sentence: string }
  | { tell: 'names'; text: string; keys: string[]; more: number }
  | { tell: 'fault'; column: string; sentence: string; text: string; position: number }
  | { tell: 'notice'; text: string; tone: 'error' | 'warning' | 'done'; undo: boolean }
  | { tell: 'selected'; ids: string[]; turn: number };

export type Ask =
  | { ask: 'hello' | 'undo' }
  | { ask: 'visible' | 'deleted'; on: boolean }
  | { ask: 'rows'; from: number; to: number; top: number; left: number; right: number }
  | { ask: 'top'; top: number }
  | { ask: 'filter'; text: string }
  | { ask: 'names'; text: string; groups: boolean }
  | { ask: 'term'; column: string; text: string }
  | { ask: 'sort'; column: string; add: boolean }
  | { ask: 'group'; by: string }
  | { ask: 'columns'; keys: string[] | null }
  | { ask: 'fold'; label: string | null; open: boolean }
  | { ask: 'range'; from: number; to: number; add: boolean; ids: string[]; turn: number }
  | { ask: 'select'; ids: string[]; turn: number }
  | { ask: 'pin' | 'compare' | 'details' | 'delete' | 'restore'; ids: string[] }
  | { ask: 'star'; ids: string[]; on: boolean }
  | { ask: 'rename'; ids: string[]; name: string }
  | { ask: 'tag' | 'note'; ids: string[]; text: string };

const TELLS = new Set(['table', 'rows', 'sparks', 'equal', 'verdict', 'names', 'fault', 'notice', 'selected']);

/** Takes what came over the wire for one of our words, or for nothing. */
export function told(content: unknown): Told | null {
  if (typeof content !== 'object' || content === null || !('tell' in content)) return null;
  return typeof content.tell === 'string' && TELLS.has(content.tell) ? (content as Told) : null;
}

export function isGroup(row: Row): row is GroupRow {
  return 'group' in row;
}
