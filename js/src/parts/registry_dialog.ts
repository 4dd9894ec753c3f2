/** One decision, in place: what it changes, what its gates say, the reason, and only then the button. */
import type { Deed, Gates, Plan, What } from '../contract/registry';
import { callWith } from '../lib/registry_words';
import { trans } from '../lib/trans';
import { button, element } from './elements';
import { gateList } from './registry_gates';

export interface DialogWishes {
  plan(deed: Deed, turn: number): void;
  decide(deed: Deed, turn: number, reason: string, override: boolean): void;
  cancel(): void;
  /** The dialog is gone; the focus goes back to where it was. */
  closed(): void;
}

export interface RegistryDialog {
  readonly node: HTMLElement;
  readonly isOpen: boolean;
  open(deed: Deed): void;
  show(plan: Plan): void;
  showGates(gates: Gates): void;
  refuse(turn: number, text: string, byGates: boolean): void;
  /** Takes the dialog away once its decision was made. */
  done(turn: number): void;
  cancel(): boolean;
  dispose(): void;
}

const PAUSE = 200;
/** What is typed: its label, its name for whoever hears the page, and an example. */
function typedOf(what: What): readonly [string, string, string] | undefined {
  const typed: Partial<Record<What, readonly [string, string, string]>> = {
    alias: [trans.__('alias @'), trans.__('alias'), 'champion'],
    rename: [trans.__('new name '), trans.__('new name'), 'churn-eu'],
    copy: [trans.__('model '), trans.__('model'), trans.__('another model, or a new one')],
  };
  return typed[what];
}

/** What is chosen: its label, and its name for whoever hears the page. */
function chosenOf(what: What): readonly [string, string] | undefined {
  const chosen: Partial<Record<What, readonly [string, string]>> = {
    rollback: [trans.__('roll back '), trans.__('what to roll back')],
    approve: [trans.__('approve for '), trans.__('stage')],
  };
  return chosen[what];
}

let dialogs = 0;

