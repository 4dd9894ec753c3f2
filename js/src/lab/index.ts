/** Everything JupyterLab gets from us. Each plugin works when the others are switched off. */
import { core } from './core';
import { sidebar } from './sidebar/plugin';

export default [core, sidebar];
