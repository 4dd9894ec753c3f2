/** The box above a column: what is typed in it is a term of the filter. */
import type { Column } from '../contract/table';
import { element } from './elements';

const PAUSE = 400; // milliseconds after the last key

const EXAMPLES: Record<Column['kind'], string> = {
  name: 'part of the name; = exactly',
  status: 'FAILED, RUNNING, …',
  when: '2 h, 2026-11-23, > 2026-11-01',
  took: '> 60 (seconds)',
  whole: '> 3, 2..5',
  metric: '> 0.9, 0.8..0.9',
  param: '4, 2..6, adam',
  text: 'part of the text; = exactly',
};

export function columnBox(column: Column, type: (key: string, text: string) => void): HTMLInputElement {
  const input = element('input', {
    type: 'text',
    class: 'tb-Box',
    'aria-label': `filter ${column.title}`,
    title: EXAMPLES[column.kind],
    placeholder: column.kind === 'name' ? 'filter this column' : ' ',
    spellcheck: 'false',
    autocomplete: 'off',
  });
  input.dataset.example = EXAMPLES[column.kind];
  input.value = column.typed;
  let timer = 0;
  let told = column.typed;
  const tell = () => {
    window.clearTimeout(timer);
    if (input.value !== told) type(column.key, input.value);
    told = input.value;
  };
  input.addEventListener('input', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(tell, PAUSE);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') tell();
  });
  return input;
}
