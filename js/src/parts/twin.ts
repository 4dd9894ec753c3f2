/** The static twin of a panel: what a saved notebook shows, hidden while the panel lives. */

/** Hides the twin's output; returns the undo. */
export function hideTwin(twin: string): () => void {
  if (!/^tb-[0-9a-f]+$/.test(twin)) return () => {};
  const sheet = document.createElement('style');
  // By a rule and not on the element: JupyterLab draws an output anew when it is scrolled back into view.
  sheet.textContent = `
    [data-trackbook-twin="${twin}"], .${twin} { display: none; }
    .jp-OutputArea-child:has(.${twin}) { display: none; }`;
  document.head.append(sheet);
  return () => sheet.remove();
}
