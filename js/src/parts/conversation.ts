/** A view that Python tells what to draw and that asks Python: from its first words until the page lets it go. */
import type { AnyModel } from '@anywidget/types';
import { hideTwin } from './twin';
import { whenVisible } from './when_visible';

interface View<Told> {
  readonly node: HTMLElement;
  tell(words: Told): void;
  dispose(): void;
}

interface Traits {
  twin: string;
  first: unknown;
}

/** Returns what ends it. told: reads a message; null when it is none. */
export function converse<T extends Traits, Told>(
  model: AnyModel<T>,
  el: HTMLElement,
  view: View<Told>,
  told: (content: unknown) => Told | null,
): () => void {
  const hear = (content: unknown): void => {
    const words = told(content);
    if (words) view.tell(words);
  };
  el.append(view.node);
  hear(model.get('first'));
  model.on('msg:custom', hear);
  const showTwin = hideTwin(model.get('twin'));
  const stopLooking = whenVisible(view.node, (on) => model.send({ ask: 'visible', on }));
  model.send({ ask: 'hello' });
  return () => {
    model.off('msg:custom', hear);
    stopLooking();
    showTwin();
    view.dispose();
  };
}
