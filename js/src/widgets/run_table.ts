/** The run table: draws what Python sends and says what its user wants. Twin of widgets/run_table/grid.py. */
import type { RenderProps } from '@anywidget/types';
import { type Ask, told } from '../contract/table';
import { RunTableView } from '../parts/run_table_view';
import { hideTwin } from '../parts/twin';
import { whenVisible } from '../parts/when_visible';

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
  el.append(view.node);
  const first = told(model.get('first'));
  if (first?.tell === 'table') view.tell(first);
  const hear = (content: unknown) => {
    const words = told(content);
    if (words) view.tell(words);
  };
  model.on('msg:custom', hear);
  const showTwin = hideTwin(model.get('twin'));
  const stopLooking = whenVisible(view.node, (on) => model.send({ ask: 'visible', on } satisfies Ask));
  model.send({ ask: 'hello' } satisfies Ask);
  return () => {
    model.off('msg:custom', hear);
    stopLooking();
    showTwin();
    view.dispose();
  };
}

export default { render };
