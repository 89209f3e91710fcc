/**
 * The gate: no model is published that ranks worse than what is in force, or than popularity alone.
 *
 * Judged on logs the operator owns, of people held out: recall@k of the lists that browsers would show them
 * (core/ranking/). A candidate is refused when its mean recall is below either by more than `margin` standard
 * errors of the paired difference over the same people. One standard error: under equality one good candidate
 * in six is refused and tried again a round later, while a loss larger than the measurement can miss does not
 * pass.
 *
 * Young factors rank badly although they are on their way, so a candidate comes in variants, from factors at
 * full length to factors left out of the ranking; the best variant is judged, and learning goes on
 * underneath.
 */

import { catalogueCoverage, intraListDiversity, ndcgAt, recallAt } from "../../core/metrics.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import { dequantizeRows } from "../../core/model/quantize.ts";
import type { JudgedStages } from "../../core/model/ranker.ts";
import { bestRows } from "../../core/ranking/best.ts";
import { rankingModelOf } from "../../core/ranking/fromjoined.ts";
import { JournalProfile } from "../../core/ranking/journalprofile.ts";
import { hasShares, type RankingModel } from "../../core/ranking/model.ts";
import { rank } from "../../core/ranking/pipeline.ts";
import { type KnownTastes, knownTastes, profileOfTastes } from "../../core/ranking/profile.ts";
import { yieldToEventLoop } from "../base/eventloop.ts";
import type { HeldOutPerson } from "./train/holdout.ts";

export type Verdict =
  /** Numbers that no training should produce. */
  | { readonly verdict: "refused"; readonly why: "not-finite" | "too-long"; readonly detail: string }
  | { readonly verdict: "not measured"; readonly variant: number; readonly unmeasured?: UnmeasuredRanker }
  | (Measured & { readonly verdict: "better or equal" })
  | (Measured & {
      readonly verdict: "refused";
      readonly why:
        | "worse-than-in-force"
        | "worse-than-popularity"
        | "no-better-than-without-ranker"
        | "ranker-not-measured";
    });

export interface Measured {
  /** Which of the variants was the best. */
  readonly variant: number;
  /** Held-out people it was measured on. */
  readonly people: number;
  readonly k: number;
  /** Mean recall@k of every variant. */
  readonly variants: readonly number[];
  readonly candidate: number;
  readonly inForce: number | null;
  readonly popularity: number | null;
  /** What its stages gain, each beside the one before; absent where it has no ranker. */
  readonly stages?: JudgedStages;
  /** A ranker that nothing is known of; absent where it was measured, or there is none. */
  readonly unmeasured?: UnmeasuredRanker;
}

export interface UnmeasuredRanker {
  /** Held-out people who could be asked about it: too few. */
  readonly people: number;
  /** Refused: it was all that there was to judge. */
  readonly became: "left out" | "kept" | "refused";
}

/** What stages gain, or that too few people could be asked. */
export type FoundStages =
  | { readonly state: "measured"; readonly judged: JudgedStages }
  | { readonly state: "not measured"; readonly people: number };

/**
 * So many people at least say what a stage gains. Of one person there is no error to see, so that any gain
 * would be enough; of twenty a gain beyond the standard error comes by chance about as often as of many, once
 * in six (Student's t).
 */
export const fewestForStages = 20;

/** A model by its stages; variety changes nothing where there is no ranker. */
export interface Staged {
  readonly without: JoinedModel;
  readonly ranked: JoinedModel;
  readonly varied: JoinedModel;
}

/** Variety takes places from what is likeliest: so much of the NDCG it may cost, as a part of it. */
export const mostLostToVariety = 0.05;

export interface GateParts {
  /**
   * Null when the operator has no logs of people held out: then nothing is measured, and the verdict says so.
   */
  readonly heldOut: readonly HeldOutPerson[] | null;
  readonly k: number;
  readonly margin: number;
}

/** What was measured of stages; null where nothing was. */
export function judgedIn(verdict: Verdict): JudgedStages | null {
  return ("stages" in verdict ? verdict.stages : null) ?? null;
}

/** A row this long is a solution gone astray: rows that fit targets of 1 have lengths about 1. */
const longestRow = 100;

export class Gate {
  /** Recalls of models already judged: the one in force is judged once. */
  readonly #judged = new WeakMap<JoinedModel, Float64Array | null>();

