/**
 * What a person asked of the shelf: not to see something, to see more of it, or less of its like. A wish is a
 * fact about the catalogue, recorded as facts are (events/fact.ts), one name each: `steer:category:Lamps`. So
 * the last word on a thing holds, in every tab, through erasures and moves; null takes it back.
 */
import { show } from "../errors.ts";
import type { FactInput, FactValue } from "../events/fact.ts";
import { nameKey } from "../namekey.ts";

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

/** Case does not count, so that a wish is taken back however it is written; as it was written stands in the value. */
export function wishFact({ wish, of, value }: WishInput): FactInput {
  const key = of === "item" ? value : nameKey(value);
  const said = wish === null || key === value ? wish : `${wish}:${value}`;
  return { kind: "fact", fact: `${prefix}${of}:${key}`, value: said };
}

/** The wishes among facts that hold; what this version does not know is none. */
export function wishesIn(
  facts: readonly { readonly fact: string; readonly value: FactValue | null }[],
): readonly Wish[] {
  return facts.flatMap(({ fact, value }) => {
    const named = namedIn(fact);
    const said = typeof value === "string" ? saidIn(value) : null;
    return named === null || said === null
      ? []
      : [{ wish: said.wish, of: named.of, value: said.written ?? named.value }];
  });
}

/** What is wished, and how the thing was written where that is not its name. */
function saidIn(value: string): { readonly wish: WishKind; readonly written: string | null } | null {
  const colon = value.indexOf(":");
  const wish = wishKinds.find((kind) => kind === (colon < 0 ? value : value.slice(0, colon)));
  return wish === undefined ? null : { wish, written: colon < 0 ? null : value.slice(colon + 1) };
}

/** What is wrong with a wish as a fact has it; null when nothing is. */
export function wishFault(fact: string, value: unknown): string | null {
  const named = namedIn(fact);
  if (named === null) return `steer: of must be one of ${wishTargets.join(", ")}, got ${show(fact)}`;
  const { length } = named.value;
  if (length === 0 || length > wishLimits.value) {
    return `steer: value must be text of at most ${wishLimits.value} characters, got ${length}`;
  }
  const said = typeof value === "string" ? saidIn(value) : null;
  if (value === null || (said !== null && (said.written ?? "").length <= wishLimits.value)) return null;
  return `steer: wish must be one of ${wishKinds.join(", ")}, or null, got ${show(value)}`;
}

/** What a page asks for, one or several; null where one is no wish (`parseWishes` says why). Ids may be numbers. */
export function wishesOf(wishes: unknown): readonly FactInput[] | null {
  const list: readonly unknown[] = Array.isArray(wishes) ? wishes : [wishes];
  const all = list.map((given): FactInput | null => {
    const { wish, of, value }: { wish?: unknown; of?: unknown; value?: unknown } = Object(given);
    const said = typeof value === "number" ? String(value) : value;
    const target = wishTargets.find((known) => known === of);
    const kind = wish === null ? null : wishKinds.find((known) => known === wish);
    if (typeof said !== "string" || target === undefined || kind === undefined) return null;
    const fact = wishFact({ wish: kind, of: target, value: said });
    // What it is about, as it stands in the name of the fact and as it was written.
    const texts = [fact.fact.slice(prefix.length + target.length + 1), kind === null ? "" : said];
    return texts[0] !== "" && texts.every(({ length }) => length <= wishLimits.value) ? fact : null;
  });
  return all.every((fact) => fact !== null) ? all : null;
}

/**
 * Checks what a page asks for.
 *
 * @throws {TypeError} `steer: …` naming what was expected and what came.
 */
export function parseWishes(wishes: unknown): readonly FactInput[] {
  const list: readonly unknown[] = Array.isArray(wishes) ? wishes : [wishes];
  return list.flatMap((given) => {
    if (typeof given !== "object" || given === null) {
      throw new TypeError(`steer: expected { wish, of, value }, got ${show(given)}`);
    }
    const parsed = wishesOf([given]);
    if (parsed !== null) return parsed;
    const { wish, of, value }: { wish?: unknown; of?: unknown; value?: unknown } = given;
    const plainValue = typeof value === "number" ? String(value) : value;
    if (typeof plainValue !== "string") {
      throw new TypeError(`steer: value must be text, got ${show(value)}`);
    }
    const target = wishTargets.find((known) => known === of);
    if (target === undefined) {
      throw new TypeError(`steer: of must be one of ${wishTargets.join(", ")}, got ${show(of)}`);
    }
    const kind = wishKinds.find((known) => known === wish);
    const { fact, value: said } = wishFact({ wish: kind ?? null, of: target, value: plainValue });
    const asked = kind === undefined ? wish : said;
    throw new TypeError(wishFault(fact, asked) ?? `steer: expected a wish, got ${show(given)}`);
  });
}

function namedIn(fact: string): { readonly of: WishTarget; readonly value: string } | null {
  if (!isWishName(fact)) return null;
  const rest = fact.slice(prefix.length);
  const colon = rest.indexOf(":");
  const of = wishTargets.find((target) => target === rest.slice(0, colon));
  return of === undefined ? null : { of, value: rest.slice(colon + 1) };
}
