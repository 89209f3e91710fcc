/** What a page asked about, as it was when it asked: a basket goes on, and an iterator gives its ids once. */

/** A list or an object as it is now, as far as its parts are such; anything else is itself. */
export function copyOf(value: unknown, depth = 4): unknown {
  try {
    if (typeof value !== "object" || value === null || depth === 0 || ArrayBuffer.isView(value)) return value;
    const parts = value as Partial<Iterable<unknown>>;
    if (typeof parts[Symbol.iterator] === "function") {
      return Array.from(value as Iterable<unknown>, (each) => copyOf(each, depth - 1));
    }
    if (Object.prototype.toString.call(value) !== "[object Object]") return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, copyOf(each, depth - 1)]));
  } catch {
    return value;
  }
}
