/** What the lines of the side bar say, and their hovers. */
import type { RunLine, VersionLine } from '../contract/lab';
import { ago } from './ago';
import { duration } from './numbers';
import type { Trans } from './trans';

const NO_STAGE = 'None';

/** What stands in place of the metric: how far it is, or how it ended. Empty for a run that finished. */
export function standing(run: RunLine, trans: Trans): string {
  if (run.deleted) return trans.__('deleted');
  if (run.status === 'RUNNING') return run.progress === null ? trans.__('running') : percent(run.progress);
  if (run.status === 'FAILED') return trans.__('failed');
  return run.status === 'KILLED' ? trans.__('killed') : '';
}

export function percent(share: number): string {
  return `${Math.floor(share * 100)}\u202f%`;
}

/** now: seconds since the epoch. */
export function runHover(run: RunLine, now: number, trans: Trans): string {
  const exact = new Date(run.started * 1000).toLocaleString();
  const lines = [
    run.name,
    run.experiment && trans.__('experiment %1', run.experiment),
    `${ago(run.started, now)} · ${exact}`,
    run.took === null ? '' : trans.__('took %1', duration(run.took)),
    run.metric &&
      `${run.metric.name} ${run.metric.cell.h ?? run.metric.cell.t ?? ''} ${run.metric.cell.d ?? ''}`.trim(),
    run.attempt > 0 && trans.__('attempt %1 of its cell', run.attempt),
    run.error,
    ...run.badges.map((badge) => (badge.hover ? `${badge.text}: ${badge.hover}` : badge.text)),
    run.note && trans.__('note: %1', run.note),
  ];
  return lines.filter((line) => line).join('\n');
}

export function stageOf(version: VersionLine, trans: Trans): string {
  if (version.deleted) return trans.__('deleted');
  return version.stage === NO_STAGE ? '' : version.stage;
}

/** Who of a model is where, the furthest first: `v3 Production · v4 Staging`; else its newest version. */
export function modelStanding(versions: readonly VersionLine[]): string {
  const staged = versions.filter((each) => !each.deleted && each.stage !== NO_STAGE && each.stage !== 'Archived');
  staged.sort((one, other) => rank(other.stage) - rank(one.stage) || other.version - one.version);
  if (staged.length > 0) return staged.map((each) => `v${each.version} ${each.stage}`).join(' · ');
  const newest = versions.find((each) => !each.deleted);
  return newest ? `v${newest.version}` : '';
}

function rank(stage: string): number {
  return ['Staging', 'Production'].indexOf(stage);
}

export function versionHover(version: VersionLine, now: number, trans: Trans): string {
  const lines = [
    `${version.model} v${version.version}`,
    stageOf(version, trans),
    ...version.aliases.map((alias) => `@${alias}`),
    version.runName && trans.__('from %1', version.runName),
    `${ago(version.at, now)} · ${new Date(version.at * 1000).toLocaleString()}`,
  ];
  return lines.filter((line) => line).join('\n');
}

/** The stages that a version can be offered: the usual two, and those that versions of its model are in. */
export function stagesFor(version: VersionLine, brothers: readonly VersionLine[]): string[] {
  const known = new Set(['Production', 'Staging', ...brothers.map((each) => each.stage)]);
  return [...known].filter((stage) => stage !== NO_STAGE && stage !== 'Archived' && stage !== version.stage);
}

/** The cell that a run becomes when it is dropped into a notebook. */
export function cellFor(ids: readonly string[]): string {
  const calls = ids.map((id) => `tb.get_run(${JSON.stringify(id)})`);
  return calls.length === 1 ? (calls[0] ?? '') : `[\n${calls.map((call) => `    ${call},`).join('\n')}\n]`;
}