export function registryDialog(wishes: DialogWishes): RegistryDialog {
  const name = `tb-dialog-${dialogs++}`;
  const title = element('div', { class: 'tb-DialogTitle', id: name });
  const slot = element('div', { class: 'tb-DialogSlot' });
  const changes = element('table', { class: 'tb-Changes' });
  const gates = gateList();
  const fault = element('div', { class: 'tb-DialogFault', role: 'alert' });
  const reason = element('input', {
    type: 'text',
    class: 'tb-Reason',
    'aria-label': trans.__('reason'),
    placeholder: trans.__('why? It stays in the audit trail'),
  });
  const override = element('input', { type: 'checkbox' });
  const overriding = element(
    'label',
    { class: 'tb-Choice' },
    override,
    element('span', { text: trans.__('override the gates; takes a reason') }),
  );
  const cancelling = button(trans.__('Cancel'), () => cancel());
  const deciding = element('button', { type: 'submit', class: 'tb-Button tb-first' });
  const call = element('code', { class: 'tb-Call' });
  const foot = element('div', { class: 'tb-DialogFoot' }, call, cancelling, deciding);
  const why = element('label', { class: 'tb-DialogReason' }, element('span', { text: trans.__('reason') }), reason);
  const node = element(
    'form',
    { class: 'tb-Dialog', role: 'dialog', 'aria-labelledby': name },
    title,
    slot,
    changes,
    gates.node,
    why,
    overriding,
    fault,
    foot,
  );
  node.hidden = true;
  let deed: Deed | null = null;
  let plan: Plan | null = null;
  let turn = 0;
  let pending = false;
  let failed = false;
  let working = false;
  let timer = 0;

  function open(next: Deed): void {
    deed = next;
    turn++;
    plan = null;
    pending = failed = working = false;
    override.checked = false;
    reason.value = '';
    fault.textContent = '';
    title.textContent = trans.__('One moment…');
    changes.replaceChildren();
    slot.replaceChildren();
    gates.clear();
    node.hidden = false;
    showSlotInput();
    refresh();
    wishes.plan(next, turn);
    (slot.querySelector<HTMLElement>('input') ?? reason).focus();
    node.scrollIntoView({ block: 'nearest' });
  }
  /** An alias or a name is typed; what it changes is asked again a moment later. */
  function showSlotInput(): void {
    const typed = deed && typedOf(deed.what);
    if (!typed) return;
    const [label, about, hint] = typed;
    const input = element('input', {
      type: 'text',
      'aria-label': about,
      placeholder: hint,
      list: `${name}-known`,
    });
    input.addEventListener('input', () => {
      window.clearTimeout(timer);
      plan = null;
      refresh();
      timer = window.setTimeout(() => askAgain(input.value), PAUSE);
    });
    slot.append(
      element('label', {}, element('span', { text: label }), input),
      element('datalist', { id: `${name}-known` }),
    );
  }
  function askAgain(about: string): void {
    if (!deed) return;
    deed = { ...deed, slot: deed.what === 'alias' ? about.trim().replace(/^@/, '') : about.trim() };
    turn++;
    wishes.plan(deed, turn);
  }
  function show(told: Plan): void {
    if (told.turn !== turn || !deed || node.hidden) return;
    const isFirst = plan === null;
    plan = told;
    if (chosenOf(deed.what)) deed = { ...deed, slot: told.slot };
    title.textContent = told.title;
    deciding.textContent = told.verb;
    changes.replaceChildren(...told.changes.map(changedRow));
    fault.textContent = told.refusal;
    showChoices(told);
    if (isFirst && told.gates.length > 0 && !told.refusal) {
      pending = true;
      gates.wait(told.gates);
    }
    refresh();
  }
  function showChoices(told: Plan): void {
    const known = slot.querySelector('datalist');
    if (known) known.replaceChildren(...told.choices.map((value) => element('option', { value })));
    const chosen = deed && chosenOf(deed.what);
    if (!chosen) return;
    const [label, about] = chosen;
    const others = told.choices.includes(told.slot) ? told.choices : [told.slot, ...told.choices];
    const select = element(
      'select',
      { 'aria-label': about },
      ...others.map((value) => element('option', { value, text: value })),
    );
    select.value = told.slot;
    select.addEventListener('change', () => {
      if (!deed) return;
      deed = { ...deed, slot: select.value };
      turn++;
      wishes.plan(deed, turn);
    });
    const had = slot.contains(document.activeElement);
    slot.replaceChildren(element('label', {}, element('span', { text: label }), select));
    if (had) select.focus();
  }
  function showGates(told: Gates): void {
    if (told.turn !== turn || node.hidden) return;
    gates.show(told);
    if (told.trying === undefined) {
      pending = false;
      failed = Boolean(told.fault) || (told.results ?? []).some((each) => each.fault !== '');
    }
    refresh();
  }
  function refuse(about: number, text: string, byGates: boolean): void {
    if (about !== turn || node.hidden) return;
    working = false;
    if (!plan) title.textContent = trans.__('This cannot be decided now');
    fault.textContent = text;
    if (byGates) {
      failed = true;
      gates.clear(); // the text says what each one that failed does
    } else gates.settle();
    refresh();
  }
  function refresh(): void {
    overriding.hidden = !failed;
    call.textContent = callWith(plan?.call ?? '', reason.value.trim(), failed && override.checked);
    call.title = call.textContent;
    const isReady = plan !== null && plan.refusal === '' && plan.changes.length > 0 && !pending && !working;
    deciding.disabled = !isReady || (failed && !(override.checked && reason.value.trim() !== ''));
    deciding.hidden = plan === null;
    reason.readOnly = working; // and not disabled, which would lose the focus
    node.setAttribute('aria-busy', String(working || pending));
    if (plan)
      deciding.textContent = working ? `${plan.verb}…` : failed ? trans.__('%1 all the same', plan.verb) : plan.verb;
  }
  function close(): void {
    const had = node.contains(document.activeElement);
    dispose();
    node.hidden = true;
    deed = plan = null;
    if (had) wishes.closed();
  }
  function dispose(): void {
    window.clearTimeout(timer);
    gates.clear();
  }
  function cancel(): boolean {
    if (node.hidden) return false;
    wishes.cancel();
    close();
    return true;
  }
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!deed || deciding.disabled) return;
    working = true;
    fault.textContent = '';
    refresh();
    wishes.decide(deed, turn, reason.value, failed && override.checked);
  });
  node.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    cancel();
  });
  for (const each of [override, reason]) each.addEventListener('input', refresh);
  return {
    node,
    get isOpen() {
      return !node.hidden;
    },
    open,
    show,
    showGates,
    refuse,
    done: (about) => {
      if (about === turn) close();
    },
    cancel,
    dispose,
  };
}

function changedRow([what, before, after]: readonly string[]): HTMLElement {
  return element(
    'tr',
    {},
    element('th', { scope: 'row', text: what ?? '' }),
    element('td', { text: before ?? '' }),
    element('td', { text: '→', 'aria-label': trans.__('becomes') }),
    element('td', { class: 'tb-After', text: after ?? '' }),
  );
}
