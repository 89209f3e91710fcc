/**
 * Liars in every round on segments: how many of the honest people are still put where they belong.
 *
 *     npx tsx bench/segments/liars.ts [--people 6000] [--rate 0.01] [--epsilon 1] [--seeds 1,2,3,4]
 *
 * Adjusted Rand index of the honest people's segments with the groups that are known, four of them; without
 * liars, and with liars who in each round
 *
 *   far      report as far from the centroid of most people as a clip lets them, all the same way (within bounds)
 *   crowd    the same beside every centroid in turn
 *   long     make their lane's sum as long as the norm check lets pass, one of them in each lane
 *   beyond   send a thousandfold: the lane is longer than honest reports can be, and is dropped
 *
 * with one lane and with four, as the server adds them up (server/kinds/robust.ts). Noise of both aggregators
 * in every lane, epsilon of all rounds together at delta 1e-6, one honest aggregator's noise.
 */
import { parseArgs } from "node:util";
import { featureVector } from "../../core/profile/featurevector.ts";
import { placeIn } from "../../core/profile/segments.ts";
import { seededRandom } from "../../core/seeded.ts";
import { rhoWithin } from "../../core/sum/budget.ts";
import { segmentContributionOf, segmentLayout } from "../../core/tasks/segments/contribution.ts";
import { segments as kind, type SegmentsSettings } from "../../core/tasks/segments/kind.ts";
import { type LaneSum, robustSum } from "../../server/kinds/robust.ts";
import { segmentPlan } from "../../server/kinds/segments/plan.ts";
import {
  askedNext,
  type Learned,
  type Learning,
  learnedAfter,
  nothingLearned,
  settingsFor,
} from "../../server/kinds/segments/rounds.ts";
import { segmentSumsOf } from "../../server/kinds/segments/sums.ts";
import { writeResults } from "../results.ts";
import { meanOf } from "../spread.ts";
import { type KnownCrowd, knownCrowd } from "./crowd.ts";
import { segmentsOf } from "./learn.ts";
import { adjustedRand } from "./rand.ts";

const { values: flags } = parseArgs({
  options: {
    people: { type: "string", default: "6000" },
    rate: { type: "string", default: "0.01" },
    epsilon: { type: "string", default: "1" },
    seeds: { type: "string", default: "1,2,3,4" },
  },
});
const people = Number(flags.people);
const liarCount = Math.round(people * Number(flags.rate));
const rho = rhoWithin({ epsilon: Number(flags.epsilon), delta: 1e-6 });
const groups = 4;
const plan = segmentPlan({ choice: { by: "operator", k: groups }, people, rho });
const whole = Object.entries(plan.rounds).reduce(
  (sum, [stage, rounds]) => sum + rounds * plan.shares[stage as keyof typeof plan.shares],
  0,
);

const attacks = ["none", "far", "crowd", "long", "beyond"] as const;
type Attack = (typeof attacks)[number];

const rows = attacks.flatMap((attack) =>
  [1, 4].map((lanes) => {
    const found = flags.seeds
      .split(",")
      .map(Number)
      .map((seed) => indexOf(attack, lanes, seed));
    return { attack, lanes, indexes: found };
  }),
);
writeResults("segments-liars", { people, liarCount, epsilon: Number(flags.epsilon), rows });
console.log(
  `${people} people, ${liarCount} liars, epsilon ${flags.epsilon} of all rounds; index with known groups`,
);
console.log("| liars | one lane | four lanes |\n|---|---|---|");
for (const attack of attacks) {
  const cells = [1, 4].map((lanes) => {
    const row = rows.find((one) => one.attack === attack && one.lanes === lanes);
    return row === undefined || row.indexes.includes(null)
      ? "nothing learned"
      : meanOf(row.indexes.map((index) => index ?? 0)).mean.toFixed(3);
  });
  console.log(`| ${attack} | ${cells.join(" | ")} |`);
}

/** Null where no lane is within bounds, so that nothing is learned. */
function indexOf(attack: Attack, lanes: number, seed: number): number | null {
  const crowd = knownCrowd({ people, groups, seed });
  const learned = learnedUnder(attack, crowd, { lanes, random: seededRandom(seed) });
  return learned === null ? null : adjustedRand(segmentsOf(crowd.people, learned), crowd.groups);
}

