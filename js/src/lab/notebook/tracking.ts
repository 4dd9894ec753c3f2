/** Whether a kernel has trackbook loaded: asked of the kernel itself, which lists what is open under our names. */
import type { Kernel } from '@jupyterlab/services';
import type { Tracking } from './status_words';

/** Twin of magics/presence.py. */
const LOADED = 'trackbook';
const EVERY_CELL = 'trackbook.every-cell';

/** The answer comes when the kernel is idle; null where the kernel has none. */
export async function trackingOf(kernel: Kernel.IKernelConnection): Promise<Tracking | null> {
  const { content } = await kernel.requestCommInfo({});
  if (content.status !== 'ok') return null;
  const names = Object.values(content.comms).map((comm) => comm.target_name);
  if (names.includes(EVERY_CELL)) return 'all';
  return names.includes(LOADED) ? 'cells' : 'off';
}
