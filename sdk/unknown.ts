/** What a page wrote that means nothing, and what was probably meant. */
import { hintAt } from "../core/nearest.ts";
import type { Troubles } from "./troubles.ts";

/** A complaint about each key that is not known. */
export function unknownKeys(what: string, fields: object, known: readonly string[]): readonly TypeError[] {
  return Object.keys(fields)
    .filter((key) => !known.includes(key))
    .map(
      (key) => new TypeError(`${what} must be among ${known.join(", ")}, got ${key}${hintAt(key, known)}`),
    );
}

/** Tells them. */
export function tellUnknown(
  troubles: Troubles,
  what: string,
  fields: unknown,
  known: readonly string[],
): void {
  if (typeof fields !== "object" || fields === null) return;
  for (const error of unknownKeys(what, fields, known)) troubles.report(error);
}
