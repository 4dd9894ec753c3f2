/** The place below the head where something is asked or shown for a while: one thing at a time. */
import { element } from '../../parts/elements';
import { prompt } from '../../parts/prompt';

export class Slot {
  readonly node = element('div', { class: 'tb-Slot' });

  /** closed: where the focus goes that was in it. */
  constructor(private readonly closed: () => void) {
    this.node.hidden = true;
    this.node.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.close();
    });
  }

  show(node: HTMLElement): void {
    this.node.replaceChildren(node);
    this.node.hidden = false;
    const first = node.querySelector<HTMLElement>('input') ?? node.querySelector<HTMLElement>('button:not(:disabled)');
    first?.focus();
    if (first instanceof HTMLInputElement) first.select();
  }

  ask(label: string, value: string, hint: string, done: (text: string) => void): void {
    this.show(
      prompt(label, value, hint, (text) => {
        this.close();
        if (text !== null) done(text);
      }),
    );
  }

  /** Tells whether anything was there. */
  close(): boolean {
    if (this.node.hidden) return false;
    const { activeElement } = document;
    const had = this.node.contains(activeElement) || activeElement === document.body; // a button that was switched off
    this.node.hidden = true;
    this.node.replaceChildren();
    if (had) this.closed();
    return true;
  }
}
