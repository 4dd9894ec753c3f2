/** Curves that grow while a cell runs, and a hand on its loop. Twin of widgets/live/panel.py. */
import type { AnyModel, InitializeProps, RenderProps } from '@anywidget/types';
import { type Request, readNews } from '../contract/live';
import { LiveModel } from '../lib/live_model';
import { livePanel } from '../parts/live_panel';
import { hideTwin } from '../parts/twin';

interface Traits {
  twin: string;
}

/** Made once a model, so that a view that the page draws anew has all that came before. */
export default function liveWidget() {
  const live = new LiveModel();
  const visible = new Set<HTMLElement>();

  function initialize({ model }: InitializeProps<Traits>): () => void {
    const take = (content: unknown, buffers: readonly DataView[]): void => {
      const news = readNews(content, buffers);
      if (news && !live.take(news, performance.now())) say(model, { kind: 'hello' });
    };
    model.on('msg:custom', take);
    const undoHello = sayHello(model, () => live.facts?.heard === true);
    return () => {
      undoHello();
      model.off('msg:custom', take);
    };
  }

  function render({ model, el }: RenderProps<Traits>): () => void {
    const undoTwin = hideTwin(model.get('twin'));
    const panel = livePanel(live, (request) => say(model, request));
    el.append(panel.node);
    const undoSeen = whenSeen(el, (seen) => {
      const before = visible.size > 0;
      if (seen) visible.add(el);
      else visible.delete(el);
      if (before !== visible.size > 0) say(model, { kind: 'seen', value: visible.size > 0 });
    });
    return () => {
      undoSeen();
      panel.dispose();
      undoTwin();
    };
  }
  return { initialize, render };
}

/** Asks for everything until the kernel has heard it: the front end may still be making the way for it. */
function sayHello(model: AnyModel<Traits>, isHeard: () => boolean): () => void {
  let tries = 0;
  const timer = window.setInterval(() => {
    tries += 1;
    if (isHeard() || tries > MOST_HELLOS) window.clearInterval(timer);
    else say(model, { kind: 'hello' });
  }, HELLO_PAUSE);
  say(model, { kind: 'hello' });
  return () => window.clearInterval(timer);
}

const HELLO_PAUSE = 700;
const MOST_HELLOS = 5;
const GONE_PAUSE = 1000;

function say(model: AnyModel<Traits>, request: Request): void {
  model.send(request);
}

/**
 * Calls back when the panel comes into view and when it goes out of it; returns the undo, which counts as going a
 * moment later: a cell that clears its output has the panel shown again at once.
 */
function whenSeen(el: HTMLElement, changed: (seen: boolean) => void): () => void {
  let isNear = true;
  const tell = (): void => changed(isNear && !document.hidden);
  const observer = new IntersectionObserver((entries) => {
    isNear = entries.at(-1)?.isIntersecting ?? true;
    tell();
  });
  observer.observe(el);
  document.addEventListener('visibilitychange', tell);
  changed(!document.hidden);
  return () => {
    observer.disconnect();
    document.removeEventListener('visibilitychange', tell);
    window.setTimeout(() => changed(false), GONE_PAUSE);
  };
}
