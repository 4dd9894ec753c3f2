/** Keeps a badge under every cell of one notebook that has runs; whatever JupyterLab does to its cells, the model decides. */
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { PanelLayout } from '@lumino/widgets';
import type { Trans } from '../../lib/trans';
import type { Settings } from '../settings';
import { Badge, type BadgeDeeds } from './badge';
import type { NotebookRuns } from './notebook_runs';

export class BadgeLayer implements IDisposable {
  private badges = new Map<Cell, Badge>();
  private readonly awaited = new WeakSet<Cell>();
  private frame = 0;
  private ended = false;
  private hasOtherCells = false;

  constructor(
    private readonly panel: NotebookPanel,
    private readonly runs: NotebookRuns,
    private readonly settings: Settings,
    private readonly trans: Trans,
    private readonly deeds: BadgeDeeds,
  ) {
    runs.changed.connect(this.later, this);
    settings.changed.connect(this.later, this);
    // A cell that scrolls into a windowed notebook is built then, and one that was moved or split is another.
    panel.content.cellInViewportChanged.connect(this.later, this);
    panel.content.modelChanged.connect(this.followCells, this);
    this.followCells();
  }

  get isDisposed(): boolean {
    return this.ended;
  }

  dispose(): void {
    if (this.ended) return;
    this.ended = true;
    cancelAnimationFrame(this.frame);
    this.runs.changed.disconnect(this.later, this);
    this.settings.changed.disconnect(this.later, this);
    if (!this.panel.isDisposed) {
      this.panel.content.cellInViewportChanged.disconnect(this.later, this);
      this.panel.content.modelChanged.disconnect(this.followCells, this);
      this.panel.content.model?.cells.changed.disconnect(this.rearrange, this);
    }
    for (const badge of this.badges.values()) badge.dispose();
    this.badges.clear();
    Signal.clearData(this);
  }

  private followCells(): void {
    this.panel.content.model?.cells.changed.connect(this.rearrange, this);
    this.rearrange();
  }

  private rearrange(): void {
    this.hasOtherCells = true;
    this.later();
  }

  private later(): void {
    if (this.frame !== 0 || this.ended) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    if (this.ended || this.panel.isDisposed) return;
    if (this.hasOtherCells) this.runs.match();
    this.hasOtherCells = false;
    const shown = this.settings.wishes.badge;
    const kept = new Map<Cell, Badge>();
    for (const cell of this.panel.content.widgets) {
      const attempts = shown.length > 0 ? this.runs.of(cell.model.id) : [];
      if (attempts.length === 0 || cell.model.type !== 'code') continue;
      if (cell.isPlaceholder()) {
        this.await(cell);
        continue;
      }
      const badge = this.badgeOf(cell);
      badge.say(attempts, shown);
      kept.set(cell, badge);
    }
    for (const [cell, badge] of this.badges) if (!kept.has(cell)) badge.dispose();
    this.badges = kept;
  }

  /** Not built yet: cells far from what is seen are built when they are needed. */
  private await(cell: Cell): void {
    if (this.awaited.has(cell)) return;
    this.awaited.add(cell);
    void cell.ready.then(() => this.later());
  }

  private badgeOf(cell: Cell): Badge {
    const known = this.badges.get(cell);
    if (known && !known.isDisposed && known.parent === cell) return known;
    known?.dispose();
    const made = new Badge(cell.model.id, this.trans, this.deeds);
    const layout = cell.layout as PanelLayout;
    const input = layout.widgets.findIndex((part) => part.hasClass('jp-Cell-inputWrapper'));
    layout.insertWidget(input + 1, made);
    return made;
  }
}
