/**
 * Pairs on their way into an edition: a list of today's items to ask about, and what a round's sums have
 * taught of pairs, of popularity and of what is wanted lately, judged in variants that differ in what part of
 * a score is by each.
 */
import { dot } from "../../core/linear.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import type { PairsPart } from "../../core/model/pairs.ts";
import { dequantizeRows, quantizeRows } from "../../core/model/quantize.ts";
import { sharesAsRead } from "../../core/model/sections.ts";
import { fromField } from "../../core/sum/field.ts";
import { decodeFixed } from "../../core/sum/fixedpoint.ts";
import type { Config } from "../base/config.ts";
import { type LearnedItems, type PublicItems, publicSideFor } from "../kinds/itemfactors/knowledge.ts";
import { withCounts } from "../kinds/itemfactors/learned.ts";
import { standardPairDefences, sumOfPairLanes } from "../kinds/itempairs/defences.ts";
import { learnedFrom, type PairRegression, publicPairsOf } from "../kinds/itempairs/learned.ts";
import type { PairsFrom } from "../kinds/itempairs/pairmodel.ts";
import { type ListSettings, listedItems, pairsPartOf, publishedWeights } from "../kinds/itempairs/part.ts";
import type { DroppedLane } from "../kinds/robust.ts";
import { type Draft, joined, namedLearned, namedPairs, notMeasured } from "./draft.ts";
import type { Gate, Verdict } from "./gate.ts";
import type { InForce } from "./inforce.ts";
import { learnedParts, type Mix, mixOf } from "./model.ts";
import { withStages } from "./stages.ts";

export type PairsSettings = Pick<Config["pairs"], keyof ListSettings | keyof PairRegression>;

/** The edition in force with a list of today's items; null where it has that list. */
export async function withListedPairs(inForce: InForce, settings: ListSettings): Promise<Draft | null> {
  const { model, parts, edition } = inForce;
  const old = parts.pairs?.part ?? null;
  const wanted = { ...alikeBy(model), popularity: model.popularity };
  const part = pairsPartOf(listedItems(model, settings), wanted, old, settings);
  if (part === old) return null;
  return { ...(await draftWith(inForce, part, edition.model)), origin: "list" };
}

/** By what items are alike: their content; learned factors where no item has any. Rows of length 1 or 0. */
export function alikeBy(model: JoinedModel): PublicItems {
  const { catalogue, content, factors, factorDim: dim, round } = model;
  if (round === 0 || content.scales.some((scale) => scale > 0)) return model;
  const rows = dequantizeRows(factors, dim);
  for (let from = 0; from < rows.length; from += dim) {
    const length = Math.sqrt(dot(rows, from, rows, from, dim));
    if (length > 0) for (let k = from; k < from + dim; k++) rows[k] /= length;
  }
  return { catalogue, content: quantizeRows(rows, catalogue.length, dim), contentDim: dim };
}

export type JudgedPairs = { readonly dropped: readonly DroppedLane[] } & (
  | { readonly verdict: Verdict; readonly draft: Draft }
  /** Nothing was learned, and why not. */
  | { readonly nothing: string }
);

export interface JudgingPairs {
  readonly inForce: InForce;
  readonly gate: Pick<Gate, "judge" | "stages">;
}

const [less, more] = [0.3, 0.5];
/** In people for each unit of the noise multiplier (times the root of the lanes): below it pairs are mostly noise. */
const leastReach = 200;

/**
 * What part of a score is by pairs, where all of it is by them and joint rows: more where the crowd reaches
 * farther out of the noise (people / noise multiplier), none where it hardly does; chosen on validation
 * people (docs/decisions/0029-pairs.md).
 */
export function pairWeightFor(reports: number, noiseMultiplier: number): number {
  if (reports < leastReach * noiseMultiplier) return 0;
  return reports < 3000 * Math.max(1, noiseMultiplier) ? less : more;
}

/** Of several lanes together, each with the noise of its own. */
export function noiseMultiplierOf(
  lanes: number,
  { sigma, clipL2 }: { readonly sigma: number; readonly clipL2: number },
): number {
  return (Math.sqrt(lanes) * sigma) / clipL2;
}

/** In the same units: from it on the trend, a ratio of two noisy numbers, says more than noise. */
const trendReach = 7000;

/**
 * Mixes to judge. The first is taken where nothing can be measured; chosen in time, on the months before the
 * one that is judged (docs/decisions/0031-the-present.md).
 */
