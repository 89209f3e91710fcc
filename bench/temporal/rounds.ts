/**
 * What else a server could make of reports on pairs and on what is wanted lately, each at a time of its own:
 * sums of several rounds added up, shorter rounds, and more or less of the trend
 * (docs/decisions/0031-the-present.md).
 *
 * A person reports once in 30 days. Rounds of 15 days have half of the people each; sums of k rounds before
 * count by r^k, and so does their noise. What is wanted lately is of the last round alone.
 */
import { recentScores } from "../../core/ranking/recent.ts";
import { seededRandom } from "../../core/seeded.ts";
import { noPairDefences } from "../../server/kinds/itempairs/defences.ts";
import { learnedFrom, type PublicPairs } from "../../server/kinds/itempairs/learned.ts";
import { crowdOf, seededFill } from "../crowds.ts";
import type { ScoresOf } from "../judge.ts";
import { everybodys, mixOf } from "../mix.ts";
import { agedStrength, noisySum, type PairSettings, pairScores, summedReports } from "../privatepairs.ts";
import type { Month } from "./month.ts";

export interface RoundsWanted {
  readonly month: Month;
  readonly known: PublicPairs;
  /** Scores by content stretched by shares of people. */
  readonly byContent: (shares: ArrayLike<number>) => ScoresOf;
  readonly people: number;
  readonly settings: PairSettings;
  readonly recentDays: number;
  readonly seed: number;
}

interface RoundSum {
  readonly reports: number;
  readonly values: Float64Array;
}

const monthDays = 30;
/** Parts of a score by pairs and by what is wanted lately, as the server mixes where nothing can be measured. */
const [pairWeight, recentWeight] = [0.2, 0.3];

/** Scores by name: rounds of so many days, some of them added up by r; then by how much the trend counts. */
export function triedRounds(wanted: RoundsWanted): Readonly<Record<string, ScoresOf>> {
  const ways = [
    { days: 30, rounds: 3, kept: [0, 0.5, 0.7, 1] },
    { days: 15, rounds: 6, kept: [0, 0.85] },
    { days: 7.5, rounds: 12, kept: [0.9] },
  ];
  const rounds = ways.flatMap(({ days, rounds, kept }) => {
    const sums = roundSums(wanted, days, rounds);
    return kept.map((by) => {
      const name = `${days} days${by === 0 ? "" : `, ${rounds} rounds added up by ${by}`}`;
      return [name, scoresBy(wanted, sums, by, 0)] as const;
    });
  });
  const month = roundSums(wanted, monthDays, 1);
  const trends = trendParts.map(
    (part) => [`${monthDays} days, trend ${part}`, scoresBy(wanted, month, 0, part)] as const,
  );
  return Object.fromEntries([...rounds, ...trends]);
}

const trendParts = [1, 2, 4, 8];

/** Newest first. */
function roundSums(wanted: RoundsWanted, days: number, rounds: number): readonly RoundSum[] {
  const { month, known, people, settings, recentDays, seed } = wanted;
  return Array.from({ length: rounds }, (_, back) => {
    const random = seededRandom(1000 * back + 100 + seed);
    const reporters = month.reportedWithin({ days, recentDays, endedDays: back * days }, random);
    const crowd = crowdOf(reporters, Math.round((people * days) / monthDays), seededRandom(seed + 31 * back));
    const values = noisySum(crowd, known.pattern, settings, seededFill(1000 * seed + back));
    return { reports: crowd.length, values };
  });
}

function scoresBy(
  { known, byContent, settings }: RoundsWanted,
  sums: readonly RoundSum[],
  by: number,
  trend: number,
): ScoresOf {
  const learn = (used: readonly RoundSum[]) =>
    learnedFrom(known, addedUp(used, by, settings), settings, noPairDefences);
  const last = learn(sums.slice(0, 1));
  const { shares, weights } = by === 0 ? last : learn(sums);
  const lately =
    last.recent === null ? new Float64Array(shares.length) : recentScores(last.recent, shares, trend);
  return mixOf([
    { scores: byContent(shares), weight: 1 - pairWeight - recentWeight },
    { scores: pairScores({ pattern: known.pattern, weights }, agedStrength), weight: pairWeight },
    { scores: everybodys(lately), weight: recentWeight },
  ]);
}

function addedUp(sums: readonly RoundSum[], by: number, settings: PairSettings) {
  const values = new Float64Array(sums[0].values.length);
  let [reports, noise] = [0, 0];
  for (const [back, sum] of sums.entries()) {
    const part = by ** back;
    for (let k = 0; k < values.length; k++) values[k] += part * sum.values[k];
    reports += part * sum.reports;
    noise += part ** 2;
  }
  return summedReports({ reports, values, lanes: noise }, settings);
}
