/** The registry browser: draws what Python sends and says what its user wants. Twin of widgets/registry/panel.py. */
import type { RenderProps } from '@anywidget/types';
import { type Ask, told } from '../contract/registry';
import { converse } from '../parts/conversation';
import { RegistryView } from '../parts/registry_view';

interface Traits {
  twin: string;
  first: unknown;
  height: number;
}

function render({ model, el }: RenderProps<Traits>): () => void {
  const view = new RegistryView((ask: Ask) => model.send(ask), model.get('height'));
  return converse(model, el, view, told);
}

export default { render };
