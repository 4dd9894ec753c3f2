/** The run table: draws what Python sends and says what its user wants. Twin of widgets/run_table/grid.py. */
import type { RenderProps } from '@anywidget/types';
import { type Ask, told } from '../contract/table';
import { converse } from '../parts/conversation';
import { RunTableView } from '../parts/run_table_view';

interface Traits {
  twin: string;
  first: unknown;
  height: number;
  widths: Record<string, number>;
}

function render({ model, el }: RenderProps<Traits>): () => void {
  const view = new RunTableView((ask: Ask) => model.send(ask), model.get('height'), {
    get: () => model.get('widths'),
    set: (widths) => {
      model.set('widths', { ...widths });
      model.save_changes();
    },
  });
  return converse(model, el, view, told);
}

export default { render };