export function mixesFor(reports: number, noiseMultiplier: number): readonly Required<Mix>[] {
  const mix = (pairWeight: number, recentWeight: number, recentTrend = 0) => ({
    ...{ pairWeight, recentWeight, recentTrend },
  });
  const [none, lately, rising] = [mix(0, 0), mix(0.2, 0.3), mix(0.2, 0.3, 2)];
  const first = pairWeightFor(reports, noiseMultiplier);
  if (first === 0) return [none, mix(less, 0), lately];
  if (reports >= trendReach * Math.max(1, noiseMultiplier)) return [rising, lately, mix(first, 0), none];
  const other = first === more ? less : more;
  return [lately, mix(first, 0), mix(other, 0), none];
}

/**
 * A round takes the place of the one before, and few people would put what many taught out of force: it must
 * have half as many reports as what is in force, a quarter a round later, and so on, so that a crowd that has
 * become smaller is heard in the end.
 */
export function fewestReports(
  { reports, asked }: Pick<PairsPart, "reports" | "asked">,
  round: number,
): number {
  return Math.ceil(reports * 0.5 ** Math.max(1, round - asked));
}

/** @throws {RangeError} for sums without a solution. */
export async function judgedPairs(
  { inForce, gate }: JudgingPairs,
  { settings: asked, round, task, lanes }: PairsFrom,
  regression: PairRegression,
): Promise<JudgedPairs> {
  const { parts } = inForce;
  if (parts.pairs === null) throw new Error("judgedPairs: expected a list in force, got none");
  const { part } = parts.pairs;
  const { values, reports, dropped } = sumOfPairLanes(
    lanes.map(({ reports, sum }) => ({ reports, values: decodeFixed(fromField(sum), task) })),
    // Both aggregators add their noise to every lane.
    { sensitivity: task.sensitivity, sigma: Math.SQRT2 * task.sigma },
    standardPairDefences,
  );
  const kept = lanes.length - dropped.length;
  if (reports === 0) return { nothing: "no lane was within bounds", dropped };
  const fewest = fewestReports(part, round);
  if (reports < fewest) {
    return { nothing: `${reports} reports, where ${part.reports} taught what is in force`, dropped };
  }
  const known = publicPairsOf(part.pattern, publicSideFor(part.items, alikeBy(inForce.model)));
  const summed = { reports, values, variance: 2 * kept * task.sigma ** 2 };
  const { weights, sums, recent } = learnedFrom(
    known,
    summed,
    { ...asked, ...regression },
    standardPairDefences,
  );
  const learned = { round: part.round + 1, reports, asked: round };
  const lately = recent === null ? null : { ...recent, shares: sharesAsRead(recent.shares) };
  const next = { ...part, ...learned, recent: lately, ...publishedWeights(part.pattern, weights) };
  // Everybody was asked how many have an item: what was counted before gives way.
  const counted = withCounts(inForce.learned, { ...sums, items: part.items });
  const drafts = await Promise.all(
    mixesFor(reports, noiseMultiplierOf(kept, { ...task, ...asked })).map(async (mix) =>
      withLearned(await draftWith(inForce, next, mix), inForce, counted),
    ),
  );
  const models = drafts.map((draft) => joined(draft.parts, draft.settings));
  const verdict = await gate.judge(models, inForce.model);
  const variant = "variant" in verdict ? verdict.variant : 0;
  const draft = { ...drafts[variant], verdict: JSON.stringify(verdict) };
  return { ...(await withStages(gate, { verdict, model: models[variant], draft, inForce })), dropped };
}

/** The draft with popularity, and predictions, by what was counted; factors stay as they are. */
async function withLearned(draft: Draft, { model, edition }: InForce, learned: LearnedItems): Promise<Draft> {
  const made = learnedParts(learned, model.round, model, edition.model.newItemWeight);
  return { ...draft, parts: { ...draft.parts, ...(await namedLearned(made)) }, learned };
}

async function draftWith(
  { parts, edition, learned, space }: InForce,
  part: PairsPart,
  mix: Mix,
): Promise<Draft> {
  return {
    parts: { ...parts, pairs: await namedPairs(part) },
    settings: { ...edition.model, ...mixOf(mix) },
    learned,
    space: { id: space, bytes: null },
    origin: "round",
    verdict: notMeasured,
  };
}
