/** The line under a tracked cell that tells of its last run. Drawn from a model, so that it can be drawn anew anywhere. */
import { Widget } from '@lumino/widgets';
import type { RunLine } from '../../contract/lab';
import type { Shown } from '../../lib/lab_settings';
import type { Trans } from '../../lib/trans';
import { button, element } from '../../parts/elements';
import { type BadgeWords, badgeWords, type MetricWords } from './badge_words';

export interface BadgeDeeds {
  open(run: RunLine): void;
  /** Shows more of a badge, at it; closes when it is left. */
  hover(badge: Badge): void;
  leave(badge: Badge): void;
}

export class Badge extends Widget {
  private runs: readonly RunLine[] = [];
  private drawn = '';
  private readonly line: HTMLButtonElement;

  constructor(
    readonly cellId: string,
    private readonly trans: Trans,
    private readonly deeds: BadgeDeeds,
  ) {
    super();
    this.addClass('tb-CellBadge');
    this.line = button('', () => this.run && this.deeds.open(this.run), { class: 'tb-CellBadgeLine' });
    // Else Enter and the arrows are commands of the notebook, also while this button has the focus.
    this.line.dataset.lmSuppressShortcuts = 'true';
    this.node.append(this.line);
  }

  get attempts(): readonly RunLine[] {
    return this.runs;
  }

  private get run(): RunLine | undefined {
    return this.runs[0];
  }

  say(runs: readonly RunLine[], shown: readonly Shown[]): void {
    this.runs = runs;
    const run = runs[0];
    if (!run) return;
    const words = badgeWords(run, this.trans);
    const drawn = JSON.stringify([words, shown]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.node.dataset.tone = words.tone;
    this.line.setAttribute('aria-label', words.label);
    this.line.replaceChildren(...parts(words, shown));
  }

  handleEvent(event: Event): void {
    const isOver = event.type === 'pointerenter' || event.type === 'focus';
    if (isOver) this.deeds.hover(this);
    else this.deeds.leave(this);
  }

  protected override onAfterAttach(): void {
    for (const type of ['pointerenter', 'pointerleave', 'focus', 'blur']) this.line.addEventListener(type, this);
  }

  protected override onBeforeDetach(): void {
    this.deeds.leave(this);
    for (const type of ['pointerenter', 'pointerleave', 'focus', 'blur']) this.line.removeEventListener(type, this);
  }
}

function parts(words: BadgeWords, shown: readonly Shown[]): Node[] {
  const made: Node[] = [element('span', { class: 'tb-CellBadgeDot', text: '●', 'aria-hidden': 'true' })];
  const add = (text: string, kind: string): void => {
    if (text) made.push(element('span', { class: kind, text }));
  };
  if (shown.includes('attempt')) add(words.attempt, 'tb-CellBadgeAttempt');
  add(words.status, 'tb-CellBadgeStatus');
  if (words.metric && shown.includes('metric')) {
    made.push(metric(words.metric, shown.includes('change')));
  }
  if (shown.includes('took')) add(words.took, 'tb-CellBadgeQuiet');
  if (shown.includes('badges')) {
    for (const mark of words.marks) {
      made.push(element('span', { class: 'tb-CellBadgeMark', text: mark.text, title: mark.hover }));
    }
  }
  return made;
}

function metric(words: MetricWords, withChange: boolean): HTMLElement {
  const node = element('span', { class: 'tb-CellBadgeMetric' });
  node.append(
    element('span', { class: 'tb-CellBadgeName', text: words.name }),
    element('span', { class: 'tb-CellBadgeValue', text: words.value, title: words.hover }),
  );
  if (withChange && words.delta) {
    node.append(element('span', { class: 'tb-CellBadgeDelta', 'data-tone': words.tone, text: words.delta }));
  }
  return node;
}
