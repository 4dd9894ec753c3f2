/** What trackbook does in the notebook, each thing a plugin that can be switched off. */
import { badges } from './badges';
import { notify } from './notify';
import { openNotebooks } from './open_notebooks';
import { openRun } from './open_run';
import { statusItem } from './status_item';
import { toggleCell } from './toggle_cell';
import { unserved } from './unserved';

export const inNotebook = [openNotebooks, badges, toggleCell, openRun, statusItem, notify, unserved];
