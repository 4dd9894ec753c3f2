/** What the kernel tells a live panel, and what the panel asks of it. Twin of widgets/live/message.py and views/live/facts.py. */

export interface Knob {
  readonly name: string;
  readonly value: string | number | boolean;
  readonly text: string;
  readonly kind: 'bool' | 'int' | 'float' | 'str';
}

export interface Stop {
  readonly asks: boolean;
  readonly asked: boolean;
  readonly stopped: boolean;
  readonly own: boolean;
  readonly interrupt: string;
}

export interface Facts {
  readonly runId: string;
  readonly name: string;
  readonly status: string;
  /** In words: running, finished, stops after this step. */
  readonly state: string;
  readonly error: string;
  /** Seconds since the epoch, by the kernel's clock; ended is null while it runs. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly now: number;
  readonly done: number;
  readonly total: number | null;
  readonly label: string;
  readonly unit: string;
  /** Seconds; null when unknown. */
  readonly left: number | null;
  readonly machine: string;
  readonly warnings: readonly string[];
  readonly knobs: readonly Knob[];
  readonly stop: Stop;
  readonly notice: string;
  /** What to do when there is no run; empty when there is one. */
  readonly empty: string;
  readonly call: string;
  readonly command: string;
  /** A click can be heard while the cell runs. */
  readonly heard: boolean;
}

export interface Series {
  readonly name: string;
  readonly chart: string;
  readonly colour: string;
  readonly better: string;
}

export interface Points {
  readonly series: number;
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

export interface Band {
  readonly series: number;
  readonly steps: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface News {
  /** Counts the kernel's messages, so that a lost one shows. */
  readonly sequence: number;
  readonly reset: boolean;
  readonly series: readonly Series[];
  readonly facts: Facts | null;
  readonly points: readonly Points[];
  readonly bands: readonly Band[];
  /** The answer to a click, in a sentence. */
  readonly answer: string;
}

export type Request =
  | { kind: 'hello' }
  | { kind: 'seen'; value: boolean }
  | { kind: 'stop' }
  | { kind: 'interrupt' }
  | { kind: 'knob'; name: string; value: string | number | boolean };

/** Reads a message; null when it is none of ours. */
export function readNews(content: unknown, buffers: readonly DataView[]): News | null {
  const message = asRecord(content);
  if (message.kind !== 'news') return null;
  const columns = buffers.map(numbersOf);
  return {
    sequence: asNumber(message.sequence),
    reset: message.reset === true,
    series: asList(message.series).map(readSeries),
    facts: message.facts === null || message.facts === undefined ? null : readFacts(message.facts),
    points: split(columns[0], columns.slice(1, 3)).map(([series, [steps, values]]) => ({
      series,
      steps: steps ?? NONE,
      values: values ?? NONE,
    })),
    bands: split(columns[3], columns.slice(4, 7)).map(([series, [steps, low, high]]) => ({
      series,
      steps: steps ?? NONE,
      low: low ?? NONE,
      high: high ?? NONE,
    })),
    answer: asText(message.answer),
  };
}

const NONE = new Float64Array();

/** Cuts columns of numbers at the lengths that say (series, length), one pair behind another. */
function split(heads: Float64Array | undefined, columns: readonly Float64Array[]): [number, Float64Array[]][] {
  const found: [number, Float64Array[]][] = [];
  let start = 0;
  for (let at = 0; heads && at + 1 < heads.length; at += 2) {
    const end = start + (heads[at + 1] as number);
    found.push([heads[at] as number, columns.map((column) => column.subarray(start, end))]);
    start = end;
  }
  return found;
}

/** Copies, because a message's bytes need not lie where numbers may. */
function numbersOf(view: DataView): Float64Array {
  const length = Math.floor(view.byteLength / 8);
  const found = new Float64Array(length);
  for (let at = 0; at < length; at += 1) found[at] = view.getFloat64(8 * at, true);
  return found;
}

function readSeries(item: unknown): Series {
  const [name, chart, colour, better] = asList(item).map(asText);
  return { name: name ?? '', chart: chart ?? '', colour: safeColour(colour ?? ''), better: better ?? '' };
}

function safeColour(text: string): string {
  return /^#[0-9a-f]{6}$/i.test(text) ? text : '#888888';
}

function readFacts(item: unknown): Facts {
  const facts = asRecord(item);
  const stop = asRecord(facts.stop);
  return {
    runId: asText(facts.run_id),
    name: asText(facts.name),
    status: asText(facts.status),
    state: asText(facts.state),
    error: asText(facts.error),
    startedAt: asNumber(facts.started_at),
    endedAt: maybeNumber(facts.ended_at),
    now: asNumber(facts.now),
    done: asNumber(facts.done),
    total: maybeNumber(facts.total),
    label: asText(facts.label),
    unit: asText(facts.unit),
    left: maybeNumber(facts.left),
    machine: asText(facts.machine),
    warnings: asList(facts.warnings).map(asText),
    knobs: asList(facts.knobs).map(readKnob),
    stop: {
      asks: stop.asks === true,
      asked: stop.asked === true,
      stopped: stop.stopped === true,
      own: stop.own === true,
      interrupt: asText(stop.interrupt),
    },
    notice: asText(facts.notice),
    empty: asText(facts.empty),
    call: asText(facts.call),
    command: asText(facts.command),
    heard: facts.heard === true,
  };
}

function readKnob(item: unknown): Knob {
  const knob = asRecord(item);
  const value = knob.value;
  const kind = asText(knob.kind);
  return {
    name: asText(knob.name),
    value: typeof value === 'number' || typeof value === 'boolean' ? value : asText(value),
    text: asText(knob.text),
    kind: kind === 'bool' || kind === 'int' || kind === 'float' ? kind : 'str',
  };
}

function asRecord(item: unknown): Record<string, unknown> {
  return typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : {};
}

function asList(item: unknown): unknown[] {
  return Array.isArray(item) ? item : [];
}

function asText(item: unknown): string {
  return typeof item === 'string' ? item : '';
}

function asNumber(item: unknown): number {
  return typeof item === 'number' ? item : 0;
}

function maybeNumber(item: unknown): number | null {
  return typeof item === 'number' ? item : null;
}
