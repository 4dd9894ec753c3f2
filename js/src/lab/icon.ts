/** Our mark, in JupyterLab's colours: three runs, the best of them chosen. */
import { LabIcon } from '@jupyterlab/ui-components';

export const logo = new LabIcon({
  name: 'trackbook:icon',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16"><g class="jp-icon3" fill="#616161"><path d="M3 1.5h9A1.5 1.5 0 0 1 13.500 3v10a1.500 1.500 0 0 1-1.500 1.500H3v-1.300h1V2.800H3zm2.300 1.300v10.400H12a.2.2 0 0 0 .2-.2V3a.2.2 0 0 0-.2-.2z"/><path d="M6.400 11V8.600h1.300V11zm2-0V6.500h1.300V11zm2 0V4.600h1.300V11z"/></g></svg>`,
});
