/**
 * A shop that learns pairs from one report each, with and without liars among the reporters, and what
 * held-out people are shown by content beside those pairs.
 */
import { recallAt } from "../../core/metrics.ts";
import { bestRows } from "../../core/ranking/best.ts";
import { placeInList } from "../../core/ranking/pipeline.ts";
import { recentScores } from "../../core/ranking/recent.ts";
import { seededRandom } from "../../core/seeded.ts";
import { addInto, fromField, toField } from "../../core/sum/field.ts";
import { decodeFixed } from "../../core/sum/fixedpoint.ts";
import type { Lanes } from "../../core/sum/lanes.ts";
import { sensitivityOf } from "../../core/tasks/itemfactors/contribution.ts";
import type { PublicItems } from "../../server/kinds/itemfactors/knowledge.ts";
import { type PairDefences, sumOfPairLanes } from "../../server/kinds/itempairs/defences.ts";
import type { PublicPairs } from "../../server/kinds/itempairs/learned.ts";
import type { RobustSum } from "../../server/kinds/robust.ts";
import { seededFill } from "../crowds.ts";
import type { DataSet, Person } from "../data.ts";
import { jointScores, type ScoresOf } from "../judge.ts";
import { everybodys, mixOf } from "../mix.ts";
import type { PairsBesideContent } from "../privacysettings.ts";
import { fractionBits } from "../private.ts";
import { type LearnedPairs, type ListedWeights, learnedOf, noisySum, pairScores } from "../privatepairs.ts";
import { type PairStrategy, pairLieOf } from "./pairattackers.ts";

export interface PairWorld {
  readonly data: DataSet;
  readonly publicItems: PublicItems;
  readonly ground: PublicPairs;
  /** The honest. */
  readonly crowd: readonly Person[];
  readonly by: PairsBesideContent;
  readonly lanes: Lanes;
  readonly seed: number;
}

/** A lane as the server holds it: reports, and field elements with the noise of both aggregators. */
interface Lane {
  readonly reports: number;
  readonly sum: Uint32Array;
}

export interface PairAttack {
  readonly strategy: PairStrategy;
  readonly target: number;
  /** Share of all reports that are lies. */
  readonly rate: number;
  /** Share of people by item, as published before. */
  readonly shares: Float64Array;
}

/** Everybody honest reports once, in a lane of chance. */
export function honestLanes({ crowd, ground, by, lanes, seed }: PairWorld): readonly Lane[] {
  const dice = seededRandom(seed);
  const fill = seededFill(seed);
  const inLanes = Array.from({ length: lanes }, (): Person[] => []);
  for (const person of crowd) inLanes[Math.floor(dice() * lanes)].push(person);
  return inLanes.map((people) => {
    const sum = noisySum(people, ground.pattern, by.settings, fill);
    return {
      reports: people.length,
      sum: toField(Int32Array.from(sum, (value) => value * 2 ** fractionBits)),
    };
  });
}

/** The lanes with liars among the reporters; the argument is unchanged. */
export function attackedLanes(
  world: PairWorld,
  honest: readonly Lane[],
  attack: PairAttack,
): readonly Lane[] {
  const { crowd, ground, by, lanes, seed } = world;
  const liars = Math.max(1, Math.round(attack.rate * crowd.length));
  const random = seededRandom(seed + 1);
  const plan = {
    ...attack,
    pattern: ground.pattern,
    scales: by.settings,
    laneReports: (crowd.length + liars) / lanes,
    liesInLane: Math.ceil(liars / lanes),
    random,
  };
  const attacked = honest.map(({ reports, sum }) => ({ reports, sum: sum.slice() }));
  for (let liar = 0; liar < liars; liar++) {
    const lane = attacked[Math.floor(random() * lanes)];
    lane.reports += 1;
    addInto(lane.sum, pairLieOf(plan));
  }
  return attacked;
}

/** Null: every lane was dropped, and nothing is learned. */
export interface LearnedFromLanes {
  readonly learned: LearnedPairs | null;
  readonly dropped: RobustSum["dropped"];
}

export function learnedFromLanes(
  { ground, by }: PairWorld,
  lanes: readonly Lane[],
  defences: PairDefences,
): LearnedFromLanes {
  const { settings } = by;
  const sums = lanes.map(({ reports, sum }) => ({
    reports,
    values: decodeFixed(fromField(sum), { fractionBits }),
  }));
  const sigma = Math.SQRT2 * settings.noiseMultiplier * settings.clipL2;
  const bounds = { sensitivity: sensitivityOf(settings), sigma };
  const { values, reports, dropped } = sumOfPairLanes(sums, bounds, defences);
  const kept = lanes.length - dropped.length;
  if (kept === 0) return { learned: null, dropped };
  return { learned: learnedOf(ground, { reports, values, lanes: kept }, settings, defences), dropped };
}

export interface Placed {
  /** Median over people of the target's rank, 1 the best. */
  readonly rank: number;
  /** Share of people with the target among the first 20, of those who do not have it. */
  readonly inTop20: number;
}

export interface ShownByPairs {
  readonly recall: number;
  readonly targets: readonly Placed[];
}

/** What held-out people are shown by content beside pairs. */
export function shownByPairs(
  world: PairWorld,
  learned: LearnedPairs,
  targets: readonly number[],
): ShownByPairs {
  return shownBeside(world, contentScores(world, learned), learned, targets);
}

/** What content says, by the popularity that was counted. */
export function contentScores(
  { data, publicItems }: PairWorld,
  { shares }: Pick<LearnedPairs, "shares">,
): ScoresOf {
  return jointScores(data, { ...publicItems, popularity: shares, factors: null });
}

/** What held-out people are shown by these scores beside pairs, and what is wanted lately where that has a part. */
export function shownBeside(
  { data, by }: Pick<PairWorld, "data" | "by">,
  scores: ScoresOf,
  learned: ListedWeights & Pick<LearnedPairs, "recent" | "shares">,
  targets: readonly number[],
): ShownByPairs {
  const { part, recentPart = 0, recentTrend = 0 } = by;
  const { recent, shares } = learned;
  const lately =
    recent === null || recentPart === 0
      ? []
      : [
          {
            scores: everybodys(recentScores(recent, shares, recentTrend)),
            weight: recentPart,
          },
        ];
  const scoresOf = mixOf([
    { scores, weight: 1 - part - (lately.length === 0 ? 0 : recentPart) },
    { scores: pairScores(learned), weight: part },
    ...lately,
  ]);
  const ranks: number[][] = targets.map(() => []);
  let recall = 0;
  for (const { foldIn, targets: wanted } of data.heldOut) {
    const barred = new Uint8Array(data.items.length);
    for (const item of foldIn.items) barred[item] = 1;
    const ranked = { scores: scoresOf(foldIn), barred };
    recall += recallAt({ list: bestRows(ranked, 20), targets: wanted, k: 20 });
    for (const [at, target] of targets.entries()) {
      if (barred[target] === 0) ranks[at].push(placeInList(ranked, target));
    }
  }
  return {
    recall: recall / data.heldOut.length,
    targets: ranks.map((ofTarget) => ({
      rank: ofTarget.toSorted((a, b) => a - b)[ofTarget.length >> 1],
      inTop20: ofTarget.filter((rank) => rank <= 20).length / ofTarget.length,
    })),
  };
}
