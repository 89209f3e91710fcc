/**
 * The stages of a device's ranking, one after the other, over parts learned before the day without noise
 * (ranked.ts). The ranker is learned from who bought in each of the two spans of thirty days before it:
 * exactly, and from the sums of simulated crowds of 30,000 at epsilon 1 in all for that task, delta 1e-6,
 * counting one honest aggregator's noise. A simulated person is one customer in one of the spans.
 */
import type { RankerWeights } from "../../core/model/ranker.ts";
import { askedUnits } from "../../core/ranking/ranker/learnedunits.ts";
import type { ListStatistics } from "../../core/ranking/ranker/statistics.ts";
import { placed } from "../../core/ranking/ranker/units.ts";
import { seededRandom } from "../../core/seeded.ts";
import { rhoWithin } from "../../core/sum/budget.ts";
import { sensitivityOf } from "../../core/tasks/itemfactors/contribution.ts";
import { rankerContributionOf, rankerLength } from "../../core/tasks/ranker/contribution.ts";
import { dayMs } from "../../core/time.ts";
import { rankerPartOf, rankerScales, standardVariety } from "../../server/kinds/ranker/learned.ts";
import { crowdOf, seededFill } from "../crowds.ts";
import { delta } from "../privacysettings.ts";
import { oncePer, sumOf } from "../privatepairs.ts";
import type { ListsOf, Row } from "./judging.ts";
import { type Month, monthFrom } from "./month.ts";
import {
  deviceLists,
  type LearningParts,
  learnedMonth,
  modelOf,
  monthStatistics,
  type RankedMonth,
  type Without,
} from "./ranked.ts";
import { type TuningWorld, tunedLists } from "./tuned.ts";
import { chosenForm, factorRows } from "./tuningforms.ts";

export interface StagesWanted {
  readonly month: Month;
  readonly fromMs: number;
  /** Of noise. */
  readonly seeds: readonly number[];
  readonly learning: LearningParts;
  /** As of `monthFrom`. */
  readonly every: number;
}

const units = askedUnits.flatMap((unit) => placed(unit) ?? []);
const spans = [1, 2];
const spanMs = 30 * dayMs;
const crowd = 30_000;
const epsilon = 1;
/** Parts of the day, and what people's lists of the spans before it teach. */
export interface LearnedStages {
  readonly today: RankedMonth;
  readonly statistics: readonly ListStatistics[];
}

export async function learnedStages({
  month,
  fromMs,
  learning,
  every,
}: Omit<StagesWanted, "seeds">): Promise<LearnedStages> {
  const statistics: ListStatistics[] = [];
  for (const span of spans) {
    const startMs = fromMs - span * spanMs;
    const then = learnedMonth(await monthFrom({ fromMs: startMs, every }), startMs, learning);
    statistics.push(...monthStatistics(then, units));
  }
  return { today: learnedMonth(month, fromMs, learning), statistics };
}

/**
 * What people's own weights are learned on, and judged by beside those that everybody has: as served, but for
 * variants.
 */
export async function tuningWorld(wanted: Omit<StagesWanted, "seeds">): Promise<TuningWorld> {
  const { today, statistics } = await learnedStages(wanted);
  return worldOf(today, varied(rankerOf(statistics, null)), wanted.learning.dim);
}

function worldOf(today: RankedMonth, ranker: RankerWeights, factorDim: number): TuningWorld {
  const model = modelOf(today, { ranker, variants: true });
  return {
    ...{ model, nowMs: today.fromMs },
    shared: { units, weights: Float64Array.from(ranker.weights) },
    factors: factorRows(model, factorDim),
  };
}

export async function stageLists(
  wanted: StagesWanted,
): Promise<Readonly<Record<string, readonly ListsOf[]>>> {
  const { fromMs, seeds, learning } = wanted;
  const { today, statistics } = await learnedStages(wanted);
  const exact = rankerOf(statistics, null);
  const privately = seeds.map((seed) => rankerOf(statistics, seed));
  const listsBy = (without: Without) => deviceLists(modelOf(today, { variants: true, ...without }), fromMs);
  const world = worldOf(today, varied(exact), learning.dim);
  return {
    joint: [listsBy({ pairs: true })],
    "+ pairs and what is wanted lately": [listsBy({})],
    "+ ranker": [listsBy({ ranker: exact })],
    [`+ ranker, private, ${crowd} people, epsilon ${epsilon}`]: privately.map((ranker) =>
      listsBy({ ranker }),
    ),
    "+ diversity": [listsBy({ ranker: varied(exact) })],
    "+ diversity, + fine-tune": [tunedLists(world, chosenForm)],
    [`+ diversity, private, ${crowd} people, epsilon ${epsilon}`]: privately.map((ranker) =>
      listsBy({ ranker: varied(ranker) }),
    ),
    served: [listsBy({ ranker: varied(exact), variants: false })],
  };
}

function varied(ranker: RankerWeights): RankerWeights {
  return { ...ranker, ...standardVariety };
}

/**
 * Of everybody once, exactly; with a seed, of a crowd with the noise of both aggregators. Contributions are
 * clipped alike.
 */
export function rankerOf(statistics: readonly ListStatistics[], seed: number | null): RankerWeights {
  const crowded = seed === null ? statistics : crowdOf(statistics, crowd, seededRandom(seed));
  const reports = oncePer(crowded, (one) => {
    const values = rankerContributionOf(one, rankerScales);
    return { places: Uint32Array.from(values.keys()), values };
  });
  const sensitivity = sensitivityOf(rankerScales);
  const sigma = seed === null ? 0 : sensitivity / Math.sqrt(2 * rhoWithin({ epsilon, delta }));
  const length = rankerLength(units.length);
  const values = sumOf(reports, { length, sensitivity, sigma, fill: seededFill(seed ?? 0) });
  const people = values[length - 1] / rankerScales.weightScale;
  const sum = { values, people, deviation: Math.SQRT2 * sigma };
  const part = rankerPartOf(sum, { units: askedUnits, scales: rankerScales, origin: "crowd" });
  return { units: part.units, weights: part.weights };
}

/** What part of what the ranker gains is kept where it is learned privately, in the order of the table. */
export function keptOfGain(rows: readonly Row[]): string | null {
  const before = rows.find(({ name }) => name.startsWith("+ pairs and"));
  const exact = rows.find(({ name }) => name === "+ ranker");
  const privately = rows.find(({ name }) => name.startsWith("+ ranker, private"));
  if (before === undefined || exact === undefined || privately === undefined) return null;
  const parts = (["allRecall", "allNdcg", "newRecall", "newNdcg"] as const).map(
    (figure) => (privately[figure] - before[figure]) / (exact[figure] - before[figure]),
  );
  const [allRecall, allNdcg, newRecall, newNdcg] = parts.map((part) => `${Math.round(100 * part)} %`);
  return `of what the ranker gains, privately: all ${allRecall} / ${allNdcg}, new ${newRecall} / ${newNdcg}`;
}
