/** The button that saves a comparison's drawing as PNG: a figure by plotly's own camera, a table as it is seen. */
import { element } from './elements';
import { htmlPicture } from './html_picture';

const NAME = 'trackbook-compare.png';
const CAMERA = '.modebar-btn[data-title*="ownload"]';

/** Answers the button of the panel round a node; returns the undo. */
export function savePng(strip: HTMLElement): () => void {
  async function pressed(event: Event): Promise<void> {
    const button = (event.target as Element | null)?.closest?.('.tb-SavePng');
    const panel = button?.closest('.tb-Compare');
    if (!button || !panel?.contains(strip)) return;
    const said = await saved(panel);
    button.parentElement?.querySelector('.tb-Unsaved')?.remove();
    if (said) button.after(element('span', { class: 'tb-Unsaved', role: 'status', text: said }));
  }
  document.addEventListener('click', pressed);
  return () => document.removeEventListener('click', pressed);
}

/** Saves what is drawn; says in a sentence why not. */
async function saved(panel: Element): Promise<string> {
  const camera = [...panel.querySelectorAll<HTMLElement>(CAMERA)].find(isSeen);
  if (camera) {
    camera.click();
    return '';
  }
  const drawing = [...panel.querySelectorAll<HTMLElement>('.tb-Area .widget-html-content')].find(isSeen);
  if (!drawing) return 'There is nothing to save yet; choose what to draw first.';
  try {
    download(await htmlPicture(drawing, getComputedStyle(panel).getPropertyValue('--tb-back') || '#fff'));
    return '';
  } catch {
    return 'This browser could not draw the picture; save HTML holds the same.';
  }
}

function isSeen(node: HTMLElement): boolean {
  return node.getClientRects().length > 0;
}

function download(picture: Blob): void {
  const address = URL.createObjectURL(picture);
  element('a', { href: address, download: NAME }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
