/** Tells when a panel comes into view and leaves it, so that nobody asks the store for what nobody sees; call the result to stop. */
export function whenVisible(node: Element, tell: (on: boolean) => void): () => void {
  let before = true;
  const observer = new IntersectionObserver((entries) => {
    const now = entries.some((entry) => entry.isIntersecting);
    if (now !== before) tell(now);
    before = now;
  });
  observer.observe(node);
  return () => observer.disconnect();
}
