/** One sentence for the reader, in the panel itself: an error, a warning, or what was just done with a way back. */
import { trans } from '../lib/trans';

export type Tone = 'error' | 'warning' | 'done';

export interface Notice {
  readonly node: HTMLElement;
  show(text: string, tone?: Tone, undo?: () => void): void;
  clear(): void;
}

export function notice(): Notice {
  const node = document.createElement('div');
  node.className = 'tb-Notice';
  node.setAttribute('role', 'status');
  node.hidden = true;
  function clear(): void {
    node.hidden = true;
    node.replaceChildren();
  }
  function show(text: string, tone: Tone = 'error', undo?: () => void): void {
    const words = document.createElement('span');
    words.textContent = text;
    node.replaceChildren(words);
    node.dataset.tone = tone;
    if (undo) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = trans.__('Undo');
      button.addEventListener('click', () => {
        clear();
        undo();
      });
      node.append(button);
    }
    node.hidden = text === '';
  }
  return { node, show, clear };
}
