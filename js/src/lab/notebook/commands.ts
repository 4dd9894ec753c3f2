/** Commands that others execute by name; their arguments are `{ store?, runId }`. */

/** Shows a run where it stands among the others. */
export const SHOW_RUN = 'trackbook:show-run';
/** Opens the notebook at the cell that made a run. */
export const OPEN_RUN = 'trackbook:open-run';
