/** What gates say: which is tried, which passed, which failed and how to meet it. */
import type { Gates, Model, Version } from '../contract/registry';
import { button, element } from './elements';

export interface GateList {
  readonly node: HTMLElement;
  clear(): void;
  wait(names: readonly string[]): void;
  show(told: Gates): void;
}

export function gateList(): GateList {
  const node = element('div', { class: 'tb-Gates', role: 'status' });
  function clear(): void {
    node.replaceChildren();
    node.hidden = true;
  }
  function wait(names: readonly string[]): void {
    node.hidden = false;
    node.replaceChildren(element('div', { class: 'tb-quiet', text: `gates: ${names.join(', ')}` }));
  }
  function show(told: Gates): void {
    node.hidden = false;
    if (told.results) {
      node.replaceChildren(...told.results.map((each) => gateLine(each.gate, each.fault)));
      if (told.results.length === 0) node.append(element('div', { text: 'There is no gate for it.' }));
    } else if (told.fault) node.replaceChildren(element('div', { class: 'tb-bad', text: told.fault }));
    else {
      const text = `trying the gate ${told.trying} (${told.place} of ${told.count})…`;
      node.replaceChildren(element('div', { class: 'tb-quiet', text }));
    }
  }
  clear();
  return { node, clear, wait, show };
}

function gateLine(gate: string, fault: string): HTMLElement {
  const passed = fault === '';
  return element(
    'div',
    { class: 'tb-Gate' },
    element('span', { class: passed ? 'tb-good' : 'tb-bad', text: passed ? '✓ passed' : '✗ failed' }),
    element('strong', { text: gate }),
    element('span', { text: fault }),
  );
}

/** The tab: a stage to choose, and a button that tries its gates; nothing is decided there. */
export interface GatesTab {
  readonly node: HTMLElement;
  show(model: Model, version: Version): void;
  showGates(told: Gates): void;
}

export function gatesTab(ask: (stage: string) => void): GatesTab {
  const stages = element('select', { 'aria-label': 'stage' });
  const list = gateList();
  const press = button('Try the gates', () => {
    list.wait(['one moment…']);
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
      const now = `${version.model}/${version.version}`;
      if (about !== now) list.clear();
      about = now;
      const wanted = stages.value;
      stages.replaceChildren(...model.gated.map((stage) => element('option', { value: stage, text: stage })));
      stages.value = model.gated.includes(wanted) ? wanted : (model.gated.at(-1) ?? '');
      bar.hidden = model.gated.length === 0;
      none.hidden = model.gated.length > 0;
    },
    showGates(told) {
      if (`${told.model}/${told.version}` === about) list.show(told);
    },
  };
}
