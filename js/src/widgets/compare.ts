/** The frame of the comparison: hides its twin, keeps plotly's figure as wide as the panel and the keys inside, saves PNG. */
import type { RenderProps } from '@anywidget/types';
import { fitFigures } from '../parts/fit_figures';
import { ownKeys } from '../parts/own_keys';
import { savePng } from '../parts/save_png';
import { hideTwin } from '../parts/twin';

interface Traits {
  twin: string;
}

function render({ model, el }: RenderProps<Traits>): () => void {
  const undo = [hideTwin(model.get('twin')), fitFigures(el), ownKeys(el, '.tb-Compare'), savePng(el)];
  return () => {
    for (const each of undo) each();
  };
}

export default { render };
