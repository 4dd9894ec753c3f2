/**
 * Plotly's widget measures its place before it is in the page, and then only listens to the window:
 * so tell it when a figure has come, and whenever the panel's width changes.
 */

const RENDERED = 'plotlywidget-after-render';
const LONGEST_HIDDEN = 1000; // milliseconds; plotly waits 100 before it takes the new width

interface Figure extends HTMLElement {
  on?: (event: string, listener: () => void) => void;
}

/** Makes a strip without height of an element, and follows its width; returns the undo. */
export function fitFigures(strip: HTMLElement): () => void {
  strip.style.cssText = 'width: 100%; height: 0; overflow: hidden';
  let width = 0;
  function tell(): void {
    window.dispatchEvent(new Event('resize'));
  }
  function rendered(event: Event): void {
    const figure: Figure | undefined = (event as CustomEvent<{ element?: Figure }>).detail?.element;
    if (figure && strip.parentElement?.parentElement?.contains(figure)) hideUntilPlotted(figure);
    tell();
  }
  const observer = new ResizeObserver(() => {
    if (strip.clientWidth && strip.clientWidth !== width) {
      width = strip.clientWidth;
      tell();
    }
  });
  observer.observe(strip);
  document.addEventListener(RENDERED, rendered);
  return () => {
    observer.disconnect();
    document.removeEventListener(RENDERED, rendered);
  };
}

/** A figure of the wrong width is not worth painting: with a hundred thousand points that takes a second. */
function hideUntilPlotted(figure: Figure): void {
  figure.style.visibility = 'hidden';
  function show(): void {
    figure.style.visibility = '';
  }
  figure.on?.('plotly_afterplot', show);
  setTimeout(show, LONGEST_HIDDEN);
}
