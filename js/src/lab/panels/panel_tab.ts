/** A tab of the main area with one of our panels in it. */
import { MainAreaWidget } from '@jupyterlab/apputils';
import { OutputArea, OutputAreaModel, SimplifiedOutputArea } from '@jupyterlab/outputarea';
import type { Kernel } from '@jupyterlab/services';
import { Panel, Widget } from '@lumino/widgets';
import type { Trans } from '../../lib/trans';
import { button, element } from '../../parts/elements';
import { sentenceOf } from '../fault';
import { closingCode, panelCode, tabId, type Wanted } from './panel_code';
import type { PanelKernel, PanelKernels } from './panel_kernel';
import type { Title } from './titles';

export class PanelTab extends MainAreaWidget<Panel> {
  private kernel: PanelKernel | null = null;
  private area: OutputArea | null = null;
  private readonly says = element('div', { class: 'tb-TabSays', role: 'status' });

  constructor(
    readonly wanted: Wanted,
    { label, icon }: Title,
    private readonly kernels: PanelKernels,
    private readonly trans: Trans,
  ) {
    super({ content: new Panel() });
    this.id = tabId(wanted);
    this.addClass('tb-PanelTab');
    Object.assign(this.title, { label, icon, caption: `${label} · ${wanted.store}`, closable: true });
    this.toolbar.hide();
    this.content.addWidget(new Widget({ node: this.says }));
    void this.open();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    const kernel = this.kernel?.session.session?.kernel;
    this.kernel?.session.statusChanged.disconnect(this.look, this);
    super.dispose();
    if (kernel?.isDisposed === false) {
      kernel.requestExecute({ code: closingCode(this.wanted), silent: true, store_history: false });
    }
    void this.kernels.release();
  }

  private async open(): Promise<void> {
    this.tell(this.trans.__('A small kernel of its own starts for this panel…'));
    try {
      const kernel = await this.kernels.take();
      if (this.isDisposed) return;
      this.kernel = kernel;
      kernel.session.statusChanged.connect(this.look, this);
      await this.fill(kernel);
    } catch (error) {
      if (!this.isDisposed) this.fail(this.trans.__('The panel cannot be shown: %1', sentenceOf(error)));
    }
  }

  private async fill({ session, rendermime }: PanelKernel): Promise<void> {
    const area = new SimplifiedOutputArea({
      model: new OutputAreaModel({ trusted: true }),
      contentFactory: OutputArea.defaultContentFactory,
      rendermime,
    });
    this.area = area;
    this.content.addWidget(area);
    const answer = await OutputArea.execute(panelCode(this.wanted), area, session);
    if (this.isDisposed) return;
    if (answer?.content.status !== 'error') {
      this.tell('');
      return;
    }
    const { ename, evalue } = answer.content;
    area.dispose();
    const isMissing = ename === 'ModuleNotFoundError' && evalue.includes('trackbook');
    const text = isMissing
      ? this.trans.__('The kernel %1 has no trackbook of this version; install it there.', session.kernelDisplayName)
      : this.trans.__('The panel cannot be shown: %1', evalue || ename);
    this.fail(text);
  }

  private look(_: unknown, status: Kernel.Status): void {
    if (status !== 'dead' && status !== 'terminating') return;
    if (this.isDisposed || !this.kernel) return;
    this.kernel.session.statusChanged.disconnect(this.look, this);
    this.kernels.forget(this.kernel);
    this.kernel = null;
    this.area?.dispose();
    this.fail(this.trans.__('The kernel of this panel has ended.'));
  }

  private tell(text: string): void {
    this.says.textContent = text;
    this.says.hidden = text === '';
    delete this.says.dataset.tone;
  }

  private fail(text: string): void {
    this.tell(text);
    this.says.dataset.tone = 'error';
    this.says.append(button(this.trans.__('Try again'), () => void this.again()));
  }

  private async again(): Promise<void> {
    await this.kernels.release(); // what the first try had taken
    if (!this.isDisposed) await this.open();
  }
}
