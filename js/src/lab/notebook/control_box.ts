/** A hand on a run while it runs, through the server and not the kernel: stop, knobs, how far it is. */
import type { Control } from '../../contract/lab';
import { number } from '../../lib/numbers';
import type { Trans } from '../../lib/trans';
import { button, element } from '../../parts/elements';
import { type KnobField, knobField } from '../../parts/knob_field';
import { percent } from './badge_words';

export interface Hand {
  stop(): void;
  interrupt(): void;
  turn(knob: string, value: boolean | number | string): void;
  complain(text: string): void;
}

export interface ControlBox {
  readonly node: HTMLElement;
  show(control: Control): void;
}

type Knob = Control['knobs'][number];

export function controlBox(hand: Hand, trans: Trans): ControlBox {
  const bar = element('progress', { max: '1', 'aria-label': trans.__('How far the run is') });
  const count = element('span', { class: 'tb-CellBadgeQuiet' });
  const stop = button('', () => (stop.dataset.kind === 'interrupt' ? hand.interrupt() : hand.stop()), {
    class: 'tb-Button tb-ControlStop',
  });
  const knobs = element('div', { class: 'tb-ControlKnobs' });
  const node = element('div', { class: 'tb-Control' }, element('div', {}, bar, count, stop), knobs);
  let drawn = '';
  let fields: KnobField[] = [];

  function show(control: Control): void {
    const share = control.total ? Math.min(1, control.done / control.total) : null;
    bar.hidden = share === null;
    bar.value = share ?? 0;
    count.textContent = progressWords(control, trans);
    Object.assign(stop.dataset, { kind: control.asks || control.stopRequested ? 'stop' : 'interrupt' });
    stop.textContent = stopWords(control, trans);
    stop.disabled = control.stopped || control.stopRequested;
    // Made anew only when there are other knobs: nobody's typing is taken away.
    const key = JSON.stringify(control.knobs.map((knob) => [knob.name, typeof knob.default]));
    if (key !== drawn) {
      drawn = key;
      fields = control.knobs.map(fieldOf);
      knobs.replaceChildren(...fields.map((each) => each.node));
    }
    control.knobs.forEach((knob, at) => {
      fields[at]?.show(typeof knob.default === 'boolean' ? knob.value === true : String(knob.value), true);
    });
  }

  function fieldOf(knob: Knob): KnobField {
    const words = { label: trans.__('value of %1', knob.name), set: trans.__('set') };
    return knobField(knob.name, typeof knob.default === 'boolean', words, (asked) => {
      const value = typeof asked === 'boolean' ? asked : readKnob(knob, asked);
      if (value === null) hand.complain(trans.__('%1 needs a number, and “%2” is none.', knob.name, String(asked)));
      else hand.turn(knob.name, value);
      return value !== null;
    });
  }

  return { node, show };
}

export function progressWords(control: Control, trans: Trans): string {
  if (!control.total) return control.done > 0 ? trans.__('step %1', number(control.done)) : '';
  const counted = trans.__('%1 of %2', number(control.done), number(control.total));
  return `${counted} · ${percent(control.done / control.total)}`;
}

export function stopWords(control: Control, trans: Trans): string {
  if (control.stopped) return trans.__('Stopped');
  if (control.stopRequested) return trans.__('Stops after this step…');
  return control.asks ? trans.__('Stop after this step') : trans.__('Interrupt the kernel');
}

/** Reads what was typed for a knob; null when it is no value of its kind. */
export function readKnob(knob: Pick<Knob, 'default'>, text: string): string | number | null {
  if (typeof knob.default === 'string') return text;
  const value = Number(text.trim().replace('\u2212', '-'));
  return text.trim() === '' || Number.isNaN(value) ? null : value;
}
