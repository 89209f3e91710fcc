/** What a page declares, on its way into the journal: what cannot be is left out, with a word for the page. */
import { type FactEvent, isFact, type Recorded } from "../../core/events/fact.ts";
import { factLimits, faultOf } from "../../core/facts/table.ts";
import { isWishName, wishLimits } from "../../core/policy/wish.ts";
import { clockMs } from "../../core/time.ts";

export interface Said {
  /** The last word on each name, also where it took a fact back. */
  readonly facts: readonly FactEvent[];
  readonly nowMs: number;
}

export function sayableOf(
  recorded: readonly Recorded[],
  { facts, nowMs }: Said,
): { readonly sayable: readonly Recorded[]; readonly faults: readonly string[] } {
  const held = new Map(facts.map((fact) => [fact.fact, fact]));
  const faults: string[] = [];
  const sayable = recorded.flatMap((entry): Recorded | readonly [] => {
    if (!isFact(entry)) return entry;
    const { fact, value } = entry;
    const fault = faultOf(fact, value) ?? (hasRoom(held, entry) ? null : tooMany(fact));
    if (fault !== null) {
      faults.push(fault);
      return [];
    }
    const said = { ...entry, atMs: laterThan(held.get(fact), entry, nowMs) };
    held.set(fact, said);
    return said;
  });
  return { sayable, faults };
}

function tooMany(fact: string): string {
  const isWish = isWishName(fact);
  const [who, what] = isWish ? ["steer", "wishes"] : ["declare", "facts"];
  return `${who}: a person may have at most ${mostOf(isWish)} ${what}, got another`;
}

/** Wishes are counted by themselves: whoever has many may still say what they like. */
function hasRoom(held: ReadonlyMap<string, FactEvent>, { fact, value }: FactEvent): boolean {
  if (value === null || (held.get(fact)?.value ?? null) !== null) return true;
  const isWish = isWishName(fact);
  const like = [...held].filter(([name, said]) => said.value !== null && isWishName(name) === isWish);
  return like.length < mostOf(isWish);
}

function mostOf(isWish: boolean): number {
  return isWish ? wishLimits.wishes : factLimits.facts;
}

/** A fact that was said while the clock ran ahead does not hold against what is said now. */
function laterThan(held: FactEvent | undefined, { atMs }: FactEvent, nowMs: number): number {
  return held !== undefined && held.atMs > nowMs + clockMs && held.atMs >= atMs ? held.atMs + 1 : atMs;
}
