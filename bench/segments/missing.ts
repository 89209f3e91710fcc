/**
 * What a device should take for a feature that it could not measure: the crowd's mean, or what the other
 * features of the person say of it (core/profile/imputation.ts).
 *
 *     npm run bench:missing -- [--seeds 1,2,3] [--groups 4,6,8] [--people 30000] [--epsilon 0.5] [--hidden 0.3]
 *
 * A made-up crowd (crowd.ts) learns segments privately, with what its people lack. Then of each person known
 * values of features that can be unmeasured (time with a product, variety, price level) are hidden, each by
 * chance. Error: root of the mean squared difference of what is taken and what was hidden, in units of the
 * feature's spread. Index: adjusted Rand index of the segments of people as so hidden with the groups.
 *
 *   mean     the private mean, the centre of the space
 *   median   of everybody in the clear: what no sum of vectors tells, for comparison
 *   ridge    on the other features, by the private spreads and principal axes that the part has; "learned by it":
 *            in the rounds as well, as devices do it
 */
import { parseArgs } from "node:util";
import { featureVector, vectorEntries } from "../../core/profile/featurevector.ts";
import type { FeatureValues } from "../../core/profile/table.ts";
import { seededRandom } from "../../core/seeded.ts";
import { rhoWithin } from "../../core/sum/budget.ts";
import { segmentPlan } from "../../server/kinds/segments/plan.ts";
import type { LearnedSpace } from "../../server/kinds/segments/space.ts";
import { seededFill } from "../crowds.ts";
import { writeResults } from "../results.ts";
import { meanOf } from "../spread.ts";
import { knownCrowd } from "./crowd.ts";
import { learnSegments, segmentsOf, type VectorOf, withMean, withOthers } from "./learn.ts";
import { mediansOf } from "./medians.ts";
import { adjustedRand } from "./rand.ts";

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string", default: "1,2,3" },
    groups: { type: "string", default: "4,6,8" },
    people: { type: "string", default: "30000" },
    epsilon: { type: "string", default: "0.5" },
    hidden: { type: "string", default: "0.3" },
  },
});
const numbers = (text: string) => text.split(",").map(Number);
const people = Number(flags.people);
const epsilon = Number(flags.epsilon);
const hiddenPart = Number(flags.hidden);
const delta = 1e-6;
const hideable = ["dwell", "categoryEntropy", "priceLevel"] as const;
const places = hideable.map((name) => vectorEntries.findIndex(({ feature }) => feature.name === name));
const nothing = new Float64Array(vectorEntries.length).fill(Number.NaN);

interface Row {
  readonly groups: number;
  readonly seed: number;
  readonly errors: Readonly<Record<"mean" | "median" | "ridge", number>>;
  readonly indices: Readonly<Record<"nothing" | "mean" | "ridge" | "ridgeLearned", number>>;
}

const rows = numbers(flags.groups).flatMap((groups) =>
  numbers(flags.seeds).map((seed) => rowOf(groups, seed)),
);
writeResults("segments-missing", { people, epsilon, delta, hiddenPart, rows });
printTable();

function rowOf(groups: number, seed: number): Row {
  const crowd = knownCrowd({ people, groups, seed });
  const random = seededRandom(seed * 104_729 + groups);
  const hidden = crowd.people.map((person) => ({
    ...person,
    ...Object.fromEntries(hideable.flatMap((name) => (random() < hiddenPart ? [[name, null]] : []))),
  }));
  const rho = epsilon === Number.POSITIVE_INFINITY ? epsilon : rhoWithin({ epsilon, delta });
  const plan = segmentPlan({ choice: { by: "operator", k: groups }, people, rho });
  const learn = (vectorOf: VectorOf) =>
    learnSegments(hidden, plan, { rho, fill: seededFill(1_000 * seed + groups), vectorOf }).learned;
  const learned = learn(withMean);
  const again = learn(withOthers);
  const { space } = learned;
  const medians = mediansOf(hidden, vectorEntries);
  const index = (who: readonly FeatureValues[], vectorOf: VectorOf, by = learned) =>
    adjustedRand(segmentsOf(who, by, vectorOf), crowd.groups);
  const error = (vectorOf: VectorOf) => errorOf(crowd.people, hidden, space, vectorOf);
  const row: Row = {
    ...{ groups, seed },
    errors: {
      mean: error(withMean),
      median: error((person) => featureVector(person, medians)),
      ridge: error(withOthers),
    },
    indices: {
      nothing: index(crowd.people, withMean),
      mean: index(hidden, withMean),
      ridge: index(hidden, withOthers),
      ridgeLearned: index(hidden, withOthers, again),
    },
  };
  console.error(JSON.stringify(row));
  return row;
}

function errorOf(
  whole: readonly FeatureValues[],
  hidden: readonly FeatureValues[],
  space: LearnedSpace,
  vectorOf: VectorOf,
): number {
  let [squares, count] = [0, 0];
  for (const [at, person] of whole.entries()) {
    const known = featureVector(person, nothing);
    const taken = vectorOf(hidden[at], space.center, space);
    for (const [k, f] of places.entries()) {
      if (person[hideable[k]] === null || hidden[at][hideable[k]] !== null) continue;
      squares += ((known[f] - taken[f]) / space.spreads[f]) ** 2;
      count += 1;
    }
  }
  return Math.sqrt(squares / count);
}

function printTable(): void {
  console.log(
    `\n${people} people, epsilon ${epsilon}, delta ${delta}, hidden ${hiddenPart}; mean ± sd of seeds ${flags.seeds}\n`,
  );
  console.log(
    "| groups | error: mean | median | ridge | index: nothing hidden | mean | ridge | ridge, learned by it |",
  );
  console.log("|---|---|---|---|---|---|---|---|");
  for (const groups of numbers(flags.groups)) {
    const some = rows.filter((row) => row.groups === groups);
    const spread = (of: (row: Row) => number) => {
      const { mean, sd } = meanOf(some.map(of));
      return `${mean.toFixed(3)} ± ${sd.toFixed(3)}`;
    };
    const cells = [
      spread(({ errors }) => errors.mean),
      spread(({ errors }) => errors.median),
      spread(({ errors }) => errors.ridge),
      spread(({ indices }) => indices.nothing),
      spread(({ indices }) => indices.mean),
      spread(({ indices }) => indices.ridge),
      spread(({ indices }) => indices.ridgeLearned),
    ];
    console.log(`| ${[groups, ...cells].join(" | ")} |`);
  }
}
