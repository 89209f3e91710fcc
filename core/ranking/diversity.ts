/**
 * Diversity: of the first so many, one after the other that is best and least like those before it.
 *
 *   next = argmax over rows left of  score_i - d max over rows taken j of max(0, cos_ij)
 *
 * Maximal marginal relevance (Carbonell and Goldstein 1998). What is subtracted only grows while rows are taken, so each
 * row taken has no more than the one before: its score is what it was taken for, and the order is by score. The walk
 * does not know how many will be listed: a list is the beginning of any longer one. Rows beyond the first so many come
 * behind them, in their order.
 */
import { dot } from "../linear.ts";
import type { RowReason } from "./explain.ts";
import type { RankingModel } from "./model.ts";
import type { Stage } from "./stages.ts";
import { topK } from "./topk.ts";

/** Rows that are walked: more than any shelf lists. */
const mostWalked = 100;

export const diversityStage: Stage = {
  name: "diversity",
  apply: (ranking, { question, barred }) => {
    const { model } = question;
    const strength = model.ranker?.diversity ?? 0;
    if (strength === 0 || question.by !== "person" || question.profile.solved === null) return ranking;
    const first = topK({ scores: ranking.scores, k: mostWalked, exclude: barred });
    const walked = walk(first, { scores: ranking.scores, unit: unitRows(model, first), strength });
    const behind = behindAll(ranking.scores, walked);
    const scores = ranking.scores.map((score, row) => walked.get(row)?.score ?? score - behind);
    return {
      ...ranking,
      scores,
      reasonsOf: (rows, most) =>
        ranking.reasonsOf(rows, most === undefined ? undefined : most - 1).map((reasons, at) => {
          const taken = walked.get(rows[at]);
          if (taken === undefined) return behind === 0 ? reasons : [...reasons, feature("unproposed", -behind)];
          return taken.cost === 0 ? reasons : [...reasons, feature("diversity", -taken.cost)];
        }),
    };
  },
};

function feature(name: "unproposed" | "diversity", contribution: number): RowReason {
  return { why: "feature", feature: name, contribution };
}

interface Taken {
  readonly score: number;
  /** What likeness to those before took from it. */
  readonly cost: number;
}

interface Walk {
  readonly scores: Float64Array;
  /** Rows of length 1, one a place of `first`. */
  readonly unit: UnitRows;
  readonly strength: number;
}

function walk(first: Uint32Array, { scores, unit, strength }: Walk): ReadonlyMap<number, Taken> {
  const costs = new Float64Array(first.length);
  const isTaken = new Uint8Array(first.length);
  const taken = new Map<number, Taken>();
  for (const _ of first) {
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (const [place, row] of first.entries()) {
      const score = scores[row] - costs[place];
      if (isTaken[place] !== 0 || !(score > most)) continue;
      best = place;
      most = score;
    }
    if (best < 0) break;
    isTaken[best] = 1;
    taken.set(first[best], { score: most, cost: costs[best] });
    for (let place = 0; place < first.length; place++) {
      if (isTaken[place] !== 0) continue;
      const cosine = dot(unit.values, place * unit.dim, unit.values, best * unit.dim, unit.dim);
      costs[place] = Math.max(costs[place], strength * cosine);
    }
  }
  return taken;
}

interface UnitRows {
  readonly values: Float64Array;
  readonly dim: number;
}

/** Joint rows of length 1; of length 0 where there is nothing to compare. */
function unitRows({ joint, jointNorms }: RankingModel, rows: Uint32Array): UnitRows {
  const { dim } = joint.rows;
  const values = new Float64Array(rows.length * dim);
  for (const [place, row] of rows.entries()) {
    const one = values.subarray(place * dim, (place + 1) * dim);
    joint.rows.rowInto(row, one);
    if (jointNorms[row] > 0) for (let k = 0; k < dim; k++) one[k] /= jointNorms[row];
  }
  return { values, dim };
}

/** What is taken from the scores of rows that were not walked, so that they come behind those that were. */
function behindAll(scores: Float64Array, walked: ReadonlyMap<number, Taken>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { score } of walked.values()) least = Math.min(least, score);
  let best = Number.NEGATIVE_INFINITY;
  for (const [row, score] of scores.entries()) if (!walked.has(row) && score > best) best = score;
  return best > least ? best - least : 0;
}
