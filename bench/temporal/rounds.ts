/**
 * What else a server could make of reports on pairs and on what is wanted lately, each at a time of its own: sums of
 * several rounds added up, shorter rounds, and the trend beside the counts. Measured, and not served
 * (docs/decisions/0031-the-present.md).
 *
 * A person reports once in 30 days. Rounds of 15 days have half of the people each; sums of k rounds before count by
 * r^k, and so does their noise. What is wanted lately is of the last round alone.
 */
import { seededRandom } from "../../core/seeded.ts";
import { noPairDefences } from "../../server/kinds/itempairs/defences.ts";
import { type LearnedPairs, learnedFrom, type PublicPairs } from "../../server/kinds/itempairs/learned.ts";
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

/** Scores by name: [days of a round, rounds, r], then what is made of the last round's counts. */
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
      return [name, scoresBy(wanted, sums, by, logCounts)] as const;
    });
  });
  const month = roundSums(wanted, monthDays, 1);
  const trends = trendParts.map(
    (part) =>
      [`${monthDays} days, ${part} of the trend`, scoresBy(wanted, month, 0, withTrend(part))] as const,
  );
  return Object.fromEntries([...rounds, ...trends]);
}

const trendParts = [1, 2, 4, Number.POSITIVE_INFINITY];

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

type Lately = Pick<LearnedPairs, "shares" | "recent">;

function scoresBy(
  { known, byContent, settings }: RoundsWanted,
  sums: readonly RoundSum[],
  by: number,
  latelyOf: (lately: Lately) => Float64Array,
): ScoresOf {
  const learn = (used: readonly RoundSum[]) =>
    learnedFrom(known, addedUp(used, by, settings), settings, noPairDefences);
  const last = learn(sums.slice(0, 1));
  const { shares, weights } = by === 0 ? last : learn(sums);
  const { recent } = last;
  return mixOf([
    { scores: byContent(shares), weight: 1 - pairWeight - recentWeight },
    { scores: pairScores({ pattern: known.pattern, weights }, agedStrength), weight: pairWeight },
    { scores: everybodys(latelyOf({ shares, recent })), weight: recentWeight },
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

/** What is served. Zeros where so small a crowd teaches pairs alone. */
function logCounts({ shares, recent }: Lately): Float64Array {
  if (recent === null) return new Float64Array(shares.length);
  return Float64Array.from(recent.shares, (share) => Math.log1p(share / recent.floor));
}

/** Of the floor: what the trend's ratio has above and below. */
const spare = 4;

/** The counts and `part` times how much more an item is wanted lately than always; the trend alone where that is all. */
function withTrend(part: number): (lately: Lately) => Float64Array {
  return (lately) => {
    const { shares, recent } = lately;
    const counts = logCounts(lately);
    if (recent === null) return counts;
    const more = spare * recent.floor;
    const trend = shares.map((share, item) => Math.log((recent.shares[item] + more) / (share + more)));
    return part === Number.POSITIVE_INFINITY
      ? trend
      : counts.map((count, item) => count + part * trend[item]);
  };
}
