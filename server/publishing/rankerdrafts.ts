/** A ranker on its way into an edition: that in force with its weights, judged stage by stage. */
import type { RankerPart } from "../../core/model/ranker.ts";
import { unjudged } from "../kinds/ranker/learned.ts";
import { type Draft, joined, namedRanker, notMeasured, type Origin } from "./draft.ts";
import type { Gate, Verdict } from "./gate.ts";
import type { InForce } from "./inforce.ts";
import { isStageOn, servedRanker, stagedBy } from "./stages.ts";

export interface JudgedRanker {
  readonly verdict: Verdict;
  /** What comes into force, or is kept for the operator to see. */
  readonly draft: Draft;
  /** Whether a browser may be given it: it was measured, and gains something. */
  readonly isServed: boolean;
}

/**
 * Unlike other parts a ranker is served only once it was measured: lists without one are as good as they
 * were, and what nobody has compared with them may be worse.
 */
export async function judgedRanker(
  { inForce, gate }: { readonly inForce: InForce; readonly gate: Pick<Gate, "judge" | "stages"> },
  given: RankerPart,
  origin: Origin,
): Promise<JudgedRanker> {
  const part = unjudged(given);
  const plain = await draftWith(inForce, part, origin);
  const model = joined(plain.parts, plain.settings);
  // Beside lists without one it is compared stage by stage: here beside another ranker, where there is one.
  const compared = await gate.judge([model], inForce.parts.ranker === null ? null : inForce.model);
  if (!("candidate" in compared)) return notServed(compared, plain);
  const found = await gate.stages(stagedBy(model, part));
  if (found.state === "not measured") {
    const unmeasured = { people: found.people, became: "refused" } as const;
    return notServed({ ...compared, verdict: "refused", why: "ranker-not-measured", unmeasured }, plain);
  }
  const stages = found.judged;
  const isBetter = isStageOn(stages, "ranker");
  const verdict: Verdict =
    compared.verdict === "refused" || isBetter
      ? { ...compared, stages }
      : { ...compared, verdict: "refused", why: "no-better-than-without-ranker", stages };
  const served = servedRanker(part, stages) ?? { ...part, judged: stages };
  const draft = { ...(await draftWith(inForce, served, origin)), verdict: JSON.stringify(verdict) };
  return { verdict, draft, isServed: verdict.verdict !== "refused" };
}

function notServed(verdict: Verdict, draft: Draft): JudgedRanker {
  return { verdict, draft: { ...draft, verdict: JSON.stringify(verdict) }, isServed: false };
}

async function draftWith(
  { parts, edition, learned, space }: InForce,
  part: RankerPart,
  origin: Origin,
): Promise<Draft> {
  return {
    parts: { ...parts, ranker: await namedRanker(part) },
    settings: edition.model,
    learned,
    space: { id: space, bytes: null },
    origin,
    verdict: notMeasured,
  };
}