  readonly #parts: GateParts;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /**
   * @param variants of one candidate, the one to take unmeasured first.
   */
  async judge(variants: readonly JoinedModel[], inForce: JoinedModel | null): Promise<Verdict> {
    for (const model of variants) {
      const fault = faultOf(model);
      if (fault !== null) return fault;
    }
    const { heldOut, k } = this.#parts;
    if (heldOut === null || heldOut.length === 0) return { verdict: "not measured", variant: 0 };
    const recalls: Float64Array[] = [];
    for (const model of variants) {
      const measured = await this.#recallsOf(model);
      // None of the held-out people knows an item of this catalogue.
      if (measured === null) return { verdict: "not measured", variant: 0 };
      recalls.push(measured);
    }
    const means = recalls.map(meanOf);
    const variant = means.indexOf(Math.max(...means));
    const best = recalls[variant];
    const ofInForce = inForce === null ? null : await this.#recallsOf(inForce);
    const ofPopularity = popularityRecalls(variants[variant], heldOut, k);
    const measured: Measured = {
      variant,
      people: best.filter((recall) => !Number.isNaN(recall)).length,
      k,
      variants: means,
      candidate: means[variant],
      inForce: ofInForce === null ? null : meanOf(ofInForce),
      popularity: ofPopularity === null ? null : meanOf(ofPopularity),
    };
    if (ofInForce !== null && this.#isWorse(best, ofInForce)) {
      return { verdict: "refused", why: "worse-than-in-force", ...measured };
    }
    if (ofPopularity !== null && this.#isWorse(best, ofPopularity)) {
      return { verdict: "refused", why: "worse-than-popularity", ...measured };
    }
    return { verdict: "better or equal", ...measured };
  }

  /**
   * Which model to prefer: the first, unless another's mean recall@k is higher by more than a standard error of
   * the paired difference; then the best of those. Null where nobody held out can be asked about them.
   */
  async preferred(models: readonly JoinedModel[]): Promise<number | null> {
    const recalls: Float64Array[] = [];
    for (const model of models) {
      const measured = await this.#recallsOf(model);
      if (measured === null) return null;
      recalls.push(measured);
    }
    let preferred = 0;
    for (const [at, recall] of recalls.entries()) {
      const { mean, standardError } = pairedDifference(recall, recalls[0]);
      if (mean > standardError && meanOf(recall) > meanOf(recalls[preferred])) preferred = at;
    }
    return preferred;
  }

  /**
   * Whether each stage beats the one before, on people as of the last days of their file where it says when:
   * what a stage gains hangs on when it is asked. A ranker must rank better: its mean NDCG@k higher by more
   * than `margin` standard errors of the paired difference. Variety may cost some of that, at most
   * `mostLostToVariety`, and lists must have more of the catalogue together, and be more unlike within.
   */
  async stages({ without, ranked, varied }: Staged): Promise<FoundStages> {
    const { k } = this.#parts;
    const plain = await this.#listed(without);
    const people = plain.lists.length;
    if (people < fewestForStages) return { state: "not measured", people };
    const byRanker = await this.#listed(ranked);
    const { mean, standardError } = pairedDifference(byRanker.ndcg, plain.ndcg);
    const isOn = mean > Math.max(0, this.#parts.margin * standardError);
    const stages: JudgedStages["stages"] = [{ stage: "ranker", isOn, ...changeOf(plain, byRanker) }];
    if (!isOn) return { state: "measured", judged: { people, k, stages } };
    const change = changeOf(byRanker, await this.#listed(varied));
    const variety = { stage: "variety", isOn: isVarietyWorth(change), ...change } as const;
    return { state: "measured", judged: { people, k, stages: [...stages, variety] } };
  }

  async #listed(model: JoinedModel): Promise<Listed> {
    const { heldOut, k } = this.#parts;
    const ranking = rankingModelOf(model);
    const late = (heldOut ?? []).flatMap(({ lately }) => lately ?? []);
    const people: readonly HeldOutPerson[] = late.length > 0 ? late : (heldOut ?? []);
    const ndcg = new Float64Array(people.length).fill(Number.NaN);
    const lists: Uint32Array[] = [];
    for (const [at, person] of people.entries()) {
      const judgeable = judgeableOf(person, ranking);
      if (judgeable === null) continue;
      const list = listFor(person, judgeable, ranking, k);
      lists.push(list);
      ndcg[at] = ndcgAt({ list, targets: judgeable.targets, k });
      // Milliseconds each: the server answers in between.
      await yieldToEventLoop();
    }
    const diversity = intraListDiversity(lists, ranking.joint.rows);
    return { ndcg, lists, coverage: catalogueCoverage(lists, ranking.count), diversity };
  }

  /** Whether the mean paired difference lies more than `margin` standard errors below 0. */
  #isWorse(candidate: Float64Array, other: Float64Array): boolean {
    const { mean, standardError } = pairedDifference(candidate, other);
    return mean < -this.#parts.margin * standardError;
  }

  async #recallsOf(model: JoinedModel): Promise<Float64Array | null> {
    const known = this.#judged.get(model);
    if (known !== undefined) return known;
    const recalls = await personRecalls(beforeVariety(model), this.#parts.heldOut ?? [], this.#parts.k);
    const found = recalls.every(Number.isNaN) ? null : recalls;
    this.#judged.set(model, found);
    return found;
  }
}

/** Of those people for whom both are known; zeros where there are none. */
function pairedDifference(
  candidate: Float64Array,
  other: Float64Array,
): { readonly mean: number; readonly standardError: number } {
  const differences = [...candidate.keys()]
    .map((person) => candidate[person] - other[person])
    .filter((difference) => !Number.isNaN(difference));
  const count = differences.length;
  if (count === 0) return { mean: 0, standardError: 0 };
  const mean = differences.reduce((sum, value) => sum + value, 0) / count;
  const square = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(square / Math.max(1, count - 1) / count) };
}

