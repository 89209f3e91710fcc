/**
 * Variety: of the best, one after the other that is best, least like those before it, and in later places not what
 * everybody wants:
 *
 *   place k has the argmax over rows left of  score_i - cost_i(k)
 *   cost_i(k) = d max over rows taken j of max(0, cos_ij)  +  [k > first] b (wanted_i - least wanted)
 *
 * The first term is maximal marginal relevance (Carbonell and Goldstein 1998). The second holds back popularity, which
 * what is learned from orders over-recommends (Abdollahpouri et al. 2019), where it costs a list least: wanted_i is what
 * the ranker's features of what is wanted add to the score. Costs only grow from place to place, so no row is taken at
 * more than the one before: its score is what it was taken at, and the order is by score. The walk does not know how
 * many will be listed: a list is the beginning of any longer one. Rows that are not taken come behind, in their order.
 */
import { dot } from "../linear.ts";
import { behind, bestRows } from "./best.ts";
import { withReason } from "./explain.ts";
import type { RankingModel } from "./model.ts";
import { featureReason, type ReasonFeature } from "./reason.ts";
import type { Ranking } from "./score.ts";
import type { Stage, StageInput } from "./stage.ts";

/** Products that are looked at, and places that are given: more than a shelf has. */
const mostLooked = 200;
const mostTaken = 60;
/** Places that are given by the score and likeness alone. */
const firstPlaces = 13;

export const varietyStage: Stage = {
  name: "variety",
  apply: (ranking, input) => {
    const { question } = input;
    const { novelty = 0, diversity = 0 } = question.model.ranker ?? {};
    if (question.by !== "person" || question.profile.solved === null) return ranking;
    return novelty === 0 && diversity === 0 ? ranking : varied(ranking, input, { novelty, diversity });
  },
};

interface Strengths {
  readonly novelty: number;
  readonly diversity: number;
}

interface Taken {
  readonly score: number;
  readonly likeness: number;
  readonly popularity: number;
}

function varied(ranking: Ranking, { question, barred }: StageInput, strengths: Strengths): Ranking {
  const { model } = question;
  const groupOf = (row: number): string | undefined => model.cards[row].group;
  const looked = bestRows({ scores: ranking.scores, barred, groupOf }, mostLooked);
  const taken = walk(looked, ranking, { ...strengths, unit: unitRows(model, looked) });
  const cost = behind(ranking.scores, taken);
  return {
    ...ranking,
    scores: ranking.scores.map((score, row) => taken.get(row)?.score ?? score - cost),
    reasonsOf: (rows, most) =>
      ranking.reasonsOf(rows, most === undefined ? undefined : most - 2).map((reasons, at) => {
        const place = taken.get(rows[at]);
        const costs: readonly (readonly [ReasonFeature, number])[] =
          place === undefined
            ? [["later", cost]]
            : [
                ["diversity", place.likeness],
                ["novelty", place.popularity],
              ];
        return costs
          .filter(([, cost]) => cost !== 0)
          .map(([feature, cost]) => featureReason(feature, -cost))
          .reduce(withReason, reasons);
      }),
  };
}

interface Walk extends Strengths {
  readonly unit: UnitRows;
}

function walk(
  looked: Uint32Array,
  { scores, wanted = () => 0 }: Ranking,
  { novelty, diversity, unit }: Walk,
): ReadonlyMap<number, Taken> {
  const likeness = new Float64Array(looked.length);
  const wantedBy = Float64Array.from(looked, (row) => novelty * wanted(row));
  const leastWanted = wantedBy.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const isTaken = new Uint8Array(looked.length);
  const taken = new Map<number, Taken>();
  for (let place = 0; place < Math.min(mostTaken, looked.length); place++) {
    const popularityOf = (at: number): number => (place < firstPlaces ? 0 : wantedBy[at] - leastWanted);
    let best = -1;
    let score = Number.NEGATIVE_INFINITY;
    for (const [at, row] of looked.entries()) {
      const left = scores[row] - likeness[at] - popularityOf(at);
      if (isTaken[at] !== 0 || !(left > score)) continue;
      best = at;
      score = left;
    }
    if (best < 0) break;
    isTaken[best] = 1;
    taken.set(looked[best], { score, likeness: likeness[best], popularity: popularityOf(best) });
    if (diversity === 0) continue;
    for (let at = 0; at < looked.length; at++) {
      if (isTaken[at] !== 0) continue;
      const cosine = dot(unit.values, at * unit.dim, unit.values, best * unit.dim, unit.dim);
      likeness[at] = Math.max(likeness[at], diversity * cosine);
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
