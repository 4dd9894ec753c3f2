/** What can be decided about a version; each decision shows its change first. */
import type { VersionLine } from '../../contract/lab';
import { stagesFor } from '../../lib/side_words';
import type { Trans } from '../../lib/trans';
import type { About } from './decision';
import type { MenuItem, MenuItems } from './menu';

export interface VersionDeeds {
  decide(about: About): void;
  openCell(version: VersionLine): void;
  copy(text: string): void;
  /** Opens the registry browser; null where nothing shows it. */
  browse: ((model: string, version: number) => void) | null;
}

/** brothers: the versions of its model that are known. */
export function versionMenu(
  version: VersionLine,
  brothers: readonly VersionLine[],
  writable: boolean,
  deeds: VersionDeeds,
  trans: Trans,
): MenuItems {
  const { model, version: number, stage } = version;
  const about = { model, version: number };
  const { browse } = deeds;
  const item = (text: string, act: () => void): MenuItem => ({ text, act });
  const looks = [
    ...(version.runId ? [item(trans.__('Open the cell that made it'), () => deeds.openCell(version))] : []),
    ...(browse ? [item(trans.__('Show in the registry'), () => browse(model, number))] : []),
    item(trans.__('Copy call'), () => deeds.copy(`tb.load_model(${JSON.stringify(`models:/${model}/${number}`)})`)),
  ];
  if (!writable || version.deleted) return looks;
  const isServing = stage !== 'None' && stage !== 'Archived';
  return [
    ...stagesFor(version, brothers).map((each) =>
      item(trans.__('Promote to %1…', each), () => deeds.decide({ deed: 'promote', ...about, stage: each })),
    ),
    ...(stage === 'Archived' ? [] : [item(trans.__('Archive…'), () => deeds.decide({ deed: 'archive', ...about }))]),
    ...(isServing ? [rollback(model, number, stage, deeds, trans)] : []),
    item(trans.__('Set an alias…'), () => deeds.decide({ deed: 'alias', ...about, alias: '' })),
    ...version.aliases.map((alias) =>
      item(trans.__('Take @%1 away…', alias), () => deeds.decide({ deed: 'unalias', ...about, alias })),
    ),
    null,
    ...looks,
  ];
}

/** What can be done with a registered model as a whole. */
export function modelMenu(
  model: string,
  versions: readonly VersionLine[],
  writable: boolean,
  deeds: VersionDeeds,
  trans: Trans,
): MenuItems {
  const { browse } = deeds;
  const staged = versions.filter((each) => each.stage !== 'None' && each.stage !== 'Archived' && !each.deleted);
  const stages = [...new Map(staged.map((each) => [each.stage, each.version]))];
  return [
    ...(browse ? [{ text: trans.__('Show in the registry'), act: () => browse(model, 0) }] : []),
    ...(writable ? stages.map(([stage, version]) => rollback(model, version, stage, deeds, trans)) : []),
  ];
}

function rollback(model: string, version: number, stage: string, deeds: VersionDeeds, trans: Trans): MenuItem {
  return {
    text: trans.__('Roll back %1…', stage),
    act: () => deeds.decide({ deed: 'rollback', model, version, stage }),
  };
}
