/** The words between the registry browser in the page and the one in Python: widgets/registry/answers.py, shown.py. */
import type { Cell } from './table';

export interface ModelLine {
  name: string;
  /** How many there are. */
  versions: number;
  /** 0 where none is left. */
  newest: number;
  /** Who is in which stage, the newest first; without None and Archived. */
  stages: [string, number[]][];
  aliases: [string, number][];
}

export interface VersionLine {
  version: number;
  stage: string;
  deleted: boolean;
  aliases: string[];
  /** Seconds since the epoch. */
  at: number;
}

export interface Models {
  lines: ModelLine[];
  sentence: string;
  /** What was searched for. */
  text: string;
}

export interface Model {
  name: string;
  /** Markdown. */
  description: string;
  versions: VersionLine[];
  /** Of the project, in the order of a version's way. */
  stages: string[];
  /** Those that have gates. */
  gated: string[];
}

export interface Fact {
  name: string;
  cell: Cell;
}

export interface Group {
  title: string;
  facts: Fact[];
}

/** Part, name, type, note. */
export type Field = [string, string, string, string];

export interface Step {
  kind: string;
  text: string;
  hover: string;
}

export interface Version {
  model: string;
  version: number;
  stage: string;
  deleted: boolean;
  /** Seconds since the epoch; null where nobody moved it. */
  since: number | null;
  aliases: string[];
  /** Stages that it may go to. */
  ways: string[];
  uri: string;
  /** Markdown. */
  description: string;
  groups: Group[];
  /** null without one. */
  signature: Field[] | null;
  lineage: Step[];
}

export interface Show {
  tell: 'show';
  models?: Models;
  model?: Model | null;
  version?: Version | null;
  call?: string;
}

export interface Moment {
  seq: number;
  at: number;
  exact: string;
  who: string;
  words: string;
  reason: string;
  place: string;
  versions: number[];
}

export interface History {
  tell: 'history';
  entries: Moment[];
  more: number;
}

export interface Compared {
  tell: 'compared';
  fault: string;
  a?: number;
  b?: number;
  summary?: string;
  rows?: { what: string; name: string; a: Cell; b: Cell }[];
  codes?: { title: string; lines: string[]; more: number }[];
  nothing?: boolean;
}

/** What, before, after. */
export type Changed = [string, string, string];

export interface Plan {
  tell: 'plan';
  turn: number;
  title: string;
  verb: string;
  changes: Changed[];
  refusal: string;
  call: string;
  gates: string[];
  choices: string[];
  slot: string;
}

export interface GateResult {
  gate: string;
  /** Empty when it passed. */
  fault: string;
}

/** Of a dialog by its turn; of the tab with turn 0, and which version and stage it is about. */
export interface Gates {
  tell: 'gates';
  turn: number;
  model?: string;
  version?: number;
  stage?: string;
  trying?: string;
  place?: number;
  count?: number;
  results?: GateResult[];
  fault?: string;
}

export type Told =
  | Show
  | History
  | Compared
  | Plan
  | Gates
  | { tell: 'closed'; turn: number }
  | { tell: 'refused'; turn: number; text: string; gates: boolean }
  | { tell: 'notice'; text: string; tone: 'error' | 'warning' | 'done'; undo: boolean };

export type What =
  | 'promote'
  | 'archive'
  | 'restore'
  | 'delete'
  | 'rollback'
  | 'alias'
  | 'unalias'
  | 'approve'
  | 'rename'
  | 'copy';

export interface Deed {
  what: What;
  model: string;
  version: number;
  /** The stage, `@alias`, alias or name that it is about; empty where there is none. */
  slot: string;
}

export type Tab = 'overview' | 'signature' | 'gates' | 'compare' | 'lineage' | 'history';

export type Ask =
  | { ask: 'hello' | 'undo' | 'cancel' }
  | { ask: 'visible'; on: boolean }
  | { ask: 'search'; text: string }
  | { ask: 'choose'; model: string; version: number }
  | { ask: 'tab'; tab: Tab; other: number }
  | ({ ask: 'plan'; turn: number } & Deed)
  | ({ ask: 'do'; turn: number; reason: string; override: boolean } & Deed)
  | { ask: 'gates'; model: string; version: number; slot: string }
  /** version: 0 for the model itself. */
  | { ask: 'describe'; model: string; version: number; text: string; reason: string }
  | { ask: 'tag'; model: string; version: number; text: string };

const TELLS = new Set(['show', 'history', 'compared', 'plan', 'gates', 'closed', 'refused', 'notice']);

/** Takes what came over the wire for one of our words, or for nothing. */
export function told(content: unknown): Told | null {
  if (typeof content !== 'object' || content === null || !('tell' in content)) return null;
  return typeof content.tell === 'string' && TELLS.has(content.tell) ? (content as Told) : null;
}
