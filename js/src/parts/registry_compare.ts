/** Two versions side by side: what differs, and the code line by line. */
import type { Compared, Model, Version } from '../contract/registry';
import { element } from './elements';
import { cellNode, head } from './registry_facts';

export interface CompareTab {
  readonly node: HTMLElement;
  show(model: Model, version: Version): void;
  showCompared(told: Compared): void;
}

export function compareTab(ask: (other: number) => void): CompareTab {
  const others = element('select', { 'aria-label': 'compare with' });
  const bar = element('div', { class: 'tb-GatesBar' }, element('span', { text: 'compared with' }), others);
  const found = element('div');
  const node = element('div', {}, bar, found);
  others.addEventListener('change', () => ask(Number(others.value)));
  return {
    node,
    show(model, version) {
      const before = others.value;
      const rest = model.versions.filter((line) => line.version !== version.version);
      others.replaceChildren(
        ...rest.map((line) => {
          const stage = line.deleted ? ', deleted' : line.stage === 'None' ? '' : `, ${line.stage}`;
          return element('option', { value: String(line.version), text: `version ${line.version}${stage}` });
        }),
      );
      if (rest.some((line) => String(line.version) === before)) others.value = before;
      bar.hidden = rest.length === 0;
    },
    showCompared(told) {
      if (told.fault) {
        found.replaceChildren(element('p', { text: told.fault }));
        return;
      }
      others.value = String(told.a);
      const parts: HTMLElement[] = [element('div', { class: 'tb-quiet', text: told.summary ?? '' })];
      if (told.nothing) parts.push(element('p', { text: 'Nothing differs.' }));
      else parts.push(differenceTable(told), ...(told.codes ?? []).map(codeBlock));
      found.replaceChildren(...parts);
    },
  };
}

function differenceTable(told: Compared): HTMLElement {
  let before = '';
  const rows = (told.rows ?? []).map((row) => {
    const what = row.what === before ? '' : row.what;
    before = row.what;
    return element(
      'tr',
      {},
      element('td', { class: 'tb-quiet', text: what }),
      element('td', { text: row.name }),
      cellNode(row.a),
      cellNode(row.b),
    );
  });
  return element('table', { class: 'tb-Table' }, head('', '', `version ${told.a}`, `version ${told.b}`), ...rows);
}

function codeBlock({ title, lines, more }: { title: string; lines: string[]; more: number }): HTMLElement {
  const code = element('pre', { class: 'tb-Code' });
  for (const line of lines) {
    const mark = line.startsWith('+') ? ' tb-added' : line.startsWith('-') ? ' tb-removed' : '';
    code.append(element('span', { class: `tb-CodeLine${mark}`, text: `${line}\n` }));
  }
  if (more > 0) code.append(element('span', { class: 'tb-quiet', text: `${more} more lines` }));
  return element('details', { ...(lines.length < 60 ? { open: '' } : {}) }, element('summary', { text: title }), code);
}
