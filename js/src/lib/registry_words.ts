/** How models and versions are called in the lists and heads of the registry browser. */
import type { ModelLine, Version, VersionLine } from '../contract/registry';
import { ago } from './ago';

const NO_STAGE = 'None';

/** As `?` lists them. */
export const KEYS: readonly [string, string][] = [
  ['/', 'search models'],
  ['Tab', 'models, versions, decisions, tabs, in this order'],
  ['↑ ↓', 'walk through a list; Home and End go to its ends'],
  ['Enter', 'open what was walked to; in a dialog, decide'],
  ['← →', 'walk through the tabs'],
  ['Esc', 'close a dialog, a menu or a sentence'],
  ['Ctrl+Z', 'undo the last decision that was made here'],
  ['?', 'these keys'],
];

/** Who of a model is where: `Production v3 · Staging v4`; else the newest. */
export function standing(line: ModelLine): string {
  if (line.stages.length === 0) return line.newest ? `v${line.newest}` : 'no version';
  return [...line.stages]
    .reverse()
    .map(([stage, versions]) => `${stage} ${versions.map((version) => `v${version}`).join(' ')}`)
    .join(' · ');
}

export function stageOf(line: VersionLine): string {
  if (line.deleted) return 'deleted';
  return line.stage === NO_STAGE ? '' : line.stage;
}

/** `Production for 4 d`, `deleted`, `in no stage`. now: seconds since the epoch. */
export function stageSince(version: Version, now: number): string {
  if (version.deleted) return 'deleted';
  if (version.stage === NO_STAGE) return 'in no stage';
  return version.since === null ? version.stage : `${version.stage}, since ${ago(version.since, now)}`;
}

/** The button of the gates' tab: `Gates 4/5` once they were tried. */
export function gatesTitle(results: readonly { fault: string }[] | null): string {
  if (!results || results.length === 0) return 'Gates';
  return `Gates ${results.filter((each) => each.fault === '').length}/${results.length}`;
}

/** The call of a decision with what else was said of it, as one would type it in Python. */
export function callWith(call: string, reason: string, override: boolean): string {
  if (!call.endsWith(')')) return call;
  const more = [...(reason ? [`reason=${JSON.stringify(reason)}`] : []), ...(override ? ['override=True'] : [])];
  return `${call.slice(0, -1)}${more.map((each) => `, ${each}`).join('')})`;
}
