/**
 * Plotly's widget measures its place before it is in the page, and then only listens to the window:
 * so tell it when a figure has come, and whenever the panel's width changes.
 */

const RENDERED = 'plotlywidget-after-render';

/** Makes a strip without height of an element, and follows its width; returns the undo. */
export function fitFigures(strip: HTMLElement): () => void {
  strip.style.cssText = 'width: 100%; height: 0; overflow: hidden';
  let width = 0;
  function tell(): void {
    window.dispatchEvent(new Event('resize'));
  }
  const observer = new ResizeObserver(() => {
    if (strip.clientWidth && strip.clientWidth !== width) {
      width = strip.clientWidth;
      tell();
    }
  });
  observer.observe(strip);
  document.addEventListener(RENDERED, tell);
  return () => {
    observer.disconnect();
    document.removeEventListener(RENDERED, tell);
  };
}
