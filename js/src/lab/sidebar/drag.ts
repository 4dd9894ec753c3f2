/** Drags runs out of the side bar: a notebook that takes them gets a cell that asks for them. */
import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';
import { cellFor } from '../../lib/side_words';
import { element } from '../../parts/elements';

const CELLS = 'application/vnd.jupyter.cells'; // what notebooks take from one another
const FAR = 5; // pixels

export function dragWhenMoved(start: PointerEvent, ids: readonly string[], words: string): void {
  const { clientX, clientY, pointerId } = start;
  const stop = new AbortController();
  const { signal } = stop;
  const move = (event: PointerEvent): void => {
    if (event.pointerId !== pointerId) return;
    if (Math.abs(event.clientX - clientX) < FAR && Math.abs(event.clientY - clientY) < FAR) return;
    stop.abort();
    void begin(event, ids, words);
  };
  document.addEventListener('pointermove', move, { signal });
  for (const end of ['pointerup', 'pointercancel'] as const) {
    document.addEventListener(end, () => stop.abort(), { signal });
  }
}

async function begin(event: PointerEvent, ids: readonly string[], words: string): Promise<void> {
  const source = cellFor(ids);
  const mimeData = new MimeData();
  mimeData.setData(CELLS, [{ cell_type: 'code', source, metadata: { trusted: true }, outputs: [] }]);
  mimeData.setData('text/plain', source);
  const dragImage = element('div', { class: 'tb-DragImage', text: words });
  const drag = new Drag({ mimeData, dragImage, proposedAction: 'copy', supportedActions: 'copy', source: null });
  await drag.start(event.clientX, event.clientY);
  drag.dispose();
}
