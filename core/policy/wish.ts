/**
 * What a person asked of the shelf: not to see something, to see more of it, or less of its like. A wish is a fact about
 * the catalogue, recorded as facts are (events/fact.ts), one name each: `steer:category:Lamps`. So the last word on a
 * thing holds, in every tab, through erasures and moves; null takes it back.
 */
import { show } from "../errors.ts";
import type { FactInput, FactValue } from "../events/fact.ts";

export const wishTargets = ["item", "category", "brand", "word"] as const;
export type WishTarget = (typeof wishTargets)[number];

/** `mute`: in no list. `boost`: more of it, and of what is like the item. `less`: less. */
export const wishKinds = ["mute", "boost", "less"] as const;
export type WishKind = (typeof wishKinds)[number];

export interface Wish {
  readonly wish: WishKind;
  readonly of: WishTarget;
  /** Id of an item, name of a category or brand, or a word. */
  readonly value: string;
}

/** As a page says it; null takes back what was wished of it. */
export interface WishInput {
  readonly wish: WishKind | null;
  readonly of: WishTarget;
  readonly value: string;
}

export const wishLimits = { value: 256, wishes: 500 } as const;

const prefix = "steer:";

export function isWishName(fact: string): boolean {
  return fact.startsWith(prefix);
}

export function wishFact({ wish, of, value }: WishInput): FactInput {
  return { kind: "fact", fact: `${prefix}${of}:${value}`, value: wish };
}

/** The wishes among facts that hold; what this version does not know is none. */
export function wishesIn(
  facts: readonly { readonly fact: string; readonly value: FactValue | null }[],
): readonly Wish[] {
  return facts.flatMap(({ fact, value }) => {
    const named = namedIn(fact);
    const wish = wishKinds.find((kind) => kind === value);
    return named === null || wish === undefined ? [] : [{ wish, ...named }];
  });
}

/** What is wrong with a wish as a fact has it; null when nothing is. */
export function wishFault(fact: string, value: FactValue | null): string | null {
  const named = namedIn(fact);
  if (named === null) return `steer: of must be one of ${wishTargets.join(", ")}, got ${show(fact)}`;
  const { length } = named.value;
  if (length === 0 || length > wishLimits.value) {
    return `steer: value must be text of at most ${wishLimits.value} characters, got ${length}`;
  }
  if (value === null || wishKinds.some((kind) => kind === value)) return null;
  return `steer: wish must be one of ${wishKinds.join(", ")}, or null, got ${show(value)}`;
}

/**
 * Checks what a page asks for.
 *
 * @throws {TypeError} `steer: …` naming what was expected and what came.
 */
export function parseWishes(wishes: unknown): readonly FactInput[] {
  const list: readonly unknown[] = Array.isArray(wishes) ? wishes : [wishes];
  return list.map((given) => {
    if (typeof given !== "object" || given === null) {
      throw new TypeError(`steer: expected { wish, of, value }, got ${show(given)}`);
    }
    const { wish, of, value }: { wish?: unknown; of?: unknown; value?: unknown } = given;
    if (typeof of !== "string" || typeof value !== "string") {
      throw new TypeError(`steer: of and value must be text, got ${show(of)} and ${show(value)}`);
    }
    const fact = `${prefix}${of}:${value}`;
    const kind = wish === null ? null : (wishKinds.find((known) => known === wish) ?? String(wish));
    const fault = wishFault(fact, kind);
    if (fault !== null) throw new TypeError(fault);
    return { kind: "fact", fact, value: kind };
  });
}

function namedIn(fact: string): { readonly of: WishTarget; readonly value: string } | null {
  if (!isWishName(fact)) return null;
  const rest = fact.slice(prefix.length);
  const colon = rest.indexOf(":");
  const of = wishTargets.find((target) => target === rest.slice(0, colon));
  return of === undefined ? null : { of, value: rest.slice(colon + 1) };
}
