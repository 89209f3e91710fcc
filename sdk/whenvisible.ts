/**
 * What is for a person's eyes waits until the page is visible: a list that is answered on a hidden page
 * counts as served, and nobody saw it.
 */

/** Runs now, or once when the page is visible again; on a server now. What is given back calls it off. */
export function whenVisible(run: () => void): () => void {
  const { document } = globalThis;
  const ending = new AbortController();
  const look = (): void => {
    if (document?.visibilityState === "hidden") return;
    ending.abort();
    run();
  };
  document?.addEventListener("visibilitychange", look, { signal: ending.signal });
  look();
  return () => ending.abort();
}
