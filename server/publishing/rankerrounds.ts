/**
 * What rounds on the ranker learn becomes an edition where it is measured to gain something; else it is kept,
 * refused.
 */
import type { RankerPart } from "../../core/model/ranker.ts";
import type { RankerModel } from "../kinds/ranker/rankermodel.ts";
import type { Editions } from "./editions.ts";
import { judgedIn, type Verdict } from "./gate.ts";
import { type Became, becameOf, rankerText } from "./outcome.ts";

/** @param examined what is known of places of lists. */
export function rankerModelOf(editions: Editions, examined: RankerModel["examined"]): RankerModel {
  return {
    inForce: () => {
      const { inForce } = editions;
      if (inForce === null) return null;
      const { factors, pairs } = inForce.parts;
      return { factors: factors.ref.id, pairs: pairs?.ref.id ?? null };
    },
    examined,
    decide: async (part) => {
      const { inForce, work } = editions;
      if (inForce === null) {
        return { outcome: "nothing learned: no edition is in force", judged: null };
      }
      const { verdict, draft, isServed } = await work.run("judge ranker", { inForce, part, origin: "round" });
      const judged = judgedIn(verdict);
      const prepared = await editions.prepare(draft, isServed ? "published" : "refused");
      const outcome = rankerText(verdict, isServed ? becameOf(verdict, prepared !== null) : "refused");
      if (prepared === null) return { outcome, judged };
      return { outcome, judged, store: prepared.store, stored: prepared.stored };
    },
  };
}

export interface RankerPublished {
  readonly verdict: Verdict;
  readonly became: Became;
}

/** Puts a ranker in force that was learned from logs, where it gains something, or where it is forced. */
export async function publishRanker(
  editions: Editions,
  part: RankerPart,
  isForced: boolean,
): Promise<RankerPublished> {
  const { inForce, work } = editions;
  if (inForce === null) throw new Error("publishRanker: expected an edition in force, got none");
  const { verdict, draft, isServed } = await work.run("judge ranker", { inForce, part, origin: "train" });
  if (!isServed && !isForced) return { verdict, became: "refused" };
  const next = await editions.publish(draft, "superseded: a ranker was learned from logs");
  if (next === null) return { verdict, became: "in force already" };
  return { verdict, became: isServed ? "published" : "forced" };
}
