/** Tables of the registry browser: facts in groups, a signature, a lineage. */
import type { Field, Group, Step } from '../contract/registry';
import type { Cell } from '../contract/table';
import { ago } from '../lib/ago';
import { element } from './elements';

const ARROWS: Record<number, string> = { 1: '▲ ', [-1]: '▼ ' };

export function factGroups(groups: readonly Group[]): HTMLElement {
  const made = groups.map((group) =>
    element(
      'section',
      { class: 'tb-Group-facts', 'aria-label': group.title },
      element('div', { class: 'tb-GroupTitle', text: group.title }),
      element(
        'table',
        { class: 'tb-Facts' },
        ...group.facts.map((fact) =>
          element('tr', {}, element('th', { scope: 'row', text: fact.name }), cellNode(fact.cell)),
        ),
      ),
    ),
  );
  return element('div', { class: 'tb-FactGroups' }, ...made);
}

export function cellNode(cell: Cell): HTMLElement {
  const text = cell.m !== undefined ? ago(cell.m, Date.now() / 1000) : (cell.t ?? '');
  const node = element('td', {}, element('span', { text, ...(cell.d || !cell.c ? {} : { class: `tb-${cell.c}` }) }));
  if (cell.h) node.title = cell.h;
  if (cell.d)
    node.append(
      element('span', { class: `tb-Delta tb-${cell.c ?? 'quiet'}`, text: `${ARROWS[cell.a ?? 0] ?? ''}${cell.d}` }),
    );
  return node;
}

export function signatureTable(fields: readonly Field[] | null): HTMLElement {
  if (!fields) {
    return element('p', {
      text: 'This version has no signature: log the model with input_example=X[:5], and register that.',
    });
  }
  return element(
    'table',
    { class: 'tb-Table' },
    head('', 'name', 'type', ''),
    ...fields.map((field) => element('tr', {}, ...field.map((text) => element('td', { text })))),
  );
}

export function lineageList(steps: readonly Step[]): HTMLElement {
  return element(
    'ol',
    { class: 'tb-Lineage' },
    ...steps.map((step) =>
      element(
        'li',
        { title: step.hover },
        element('span', { class: 'tb-quiet tb-StepKind', text: step.kind }),
        element('span', { text: step.text }),
      ),
    ),
  );
}

export function head(...titles: string[]): HTMLElement {
  return element('tr', {}, ...titles.map((text) => element('th', { scope: 'col', text })));
}
