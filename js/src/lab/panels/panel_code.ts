/** What a tab of ours is asked to show, and the line of Python that shows it. Twin of widgets/tab.py. */

export type PanelKind = 'runs' | 'compare' | 'registry' | 'live';

export interface Wanted {
  panel: PanelKind;
  /** Path of the store from the server's root. */
  store: string;
  /** compare: these and no others. live: the first. Empty leaves it to the panel. */
  runs: readonly string[];
  /** registry: the one that is shown at first. Empty for the first of all. */
  model: string;
}

export const PANELS: readonly PanelKind[] = ['runs', 'compare', 'registry', 'live'];

/** The same wish twice is the same tab. */
export function tabId({ panel, store, runs, model }: Wanted): string {
  return `trackbook-${panel}-${encodeURIComponent([store, model, ...runs].join(' '))}`;
}

/** A string of JSON is a string of Python too, whatever is in it. */
export function panelCode(wanted: Wanted): string {
  return `from trackbook.widgets.tab import show_in_tab\nshow_in_tab(${asked(wanted)})`;
}

/** Lets go of what the tab showed. */
export function closingCode(wanted: Wanted): string {
  return `from trackbook.widgets.tab import close_tab\nclose_tab(${asked(wanted)})`;
}

function asked({ panel, store, runs, model }: Wanted): string {
  return JSON.stringify(JSON.stringify({ panel, store, runs, model }));
}

/** Reads what somebody gave a command, or what a layout kept; null for what is no wish of ours. */
export function wantedOf(args: Readonly<Record<string, unknown>>, store: string): Wanted | null {
  const panel = PANELS.find((kind) => kind === args.panel);
  if (!panel) return null;
  const ids = Array.isArray(args.runIds) ? args.runIds : [args.runId];
  return {
    panel,
    store: typeof args.store === 'string' && args.store !== '' ? args.store : store,
    runs: ids.filter((id) => typeof id === 'string' && id !== ''),
    model: typeof args.model === 'string' ? args.model : '',
  };
}
