/** One at a time across tabs: Web Locks where the browser has them and grants them, else within this thread. */

/** Holds a lock until this thread ends, in whichever way; nothing where there are no locks. */
export function holdForLife(name: string): void {
  const never = new Promise<never>(() => undefined);
  // Denied: then nobody can tell.
  locksOf()
    ?.request(name, () => never)
    .catch(() => undefined);
}

/** Runs once whoever holds the lock for life has ended; never where there are no locks. */
export function whenFree(name: string, run: () => void): void {
  // Denied: then nobody can tell.
  locksOf()
    ?.request(name, run)
    .catch(() => undefined);
}

/** Where site data are blocked a browser may throw at a mere look; without a secure context there are none. */
function locksOf(): LockManager | undefined {
  try {
    return typeof navigator === "undefined" ? undefined : navigator.locks;
  } catch {
    return undefined;
  }
}

const held = new Set<string>();

/** Runs `work` unless another tab is at it already; then it does nothing. */
export async function ifFree(name: string, work: () => Promise<void>): Promise<void> {
  const locks = locksOf();
  let begun = false;
  try {
    if (locks !== undefined) {
      await locks.request(name, { ifAvailable: true }, async (lock) => {
        begun = true;
        if (lock !== null) await work();
      });
      return;
    }
  } catch (cause) {
    if (begun) throw cause;
  }
  if (held.has(name)) return;
  held.add(name);
  try {
    await work();
  } finally {
    held.delete(name);
  }
}
