/** The foot of a live panel: what the run takes of its machine, what is wrong, and how to stop it when clicks wait. */
import type { Facts } from '../contract/live';
import { element } from './elements';

export interface LiveFoot {
  readonly node: HTMLElement;
  /** waits: clicks have not been heard although there was time. */
  show(facts: Facts, waits: boolean): void;
}

export function liveFoot(): LiveFoot {
  const machine = element('span', { class: 'tb-quiet' });
  const call = element('code', { class: 'tb-LiveCall', title: 'shows this panel in any notebook' });
  const warnings = element('div', { class: 'tb-LiveWarnings', role: 'status' });
  const hint = element('div', { class: 'tb-LiveHint' });
  const line = element('div', { class: 'tb-LiveLine' }, machine, element('span', { class: 'tb-gap' }), call);
  const node = element('div', { class: 'tb-LiveFoot' }, warnings, hint, line);

  function show(facts: Facts, waits: boolean): void {
    machine.textContent = facts.status === 'RUNNING' ? facts.machine : '';
    call.textContent = facts.runId === '' ? '' : facts.call;
    const sentences = [...facts.warnings, ...(facts.notice === '' ? [] : [facts.notice])];
    const lines = sentences.map((text) => element('div', { class: 'tb-LiveWarning', text: `⚠ ${text}` }));
    if (facts.error !== '') lines.push(element('div', { class: 'tb-LiveError', text: facts.error }));
    warnings.replaceChildren(...lines);
    hint.hidden = !(waits && facts.status === 'RUNNING');
    if (!hint.hidden && hint.childElementCount === 0) {
      hint.append(
        element('span', { text: 'Clicks here wait until the cell ends, on this kernel. What works now: ' }),
        element('code', { text: facts.command }),
        element('span', { text: ' in a terminal, or ' }),
        element('code', { text: facts.call }),
        element('span', { text: ' in another notebook.' }),
      );
    }
  }
  return { node, show };
}
