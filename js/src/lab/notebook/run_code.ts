/** The code of a run as it was executed, to read and to copy. */
import { Clipboard, Dialog, showDialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';
import type { RunCode } from '../../contract/lab';
import type { Trans } from '../../lib/trans';
import { element } from '../../parts/elements';

export async function showCode(run: RunCode, trans: Trans): Promise<void> {
  const code = element('pre', { class: 'tb-RunCode', tabindex: '0', text: run.code || trans.__('No code was kept.') });
  const copy = Dialog.okButton({ label: trans.__('Copy') });
  const done = await showDialog({
    title: trans.__('%1: code as executed', run.name),
    body: new Widget({ node: code }),
    buttons: [Dialog.cancelButton({ label: trans.__('Close') }), copy],
  });
  if (done.button.accept) Clipboard.copyToSystem(run.code);
}
