/** Commands that others execute by name. */

/** `{ store?, runId }`: opens the notebook at the cell that made a run. */
export const OPEN_RUN = 'trackbook:open-run';
/** `{ filter? }`: shows the side bar, and there the runs that the filter finds. */
export const SEARCH = 'trackbook:search';
/** Shows the side bar. */
export const SHOW_SIDEBAR = 'trackbook:show-sidebar';
