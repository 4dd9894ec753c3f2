/** A button of every code cell that adds its `%%track` line or takes it away; one step for Ctrl+Z. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITrackbook } from '../token';
import { trackIcon } from './icons';
import { BARE, toggle, trackLine } from './track_line';

export const TOGGLE = 'trackbook:toggle-cell';

/** Lines that were taken away, by cell: a second press brings back the name and options that stood there. */
type Remembered = Map<string, string>;

export const toggleCell: JupyterFrontEndPlugin<void> = {
  id: 'trackbook-lab:toggle-cell',
  description: 'Adds the %%track line to a cell, or takes it away.',
  autoStart: true,
  requires: [ITrackbook, INotebookTracker],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    { trans }: ITrackbook,
    notebooks: INotebookTracker,
    palette: ICommandPalette | null,
  ): void => {
    const remembered: Remembered = new Map();
    const active = (): Cell | null => codeCell(notebooks.activeCell);
    const isTracked = (): boolean => trackLine(active()?.model.sharedModel.getSource() ?? '') !== null;
    app.commands.addCommand(TOGGLE, {
      label: () => (isTracked() ? trans.__('Do not track this cell') : trans.__('Track this cell')),
      caption: () =>
        isTracked()
          ? trans.__('Takes the %1 line away', BARE)
          : trans.__('Adds %1 as first line: each run of the cell is kept', BARE),
      icon: trackIcon,
      isVisible: () => active() !== null,
      isEnabled: () => active()?.readOnly === false,
      isToggled: isTracked,
      execute: () => {
        const cell = active();
        if (cell) press(cell, remembered);
      },
    });
    palette?.addItem({ command: TOGGLE, category: 'trackbook' });
    followActive(notebooks, () => app.commands.notifyCommandChanged(TOGGLE));
  },
};

function press(cell: Cell, remembered: Remembered): void {
  const { sharedModel, id } = cell.model;
  const source = sharedModel.getSource();
  const line = trackLine(source);
  const edit = toggle(source, remembered.get(id));
  if (line) remembered.set(id, line.text);
  sharedModel.updateSource(edit.from, edit.to, edit.text);
}

function codeCell(cell: Cell | null): Cell | null {
  return cell?.model.type === 'code' ? cell : null;
}

/** Tells whenever the button may look otherwise: another cell, or another text in it. */
function followActive(notebooks: INotebookTracker, told: () => void): void {
  let cell: Cell | null = null;
  let wasTracked: boolean | null = null;
  const look = (): void => {
    const isTracked = cell?.isDisposed === false && trackLine(cell.model.sharedModel.getSource()) !== null;
    if (isTracked === wasTracked) return;
    wasTracked = isTracked;
    told();
  };
  notebooks.activeCellChanged.connect((_, next) => {
    if (cell?.isDisposed === false) cell.model.contentChanged.disconnect(look);
    cell = codeCell(next);
    cell?.model.contentChanged.connect(look);
    wasTracked = null;
    look();
  });
}
