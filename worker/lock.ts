/** One at a time across tabs: Web Locks where the browser has them, else within this thread. */

const held = new Set<string>();

/** Runs `work` unless another tab is at it already; then it does nothing. */
export async function ifFree(name: string, work: () => Promise<void>): Promise<void> {
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  if (locks !== undefined) {
    await locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock !== null) await work();
    });
    return;
  }
  if (held.has(name)) return;
  held.add(name);
  try {
    await work();
  } finally {
    held.delete(name);
  }
}
