/**
 * Which stages of a ranking are in an edition: any that does not beat the one before on people held out is not served.
 *
 *   scores -> ranker -> variety
 *
 * A draft that has a ranker is judged stage by stage, whatever it is a draft of: other factors or pairs may leave a
 * ranker with nothing to gain. What is in force, and by how much, stands in the part, in the verdict and in the finding.
 */
import type { JoinedModel } from "../../core/model/join.ts";
import type { JudgedStages, RankerPart } from "../../core/model/ranker.ts";
import { standardVariety } from "../kinds/ranker/learned.ts";
import { type Draft, namedRanker } from "./draft.ts";
import type { Gate, Staged, Verdict } from "./gate.ts";

/** A model by its stages. */
export function stagedBy(model: JoinedModel, part: RankerPart): Staged {
  const { ranker: _ranker, ...without } = model;
  return {
    without,
    ranked: { ...without, ranker: { ...part, novelty: 0, diversity: 0 } },
    varied: { ...without, ranker: { ...part, ...standardVariety } },
  };
}

export function isStageOn({ stages }: JudgedStages, name: "ranker" | "variety"): boolean {
  return stages.some(({ stage, isOn }) => stage === name && isOn);
}

/** The part with the stages that are on; null where the ranker gains nothing. */
export function servedRanker(part: RankerPart, judged: JudgedStages): RankerPart | null {
  if (!isStageOn(judged, "ranker")) return null;
  const variety = isStageOn(judged, "variety") ? standardVariety : { novelty: 0, diversity: 0 };
  return { ...part, ...variety, judged };
}

/** A draft that passed, with the stages of its ranker that still gain something. */
export async function withStages(
  gate: Pick<Gate, "stages">,
  {
    verdict,
    model,
    draft,
  }: { readonly verdict: Verdict; readonly model: JoinedModel; readonly draft: Draft },
): Promise<{ readonly verdict: Verdict; readonly draft: Draft }> {
  const ranker = draft.parts.ranker?.part ?? null;
  if (ranker === null || verdict.verdict !== "better or equal") return { verdict, draft };
  const stages = await gate.stages(stagedBy(model, ranker));
  if (stages === null) return { verdict, draft };
  const served = servedRanker(ranker, stages);
  const judged = { ...verdict, stages };
  return {
    verdict: judged,
    draft: {
      ...draft,
      parts: { ...draft.parts, ranker: served === null ? null : await namedRanker(served) },
      verdict: JSON.stringify(judged),
    },
  };
}
