/** What the side bar says where there is nothing to list: what is missing, and the line that helps. */
import type { StoreFacts } from '../../contract/lab';
import type { Trans } from '../../lib/trans';
import { copied } from '../../parts/clipboard';
import { button, element } from '../../parts/elements';
import { Fault } from '../fault';

export interface Emptiness {
  text: string;
  /** A line to copy; empty for none. */
  code: string;
}

const ENABLE = 'jupyter server extension enable trackbook.labapi';
const FIRST_CELL = '%load_ext trackbook';

/** null where there is something to list. fault: why the server's extension says nothing. */
export function emptiness(facts: StoreFacts | null, fault: Fault | null, trans: Trans): Emptiness | null {
  if (fault?.isUnserved) {
    const text = trans.__(
      'The trackbook server extension is not running. Type this in a terminal, then start JupyterLab again:',
    );
    return { text, code: ENABLE };
  }
  if (fault) return { text: fault.message, code: '' };
  if (!facts) return null;
  if (facts.fault) return { text: facts.fault, code: '' };
  if (facts.exists) return null;
  const text = facts.path
    ? trans.__('There is no store at %1 yet. The first tracked cell makes one; begin with this cell:', facts.path)
    : trans.__('There is no store yet. The first tracked cell makes one; begin with this cell:');
  return { text, code: FIRST_CELL };
}

export function emptyNode({ text, code }: Emptiness, again: () => void, trans: Trans): HTMLElement {
  const node = element('div', { class: 'tb-Empty', role: 'status' }, element('p', { text }));
  if (code) {
    const copy = button(trans.__('Copy'), () => {
      void copied(code).then((done) => {
        copy.textContent = done ? trans.__('Copied') : trans.__('Mark it and press Ctrl+C');
      });
    });
    node.append(element('div', { class: 'tb-Copyable' }, element('code', { text: code }), copy));
  }
  node.append(button(trans.__('Look again'), again));
  return node;
}

/** Two faults are the same for the reader when they say the same. */
export function faultText(fault: unknown): string {
  return fault instanceof Fault ? fault.message : fault === null ? '' : String(fault);
}
