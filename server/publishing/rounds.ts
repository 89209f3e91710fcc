/**
 * What rounds on items learn becomes an edition: the candidate in its variants, the gate, and the edition
 * that is stored with the end of the round, in force or refused.
 */

import type { ItemModel } from "../kinds/itemfactors/itemmodel.ts";
import { type Editions, storing } from "./editions.ts";
import { becameOf, outcomeText } from "./outcome.ts";

export function itemModelOf(editions: Editions): ItemModel {
  const { work } = editions;
  return {
    inForce: () => {
      const inForce = editions.factorsInForce;
      if (inForce === null) return null;
      const { id: factors, items, dim, round: steps, learned } = inForce;
      return { factors, items, dim, steps, learned };
    },
    takeInWaiting: async () => {
      const { inForce } = editions;
      if (inForce === null) return;
      const draft = await work.run("take in", { inForce, forgotten: editions.forgotten() });
      if (draft !== null) await editions.publish(draft, "superseded: items that waited were taken in");
    },
    step: (learned, from) => work.run("step", { learned, from }),
    decide: async (learned) => {
      const { inForce } = editions;
      if (inForce === null) return { outcome: "nothing learned: no edition is in force" };
      const round = inForce.model.round + 1;
      const judging = { inForce, forgotten: editions.forgotten(), learned, round, origin: "round" } as const;
      const { verdict, draft } = await work.run("judge", judging);
      // What has numbers that are none is not even kept.
      if (draft === null) return { outcome: outcomeText(verdict, "refused") };
      const state = verdict.verdict === "refused" ? "refused" : "published";
      const prepared = await editions.prepare(draft, state);
      const outcome = outcomeText(verdict, becameOf(verdict, prepared !== null));
      if (prepared === null) return { outcome };
      const { stored } = prepared;
      return { outcome, store: storing(prepared, "superseded: a round put other factors in force"), stored };
    },
  };
}