interface Under {
  readonly lanes: number;
  readonly random: () => number;
}

function learnedUnder(attack: Attack, crowd: KnownCrowd, { lanes, random }: Under): Learned | null {
  let learning: Learning = nothingLearned(plan);
  while (learning.stage !== "learned") {
    const settings = settingsFor(askedNext(learning, plan));
    const { sensitivity } = kind.layoutOf(settings);
    const sigma = sensitivity / Math.sqrt((2 * rho * plan.shares[learning.stage]) / whole);
    const sums = lanesOf(attack, crowd, { settings, lanes, random, sigma });
    const { values, reports, dropped } = robustSum(sums, { sensitivity, sigma: Math.SQRT2 * sigma });
    if (reports === 0) return null;
    const variance = 2 * (lanes - dropped.length) * sigma ** 2;
    const said = segmentSumsOf(values, { centroids: settings, scales: settings, variance });
    learning = learnedAfter(learning, said, plan);
  }
  return learning;
}

interface Round extends Under {
  readonly settings: SegmentsSettings;
  /** Of each aggregator's noise. */
  readonly sigma: number;
}

/** What the lanes of a round come to, liars in turn in each of them. */
function lanesOf(attack: Attack, crowd: KnownCrowd, { settings, lanes, random, sigma }: Round): LaneSum[] {
  const { length, sensitivity } = kind.layoutOf(settings);
  const sums = Array.from({ length: lanes }, () => ({ reports: 0, values: new Float64Array(length) }));
  for (const person of crowd.people) {
    const place = placeIn(settings, featureVector(person, settings.center));
    add(sums[Math.floor(random() * lanes)], segmentContributionOf(settings, place, settings));
  }
  if (attack !== "none") {
    for (let liar = 0; liar < liarCount; liar++) {
      const lane = sums[liar % lanes];
      // Those of a lane who need not be long report within bounds.
      add(lane, liesOf(settings, attack === "crowd" ? liar % settings.count : largestIn(lane, settings)));
    }
  }
  for (const lane of sums) {
    for (let at = 0; at < length; at++) lane.values[at] += Math.SQRT2 * sigma * normal(random);
  }
  if (attack === "beyond") sums[0].values[0] += 1000 * people * sensitivity;
  if (attack === "long") for (const lane of sums) lengthen(lane, { sensitivity, sigma, settings });
  return sums;
}

function add(lane: { reports: number; values: Float64Array }, values: Float64Array): void {
  lane.reports += 1;
  for (let at = 0; at < values.length; at++) lane.values[at] += values[at];
}

/** The centroid that most people of a lane are at. */
function largestIn({ values }: Pick<LaneSum, "values">, settings: SegmentsSettings): number {
  const { block } = segmentLayout(settings);
  const peopleAt = (j: number) => values[j * block + settings.dim];
  return Array.from({ length: settings.count }, (_, j) => j).reduce((a, b) =>
    peopleAt(b) > peopleAt(a) ? b : a,
  );
}

/** At the clip along the first axis, with a count, beside one centroid. */
function liesOf(settings: SegmentsSettings, centroid: number): Float64Array {
  const { dim, clipL2, countScale } = settings;
  const { block, length } = segmentLayout(settings);
  const values = new Float64Array(length);
  const from = centroid * block;
  values[from] = clipL2;
  values[from + dim] = countScale;
  return values;
}

/** One liar of the lane brings its sum to where the norm check ends, along the first axis of the centroid of most. */
function lengthen(
  lane: LaneSum,
  { sensitivity, sigma, settings }: Pick<Round, "sigma" | "settings"> & { readonly sensitivity: number },
): void {
  const { values, reports } = lane;
  const longest = 0.999 * (reports * sensitivity + Math.SQRT2 * sigma * Math.sqrt(values.length));
  const first = largestIn(lane, settings) * segmentLayout(settings).block;
  const rest = values.reduce((sum, value, at) => sum + (at === first ? 0 : value * value), 0);
  if (longest ** 2 > rest) values[first] = Math.sqrt(longest ** 2 - rest);
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
