/** One small kernel for all tabs of ours: begun with the first, stopped with the last, never busy with a notebook's cells. */
import { type ISessionContext, SessionContext } from '@jupyterlab/apputils';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { KernelAPI, type ServiceManager, SessionAPI } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import { leftOver, PANELS_PATH } from './left_over';

export interface PanelKernel {
  readonly session: ISessionContext;
  /** Draws widgets of this kernel. */
  readonly rendermime: IRenderMimeRegistry;
}

/** A session is found again by its path: a page that is loaded anew takes the kernel that it had. */
const REMEMBERED = 'trackbook:panels';

export class PanelKernels {
  private held = 0;
  private made: Promise<Made> | null = null;

  /** kernelName: of the notebook in front, whose Python has trackbook; empty for the default. */
  constructor(
    private readonly services: ServiceManager.IManager,
    private readonly rendermime: IRenderMimeRegistry,
    private readonly kernelName: () => string,
  ) {}

  /** Give it back with `release`, also when it was not to be had. */
  async take(): Promise<PanelKernel> {
    this.held += 1;
    this.made ??= this.make();
    return await this.made;
  }

  async release(): Promise<void> {
    this.held -= 1;
    if (this.held > 0 || !this.made) return;
    const { made } = this;
    this.made = null;
    try {
      await end(await made);
    } catch {
      // It never began, or the server has ended it already.
    }
  }

  /** For whoever has seen it die: the next one to take gets another. */
  forget(kernel: PanelKernel): void {
    void this.made?.then((made) => {
      if (made.session === kernel.session) this.made = null;
      void end(made).catch(() => undefined);
    });
  }

  private async make(): Promise<Made> {
    const { kernels, kernelspecs, sessions } = this.services;
    const session = new SessionContext({
      kernelManager: kernels,
      sessionManager: sessions,
      specsManager: kernelspecs,
      path: pathOfPage(),
      name: PANELS_PATH,
      type: 'trackbook',
      kernelPreference: { name: await this.specName(), shutdownOnDispose: true, autoStartDefault: true },
    });
    try {
      await session.initialize();
      await session.ready;
      const widgets = await widgetsOf(session, this.rendermime);
      return { session, ...widgets };
    } catch (error) {
      this.made = null;
      session.dispose();
      throw error;
    }
  }

  /** Ends kernels that windows have left behind: closed ones, and this one when it was loaded anew without its panels. */
  async endLeftOver(): Promise<void> {
    const { sessions, serverSettings } = this.services;
    const mine = window.sessionStorage.getItem(REMEMBERED) ?? '';
    // Not asked of the manager, which hears of sessions that come and go, and not of their connections.
    const running = await SessionAPI.listRunning(serverSettings);
    for (const id of leftOver(running, mine, this.held > 0, Date.now())) await sessions.shutdown(id);
  }

  private async specName(): Promise<string> {
    const { kernelspecs } = this.services;
    await kernelspecs.ready;
    const { specs } = kernelspecs;
    const mine = this.kernelName();
    const isPython = specs?.kernelspecs[mine]?.language.toLowerCase() === 'python';
    return isPython ? mine : (specs?.default ?? 'python3');
  }
}

function pathOfPage(): string {
  const known = window.sessionStorage.getItem(REMEMBERED);
  // The kernel stands where the path of its session does, at the server's root.
  const path = known ?? `${PANELS_PATH} ${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36)}`;
  window.sessionStorage.setItem(REMEMBERED, path);
  return path;
}

interface Made extends PanelKernel {
  readonly manager: IDisposable;
}

async function end({ session, manager }: Made): Promise<void> {
  manager.dispose();
  try {
    if (await isShared(session)) session.kernelPreference = { ...session.kernelPreference, shutdownOnDispose: false };
    else await session.shutdown();
  } finally {
    session.dispose();
  }
}

/** Whether another window uses the kernel: one that is duplicated remembers the path of the first. */
async function isShared({ session }: ISessionContext): Promise<boolean> {
  const kernel = session?.kernel;
  const model = kernel && (await KernelAPI.getKernelModel(kernel.id, kernel.serverSettings));
  return (model?.connections ?? 0) > 1;
}

async function widgetsOf(session: ISessionContext, shared: IRenderMimeRegistry): Promise<Omit<Made, 'session'>> {
  // Here and not above: ipywidgets is needed by whoever opens a panel, and may be missing.
  const { registerWidgetManager } = await import('@jupyter-widgets/jupyterlab-manager');
  const rendermime = shared.clone();
  const model = { getMetadata: (): undefined => undefined, dirty: false };
  const urlResolver = { resolveUrl: echo, getDownloadUrl: echo };
  const saveState = new Signal<object, string>(model);
  const manager = registerWidgetManager({ sessionContext: session, saveState, model, urlResolver }, rendermime, []);
  return { rendermime, manager };
}

async function echo(url: string): Promise<string> {
  return url;
}
