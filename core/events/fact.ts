/**
 * What a person said of themselves, as the journal records it: beside what the person did, in one place, so that
 * whatever guards events (a closed tab, a "no", an erasure, another device) guards facts. The last one of a name
 * holds; `value: null` takes it back.
 */
import { show, sortOf } from "../errors.ts";
import type { TacitEvent } from "./event.ts";

/** A word, a number, yes or no, or some words. */
export type FactValue = string | number | boolean | readonly string[];

export interface FactEvent {
  /** UUID made on the device. */
  readonly id: string;
  /** No kind of event: a version that knows of no facts keeps it, and makes nothing of it. */
  readonly kind: "fact";
  /** Milliseconds since the Unix epoch, when it was said. */
  readonly atMs: number;
  readonly fact: string;
  readonly value: FactValue | null;
}

/** What the journal records: what a person did, or said. */
export type Recorded = TacitEvent | FactEvent;

export type FactInput = Pick<FactEvent, "kind" | "fact" | "value">;

export function isFact(entry: Pick<Recorded, "kind">): entry is FactEvent {
  return entry.kind === "fact";
}

/**
 * What a page declared, or null where that is not what facts can be (`parseFacts` says why). Sets are lists;
 * undefined is null.
 */
export function factsOf(facts: unknown): readonly FactInput[] | null {
  if (typeof facts !== "object" || facts === null) return null;
  const all = Object.entries(facts).map(([fact, given]): FactInput | null => {
    const value = given instanceof Set ? [...given] : (given ?? null);
    return value === null || isFactValue(value) ? { kind: "fact", fact, value: plainOf(value) } : null;
  });
  return all.every((fact) => fact !== null) ? all : null;
}

/**
 * Checks what a page declared, as far as a page can: whether a known fact may have that value is checked where the
 * table of facts is (core/facts/table.ts).
 *
 * @throws {TypeError} `declare: …` naming the fact, what was expected and what came.
 */
export function parseFacts(facts: unknown): readonly FactInput[] {
  if (typeof facts !== "object" || facts === null) {
    throw new TypeError(`declare: facts must be an object, got ${show(facts)}`);
  }
  return Object.entries(facts).flatMap(([fact, given]) => {
    const parsed = factsOf({ [fact]: given });
    if (parsed !== null) return parsed;
    throw new TypeError(
      `declare: ${fact} must be text, a number, true, false, or a list of texts, got ${sortOf(given)}`,
    );
  });
}

/** A list behind a reactive proxy cannot be sent to a worker. */
function plainOf(value: FactValue | null): FactValue | null {
  return typeof value === "object" && value !== null ? Array.from(value) : value;
}

export function isFactValue(value: unknown): value is FactValue {
  if (Array.isArray(value)) return value.every((each) => typeof each === "string");
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}
