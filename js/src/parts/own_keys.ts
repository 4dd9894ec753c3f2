/** Keeps JupyterLab's shortcuts out of a panel: in a menu Enter opens and a letter finds, and the cell stays as it is. */

const SHORTCUTS = 'data-lm-suppress-shortcuts'; // Lumino's own attribute

/** Marks the panel round a node once the node is in the page; returns the undo. */
export function ownKeys(node: HTMLElement, panel: string): () => void {
  const observer = new ResizeObserver(() => node.closest(panel)?.setAttribute(SHORTCUTS, 'true'));
  observer.observe(node);
  return () => observer.disconnect();
}
