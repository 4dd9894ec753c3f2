/** What gates say: which is tried, which passed, which failed and how to meet it. */
import type { Gates, Model, Version } from '../contract/registry';
import { trans } from '../lib/trans';
import { button, element } from './elements';

export interface GateList {
  readonly node: HTMLElement;
  clear(): void;
  /** Lists gates before the first is tried; without names, those that are told of as they come. */
  wait(names: readonly string[]): void;
  show(told: Gates): void;
  /** Nothing is tried any more; what is known of each gate stays. */
  settle(): void;
}

const SECOND = 1000;

export function gateList(): GateList {
  const node = element('div', { class: 'tb-Gates', role: 'status' });
  let names: readonly string[] = [];
  /** By gate, what it says when it fails; empty when it passed. Of those tried so far. */
  let faults = new Map<string, string>();
  let clock = 0;

  function draw(...lines: HTMLElement[]): void {
    window.clearInterval(clock);
    node.hidden = lines.length === 0;
    node.replaceChildren(...lines);
  }
  function clear(): void {
    names = [];
    faults = new Map();
    draw();
  }
  function wait(wanted: readonly string[]): void {
    clear();
    names = wanted;
    draw(
      ...(names.length > 0
        ? names.map(waitingLine)
        : [element('div', { class: 'tb-quiet', text: trans.__('one moment…') })]),
    );
  }
  function show(told: Gates): void {
    if (told.results) faults = new Map(told.results.map((each) => [each.gate, each.fault]));
    if (told.fault) draw(element('div', { class: 'tb-bad', text: told.fault }));
    else if (told.trying !== undefined) showTrying(told.trying, told.place ?? 1, told.count ?? 1);
    else if (faults.size === 0) draw(element('div', { text: trans.__('There is no gate for it.') }));
    else {
      names = [...faults.keys()];
      settle();
    }
  }
  function showTrying(gate: string, place: number, count: number): void {
    const passed = element('span', { class: 'tb-quiet', text: trans.__('%1 of %2', place, count) });
    const trying = line('tb-GateAhead', 'tb-quiet', trans.__('trying…'), gate, passed);
    if (!names.includes(gate)) names = [...names, gate];
    draw(...names.map((name) => (name === gate ? trying : lineOf(name))));
    const began = performance.now();
    clock = window.setInterval(() => {
      const seconds = Math.round((performance.now() - began) / SECOND);
      passed.textContent = trans.__('%1 of %2, for %3 s', place, count, seconds);
    }, SECOND);
  }
  function lineOf(gate: string): HTMLElement {
    const fault = faults.get(gate);
    return fault === undefined ? waitingLine(gate) : gateLine(gate, fault);
  }
  function settle(): void {
    draw(...names.map(lineOf));
  }
  clear();
  return { node, clear, wait, show, settle };
}

function gateLine(gate: string, fault: string): HTMLElement {
  const told = element('span', { text: fault });
  const passed = fault === '';
  return line(
    'tb-Gate',
    passed ? 'tb-good' : 'tb-bad',
    passed ? trans.__('✓ passed') : trans.__('✗ failed'),
    gate,
    told,
  );
}

function waitingLine(gate: string): HTMLElement {
  return line('tb-GateAhead', 'tb-quiet', trans.__('waiting'), gate, element('span'));
}

function line(kind: string, tone: string, state: string, gate: string, told: HTMLElement): HTMLElement {
  return element(
    'div',
    { class: kind },
    element('span', { class: tone, text: state }),
    element('strong', { text: gate }),
    told,
  );
}

/** The tab: a stage to choose, and a button that tries its gates; nothing is decided there. */
export interface GatesTab {
  readonly node: HTMLElement;
  show(model: Model, version: Version): void;
  showGates(told: Gates): void;
  dispose(): void;
}

export function gatesTab(ask: (stage: string) => void): GatesTab {
  const stages = element('select', { 'aria-label': 'stage' });
  const list = gateList();
  const press = button('Try the gates', () => {
    list.wait([]);
    ask(stages.value);
  });
  const bar = element('div', { class: 'tb-GatesBar' }, element('span', { text: 'of stage' }), stages, press);
  const none = element(
    'div',
    {},
    element('p', {
      text: 'This project asks nothing of a version before it enters a stage. A trackbook.toml beside the store does:',
    }),
    element('pre', { text: '[registry.gates.Production]\nsignature = true\nloads = true\nnot_worse = "accuracy"' }),
  );
  const node = element('div', {}, bar, none, list.node);
  let about = '';
  return {
    node,
    show(model, version) {
      about = `${version.model}/${version.version}`;
      list.clear();
      const wanted = stages.value;
      stages.replaceChildren(...model.gated.map((stage) => element('option', { value: stage, text: stage })));
      stages.value = model.gated.includes(wanted) ? wanted : (model.gated.at(-1) ?? '');
      bar.hidden = model.gated.length === 0;
      none.hidden = model.gated.length > 0;
    },
    showGates(told) {
      if (`${told.model}/${told.version}` === about) list.show(told);
    },
    dispose: list.clear,
  };
}
