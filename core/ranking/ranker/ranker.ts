/**
 * The ranker: a stage that orders what some sources propose (proposals.ts) by a small network over features
 * of person, item and moment (features.ts), whose hidden layer is fixed (units.ts) and whose output weights
 * the crowd teaches:
 *
 *   score_i = sum over units k of w_k h_k(x_i)
 *
 * What no source proposes comes behind all that is proposed, in the order it had. Reasons sum to scores: what
 * is linear in joint rows and pairs is told by acts, exactly; the rest of what taste adds goes to the acts
 * that speak for the item; each other group of features is one reason, its Shapley value (shapley.ts).
 */
import type { FoldIn } from "../../foldin.ts";
import { behind } from "../best.ts";
import { actReasons, withReasons } from "../explain.ts";
import type { RankingModel } from "../model.ts";
import type { Profile } from "../profile.ts";
import { featureReason, type RowReason } from "../reason.ts";
import type { Ranking } from "../score.ts";
import type { Stage, StageInput } from "../stage.ts";
import { type RankerFeature, rankerFeatures } from "./features.ts";
import { Inputs, type TasteParts } from "./inputs.ts";
import { proposed } from "./proposals.ts";
import { type GroupShares, groupShares, rankerGroups } from "./shapley.ts";
import type { LoadedRanker } from "./weights.ts";

/** What the ranker looks at for a person: which rows, and their features. */
export interface Looked {
  readonly profile: Profile;
  /** What reasons are told by. */
  readonly solved: FoldIn;
  readonly taste: TasteParts;
  readonly inputs: Inputs;
  /** Rows with the sources that propose them (proposals.ts). */
  readonly proposals: ReadonlyMap<number, number>;
}

/** Null where a ranking is not for a person, or nothing is known of them. */
export function lookedAt(ranking: Ranking, { question, barred }: StageInput): Looked | null {
  if (question.by !== "person" || ranking.taste === undefined) return null;
  const { model, profile, nowMs, local } = question;
  const { solved } = profile;
  if (solved === null) return null;
  const taste = ranking.taste();
  const moment = nowMs === undefined ? null : { nowMs, local };
  const inputs = new Inputs({ model, profile, scores: taste, told: profile.told ?? null, moment });
  const proposals = proposed({
    ...{ model, scores: taste, base: ranking.scores, profile, inputs, barred },
    nowMs: nowMs ?? Number.POSITIVE_INFINITY,
  });
  return { profile, solved, taste, inputs, proposals };
}

export const rankerStage: Stage = {
  name: "ranker",
  apply: (ranking, input) => {
    const { ranker } = input.question.model;
    const looked = ranker === null ? null : lookedAt(ranking, input);
    return ranker === null || looked === null ? ranking : rankedBy(ranker, looked, ranking, input);
  },
};

const noShares: GroupShares = new Float64Array(rankerGroups.length);
const wantedAt = rankerGroups.indexOf("wanted");
const tasteAt = rankerGroups.indexOf("taste");

interface Scored {
  readonly score: number;
  readonly shares: GroupShares;
}

function rankedBy(ranker: LoadedRanker, looked: Looked, ranking: Ranking, { question }: StageInput): Ranking {
  const ahead = scoredBy(ranker, looked);
  const { scores, cost } = behind(ranking.scores, ahead);
  return {
    scores,
    wanted: (row) => ahead.get(row)?.shares[wantedAt] ?? 0,
    reasonsOf: (rows, most = Number.POSITIVE_INFINITY) => {
      const all = Array.from(rows);
      const reasons = new Map<number, readonly RowReason[]>();
      const of = all.filter((row) => ahead.has(row));
      const told = explained(ranker, looked, { of, all, most, ahead, model: question.model });
      for (const [at, list] of told.entries()) reasons.set(of[at], list);
      // Whoever asks for a list asks about none of them, unless a site has pinned one.
      const others = all.filter((row) => !ahead.has(row));
      const theirs = others.length === 0 ? [] : ranking.reasonsOf(others, most - 1);
      const unproposed = cost === 0 ? [] : [featureReason("unproposed", -cost)];
      for (const [at, list] of theirs.entries()) reasons.set(others[at], withReasons(list, unproposed));
      return all.map((row) => reasons.get(row) ?? []);
    },
  };
}

function scoredBy(
  { units, weights }: LoadedRanker,
  { inputs, proposals }: Looked,
): ReadonlyMap<number, Scored> {
  const x = new Float64Array(rankerFeatures.length);
  const ahead = new Map<number, Scored>();
  for (const row of proposals.keys()) {
    inputs.into(row, x);
    const shares = groupShares(units, weights, x);
    let score = shares[0];
    for (let group = 1; group < shares.length; group++) score += shares[group];
    ahead.set(row, { score, shares });
  }
  return ahead;
}

interface Explaining {
  readonly of: readonly number[];
  readonly all: readonly number[];
  readonly most: number;
  readonly ahead: ReadonlyMap<number, Scored>;
  readonly model: RankingModel;
}

function explained(
  ranker: LoadedRanker,
  { taste, profile, solved }: Looked,
  { of, all, most, ahead, model }: Explaining,
): readonly (readonly RowReason[])[] {
  if (of.length === 0) return [];
  const [jointWeight, pairsWeight] = [linearWeight(ranker, "joint"), linearWeight(ranker, "pairs")];
  const sharesOf = (row: number): GroupShares => ahead.get(row)?.shares ?? noShares;
  return actReasons({
    ...{ rows: profile.chosen.joint.rows, solved, profile, of, all, most },
    mixed: {
      jointFactor: jointWeight * taste.jointFactor,
      pairs: model.pairs,
      byTaste: (at, row) => pairsWeight * taste.pairsBy(at, row),
      rest: (row) => sharesOf(row)[tasteAt] - jointWeight * taste.joint[row] - pairsWeight * taste.pairs[row],
      beside: (row) =>
        rankerGroups.flatMap((group, at): readonly RowReason[] => {
          const contribution = sharesOf(row)[at];
          if (group === "taste" || contribution === 0) return [];
          return [
            group === "wanted" ? { why: wantedIn(model), contribution } : featureReason(group, contribution),
          ];
        }),
    },
  });
}

/** Of the unit that is the feature itself: per unit of the feature before it is standardised. */
function linearWeight({ units, weights }: LoadedRanker, name: RankerFeature): number {
  const at = units.findIndex(({ unit }) => unit.shape === "linear" && unit.of === name);
  const row = rankerFeatures.find((feature) => feature.name === name);
  return at < 0 || row === undefined ? 0 : weights[at] / row.width;
}

function wantedIn({ recent }: RankingModel): "trending" | "popular" {
  return recent === null ? "popular" : "trending";
}
