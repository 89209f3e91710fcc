/** What a page declares, on its way into the journal: what cannot be is left out, with a word for the page. */
import { type FactEvent, isFact, type Recorded } from "../../core/events/fact.ts";
import { factLimits, faultOf } from "../../core/facts/table.ts";
import { clockMs } from "../../core/time.ts";

export interface Said {
  /** That hold already. */
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
    const fault = faultOf(fact, value) ?? (hasRoom(held, entry) ? null : tooMany);
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

const tooMany = `declare: a person may have at most ${factLimits.facts} facts, got another`;

function hasRoom(held: ReadonlyMap<string, FactEvent>, { fact, value }: FactEvent): boolean {
  return value === null || held.has(fact) || held.size < factLimits.facts;
}

/** A fact that was said while the clock ran ahead does not hold against what is said now. */
function laterThan(held: FactEvent | undefined, { atMs }: FactEvent, nowMs: number): number {
  return held !== undefined && held.atMs > nowMs + clockMs && held.atMs >= atMs ? held.atMs + 1 : atMs;
}
