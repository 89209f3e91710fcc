/**
 * Names that every object has of itself. As keys of what came from outside they are dropped, and what they
 * stood for with them: where half of what was said is something else, they are refused instead.
 */
export const ownedNames: ReadonlySet<string> = new Set(["__proto__", "prototype", "constructor"]);

/** Whether a value that came as JSON has such a key. */
export function hasOwnedName(given: unknown): boolean {
  return [...ownedNames].some((name) => Object.hasOwn(Object(given), name));
}
