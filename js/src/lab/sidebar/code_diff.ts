/** The code of a run as executed against its cell now, in a tab of its own. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';
import type { RunCode } from '../../contract/lab';
import { type DiffLine, lineDiff } from '../../lib/line_diff';
import type { Trans } from '../../lib/trans';
import { element } from '../../parts/elements';
import { logo } from '../icon';
import { untracked } from '../notebook/track_line';

/** now: the cell's source; null when no open notebook holds it. */
export function showDiff(app: JupyterFrontEnd, code: RunCode, now: string | null, trans: Trans): void {
  const id = `trackbook-code-${code.id}`;
  for (const known of app.shell.widgets('main')) if (known.id === id) known.dispose();
  const tab = new MainAreaWidget({ content: new Widget({ node: diffNode(code, now, trans) }) });
  tab.id = id;
  tab.title.label = trans.__('%1: code', code.name);
  tab.title.icon = logo;
  tab.title.closable = true;
  app.shell.add(tab, 'main', { mode: 'split-right' });
  app.shell.activateById(id);
}

/** The source of the cell that made a run, as it stands in an open notebook; without its `%%track`, as runs are kept. */
export function sourceNow(notebooks: INotebookTracker, code: RunCode): string | null {
  const panel = notebooks.find((each) => each.context.path === code.notebook);
  for (const cell of panel?.content.model?.cells ?? []) {
    if (cell.id === code.cellId) return untracked(cell.sharedModel.getSource());
  }
  return null;
}

export function diffNode(code: RunCode, now: string | null, trans: Trans): HTMLElement {
  const lines: DiffLine[] =
    now === null
      ? code.code.split('\n').map((text) => ({ sign: ' ', text }))
      : lineDiff(code.code.trimEnd(), now.trimEnd());
  const isSame = now !== null && lines.every((line) => line.sign === ' ');
  const about =
    now === null
      ? trans.__('The code as executed. Its cell is in no open notebook, so there is nothing to compare it with.')
      : isSame
        ? trans.__('The cell is as it was executed.')
        : trans.__('− as executed, + the cell now');
  const code_ = element('pre', { class: 'tb-Diff', tabindex: '0', 'aria-label': trans.__('code of %1', code.name) });
  code_.append(
    ...lines.map(({ sign, text }) =>
      element('div', {
        class: `tb-CodeLine${sign === '+' ? ' tb-added' : sign === '-' ? ' tb-removed' : ''}`,
        text: now === null ? text : `${sign === '-' ? '−' : sign} ${text}`,
      }),
    ),
  );
  const head = element(
    'div',
    { class: 'tb-DiffHead' },
    element('strong', { text: code.name }),
    document.createTextNode(` · ${about}`),
  );
  return element('div', { class: 'tb-Panel tb-CodeDiff' }, head, code_);
}
