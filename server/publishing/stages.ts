/**
 * Which stages of a ranking are in an edition: any that does not beat the one before on people held out is
 * not served.
 *
 *   scores -> ranker -> variety
 *
 * A draft that has a ranker is judged stage by stage, whatever it is a draft of: other factors or pairs may
 * leave a ranker with nothing to gain. Without it the draft is another one, and is judged again beside what
 * is in force. What nobody can be asked about is left out, too. What is in force, and by how much, stands in
 * the part, in the verdict and in the finding.
 */
import type { JoinedModel } from "../../core/model/join.ts";
import type { JudgedStages, RankerPart } from "../../core/model/ranker.ts";
import { standardVariety } from "../kinds/ranker/learned.ts";
import { type Draft, namedRanker } from "./draft.ts";
import type { FoundStages, Gate, Measured, Staged, Verdict } from "./gate.ts";
import { type InForce, replacedIn } from "./inforce.ts";

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

export interface JudgedDraft {
  readonly verdict: Verdict;
  readonly draft: Draft;
}

export interface Staging extends JudgedDraft {
  /** What the verdict is on. */
  readonly model: JoinedModel;
  readonly inForce: Pick<InForce, "parts" | "model">;
}

/** A draft with the stages of its ranker that still gain something, and the verdict on what it is then. */
export async function withStages(
  gate: Pick<Gate, "judge" | "stages">,
  { verdict, model, draft, inForce }: Staging,
): Promise<JudgedDraft> {
  const ranker = draft.parts.ranker?.part ?? null;
  if (ranker === null) return { verdict, draft };
  const staged = stagedBy(model, ranker);
  const found: FoundStages =
    "candidate" in verdict ? await gate.stages(staged) : { state: "not measured", people: 0 };
  if (found.state === "not measured") {
    const { people } = found;
    if (isInForce(draft, inForce)) return told(verdict, draft, { unmeasured: { people, became: "kept" } });
    const left = await judgedLeft();
    return told(left, without(draft), { unmeasured: { people, became: "left out" } });
  }
  const { judged } = found;
  const served = servedRanker(ranker, judged);
  if (served === null) return told(await judgedLeft(), without(draft), { stages: judged });
  const parts = { ...draft.parts, ranker: await namedRanker(served) };
  return told(verdict, { ...draft, parts }, { stages: judged });

  /** The verdict was on lists with the ranker. */
  async function judgedLeft(): Promise<Verdict> {
    if (verdict.verdict === "refused") return verdict;
    return inPlaceOf(verdict, await gate.judge([staged.without], inForce.model));
  }
}

/** Whether it was served beside these very parts before. */
function isInForce(draft: Pick<Draft, "parts">, inForce: Pick<InForce, "parts">): boolean {
  const isSameRanker = draft.parts.ranker?.ref.id === inForce.parts.ranker?.ref.id;
  return isSameRanker && replacedIn(inForce, draft).length === 0;
}

export function without(draft: Draft): Draft {
  return { ...draft, parts: { ...draft.parts, ranker: null } };
}

/** Of one variant, judged again in another form. */
function inPlaceOf(before: Verdict, after: Verdict): Verdict {
  if (!("candidate" in before) || !("candidate" in after)) return after;
  const { variant } = before;
  const variants = before.variants.map((recall, at) => (at === variant ? after.candidate : recall));
  return { ...after, variant, variants };
}

/** With what was found of its ranker, in the draft as well. */
function told(verdict: Verdict, draft: Draft, found: Pick<Measured, "stages" | "unmeasured">): JudgedDraft {
  const isAstray = verdict.verdict === "refused" && !("candidate" in verdict);
  const whole = isAstray ? verdict : { ...verdict, ...found };
  return { verdict: whole, draft: { ...draft, verdict: JSON.stringify(whole) } };
}
