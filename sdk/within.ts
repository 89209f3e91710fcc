/** What a promise comes to, or the failure when it has not settled in time. */
export function within<T>(promise: Promise<T>, limitMs: number, late: Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(late), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(limit));
  });
}
