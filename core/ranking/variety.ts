/**
 * Variety: of the best, one after the other that is best, least like those before it, and in later places not what
 * everybody wants:
 *
 *   place k has the argmax over rows left of  score_i - cost_i(k)
 *   cost_i(k) = d max over rows taken j of max(0, cos_ij)  +  [k > first] b (wanted_i - least wanted)
 *
 * The first term is maximal marginal relevance (Carbonell and Goldstein 1998). The second holds back
 * popularity, which what is learned from orders over-recommends (Abdollahpouri et al. 2019), where it costs a
 * list least: wanted_i is what the ranker's features of what is wanted add to the score. Costs only grow from
 * place to place, so no row is taken at more than the one before: its score is what it was taken at, and the
 * order is by score. For the same reason a row is compared with what was taken only when it would come next
 * (lazy evaluation of a greedy walk, Minoux 1978). The walk does not know how many will be listed: a list is
 * the beginning of any longer one. Rows that are not taken come behind, in their order.
 */
import { productsInto } from "../linear/products.ts";
import { behind, bestRows } from "./best.ts";
import { withReasons } from "./explain.ts";
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
  const taken = walk(looked, ranking, strengths, model);
  const { scores, cost } = behind(ranking.scores, taken);
  return {
    ...ranking,
    scores,
    reasonsOf: (rows, most = Number.POSITIVE_INFINITY) =>
      ranking.reasonsOf(rows, most - 2).map((reasons, at) => {
        const place = taken.get(rows[at]);
        const costs: readonly (readonly [ReasonFeature, number])[] =
          place === undefined
            ? [["later", cost]]
            : [
                ["diversity", place.likeness],
                ["novelty", place.popularity],
              ];
        const told = costs.filter(([, cost]) => cost !== 0);
        return withReasons(
          reasons,
          told.map(([feature, cost]) => featureReason(feature, -cost)),
        );
      }),
  };
}

function walk(
  looked: Uint32Array,
  { scores, wanted = () => 0 }: Ranking,
  { novelty, diversity }: Strengths,
  { joint, jointNorms }: RankingModel,
): ReadonlyMap<number, Taken> {
  // What rows cost by those taken that they were compared with: the others may only make it more.
  const likeness = new Float64Array(looked.length);
  const compared = new Uint32Array(looked.length);
  const popularity = new Float64Array(looked.length);
  const wantedBy = Float64Array.from(looked, (row) => novelty * wanted(row));
  const leastWanted = wantedBy.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const leftOf = (at: number): number => scores[looked[at]] - likeness[at] - popularity[at];
  // Below all once it is taken.
  const left = Float64Array.from(looked, (_, at) => leftOf(at));
  const taken = new Map<number, Taken>();
  // Rows of length 1, those taken one after the other, so that several are compared with at a time.
  const { dim } = joint.rows;
  const units: Float64Array[] = [];
  const takenUnits = new Float64Array(mostTaken * dim);
  const cosines = new Float64Array(mostTaken);
  while (taken.size < mostTaken) {
    for (let at = 0; taken.size === firstPlaces && at < left.length; at++) {
      popularity[at] = wantedBy[at] - leastWanted;
      if (left[at] > Number.NEGATIVE_INFINITY) left[at] = leftOf(at);
    }
    for (;;) {
      let best = -1;
      let score = Number.NEGATIVE_INFINITY;
      for (let at = 0; at < left.length; at++) {
        if (!(left[at] > score)) continue;
        best = at;
        score = left[at];
      }
      if (best < 0) return taken;
      const from = compared[best];
      units[best] ??= unitOf(looked[best]);
      // Compared with all, it is best whatever the others come to.
      if (diversity === 0 || from === taken.size) {
        takenUnits.set(units[best], taken.size * dim);
        taken.set(looked[best], { score, likeness: likeness[best], popularity: popularity[best] });
        left[best] = Number.NEGATIVE_INFINITY;
        break;
      }
      compared[best] = taken.size;
      const count = taken.size - from;
      productsInto({ values: takenUnits.subarray(from * dim), count, dim }, units[best], cosines);
      for (let at = 0; at < count; at++) likeness[best] = Math.max(likeness[best], diversity * cosines[at]);
      left[best] = leftOf(best);
    }
  }
  return taken;

  /** Of length 0 where there is nothing to compare. */
  function unitOf(row: number): Float64Array {
    const unit = new Float64Array(dim);
    joint.rows.rowInto(row, unit);
    const norm = jointNorms[row];
    if (norm > 0) for (let k = 0; k < dim; k++) unit[k] /= norm;
    return unit;
  }
}
