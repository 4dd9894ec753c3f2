/** Everything JupyterLab gets from us. Each plugin works when the others are switched off. */
import { core } from './core';
import { inNotebook } from './notebook/plugins';
import { panels } from './panels/plugin';
import { sidebar } from './sidebar/plugin';

export default [core, sidebar, ...inNotebook, panels];
