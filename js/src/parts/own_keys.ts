/**
 * Keeps JupyterLab's shortcuts out of a panel: in a menu the arrow keys choose, and do not walk to another cell.
 */

const SHORTCUTS = 'data-lm-suppress-shortcuts'; // Lumino's own attribute

/** Marks the panel round a node once the node is in the page; returns the undo. */
export function ownKeys(node: HTMLElement, panel: string): () => void {
  const observer = new ResizeObserver(() => node.closest(panel)?.setAttribute(SHORTCUTS, 'true'));
  observer.observe(node);
  return () => observer.disconnect();
}
