/** Finds names among thousands: a search box and the first that fit, one or several to choose. */
import { button, element } from './elements';

export interface PickerWishes {
  search(text: string): void;
  toggle(key: string, on: boolean): void;
  /** The button above the list; null for none. */
  reset: { text: string; press(): void } | null;
}

export interface Picker {
  readonly node: HTMLElement;
  show(keys: readonly string[], more: number, chosen: ReadonlySet<string>): void;
}

const PAUSE = 150;

export function picker(title: string, wishes: PickerWishes): Picker {
  const search = element('input', {
    type: 'search',
    class: 'tb-Search',
    placeholder: 'search names',
    'aria-label': title,
    spellcheck: 'false',
  });
  const list = element('div', { class: 'tb-List', role: 'group', 'aria-label': title });
  const node = element('div', { class: 'tb-Picker' }, search);
  if (wishes.reset) {
    const { text, press } = wishes.reset;
    node.append(button(text, press));
  }
  node.append(list);
  let timer = 0;
  search.addEventListener('input', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => wishes.search(search.value), PAUSE);
  });

  function show(keys: readonly string[], more: number, chosen: ReadonlySet<string>): void {
    const choices = keys.map((key) => {
      const tick = element('input', { type: 'checkbox' });
      tick.checked = chosen.has(key);
      tick.addEventListener('change', () => wishes.toggle(key, tick.checked));
      return element('label', { class: 'tb-Choice' }, tick, element('span', { text: key }));
    });
    const rest = more > 0 ? `${more} more: type a part of the name` : keys.length === 0 ? 'No name like this.' : '';
    list.replaceChildren(...choices, element('div', { class: 'tb-quiet', text: rest }));
  }

  return { node, show };
}
