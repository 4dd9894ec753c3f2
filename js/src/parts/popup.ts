/** Something small above the panel that goes away: a menu, or a list to choose from. */
import { button, element } from './elements';

export interface Choice {
  text: string;
  hint?: string;
  choose(): void;
}

export interface Popup {
  open(node: HTMLElement, at: { x: number; y: number }): void;
  close(): boolean;
}

/** root: the panel, within which the popup stays. closed: where the focus goes back to. */
export function popup(root: HTMLElement, closed: () => void): Popup {
  let shown: HTMLElement | null = null;

  function outside(event: Event): void {
    if (shown && event.target instanceof Node && !shown.contains(event.target)) close();
  }

  function close(): boolean {
    if (!shown) return false;
    const had = shown.contains(shown.ownerDocument.activeElement);
    shown.remove();
    shown = null;
    root.ownerDocument.removeEventListener('pointerdown', outside, true);
    if (had) closed();
    return true;
  }

  function open(node: HTMLElement, at: { x: number; y: number }): void {
    close();
    shown = element('div', { class: 'tb-Popup' }, node);
    root.append(shown);
    const most = root.clientWidth - shown.offsetWidth - 4;
    shown.style.left = `${Math.max(4, Math.min(at.x, most))}px`;
    shown.style.top = `${Math.max(4, Math.min(at.y, root.clientHeight - shown.offsetHeight - 4))}px`;
    root.ownerDocument.addEventListener('pointerdown', outside, true);
    node.querySelector<HTMLElement>('input, button')?.focus();
  }

  return { open, close };
}

export function menu(choices: readonly Choice[], done: () => void): HTMLElement {
  const node = element('div', { class: 'tb-Menu', role: 'menu' });
  for (const choice of choices) {
    const item = button('', () => {
      done();
      choice.choose();
    });
    item.className = 'tb-MenuItem';
    item.setAttribute('role', 'menuitem');
    item.append(
      element('span', { text: choice.text }),
      element('span', { class: 'tb-quiet', text: choice.hint ?? '' }),
    );
    node.append(item);
  }
  node.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const items = [...node.querySelectorAll<HTMLElement>('button')];
    const now = items.indexOf(node.ownerDocument.activeElement as HTMLElement);
    items[(now + step + items.length) % items.length]?.focus();
    event.preventDefault();
  });
  return node;
}
