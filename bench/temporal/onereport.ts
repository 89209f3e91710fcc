/**
 * Pairs and what is bought lately in one report, for the whole budget:
 *
 *   [ 1 for each listed pair | countScale for each item | 2 for each item of the last 14 days ]  w,  and w / 10,
 *
 * w = min(1, 1 / its length), so that its L2 sensitivity is that of a report on pairs (sqrt(1.01)). Shares of the last days are
 * pulled towards what content expects, as those of all time are.
 */
import type { RandomFill } from "../../core/bytes.ts";
import { sensitivityOf } from "../../core/tasks/itemfactors/contribution.ts";
import { pairContributionOf, pairLayout } from "../../core/tasks/itempairs/contribution.ts";
import { shrunkenShares } from "../../server/kinds/itemfactors/smoothing.ts";
import { noPairDefences } from "../../server/kinds/itempairs/defences.ts";
import { learnedFrom, type PublicPairs } from "../../server/kinds/itempairs/learned.ts";
import type { Person } from "../data.ts";
import { type ListedWeights, type PairSettings, sumOf } from "../privatepairs.ts";

/** Fewer people buy in a fortnight: their counts weigh more. */
const lateScale = 2;
const leastShare = 1e-6;

export interface LateReporter {
  readonly person: Person;
  /** Items of the last days, ascending. */
  readonly lately: Uint32Array;
}

export interface LearnedAtOnce extends ListedWeights {
  /** Share of people by item, of all time and of the last days. */
  readonly shares: Float64Array;
  readonly lately: Float64Array;
  /** Standard deviation of the noise in a share of the last days. */
  readonly deviation: number;
}

export interface OneReport {
  readonly people: readonly LateReporter[];
  readonly known: PublicPairs;
  readonly settings: PairSettings;
  readonly fill: RandomFill;
}

export function learnAtOnce({ people, known, settings, fill }: OneReport): LearnedAtOnce {
  const { pattern, content, contentDim } = known;
  const layout = pairLayout(pattern);
  const count = pattern.starts.length - 1;
  const length = layout.length + count;
  const sigma = settings.noiseMultiplier * settings.clipL2;
  const contributions = people.map((one) => atOnceContributionOf(one, known, settings));
  const sum = sumOf(contributions, { length, sensitivity: sensitivityOf(settings), sigma, fill });
  const variance = 2 * sigma ** 2;
  const values = sum.slice(0, layout.length);
  const learned = learnedFrom(known, { reports: people.length, values, variance }, settings, noPairDefences);
  const weighted = Math.max(1, sum[layout.weight] / settings.weightScale);
  const everywhere = (value: number) => new Float64Array(count).fill(value);
  const lately = shrunkenShares(
    {
      counts: sum.slice(layout.length).map((value) => value / lateScale),
      people: everywhere(weighted),
      countVariance: everywhere(variance / lateScale ** 2),
    },
    { content, contentDim },
  ).map((share) => Math.max(leastShare, share));
  const deviation = Math.sqrt(variance) / lateScale / weighted;
  return { pattern, weights: learned.weights, shares: learned.shares, lately, deviation };
}

/** The contribution to pairs, clipped anew with what is lately beside it; of a norm of at most `sensitivityOf(settings)`. */
export function atOnceContributionOf(
  { person, lately }: LateReporter,
  { pattern }: PublicPairs,
  { clipL2, countScale, weightScale }: PairSettings,
): { readonly places: Uint32Array; readonly values: Float64Array } {
  const layout = pairLayout(pattern);
  const unclipped = { clipL2: Number.MAX_VALUE, countScale, weightScale };
  const { places, values } = pairContributionOf(pattern, person.items, unclipped);
  let square = lately.length * lateScale ** 2;
  for (const [at, place] of places.entries()) if (place < layout.weight) square += values[at] ** 2;
  const weight = Math.min(1, clipL2 / Math.sqrt(square));
  return {
    places: Uint32Array.from([...places, ...Array.from(lately, (item) => layout.length + item)]),
    values: Float64Array.from([
      ...Array.from(values, (value) => weight * value),
      ...Array.from(lately, () => weight * lateScale),
    ]),
  };
}