/** recall@k of each person's list; NaN for one without known items or targets in the catalogue. */
async function personRecalls(
  model: JoinedModel,
  people: readonly HeldOutPerson[],
  k: number,
): Promise<Float64Array> {
  const ranking = rankingModelOf(model);
  const recalls = new Float64Array(people.length).fill(Number.NaN);
  for (const [at, person] of people.entries()) {
    const judgeable = judgeableOf(person, ranking);
    if (judgeable === null) continue;
    const { targets } = judgeable;
    recalls[at] = recallAt({ list: listFor(person, judgeable, ranking, k), targets, k });
    // Milliseconds each: the server answers in between.
    await yieldToEventLoop();
  }
  return recalls;
}

/** What browsers would show them: by their journal as of when they are asked, where there is one. */
function listFor(
  { journal }: HeldOutPerson,
  { tastes }: Judgeable,
  model: RankingModel,
  k: number,
): Uint32Array {
  if (journal === undefined) {
    return bestRows(rank({ model, by: "person", profile: profileOfTastes(model, tastes) }), k);
  }
  const { nowMs } = journal;
  const profile = new JournalProfile(model, journal);
  return bestRows(rank({ model, by: "person", profile, nowMs }), k);
}

/** What variety costs is judged by itself: how well a model ranks is told by its lists before that. */
function beforeVariety(model: JoinedModel): JoinedModel {
  if (model.ranker === undefined) return model;
  return { ...model, ranker: { ...model.ranker, novelty: 0, diversity: 0 } };
}

/** Lists of everybody who can be asked, and what they are worth. */
interface Listed {
  readonly ndcg: Float64Array;
  readonly lists: readonly Uint32Array[];
  readonly coverage: number;
  readonly diversity: number;
}

type StageChange = Pick<JudgedStages["stages"][number], "ndcg" | "coverage" | "diversity">;

/** Whether what variety gives is worth what it costs. */
export function isVarietyWorth({ ndcg, coverage, diversity }: StageChange): boolean {
  const isCheap = ndcg.after >= (1 - mostLostToVariety) * ndcg.before;
  return isCheap && coverage.after > coverage.before && diversity.after > diversity.before;
}

function changeOf(before: Listed, after: Listed): StageChange {
  const change = (of: (listed: Listed) => number) => ({ before: of(before), after: of(after) });
  return {
    ndcg: change(({ ndcg }) => meanOf(ndcg)),
    coverage: change(({ coverage }) => coverage),
    diversity: change(({ diversity }) => diversity),
  };
}

/** The same for the ranking by the model's own popularity; null while the crowd has not given any. */
function popularityRecalls(
  model: JoinedModel,
  people: readonly HeldOutPerson[],
  k: number,
): Float64Array | null {
  // Of all time: what is wanted lately is a part of what is judged.
  const { recent: _recent, ...always } = model;
  const ranking = rankingModelOf(always);
  if (!hasShares(ranking)) return null;
  return Float64Array.from(people, (person) => {
    const judgeable = judgeableOf(person, ranking);
    if (judgeable === null) return Number.NaN;
    const { tastes, targets } = judgeable;
    const ranked = rank({ model: ranking, by: "trending", exclude: tastes.items });
    return recallAt({ list: bestRows(ranked, k), targets, k });
  });
}

interface Judgeable {
  readonly tastes: KnownTastes;
  readonly targets: ReadonlySet<number>;
}

function judgeableOf({ known, targets }: HeldOutPerson, ranking: RankingModel): Judgeable | null {
  const tastes = knownTastes(ranking, known);
  const targetRows = new Set([...targets].flatMap((item) => ranking.rowOf.get(item) ?? []));
  return tastes.items.length === 0 || targetRows.size === 0 ? null : { tastes, targets: targetRows };
}

function faultOf(model: JoinedModel): Verdict | null {
  const rows = dequantizeRows(model.factors, model.factorDim);
  for (let item = 0; item < model.items; item++) {
    let square = 0;
    for (let k = 0; k < model.factorDim; k++) square += rows[item * model.factorDim + k] ** 2;
    const length = Math.sqrt(square);
    if (!Number.isFinite(length) || !Number.isFinite(model.popularity[item])) {
      return { verdict: "refused", why: "not-finite", detail: `item ${model.catalogue[item].item}` };
    }
    if (length > longestRow) {
      const detail = `item ${model.catalogue[item].item}: length must be at most ${longestRow}, got ${length}`;
      return { verdict: "refused", why: "too-long", detail };
    }
  }
  return null;
}

function meanOf(recalls: Float64Array): number {
  const measured = recalls.filter((recall) => !Number.isNaN(recall));
  return measured.reduce((sum, recall) => sum + recall, 0) / measured.length;
}
