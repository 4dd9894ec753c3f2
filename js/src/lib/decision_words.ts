/** How a decision about a version is called in its dialog, and as one would type it. */
import type { Decision, Preview } from '../contract/lab';
import type { Plan } from '../contract/registry';
import type { Trans } from './trans';

type About = Omit<Decision, 'store'>;

export function titleOf({ deed, model, version, stage = '', alias = '' }: About, trans: Trans): string {
  switch (deed) {
    case 'promote':
      return trans.__('Promote %1 version %2 to %3', model, version, stage);
    case 'archive':
      return trans.__('Archive %1 version %2', model, version);
    case 'rollback':
      return trans.__('Roll back %1 of %2', stage, model);
    case 'alias':
      return trans.__('Set an alias on %1 version %2', model, version);
    case 'unalias':
      return trans.__('Take the alias @%1 from %2 version %3', alias, model, version);
  }
}

export function verbOf(deed: Decision['deed'], trans: Trans): string {
  switch (deed) {
    case 'promote':
      return trans.__('Promote');
    case 'archive':
      return trans.__('Archive');
    case 'rollback':
      return trans.__('Roll back');
    case 'alias':
      return trans.__('Set');
    case 'unalias':
      return trans.__('Take away');
  }
}

/** The call that does the same, without its reason. */
export function callOf({ deed, model, version, stage = '', alias = '' }: About): string {
  const name = JSON.stringify(model);
  switch (deed) {
    case 'promote':
      return `tb.promote(${name}, ${version}, ${JSON.stringify(stage)})`;
    case 'archive':
      return `tb.archive(${name}, ${version})`;
    case 'rollback':
      return `tb.rollback(${name}, ${JSON.stringify(stage)})`;
    case 'alias':
      return `tb.set_alias(${name}, ${JSON.stringify(alias)}, ${version})`;
    case 'unalias':
      return `tb.delete_alias(${name}, ${JSON.stringify(alias)})`;
  }
}

/** What the dialog shows of a preview; of a refused one its sentence. */
export function planOf(about: About, turn: number, preview: Preview | null, refusal: string, trans: Trans): Plan {
  return {
    tell: 'plan',
    turn,
    title: titleOf(about, trans),
    verb: verbOf(about.deed, trans),
    changes: (preview?.changes ?? []).map(({ what, before, after }) => [what, before, after]),
    refusal,
    call: callOf(about),
    gates: (preview?.gates ?? []).map((gate) => gate.name),
    choices: [],
    slot: about.stage ?? about.alias ?? '',
  };
}

/** Both states in a sentence: what was seen when it was decided, and what the store holds now. */
export function conflictOf(message: string, was: Preview | undefined, is: Preview | undefined, trans: Trans): string {
  const words = (state: Preview): string =>
    state.changes.map(({ what, before }) => `${what}: ${before}`).join(', ') || trans.__('nothing to change');
  if (!was || !is) return message;
  return `${message} ${trans.__('You saw %1; now it is %2.', words(was), words(is))}`;
}
