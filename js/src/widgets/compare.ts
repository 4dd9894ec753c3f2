/** The frame of the comparison: hides its twin, and keeps plotly's figure as wide as the panel. */
import type { RenderProps } from '@anywidget/types';
import { fitFigures } from '../parts/fit_figures';
import { hideTwin } from '../parts/twin';

interface Traits {
  twin: string;
}

function render({ model, el }: RenderProps<Traits>): () => void {
  const undo = [hideTwin(model.get('twin')), fitFigures(el)];
  return () => {
    for (const each of undo) each();
  };
}

export default { render };
