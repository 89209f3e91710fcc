/**
 * What a round or a training learned, judged: the best of its candidates, what the gate says of it, and what
 * part of an expected share new items are to have.
 *
 * The latter is measured where the operator has logs of people held out: a tenth of the learned items are
 * treated as if they had just been imported, and what ranks best for those people is kept for the imports to
 * come; the usual part unless another is clearly better. Otherwise it stays as it was.
 */
import type { JoinedModel } from "../../core/model/join.ts";
import { seededRandomOf } from "../../core/seeded.ts";
import type { LearnedItems } from "../kinds/itemfactors/knowledge.ts";
import { learnedFor } from "../kinds/itemfactors/learned.ts";
import { newItemWeights } from "../kinds/itemfactors/predict.ts";
import type { Draft } from "./draft.ts";
import type { Gate, Verdict } from "./gate.ts";
import type { InForce, KeptItems } from "./inforce.ts";
import { type Candidate, candidatesOf, contentOf, type Learning } from "./learn.ts";
import { learnedParts, modelOf, settingsFor } from "./model.ts";
import { without, withStages } from "./stages.ts";

export interface Judged {
  readonly verdict: Verdict;
  /**
   * Of the candidate that was judged, with the verdict and the stages that gain something. @throws {RangeError} for
   * numbers that are none.
   */
  readonly draft: () => Promise<Draft>;
}

export interface Judging {
  readonly inForce: InForce;
  readonly editions: KeptItems;
  readonly gate: Pick<Gate, "judge" | "preferred" | "stages">;
}

export async function judged(
  { inForce, editions, gate }: Judging,
  { learned, round, origin }: Learning,
): Promise<Judged> {
  const learning = { learned, round, origin };
  const candidates = candidatesOf(inForce, editions, learning);
  const verdict = await gate.judge(
    candidates.map(({ model }) => model),
    inForce.model,
  );
  const variant = "variant" in verdict ? verdict.variant : 0;
  const newItemWeight = "candidate" in verdict ? await bestNewItemWeight() : null;
  if (newItemWeight === null || newItemWeight === candidates[variant].model.newItemWeight) {
    return finished(verdict, candidates[variant]);
  }
  const [again] = candidatesOf(inForce, editions, {
    ...learning,
    scales: [candidates[variant].scales],
    newItemWeight,
  });
  const second = await gate.judge([again.model], inForce.model);
  const isWorse = second.verdict === "refused" && verdict.verdict !== "refused";
  if (isWorse || !("candidate" in second) || !("candidate" in verdict)) {
    return finished(verdict, candidates[variant]);
  }
  const variants = verdict.variants.map((recall, at) => (at === variant ? second.candidate : recall));
  return finished({ ...second, variant, variants }, again);

  async function finished(of: Verdict, { model, draft }: Candidate): Promise<Judged> {
    if (inForce.parts.ranker === null) return withVerdict(of, draft);
    // Numbers that went astray are measured on nobody, and some cannot be encoded.
    if (of.verdict === "refused" && !("candidate" in of))
      return withVerdict(of, async () => without(await draft()));
    const staged = await withStages(gate, { verdict: of, model, draft: await draft(), inForce });
    return withVerdict(staged.verdict, async () => staged.draft);
  }

  async function bestNewItemWeight(): Promise<number | null> {
    const models = asImported(withoutSome(learned), inForce, { round, like: candidates[variant] });
    const preferred = await gate.preferred(models);
    return preferred === null ? null : newItemWeights[preferred];
  }
}

function withVerdict(verdict: Verdict, draft: () => Promise<Draft>): Judged {
  return { verdict, draft: async () => ({ ...(await draft()), verdict: JSON.stringify(verdict) }) };
}

/** What part of the learned items is treated as new. */
const fractionAsNew = 0.1;

/** What was learned, but of a tenth of the items that somebody dealt with. */
function withoutSome(learned: LearnedItems): LearnedItems {
  const random = seededRandomOf("as if new");
  const taken = new Set(
    learned.items.filter((_, row) => random() < fractionAsNew && learned.counts[row] > 0),
  );
  const stay = learned.items.filter((item) => !taken.has(item));
  return learnedFor(stay, learned, () => new Float64Array(learned.dim));
}

/**
 * What browsers would rank by if the items of the catalogue that are not learned had just been imported: one
 * model for each of `newItemWeights`.
 */
function asImported(
  learned: LearnedItems,
  { model }: InForce,
  { round, like: { scales, model: ranked } }: { readonly round: number; readonly like: Candidate },
): readonly JoinedModel[] {
  // Fitted once: the weight is a factor of what is expected.
  const made = learnedParts(learned, round, model, 1);
  return newItemWeights.map((weight) => {
    const predicted = made.predicted && {
      ...made.predicted,
      shares: Float32Array.from(made.predicted.shares, (share) => weight * share),
    };
    return modelOf(
      model,
      { ...made, predicted },
      {
        ...settingsFor(made.factors, scales.factorLength, weight),
        ...contentOf(ranked),
      },
    );
  });
}
