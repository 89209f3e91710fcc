/**
 * What rounds on items learn becomes an edition: the candidate in its variants, the gate, and the edition
 * that is stored with the end of the round, in force or refused.
 */
import type { ItemModel } from "../kinds/itemfactors/itemmodel.ts";
import type { Editions } from "./editions.ts";
import type { Gate, Verdict } from "./gate.ts";
import { judged } from "./judged.ts";
import { withWaitingItems } from "./learn.ts";

export function itemModelOf(editions: Editions, gate: Pick<Gate, "judge" | "preferred">): ItemModel {
  return {
    inForce: () => {
      const inForce = editions.factorsInForce;
      if (inForce === null) return null;
      const { id: factors, items, dim, round: steps, learned } = inForce;
      return { factors, items, dim, steps, learned };
    },
    takeInWaiting: async () => {
      const { inForce } = editions;
      const draft = inForce === null ? null : await withWaitingItems(inForce, editions);
      if (draft !== null) await editions.publish(draft, "superseded: items that waited were taken in");
    },
    decide: async (learned) => {
      const { inForce } = editions;
      if (inForce === null) return { outcome: "nothing learned: no edition is in force" };
      const round = inForce.model.round + 1;
      const { verdict, draft } = await judged(
        { inForce, editions, gate },
        { learned, round, origin: "round" },
      );
      const outcome = verdictText(verdict);
      // What has numbers that are none could not be read back: it is not even kept.
      if (verdict.verdict === "refused" && verdict.why === "not-finite") return { outcome };
      const state = verdict.verdict === "refused" ? "refused" : "published";
      const prepared = await editions.prepare(await draft(), state);
      return prepared === null ? { outcome } : { outcome, store: prepared.store, stored: prepared.stored };
    },
  };
}

/** A verdict in one line. */
export function verdictText(verdict: Verdict): string {
  if (verdict.verdict === "not measured")
    return "published, not measured: no logs of people held out (gate.holdout)";
  if (!("candidate" in verdict)) return `refused: ${verdict.why}, ${verdict.detail}`;
  const { k, people, candidate, inForce, popularity } = verdict;
  const against = [
    ...(inForce === null ? [] : [`in force ${inForce.toFixed(4)}`]),
    ...(popularity === null ? [] : [`popularity ${popularity.toFixed(4)}`]),
  ].join(", ");
  const measured = `recall@${k} ${candidate.toFixed(4)} (${against || "nothing to compare with"}; ${people} people)`;
  return verdict.verdict === "refused" ? `refused, ${verdict.why}: ${measured}` : `published: ${measured}`;
}
