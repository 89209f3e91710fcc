/** Long work in slices, so that the server keeps answering meanwhile. */

/** Lets everything that waits run once. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
