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
import { newShares } from "../kinds/itemfactors/predict.ts";
import type { Draft } from "./draft.ts";
import type { Editions } from "./editions.ts";
import type { Gate, Verdict } from "./gate.ts";
import type { InForce } from "./inforce.ts";
import { candidatesOf, factorLengths, type Learning } from "./learn.ts";
import { learnedParts, modelOf, settingsFor } from "./model.ts";

export interface Judged {
  readonly verdict: Verdict;
  /** Of the candidate that was judged, with the verdict. @throws {RangeError} for numbers that are none. */
  readonly draft: () => Promise<Draft>;
}

export interface Judging {
  readonly inForce: InForce;
  readonly editions: Pick<Editions, "isKept">;
  readonly gate: Pick<Gate, "judge" | "preferred">;
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
  const newShare = "candidate" in verdict ? await bestNewShare() : null;
  if (newShare === null || newShare === candidates[variant].model.newShare) {
    return withVerdict(verdict, candidates[variant].draft);
  }
  const [again] = candidatesOf(inForce, editions, {
    ...learning,
    lengths: [factorLengths[variant]],
    newShare,
  });
  const second = await gate.judge([again.model], inForce.model);
  const whole =
    "candidate" in second && "candidate" in verdict
      ? { ...second, variant, variants: verdict.variants }
      : second;
  return withVerdict(whole, again.draft);

  async function bestNewShare(): Promise<number | null> {
    const rest = withoutSome(learned);
    const models = newShares.map((share) =>
      asImported(rest, inForce, { round, length: factorLengths[variant], newShare: share }),
    );
    const preferred = await gate.preferred(models);
    return preferred === null ? null : newShares[preferred];
  }
}

function withVerdict(verdict: Verdict, draft: () => Promise<Draft>): Judged {
  return { verdict, draft: async () => ({ ...(await draft()), verdict: JSON.stringify(verdict) }) };
}

/** What part of the learned items is treated as new. */
const asNew = 0.1;

/** What was learned, but of a tenth of the items that somebody dealt with. */
function withoutSome(learned: LearnedItems): LearnedItems {
  const random = seededRandomOf("as if new");
  const taken = new Set(learned.items.filter((_, row) => random() < asNew && learned.counts[row] > 0));
  const stay = learned.items.filter((item) => !taken.has(item));
  return learnedFor(stay, learned, () => new Float64Array(learned.dim));
}

/** What browsers would rank by when the items of the catalogue that are not learned had just been imported. */
function asImported(
  learned: LearnedItems,
  { model }: InForce,
  { round, length, newShare }: { readonly round: number; readonly length: number; readonly newShare: number },
): JoinedModel {
  const made = learnedParts(learned, round, model, newShare);
  return modelOf(model, made, settingsFor(made.factors, length, newShare));
}
