/** The parts of ipywidgets' front end that we use. It is JupyterLab's to load: we bring no copy of our own. */
declare module '@jupyter-widgets/jupyterlab-manager' {
  import type { ISessionContext } from '@jupyterlab/apputils';
  import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
  import type { IDisposable } from '@lumino/disposable';
  import type { ISignal } from '@lumino/signaling';

  /** What it reads of a notebook's context. */
  interface WidgetContext {
    readonly sessionContext: ISessionContext;
    readonly saveState: ISignal<object, string>;
    readonly model: { getMetadata(name: string): unknown; dirty: boolean };
    readonly urlResolver: { resolveUrl(url: string): Promise<string>; getDownloadUrl(url: string): Promise<string> };
  }

  export function registerWidgetManager(
    context: WidgetContext,
    rendermime: IRenderMimeRegistry,
    renderers: Iterable<never>,
  ): IDisposable;
}
