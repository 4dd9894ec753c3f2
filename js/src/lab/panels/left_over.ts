/** Which kernels of panels nobody uses any more: a window that is closed has no time to end its own. */
import type { Session } from '@jupyterlab/services';

/** Sessions of panels are named so, each window's with an ending of its own. */
export const PANELS_PATH = 'trackbook panels';

/** A kernel that begins, or whose window is being loaded anew, has no connection for a while. Milliseconds. */
const JUST_NOW = 60_000;

/** mine: path of this window's own session, of which `inUse` tells; empty when it never had one. now: as `Date.now()`. */
export function leftOver(running: readonly Session.IModel[], mine: string, inUse: boolean, now: number): string[] {
  const isDone = ({ path, kernel }: Session.IModel): boolean => {
    // The server counts connections of all windows, also of other browsers and other people.
    if (!path.startsWith(`${PANELS_PATH} `) || kernel?.connections !== 0) return false;
    return path === mine ? !inUse : now - Date.parse(kernel.last_activity ?? '') > JUST_NOW;
  };
  return running.filter(isDone).map(({ id }) => id);
}
