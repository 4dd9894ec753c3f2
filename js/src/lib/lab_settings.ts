/** The settings of the extension: their defaults are those of schema/plugin.json. */

export const SHOWN = ['attempt', 'metric', 'change', 'took', 'badges'] as const;
export type Shown = (typeof SHOWN)[number];

export interface Wishes {
  /** What the badge of a tracked cell shows; nothing for no badge. */
  badge: readonly Shown[];
  /** Seconds that a tracked cell has to take for its end to be told; 0 for never. */
  notifyAfter: number;
  /** Whether the browser tells it too, outside of the page. */
  notifyBrowser: boolean;
  /** A store's path from the server's root; empty for that of the notebook in front. */
  store: string;
  /** Shortest time between two looks at a store that has news, in seconds; 0 looks only when asked. */
  refresh: number;
}

export const DEFAULTS: Wishes = { badge: SHOWN, notifyAfter: 60, notifyBrowser: false, store: '', refresh: 0.5 };

/** composite: as the settings registry gives it; what does not fit is the default. */
export function settingsOf(composite: Readonly<Record<string, unknown>>): Wishes {
  const { badge, notifyAfter, notifyBrowser, store, refresh } = composite;
  return {
    badge: Array.isArray(badge) ? SHOWN.filter((each) => badge.includes(each)) : DEFAULTS.badge,
    notifyAfter: secondsOf(notifyAfter, DEFAULTS.notifyAfter),
    notifyBrowser: typeof notifyBrowser === 'boolean' ? notifyBrowser : DEFAULTS.notifyBrowser,
    store: typeof store === 'string' ? store.trim() : DEFAULTS.store,
    refresh: secondsOf(refresh, DEFAULTS.refresh),
  };
}

function secondsOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : otherwise;
}
