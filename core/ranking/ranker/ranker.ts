/**
 * The ranker: a stage that orders what some sources propose (proposals.ts) by a small network over features of person,
 * item and moment (features.ts), whose hidden layer is fixed (units.ts) and whose output weights the crowd teaches:
 *
 *   score_i = sum over units k of w_k h_k(x_i)
 *
 * What no source proposes comes behind all that is proposed, in the order it had. Reasons sum to scores: what is linear
 * in joint rows and pairs is told by acts, exactly; the rest of what taste adds goes to the acts that speak for the
 * item; each other group of features is one reason, its Shapley value (shapley.ts).
 */
import { actReasons } from "../explain.ts";
import type { RowReason } from "../reason.ts";
import type { Ranking } from "../score.ts";
import type { Stage, StageInput } from "../stage.ts";
import { type RankerGroup, rankerFeatures } from "./features.ts";
import { Inputs, type TasteParts } from "./inputs.ts";
import { proposed } from "./proposals.ts";
import { type GroupShares, groupShares } from "./shapley.ts";
import type { LoadedRanker } from "./weights.ts";

/** What the ranker looks at for a person: which rows, and their features. */
export interface Looked {
  readonly taste: TasteParts;
  readonly inputs: Inputs;
  /** Rows with the sources that propose them (proposals.ts). */
  readonly proposals: ReadonlyMap<number, number>;
}

/** Null where a ranking is not for a person, or nothing is known of them. */
export function lookedAt(ranking: Ranking, { question, barred }: StageInput): Looked | null {
  if (question.by !== "person" || ranking.taste === undefined) return null;
  const { model, profile, nowMs, local } = question;
  const taste = ranking.taste();
  const moment = nowMs === undefined ? null : { nowMs, local };
  const inputs = new Inputs({ model, profile, scores: taste, told: profile.told ?? null, moment });
  const proposing = { model, scores: taste, base: ranking.scores, profile, inputs, barred };
  return { taste, inputs, proposals: proposed(proposing) };
}

export const rankerStage: Stage = {
  name: "ranker",
  apply: (ranking, input) => {
    const { ranker } = input.question.model;
    const looked = ranker === null ? null : lookedAt(ranking, input);
    return ranker === null || looked === null ? ranking : rankedBy(ranker, looked, ranking, input);
  },
};

function rankedBy(
  { units, weights }: LoadedRanker,
  { taste, inputs, proposals }: Looked,
  ranking: Ranking,
  { question }: StageInput,
): Ranking {
  const x = new Float64Array(rankerFeatures.length);
  const ofRow = new Map<number, number>();
  let least = Number.POSITIVE_INFINITY;
  for (const row of proposals.keys()) {
    let score = 0;
    for (const share of sharesOf(row).values()) score += share;
    ofRow.set(row, score);
    least = Math.min(least, score);
  }
  const behind = behindAll(ranking.scores, ofRow, least);
  const scores = ranking.scores.map((score, row) => ofRow.get(row) ?? score - behind);
  const [jointWeight, pairsWeight] = [linearWeight("joint"), linearWeight("pairs")];
  return {
    scores,
    wanted: (row) => (ofRow.has(row) ? (sharesOf(row).get("wanted") ?? 0) : 0),
    reasonsOf: (rows, most) => {
      const all = Array.from(rows);
      const of = all.filter((row) => ofRow.has(row));
      const others = all.filter((row) => !ofRow.has(row));
      const reasons = new Map<number, readonly RowReason[]>();
      for (const [at, list] of ranking.reasonsOf(others, less(most)).entries()) {
        reasons.set(others[at], [...list, { why: "feature", feature: "unproposed", contribution: -behind }]);
      }
      for (const [at, list] of explained(of, most).entries()) reasons.set(of[at], list);
      return all.map((row) => reasons.get(row) ?? []);
    },
  };

  function explained(of: readonly number[], most = Number.POSITIVE_INFINITY) {
    if (of.length === 0 || question.by !== "person") return [];
    const { profile } = question;
    if (profile.solved === null) return [];
    const shares = new Map(of.map((row) => [row, sharesOf(row)]));
    const linear = (row: number): number => jointWeight * taste.joint[row] + pairsWeight * taste.pairs[row];
    return actReasons({
      ...{ rows: profile.chosen.joint.rows, solved: profile.solved, profile, of, most },
      mixed: {
        jointFactor: jointWeight * taste.jointFactor,
        byTaste: (at, row) => pairsWeight * taste.pairsBy(at, row),
        rest: (row) => (shares.get(row)?.get("taste") ?? 0) - linear(row),
        beside: (row) =>
          [...(shares.get(row) ?? [])].flatMap(([group, contribution]) =>
            group === "taste" ? [] : [reasonFor(group, contribution)],
          ),
      },
    });
  }

  function sharesOf(row: number): GroupShares {
    inputs.into(row, x);
    return groupShares(units, weights, x);
  }

  /** Of the unit that is the feature itself: per unit of the feature before it is standardised. */
  function linearWeight(name: string): number {
    const at = units.findIndex(({ unit }) => unit.shape === "linear" && unit.of === name);
    const row = rankerFeatures.find((feature) => feature.name === name);
    return at < 0 || row === undefined ? 0 : weights[at] / row.width;
  }
}

function reasonFor(group: RankerGroup, contribution: number): RowReason {
  return group === "wanted"
    ? { why: "trending", contribution }
    : { why: "feature", feature: group, contribution };
}

/** Room for the reason that a row was not proposed. */
function less(most: number | undefined): number | undefined {
  return most === undefined ? undefined : most - 1;
}

/** What is taken from the scores of what was not proposed, so that they come behind all that was. */
function behindAll(scores: Float64Array, ofRow: ReadonlyMap<number, number>, least: number): number {
  if (ofRow.size === 0) return 0;
  let best = Number.NEGATIVE_INFINITY;
  for (const [row, score] of scores.entries()) {
    if (!ofRow.has(row) && score > best) best = score;
  }
  return best === Number.NEGATIVE_INFINITY ? 0 : best - least + 1;
}
