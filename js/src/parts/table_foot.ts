/** The line below the run table: what to do with the selected runs, and the Python call that makes the table again. */
import { number } from '../lib/numbers';
import { copied } from './clipboard';
import { button, element } from './elements';
import { prompt } from './prompt';

export interface FootWishes {
  compare(): void;
  star(): void;
  pin(): void;
  tag(): void;
  note(): void;
  remove(): void;
  clear(): void;
  focus(): void;
}

export interface TableFoot {
  readonly node: HTMLElement;
  showSelected(count: number, deleted: boolean): void;
  /** Says how the two selected runs compare; nothing for ''. */
  showVerdict(sentence: string): void;
  showCall(call: string): void;
  ask(label: string, value: string, hint: string, save: (text: string) => void): void;
  /** Takes the line to type away; false when there was none. */
  stopAsking(): boolean;
}

export function tableFoot(wishes: FootWishes): TableFoot {
  const count = element('span', { class: 'tb-Selected', 'aria-live': 'polite' });
  const remove = button('delete', wishes.remove, { title: 'Delete' });
  const doing = element('span', { class: 'tb-Doing' }, count);
  doing.append(
    button('compare', wishes.compare, { title: 'c', class: 'tb-Button tb-first' }),
    button('★', wishes.star, { title: 'star (*)', 'aria-label': 'star' }),
    button('pin', wishes.pin, { title: 'pin as baseline (p)' }),
    button('tag…', wishes.tag, { title: 't' }),
    button('note…', wishes.note, { title: 'n' }),
    remove,
    button('✕', wishes.clear, { title: 'select none', 'aria-label': 'select none' }),
  );
  const code = element('code', { class: 'tb-Call' });
  const copy = button('copy', () => {
    void copied(code.textContent ?? '').then((done) => {
      if (!done) window.getSelection()?.selectAllChildren(code); // so that Ctrl+C does
      copy.textContent = done ? 'copied' : 'marked: Ctrl+C';
      window.setTimeout(() => {
        copy.textContent = 'copy';
      }, 2000);
    });
  });
  copy.title = 'Copy the Python call that makes this table again';
  const line = element('div', { class: 'tb-Foot' }, doing, code, copy);
  const verdict = element('div', { class: 'tb-Verdict', role: 'status' });
  const node = element('div', {}, verdict, line);
  let form: HTMLElement | null = null;

  function stopAsking(): boolean {
    if (!form) return false;
    form.remove();
    form = null;
    return true;
  }

  function ask(label: string, value: string, hint: string, save: (text: string) => void): void {
    stopAsking();
    form = prompt(label, value, hint, (text) => {
      stopAsking();
      wishes.focus();
      if (text !== null) save(text);
    });
    node.prepend(form);
    form.querySelector('input')?.select(); // at once: one types on
  }

  return {
    node,
    showSelected(selected, deleted) {
      doing.hidden = selected === 0;
      count.textContent = `${number(selected)} selected`;
      remove.textContent = deleted ? 'restore' : 'delete';
    },
    showVerdict(sentence) {
      verdict.hidden = sentence === '';
      verdict.textContent = sentence;
    },
    showCall(call) {
      code.textContent = call;
      code.title = call;
    },
    ask,
    stopAsking,
  };
}
