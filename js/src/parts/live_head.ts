/** The head of a live panel: which run, how far, and a hand on its loop. */
import type { Facts, Knob, Request } from '../contract/live';
import { progressCount, progressRest, progressShare, readKnobText, stopButton } from '../lib/live_words';
import { duration } from '../lib/numbers';
import { button, element } from './elements';
import { type KnobField, knobField } from './knob_field';

export interface LiveHead {
  readonly node: HTMLElement;
  /** elapsed: seconds that the run has taken. */
  show(facts: Facts, elapsed: number): void;
  tick(elapsed: number): void;
}

/** ask: sends to the kernel. complain: says what was typed wrongly. */
export function liveHead(ask: (request: Request) => void, complain: (text: string) => void): LiveHead {
  const name = element('strong', { class: 'tb-LiveRun' });
  const state = element('span', { class: 'tb-LiveState' });
  const time = element('span', { class: 'tb-quiet' });
  const count = element('span');
  const bar = element('div', {
    class: 'tb-LiveBar',
    role: 'progressbar',
    'aria-valuemin': '0',
    'aria-valuemax': '100',
  });
  const filled = element('div', { class: 'tb-LiveFilled' });
  bar.append(filled);
  const rest = element('span', { class: 'tb-quiet' });
  const stop = button('', () => ask({ kind: stop.dataset.kind === 'stop' ? 'stop' : 'interrupt' }), {
    class: 'tb-Button tb-LiveStop',
  });
  const knobs = element('span', { class: 'tb-LiveKnobs' });
  const node = element(
    'div',
    { class: 'tb-LiveHead' },
    name,
    state,
    time,
    count,
    bar,
    rest,
    element('span', { class: 'tb-gap' }),
    stop,
    knobs,
  );
  let shown = '';
  let fields: KnobField[] = [];

  function show(facts: Facts, elapsed: number): void {
    const runs = facts.status === 'RUNNING';
    name.textContent = facts.name;
    name.title = facts.runId;
    state.textContent = facts.state;
    state.dataset.status = facts.status;
    count.textContent = progressCount(facts);
    rest.textContent = progressRest(facts);
    const share = progressShare(facts);
    bar.hidden = share === null;
    if (share !== null) {
      filled.style.width = `${(100 * share).toFixed(1)}%`;
      bar.setAttribute('aria-valuenow', String(Math.floor(100 * share)));
      bar.setAttribute('aria-label', progressCount(facts));
    }
    showStop(facts, runs);
    showKnobs(facts, runs);
    tick(elapsed);
  }
  function showStop(facts: Facts, runs: boolean): void {
    const { text, kind, enabled } = stopButton(facts);
    stop.hidden = !runs;
    stop.textContent = text;
    stop.dataset.kind = kind;
    stop.disabled = !enabled || !facts.heard;
    stop.title = facts.heard
      ? kind === 'interrupt'
        ? facts.stop.interrupt
        : ''
      : 'Clicks wait until the cell ends; see below.';
  }
  /** Made anew only when there are other knobs: nobody's typing is taken away. */
  function showKnobs(facts: Facts, runs: boolean): void {
    const wanted = runs ? facts.knobs : [];
    const key = JSON.stringify(wanted.map((each) => [each.name, each.kind]));
    if (key !== shown) {
      shown = key;
      fields = wanted.map(fieldOf);
      knobs.replaceChildren(...fields.map((each) => each.node));
    }
    wanted.forEach((each, at) => {
      fields[at]?.show(each.kind === 'bool' ? each.value === true : each.text, facts.heard);
    });
  }

  function fieldOf({ name, kind }: Knob): KnobField {
    return knobField(name, kind === 'bool', { label: `value of ${name}`, set: 'set' }, (asked) => {
      const value = typeof asked === 'boolean' ? asked : readKnobText(kind, asked);
      if (value === null)
        complain(`${name} needs ${kind === 'int' ? 'a whole number' : 'a number'}, and “${asked}” is none.`);
      else ask({ kind: 'knob', name, value });
      return value !== null;
    });
  }
  function tick(elapsed: number): void {
    time.textContent = duration(elapsed);
  }
  return { node, show, tick };
}
