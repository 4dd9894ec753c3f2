/** The lines of the side bar, of any number, worked out by place: nothing is made for what is not in view. */
import type { Experiments, Models, VersionLine } from '../contract/lab';

export interface Shown {
  /** Keys of the lines that are open. */
  open: ReadonlySet<string>;
  /** null as long as the store has not told. */
  experiments: Experiments['experiments'] | null;
  models: Models['models'] | null;
  /** Whether runs are filtered: then they are listed in one row, whatever their experiment. */
  filtered: boolean;
  /** Runs by experiment, or under '' those that the filter finds, once a page of them has told. */
  totals: ReadonlyMap<string, number>;
}

interface Base {
  /** Stays the same while other lines come and go; that of a run is its place, which `Runs` knows the id of. */
  key: string;
  level: number;
  /** Among its brothers, from 1. */
  position: number;
  brothers: number;
  /** Place of the line that it belongs to; -1 for none. */
  parent: number;
  /** Whether what belongs to it is shown; null where nothing can. */
  open: boolean | null;
}

export type Line = Base &
  (
    | { kind: 'runs' | 'models'; count: number | null }
    | { kind: 'experiment'; name: string; runs: number; running: number }
    | { kind: 'run'; experiment: string; at: number }
    | { kind: 'model'; name: string; versions: readonly VersionLine[]; count: number }
    | { kind: 'version'; version: VersionLine }
    | { kind: 'more'; model: string; count: number }
  );

export const RUNS = 'runs';
export const MODELS = 'models';
export const experimentKey = (name: string): string => `experiment ${name}`;
export const modelKey = (name: string): string => `model ${name}`;
export const versionKey = (version: VersionLine): string => `version ${version.version} ${version.model}`;

interface Segment {
  from: number;
  length: number;
  line(at: number): Line;
}

export class Tree {
  private readonly segments: Segment[] = [];
  length = 0;

  constructor(shown: Shown) {
    this.addRuns(shown);
    this.addModels(shown);
  }

  at(place: number): Line | undefined {
    let low = 0;
    let high = this.segments.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const segment = this.segments[middle];
      if (!segment) return undefined;
      if (place < segment.from) high = middle - 1;
      else if (place >= segment.from + segment.length) low = middle + 1;
      else return segment.line(place - segment.from);
    }
    return undefined;
  }

  /** Place of the first of an experiment's runs (or, with '', of those found); -1 when they are not shown. */
  firstRun(experiment: string): number {
    for (const { from, line } of this.segments) {
      const first = line(0);
      if (first.kind === 'run' && first.experiment === experiment) return from;
    }
    return -1;
  }

  /** Place of any other line; -1 when it is not shown. Runs are many and are found by `firstRun`. */
  placeOf(key: string): number {
    for (const segment of this.segments) {
      const first = segment.line(0);
      if (first.kind === 'run') continue;
      for (let at = 0; at < segment.length; at++) if (segment.line(at).key === key) return segment.from + at;
    }
    return -1;
  }

  private add(length: number, line: (at: number) => Line): number {
    const from = this.length;
    if (length > 0) this.segments.push({ from, length, line });
    this.length += length;
    return from;
  }

  private addRuns({ open, experiments, filtered, totals }: Shown): void {
    const all = experiments?.reduce((sum, each) => sum + each.runs, 0) ?? null;
    const isOpen = open.has(RUNS);
    const count = filtered ? (totals.get('') ?? null) : all;
    const head = {
      kind: RUNS,
      key: RUNS,
      level: 1,
      position: 1,
      brothers: 2,
      parent: -1,
      open: isOpen,
      count,
    } as const;
    const parent = this.add(1, () => head);
    if (!isOpen) return;
    if (filtered) {
      this.addRunLines('', totals.get('') ?? 0, 2, parent);
      return;
    }
    experiments?.forEach(({ name, runs, running }, at) => {
      const key = experimentKey(name);
      const base = { key, level: 2, position: at + 1, brothers: experiments.length, parent, open: open.has(key) };
      const place = this.add(1, () => ({ ...base, kind: 'experiment', name, runs, running }));
      if (base.open) this.addRunLines(name, totals.get(name) ?? runs, 3, place);
    });
  }

  private addRunLines(experiment: string, count: number, level: number, parent: number): void {
    const base = { kind: 'run', experiment, level, brothers: count, parent, open: null } as const;
    this.add(count, (at) => ({ ...base, at, key: `run ${at} ${experiment}`, position: at + 1 }));
  }

  private addModels({ open, models }: Shown): void {
    const isOpen = open.has(MODELS);
    const count = models?.length ?? null;
    const base = { key: MODELS, level: 1, position: 2, brothers: 2, parent: -1, open: isOpen };
    const head = { ...base, kind: MODELS, count } as const;
    const parent = this.add(1, () => head);
    if (!isOpen || !models) return;
    models.forEach(({ name, versions, more }, at) => {
      const key = modelKey(name);
      const about = { name, versions, count: versions.length + more };
      const base = { key, level: 2, position: at + 1, brothers: models.length, parent, open: open.has(key) };
      const place = this.add(1, () => ({ ...base, ...about, kind: 'model' }));
      if (!base.open) return;
      const beneath = { level: 3, brothers: versions.length + (more > 0 ? 1 : 0), parent: place, open: null };
      this.add(versions.length, (each) => {
        const version = versions[each] as VersionLine;
        return { ...beneath, kind: 'version', key: versionKey(version), position: each + 1, version };
      });
      const position = versions.length + 1;
      if (more > 0)
        this.add(1, () => ({ ...beneath, kind: 'more', key: `more ${name}`, position, model: name, count: more }));
    });
  }
}
