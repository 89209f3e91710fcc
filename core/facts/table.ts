/**
 * The facts that have a meaning here, and what any other may be. `categories` and `interests` lean the shelf;
 * `ageBand` and `tier` are features of the person (core/profile/beside.ts); `segment` and `pause` steer what
 * is learned (steering.ts), wishes what is listed (core/policy/wish.ts); the others are checked, kept and
 * shown. All stay on the device.
 *
 * Age bands are those of the field (Google Analytics 4, demographic details); a place is a code of ISO 3166, a
 * country or a part of one: nothing nearer is taken.
 */
import { show, sortOf } from "../errors.ts";
import type { FactValue } from "../events/fact.ts";
import { isWishName, wishFault } from "../policy/wish.ts";
import { isPauseValue, pauseFact } from "./steering.ts";

export const ageBands = ["under-18", "18-24", "25-34", "35-44", "45-54", "55-64", "65+"] as const;

export const factLimits = { name: 40, text: 500, list: 20, word: 100, tier: 10, facts: 50 } as const;

export interface KnownFact {
  readonly name: string;
  /** For the person, as in "Your age". */
  readonly title: string;
  /** What it must be, in words. */
  readonly expected: string;
  readonly isValid: (value: FactValue) => boolean;
}

export const knownFacts: readonly KnownFact[] = [
  {
    name: "categories",
    title: "Categories you like",
    expected: `at most ${factLimits.list} names of categories`,
    isValid: (value) => isWords(value) && value.length <= factLimits.list,
  },
  {
    name: "interests",
    title: "What you are looking for",
    expected: `text of at most ${factLimits.text} characters`,
    isValid: (value) => typeof value === "string" && value.length <= factLimits.text,
  },
  {
    name: "ageBand",
    title: "Your age",
    expected: `one of ${ageBands.join(", ")}`,
    isValid: (value) => (ageBands as readonly unknown[]).includes(value),
  },
  {
    name: "place",
    title: "Where you live",
    expected: 'an ISO 3166 code, such as "DE" or "DE-BE"',
    isValid: (value) => typeof value === "string" && /^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/.test(value),
  },
  {
    name: "tier",
    title: "Your level as a customer",
    expected: `an integer from 0 to ${factLimits.tier}`,
    isValid: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= factLimits.tier,
  },
  {
    name: "segment",
    title: "Segment",
    expected: '"none", for whoever wants to be in none',
    isValid: (value) => value === "none",
  },
  {
    name: pauseFact,
    title: "Learning is paused",
    expected: "true, or null to go on",
    isValid: isPauseValue,
  },
];

const byName: ReadonlyMap<string, KnownFact> = new Map(knownFacts.map((known) => [known.name, known]));

/** What a fact is called; of a site's own, its name. */
export function titleOf(fact: string): string {
  return byName.get(fact)?.title ?? fact;
}

/** What is wrong with a fact; null when nothing is. */
export function faultOf(fact: string, value: FactValue | null): string | null {
  if (isWishName(fact)) return wishFault(fact, value);
  if (!/^[A-Za-z][\w-]*$/.test(fact) || fact.length > factLimits.name) {
    return `declare: a fact's name must be a word of at most ${factLimits.name} characters, got ${show(fact)}`;
  }
  if (value === null) return null;
  const known = byName.get(fact);
  if (known !== undefined) {
    return known.isValid(value) ? null : `declare: ${fact} must be ${known.expected}, got ${sortOf(value)}`;
  }
  const isShort = typeof value !== "string" || value.length <= factLimits.text;
  if (isShort && (typeof value !== "object" || (isWords(value) && value.length <= factLimits.list)))
    return null;
  return `declare: ${fact} must be at most ${factLimits.text} characters, or ${factLimits.list} words, got more`;
}

function isWords(value: FactValue): value is readonly string[] {
  return typeof value === "object" && value.every((word) => word !== "" && word.length <= factLimits.word);
}
