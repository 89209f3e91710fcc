/**
 * What rounds on items learn becomes a bundle: the candidate in its variants, the gate, and the bundle that is stored with the end of
 * the round, in force or refused.
 */
import { jointDefaults } from "../../core/model/joint.ts";
import type { ItemModel } from "../kinds/itemfactors/itemmodel.ts";
import type { Bundles } from "./bundles.ts";
import type { Gate, Verdict } from "./gate.ts";
import { assembleBundle } from "./model.ts";

/** Lengths that a candidate's factors may have beside content; the first is taken when nothing can be measured. */
export const factorLengths = [jointDefaults.factorLength, jointDefaults.factorLength / 4, 0] as const;

export function itemModelOf(bundles: Bundles, gate: Pick<Gate, "judge">): ItemModel {
  return {
    inForce: () => {
      const { inForce } = bundles;
      if (inForce === null) return null;
      const { encoded, bundle, learned } = inForce;
      const { items, factorDim, round } = bundle;
      return { factors: encoded.id, items, dim: factorDim, steps: round, learned };
    },
    decide: async (learned) => {
      const { inForce } = bundles;
      if (inForce === null) return { outcome: "nothing learned: no bundle is in force" };
      const round = inForce.bundle.round + 1;
      const variants = factorLengths.map((factorLength) =>
        assembleBundle({ publicSide: inForce.bundle, learned, round, factorLength }),
      );
      const verdict = await gate.judge(variants, inForce.bundle);
      const outcome = verdictText(verdict);
      // A bundle with numbers that are none could not be read back: it is not even kept.
      if (verdict.verdict === "refused" && verdict.why === "not-finite") return { outcome };
      const bundle = variants["variant" in verdict ? verdict.variant : 0];
      const candidate = { bundle, learned, origin: "round", verdict: JSON.stringify(verdict) } as const;
      const state = verdict.verdict === "refused" ? "refused" : "published";
      const { store, stored } = await bundles.prepared(candidate, state);
      return { outcome, store, stored };
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
