/** Our icons in JupyterLab's colours. */
import { LabIcon } from '@jupyterlab/ui-components';

export const trackIcon = new LabIcon({
  name: 'trackbook:track',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16"><g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.4"><circle cx="8" cy="8" r="5.6"/></g><circle class="jp-icon3" cx="8" cy="8" r="2.4" fill="#616161"/></svg>`,
});
