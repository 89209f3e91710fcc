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

import { recallAt } from "../../core/metrics.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import { dequantizeRows } from "../../core/model/quantize.ts";
import { bestRows } from "../../core/ranking/best.ts";
import { rankingModelOf } from "../../core/ranking/fromjoined.ts";
import { hasShares, type RankingModel } from "../../core/ranking/model.ts";
import { rank } from "../../core/ranking/pipeline.ts";
import { type KnownTastes, knownTastes, profileOfTastes } from "../../core/ranking/profile.ts";
import { yieldToEventLoop } from "../base/eventloop.ts";
import type { HeldOutPerson } from "./train/holdout.ts";

export type Verdict =
  /** Numbers that no training should produce. */
  | { readonly verdict: "refused"; readonly why: "not-finite" | "too-long"; readonly detail: string }
  | { readonly verdict: "not measured"; readonly variant: number }
  | (Measured & { readonly verdict: "better or equal" })
  | (Measured & {
      readonly verdict: "refused";
      readonly why: "worse-than-in-force" | "worse-than-popularity";
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
}

export interface GateParts {
  /**
   * Null when the operator has no logs of people held out: then nothing is measured, and the verdict says so.
   */
  readonly heldOut: readonly HeldOutPerson[] | null;
  readonly k: number;
  readonly margin: number;
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

  /** Whether the mean paired difference lies more than `margin` standard errors below 0. */
  #isWorse(candidate: Float64Array, other: Float64Array): boolean {
    const { mean, standardError } = pairedDifference(candidate, other);
    return mean < -this.#parts.margin * standardError;
  }

  async #recallsOf(model: JoinedModel): Promise<Float64Array | null> {
    const known = this.#judged.get(model);
    if (known !== undefined) return known;
    const recalls = await personRecalls(model, this.#parts.heldOut ?? [], this.#parts.k);
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
    const { tastes, targets } = judgeable;
    const ranked = rank({ model: ranking, by: "person", profile: profileOfTastes(ranking, tastes) });
    recalls[at] = recallAt({ list: bestRows(ranked, k), targets, k });
    // Milliseconds each: the server answers in between.
    await yieldToEventLoop();
  }
  return recalls;
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
