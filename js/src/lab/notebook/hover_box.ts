/** A small box beside what it tells of: there while the pointer or the focus is on either, away with Escape. */
import { element } from '../../parts/elements';

const BEFORE = 250; // milliseconds of rest before it opens, and before it closes
const EDGE = 8; // pixels

export class HoverBox {
  private box: HTMLElement | null = null;
  private anchor: HTMLElement | null = null;
  private timer = 0;
  private undo = new AbortController();
  private giving = false;

  /** gone: called after it has closed. */
  constructor(private readonly gone: () => void) {}

  get node(): HTMLElement | null {
    return this.box;
  }

  wish(anchor: HTMLElement, label: string, fill: (box: HTMLElement) => void): void {
    if (this.giving) return;
    window.clearTimeout(this.timer);
    if (this.anchor === anchor && this.box) return;
    this.timer = window.setTimeout(() => this.open(anchor, label, fill), BEFORE);
  }

  leave(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (!this.isHeld()) this.close();
    }, BEFORE);
  }

  close(): void {
    window.clearTimeout(this.timer);
    if (!this.box) return;
    const hadFocus = this.box.contains(document.activeElement);
    this.undo.abort();
    this.box.remove();
    this.box = null;
    // The focus goes back, and does not open the box that was just closed.
    this.giving = true;
    if (hadFocus && this.anchor?.isConnected) this.anchor.focus();
    this.giving = false;
    this.anchor = null;
    this.gone();
  }

  /** Puts the box beside its anchor again, after it has grown or shrunk. */
  place(): void {
    if (!this.box || !this.anchor) return;
    const at = this.anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const below = at.bottom + height + EDGE <= window.innerHeight || at.top - height - EDGE < 0;
    const wanted = getComputedStyle(this.anchor).direction === 'rtl' ? at.right - width : at.left;
    const left = Math.max(EDGE, Math.min(wanted, window.innerWidth - width - EDGE));
    this.box.style.left = `${left}px`;
    this.box.style.top = `${below ? at.bottom : at.top - height}px`;
  }

  private isHeld(): boolean {
    const box = this.box;
    const isOver = box?.matches(':hover') || this.anchor?.matches(':hover');
    return Boolean(isOver || box?.contains(document.activeElement) || this.anchor === document.activeElement);
  }

  private open(anchor: HTMLElement, label: string, fill: (box: HTMLElement) => void): void {
    this.close();
    if (!anchor.isConnected) return;
    const box = element('div', { class: 'tb-HoverBox', role: 'dialog', 'aria-label': label });
    box.dataset.lmSuppressShortcuts = 'true';
    this.anchor = anchor;
    this.box = box;
    fill(box);
    document.body.append(box);
    this.place();
    this.undo = new AbortController();
    const { signal } = this.undo;
    box.addEventListener('pointerleave', () => this.leave(), { signal });
    box.addEventListener('pointerenter', () => window.clearTimeout(this.timer), { signal });
    box.addEventListener('focusout', () => this.leave(), { signal });
    document.addEventListener('keydown', (event) => this.key(event), { signal, capture: true });
    document.addEventListener('scroll', (event) => this.scrolled(event), { signal, capture: true, passive: true });
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.close();
    } else if (event.key === 'ArrowDown' && document.activeElement === this.anchor) {
      event.preventDefault();
      event.stopPropagation();
      this.box?.querySelector<HTMLElement>('button, input')?.focus();
    }
  }

  private scrolled(event: Event): void {
    if (this.anchor && event.target instanceof Node && event.target.contains(this.anchor)) this.place();
  }
}
