/** One line to type, in place: a tag, a note, a new name. */
import { trans } from '../lib/trans';
import { button, element } from './elements';

export function prompt(label: string, value: string, hint: string, done: (text: string | null) => void): HTMLElement {
  const input = element('input', { type: 'text', class: 'tb-Prompt-input', 'aria-label': label, placeholder: hint });
  input.value = value;
  const form = element(
    'form',
    { class: 'tb-Prompt' },
    element('span', { text: label }),
    input,
    element('button', { type: 'submit', class: 'tb-Button', text: trans.__('Save') }),
    button(trans.__('Cancel'), () => done(null)),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    done(input.value);
  });
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    done(null);
  });
  return form;
}
