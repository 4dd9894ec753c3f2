/** The words between the JupyterLab extension and the server's: src/trackbook/labapi answers them under trackbook/api/. */
import type { Cell } from './table';

/** Path of a store or a notebook: from the server's root, with `/`, never with `..`. */
export type RootPath = string;

/** GET stores?notebook= — which store belongs to what is in front, and which others are known. */
export interface Stores {
  current: StoreFacts;
  known: StoreFacts[];
  /** The trackbook that the server runs. */
  version: string;
}

export interface StoreFacts {
  path: RootPath;
  exists: boolean;
  /** Whether decisions can be made here. */
  writable: boolean;
  /** Why it cannot be read: one sentence with a way out. Empty when all is well. */
  fault: string;
}

/** GET runs?store=&filter=&experiment=&deleted=0&offset=0&limit=100&metric= — newest first. */
export interface RunsPage {
  total: number;
  /** In the store, whatever the filter. */
  all: number;
  offset: number;
  runs: RunLine[];
}

export interface RunLine {
  id: string;
  name: string;
  experiment: string;
  status: 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';
  /** Seconds since the epoch. */
  started: number;
  /** Seconds; null while it runs. */
  took: number | null;
  /** Number among the attempts of its cell; 0 without a cell. */
  attempt: number;
  star: boolean;
  note: string;
  deleted: boolean;
  /**
   * Of the key metric: `metric` of the question or `c.Trackbook.key_metrics` where the run has it, else what its card
   * shows first. The cell is as the run table typesets it, d the change since the last attempt.
   */
  metric: { name: string; cell: Cell } | null;
  /** Its course, thinned to at most 16 values. */
  course: (number | null)[];
  /** Honest badges: uncommitted, output cut, secret?, error inside, interrupted, stopped, lost; hover in the card's words. */
  badges: { text: string; hover: string }[];
  /** From 0 to 1 while it runs and says so. */
  progress: number | null;
  notebook: RootPath;
  cellId: string;
  cellKey: string;
  /** Last line of the error. */
  error: string;
}

/** GET experiments?store= */
export interface Experiments {
  experiments: { name: string; runs: number; running: number; last: number }[];
}

/** GET cells?store=&notebook=&metric= — the tracked cells of a notebook, each with its last attempts, newest first, at most 5. */
export interface Cells {
  cells: {
    /** At the newest attempt; each attempt has its own, since cells of one shape share a key. */
    cellId: string;
    cellKey: string;
    /** Fingerprint of the code that the newest attempt executed; empty where it was not kept. */
    code: string;
    attempts: RunLine[];
  }[];
}

/** GET cells/gone?store= — notebooks that are no more where their runs were made: moved, renamed or deleted. */
export interface Gone {
  notebooks: { notebook: RootPath; cellIds: string[] }[];
}

/** GET runs/ID/code?store= — as executed. */
export interface RunCode {
  id: string;
  name: string;
  code: string;
  notebook: RootPath;
  cellId: string;
}

/** GET runs/ID/control?store= — the control page of a run that is running. */
export interface Control {
  asks: boolean;
  stopRequested: boolean;
  stopped: boolean;
  done: number;
  total: number | null;
  knobs: { name: string; default: boolean | number | string; value: boolean | number | string }[];
}

/** GET models?store= */
export interface Models {
  models: { name: string; versions: VersionLine[]; more: number }[];
}

/** GET models/versions?store=&model=&offset=&limit= */
export interface VersionsPage {
  total: number;
  versions: VersionLine[];
}

export interface VersionLine {
  model: string;
  version: number;
  stage: string;
  aliases: string[];
  /** Seconds since the epoch. */
  at: number;
  runId: string;
  runName: string;
  deleted: boolean;
}

/** POST models/preview — what a decision would change, before it is made. */
export interface Preview {
  /** Before and after, a line each, as the registry panel shows them. */
  changes: { what: string; before: string; after: string }[];
  gates: { name: string; passed: boolean; sentence: string }[];
  /** Give it back with the decision: what it was decided upon. */
  seen: string;
}

/** POST models/decide, and what models/preview takes without reason and seen. */
export interface Decision {
  store: RootPath;
  deed: 'promote' | 'archive' | 'rollback' | 'alias' | 'unalias';
  model: string;
  /** For rollback the version now in the stage, or 0. */
  version: number;
  stage?: string;
  alias?: string;
  reason?: string;
  override?: boolean;
  seen?: string;
}

/** What a deed answers. */
export interface Done {
  /** One sentence for the notice. */
  text: string;
  /** For POST undo; empty when it cannot be undone. */
  undo: string;
}

/** POST runs/change */
export interface RunChange {
  store: RootPath;
  ids: string[];
  deed: 'star' | 'unstar' | 'note' | 'tag' | 'rename' | 'delete' | 'restore' | 'stop' | 'knob' | 'register';
  /** The note, `key=value` of a tag, the name, the model's name to register under. */
  text?: string;
  knob?: string;
  value?: boolean | number | string;
}

/** GET storage?store= — bytes. */
export interface Storage {
  file: number;
  blobs: number;
  spools: number;
  /** What a collection would free. */
  garbage: number;
  experiments: { name: string; bytes: number; runs: number }[];
  /** 0 without a quota. */
  quota: number;
  /** One sentence when the quota is near or passed. */
  warning: string;
}

/** Every answer of 400, 403, 404, 409, 423 and 500. 409: `was` is what the user saw, `is` what the store holds now (its gates not tried). */
export interface Fault {
  message: string;
  /** Of a filter's fault: where in its text, from 0. */
  position?: number;
  was?: Preview;
  is?: Preview;
}

/** GET feed?store= — text/event-stream over fetch; each `data:` is one of these, and a comment line every 20 s. */
export type FeedEvent =
  /** Something was logged, decided or ended: ask again. Also the first word of every connection. */
  | { tell: 'changed' }
  /** Progress of running runs, at most once a second while one runs. */
  | { tell: 'progress'; runs: { id: string; progress: number | null }[] };
