/** What the panels are called. */
import type { LabIcon } from '@jupyterlab/ui-components';
import type { Trans } from '../../lib/trans';
import { panelIcons } from './icons';
import type { PanelKind } from './panel_code';

export interface Title {
  label: string;
  caption: string;
  icon: LabIcon;
}

export function titlesOf(trans: Trans): Record<PanelKind, Title> {
  return {
    runs: { label: trans.__('Runs'), caption: trans.__('All runs of the store in one table'), icon: panelIcons.runs },
    compare: { label: trans.__('Compare'), caption: trans.__('Several runs side by side'), icon: panelIcons.compare },
    registry: {
      label: trans.__('Registry'),
      caption: trans.__('Registered models and their versions'),
      icon: panelIcons.registry,
    },
    live: { label: trans.__('Live'), caption: trans.__('A run while it runs'), icon: panelIcons.live },
  };
}
