/** What rounds on pairs learn becomes an edition; the list they ask about is kept in step with the catalogue. */
import type { PairModel } from "../kinds/itempairs/pairmodel.ts";
import { type Editions, storing } from "./editions.ts";
import { becameOf, outcomeText } from "./outcome.ts";
import type { PairsSettings } from "./pairdrafts.ts";

export function pairModelOf(editions: Editions, settings: PairsSettings): PairModel {
  const { work } = editions;
  // A list takes long to make: once for each edition.
  let listedFor: string | null = null;
  return {
    inForce: () => {
      const named = editions.inForce?.parts.pairs ?? null;
      if (named === null) return null;
      const { items, pattern } = named.part;
      return { pairs: named.ref.id, items: items.length, pairCount: pattern.pairCount };
    },
    takeInWaiting: async () => {
      const { inForce } = editions;
      if (inForce === null || inForce.id === listedFor) return;
      const draft = await work.run("list pairs", { inForce, settings });
      if (draft !== null) await editions.publish(draft, "superseded: pairs of today's items are asked about");
      listedFor = editions.inForce?.id ?? null;
    },
    decide: async (from) => {
      const { inForce } = editions;
      if (inForce === null) return { outcome: "nothing learned: no edition is in force", dropped: [] };
      const learned = await work.run("learn pairs", { inForce, from, settings });
      const { dropped } = learned;
      if ("nothing" in learned) return { outcome: `nothing learned: ${learned.nothing}`, dropped };
      const { verdict, draft } = learned;
      const state = verdict.verdict === "refused" ? "refused" : "published";
      const prepared = await editions.prepare(draft, state);
      const outcome = outcomeText(verdict, becameOf(verdict, prepared !== null));
      if (prepared === null) return { outcome, dropped };
      const store = storing(prepared, "superseded: a round put other pairs in force");
      return { outcome, dropped, store, stored: prepared.stored };
    },
  };
}
