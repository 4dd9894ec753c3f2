/**
 * Plotly's FigureWidget without its code: five megabytes come once from a model that all figures share, and are
 * read once by the page. Twin of widgets/comparison/plotly_figure.py.
 */
import type { AnyModel, AnyWidget, InitializeProps, RenderProps } from '@anywidget/types';
import { type Code, codeModel, moduleOf } from '../parts/shared_code';

interface Traits extends Record<string, unknown> {
  /** `IPY_MODEL_…`, the model that holds the code. */
  _code: string;
}

async function widgetOf(model: AnyModel<Traits>): Promise<Exclude<AnyWidget, (...none: never[]) => unknown>> {
  const found = await codeModel((id) => model.widget_manager.get_model(id) as Promise<Code>, model.get('_code'));
  const module = (await moduleOf(found.get('code'))) as { default: AnyWidget };
  return typeof module.default === 'function' ? await module.default() : module.default;
}

export default () => {
  let widget: Awaited<ReturnType<typeof widgetOf>> | undefined;
  return {
    async initialize(context: InitializeProps<Traits>) {
      widget = await widgetOf(context.model);
      return widget.initialize?.(context as never);
    },
    render(context: RenderProps<Traits>) {
      return widget?.render?.(context as never);
    },
  };
};
