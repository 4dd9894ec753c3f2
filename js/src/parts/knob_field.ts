/** A knob of a running loop: a switch or a field, which keeps what was asked until the loop has it. */
import { element } from './elements';

export interface KnobField {
  readonly node: HTMLFormElement;
  /** value: what the loop has; nobody's typing is taken away by it. */
  show(value: boolean | string, enabled: boolean): void;
}

export interface KnobWords {
  readonly label: string;
  readonly set: string;
}

/** Milliseconds for which what was asked stays in the field; then the loop's own value comes back. */
const PATIENCE = 2000;

/** send: asks the loop for a value; false when it is no value of the knob's kind. */
export function knobField(
  name: string,
  isSwitch: boolean,
  words: KnobWords,
  send: (value: boolean | string) => boolean,
): KnobField {
  const input = element('input', {
    type: isSwitch ? 'checkbox' : 'text',
    'aria-label': words.label,
    spellcheck: 'false',
    autocomplete: 'off',
  });
  const node = element('form', { class: 'tb-Knob' }, element('label', { text: name, title: name }), input);
  const set = isSwitch ? null : element('button', { type: 'submit', class: 'tb-Button', text: words.set });
  let isTyping = false;
  let patient = 0;

  const held = (): boolean | string => (isSwitch ? input.checked : input.value);
  const ask = (): void => {
    if (!send(held())) return;
    isTyping = false;
    patient = performance.now() + PATIENCE;
  };
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    ask();
  });
  if (set) {
    node.append(set);
    input.addEventListener('input', () => {
      isTyping = true;
    });
    input.addEventListener('keydown', (event) => {
      event.stopPropagation(); // letters are commands of the notebook
      if (event.key === 'Escape') isTyping = false;
    });
  } else input.addEventListener('change', ask);

  function show(value: boolean | string, enabled: boolean): void {
    for (const each of set ? [input, set] : [input]) each.disabled = !enabled;
    if (isTyping || performance.now() < patient) return;
    if (typeof value === 'boolean') input.checked = value;
    else if (input.value !== value) input.value = value;
  }

  return { node, show };
}
