/** One icon a panel, in JupyterLab's colours. */
import { LabIcon } from '@jupyterlab/ui-components';

function icon(name: string, lines: string): LabIcon {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16"><g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round">${lines}</g></svg>`;
  return new LabIcon({ name: `trackbook:${name}`, svgstr: svg });
}

export const panelIcons = {
  runs: icon('runs', '<path d="M2.5 3.5h11M2.5 8h11M2.5 12.5h11"/><path d="M6 2v12"/>'),
  compare: icon('compare', '<path d="M2 12.5C5 12.5 5 4 8 4s3 4 6 4"/><path d="M2 9c4 0 4 4.5 12 4"/>'),
  registry: icon('registry', '<path d="M8 1.8l5.5 3v6.4L8 14.2l-5.5-3V4.8z"/><path d="M2.5 4.8L8 8l5.5-3.2M8 8v6.2"/>'),
  live: icon('live', '<path d="M1.5 9h3l2-5.5 3 9 2-3.5h3"/>'),
};
