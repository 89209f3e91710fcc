/** A promise with an end: browsers may leave a request to their storage without any answer. */

export class TimedOut extends Error {
  override readonly name = "TimedOut";
}

/**
 * What the promise comes to, unless that takes longer than `limitMs`.
 *
 * @param who said in the error: who, and what was expected of it.
 * @throws {TimedOut} then; what it comes to later is dropped.
 */
export function within<T>(limitMs: number, promise: Promise<T>, who: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new TimedOut(`${who} within ${limitMs} ms, got nothing`)), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(limit));
  });
}
