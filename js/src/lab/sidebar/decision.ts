/** Decides about a version in the side bar: the change and its gates are shown, the reason asked, and only then it is made. */
import type { Decision, Done, Preview, RootPath } from '../../contract/lab';
import type { Deed } from '../../contract/registry';
import { conflictOf, planOf } from '../../lib/decision_words';
import type { Trans } from '../../lib/trans';
import { type RegistryDialog, registryDialog } from '../../parts/registry_dialog';
import type { Api } from '../api';
import { Fault, sentenceOf } from '../fault';

export type About = Omit<Decision, 'store' | 'reason' | 'override' | 'seen'>;

export class Decisions {
  private readonly dialog: RegistryDialog;
  private about: Decision | null = null;
  private preview: Preview | null = null;

  constructor(
    private readonly api: Api,
    private readonly trans: Trans,
    private readonly done: (done: Done, store: RootPath) => void,
    closed: () => void,
  ) {
    this.dialog = registryDialog({
      plan: (deed, turn) => void this.plan(deed, turn),
      decide: (_deed, turn, reason, override) => void this.decide(turn, reason, override),
      cancel: () => {},
      closed,
    });
  }

  get node(): HTMLElement {
    return this.dialog.node;
  }

  open(store: RootPath, about: About): void {
    const { deed, model, version } = about;
    this.about = { store, ...about };
    this.dialog.open({ what: deed, model, version, slot: about.stage ?? about.alias ?? '' });
  }

  cancel(): boolean {
    return this.dialog.cancel();
  }

  private async plan(deed: Deed, turn: number): Promise<void> {
    if (!this.about) return;
    if (deed.what === 'alias') this.about = { ...this.about, alias: deed.slot };
    const about = this.about;
    this.preview = null;
    if (about.deed === 'alias' && !about.alias) {
      this.dialog.show(planOf(about, turn, null, '', this.trans));
      return;
    }
    try {
      const preview = await this.api.preview(about);
      if (about !== this.about) return;
      this.preview = preview;
      this.dialog.show(planOf(about, turn, preview, '', this.trans));
      if (preview.gates.length > 0) this.dialog.showGates({ tell: 'gates', turn, results: resultsOf(preview) });
    } catch (error) {
      if (about === this.about) this.dialog.show(planOf(about, turn, null, sentenceOf(error), this.trans));
    }
  }

  private async decide(turn: number, reason: string, override: boolean): Promise<void> {
    const { about, preview } = this;
    if (!about || !preview) return;
    try {
      const done = await this.api.decide({ ...about, reason, override, seen: preview.seen });
      this.dialog.done(turn);
      this.done(done, about.store);
    } catch (error) {
      if (!(error instanceof Fault) || error.status !== 409) {
        this.dialog.refuse(turn, sentenceOf(error), false);
        return;
      }
      this.preview = error.is ?? null;
      if (error.is) this.dialog.show(planOf(about, turn, error.is, '', this.trans));
      this.dialog.refuse(turn, conflictOf(error.message, error.was, error.is, this.trans), false);
    }
  }
}

function resultsOf(preview: Preview): { gate: string; fault: string }[] {
  return preview.gates.map(({ name, passed, sentence }) => ({ gate: name, fault: passed ? '' : sentence }));
}
