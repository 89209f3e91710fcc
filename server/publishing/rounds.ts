/**
 * What rounds on items learn becomes an edition: the candidate in its variants, the gate, and the edition
 * that is stored with the end of the round, in force or refused.
 */

import type { ItemModel } from "../kinds/itemfactors/itemmodel.ts";
import { stageLines } from "../kinds/ranker/finding.ts";
import type { Editions } from "./editions.ts";
import { judgedIn, type Verdict } from "./gate.ts";

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
      const outcome = verdictText(verdict);
      // What has numbers that are none is not even kept.
      if (draft === null) return { outcome };
      const state = verdict.verdict === "refused" ? "refused" : "published";
      const prepared = await editions.prepare(draft, state);
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
  const stages = judgedIn(verdict);
  const byStage = stages === null ? "" : `; ${stageLines(stages).join("; ")}`;
  const measured = `recall@${k} ${candidate.toFixed(4)} (${against || "nothing to compare with"}; ${people} people)${byStage}`;
  return verdict.verdict === "refused" ? `refused, ${verdict.why}: ${measured}` : `published: ${measured}`;
}
