/** The box for the filter language; a fault is shown with a mark below its place. */
import { element } from './elements';

export interface FilterBox {
  readonly node: HTMLElement;
  /** Below the bar; hidden while there is no fault. */
  readonly fault: HTMLElement;
  show(text: string): void;
  showFault(sentence: string, text: string, position: number): void;
  focus(): void;
}

const PAUSE = 500;
const ROUND = 60;

export function filterBox(apply: (text: string) => void): FilterBox {
  const input = element('input', {
    type: 'text',
    class: 'tb-Filter',
    'aria-label': 'filter',
    placeholder: 'filter: metrics.acc > 0.9 AND params.lr < 0.1',
    spellcheck: 'false',
    autocomplete: 'off',
  });
  const fault = element('div', { class: 'tb-Fault', role: 'alert' });
  fault.hidden = true;
  let timer = 0;
  let told = '';
  const tell = () => {
    window.clearTimeout(timer);
    if (input.value.trim() !== told) apply(input.value.trim());
    told = input.value.trim();
  };
  input.addEventListener('input', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(tell, PAUSE);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') tell();
  });

  function show(text: string): void {
    if (input === input.ownerDocument.activeElement) return;
    input.value = text;
    told = text;
  }

  function showFault(sentence: string, text: string, position: number): void {
    fault.hidden = sentence === '';
    input.classList.toggle('tb-faulty', sentence !== '');
    input.setAttribute('aria-invalid', String(sentence !== ''));
    const start = Math.max(0, position - ROUND);
    const line = text.slice(start, position + ROUND).replace(/\s/g, ' ');
    const mark = `${' '.repeat(position - start)}^`;
    fault.replaceChildren(element('div', { text: sentence }), element('pre', { text: `${line}\n${mark}` }));
  }

  return { node: input, fault, show, showFault, focus: () => input.focus() };
}
