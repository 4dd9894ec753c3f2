/** Nothing to see: hides the twin of the panel it stands in. Twin of widgets/panel.py's Anchor. */
import type { RenderProps } from '@anywidget/types';
import { hideTwin } from '../parts/twin';

interface Traits {
  twin: string;
}

function render({ model, el }: RenderProps<Traits>): () => void {
  el.style.display = 'none';
  return hideTwin(model.get('twin'));
}

export default { render };
