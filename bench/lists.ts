/**
 * What people click is by its place, too: what a ranker learns of clicks in lists, with places corrected for
 * and without.
 *
 *     npm run bench:lists -- [--month 2011-10] [--etas 0.5,1,1.5] [--people 30000] [--seeds 1,2,3] [--places 20]
 *                            [--visits 3] [--elsewhere 0] [--tried PART] [--private] [--quick] [--json]
 *
 * A simulated shop on the log of the gift shop. Whoever buys in one of the two spans of thirty days before
 * the month is served lists of `--places` in `--visits` visits by the ranking without a ranker, as they were
 * when the span began: with what they have bought, or without, by chance alike. A place p is looked at with
 * chance 1 / p^eta; what is looked at is clicked if they really buy it in the span, else with chance 0.02;
 * what is clicked is wanted (lists/clicks.ts). Of what they buy without a click `--elsewhere` is wanted
 * without a list. In a fifth of the lists, as many as a site may ask for, the first item and that of another
 * place are swapped with a chance of a half: so the curve of places is estimated from clipped sums with the
 * noise of epsilon 1, delta 1e-6, counting one honest aggregator's (lists/curve.ts). A person of the crowd is
 * one of these customers with clicks of their own.
 *
 * Rankers are taught by the clicks of the crowd without noise, and with `--private` by sums with that of
 * epsilon 1 too. The parts that they rank by are learned before the month without noise; judged is what
 * people really buy in the thirty days from the month's first: mean of the seeds and their standard
 * deviation. `--tried` adds rows of other ways to correct (lists/corrections.ts) whose names have that in
 * them: chosen on `--month 2011-09`. The last line is one JSON object { people, customers, rows, curves }.
 */
import { parseArgs } from "node:util";
import { chanceAt, type PlaceCurve } from "../core/lists/placecurve.ts";
import { placeBuckets } from "../core/lists/trial.ts";
import { ndcgAt, recallAt } from "../core/metrics.ts";
import { trialPolicyLimits } from "../core/model/policy.ts";
import { seededRandom } from "../core/seeded.ts";
import { clicksOf, examined } from "./lists/clicks.ts";
import { type Correction, chosen, crowdTaught, nothing, tried } from "./lists/corrections.ts";
import { learnedCurve, trueCurve } from "./lists/curve.ts";
import { taught } from "./lists/teaching.ts";
import { listsWorld } from "./lists/world.ts";
import { writeResults } from "./results.ts";
import { k, type ListsOf } from "./temporal/judging.ts";
import { monthFrom } from "./temporal/month.ts";

const { values: flags } = parseArgs({
  options: {
    month: { type: "string", default: "2011-10" },
    etas: { type: "string", default: "0.5,1,1.5" },
    people: { type: "string" },
    seeds: { type: "string", default: "1,2,3" },
    places: { type: "string", default: "20" },
    visits: { type: "string", default: "3" },
    elsewhere: { type: "string", default: "0" },
    tried: { type: "string" },
    private: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const fromMs = Date.parse(`${flags.month}-01`);
if (Number.isNaN(fromMs)) throw new TypeError(`lists: --month must be as 2011-10, got "${flags.month}"`);
const numbers = (name: "etas" | "seeds"): readonly number[] => {
  const list = flags[name].split(",").map(Number);
  if (list.every((one) => one > 0)) return list;
  throw new TypeError(`lists: --${name} must be numbers above 0, got "${flags[name]}"`);
};
const whole = (name: string, text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new TypeError(`lists: --${name} must be an integer above 0, got "${text}"`);
};
const etas = flags.quick ? [1] : numbers("etas");
const seeds = flags.quick ? [1] : numbers("seeds");
const people = whole("people", flags.people ?? (flags.quick ? "24000" : "30000"));
const places = whole("places", flags.places);
const clicking = {
  ...{ visits: whole("visits", flags.visits), trials: trialPolicyLimits.share, noise: 0.02 },
  elsewhere: Number(flags.elsewhere),
};
if (!(clicking.elsewhere >= 0 && clicking.elsewhere <= 1)) {
  throw new RangeError(`lists: --elsewhere must be from 0 to 1, got "${flags.elsewhere}"`);
}
const { tried: part } = flags;
const others = part === undefined ? [] : tried.filter(({ name }) => name.includes(part));
if (part !== undefined && others.length === 0) {
  throw new TypeError(`lists: --tried must be in one of ${tried.map(({ name }) => name)}, got "${part}"`);
}
const epsilon = 1;
const every = flags.quick ? 8 : 1;
const learning = flags.quick
  ? { contentDim: 32, dim: 8, sweeps: 2 }
  : { contentDim: 384, dim: 64, sweeps: 8 };
const say = (line: string): void => {
  if (!flags.json) console.log(line);
};

const month = await monthFrom({ fromMs, every });
const world = await listsWorld({ month, fromMs, learning, every, places });

interface Figure {
  readonly mean: number;
  readonly sd: number;
}

interface Row {
  readonly name: string;
  /** Null where nothing is clicked. */
  readonly eta: number | null;
  readonly allRecall: Figure;
  readonly allNdcg: Figure;
  readonly newRecall: Figure;
  readonly newNdcg: Figure;
}

interface EstimatedStep {
  readonly upTo: number;
  /** Of the places of the step, the mean. */
  readonly truth: number;
  readonly estimated: Figure;
}

function rowOf(name: string, eta: number | null, variants: readonly ListsOf[]): Row {
  const told = variants.map(figuresOf);
  const of = (pick: (one: (typeof told)[number]) => number) => figureOf(told.map(pick));
  const row: Row = {
    ...{ name, eta, allRecall: of((one) => one.allRecall), allNdcg: of((one) => one.allNdcg) },
    ...{ newRecall: of((one) => one.newRecall), newNdcg: of((one) => one.newNdcg) },
  };
  const cells = [row.allRecall, row.allNdcg, row.newRecall, row.newNdcg].map(
    ({ mean, sd }) => mean.toFixed(4) + (variants.length > 1 ? ` ± ${sd.toFixed(4)}` : ""),
  );
  say(`| ${eta ?? ""} | ${name} | ${cells.join(" | ")} |`);
  return row;
}

function figuresOf(listsOf: ListsOf) {
  const sums = { allRecall: 0, allNdcg: 0, newRecall: 0, newNdcg: 0 };
  let ofNew = 0;
  for (const customer of month.judged) {
    const { all, fresh } = customer;
    const lists = listsOf(customer);
    sums.allRecall += recallAt({ list: lists.whole, targets: all, k }) / month.judged.length;
    sums.allNdcg += ndcgAt({ list: lists.whole, targets: all, k }) / month.judged.length;
    if (fresh.size === 0) continue;
    ofNew += 1;
    sums.newRecall += recallAt({ list: lists.fresh, targets: fresh, k });
    sums.newNdcg += ndcgAt({ list: lists.fresh, targets: fresh, k });
  }
  return { ...sums, newRecall: sums.newRecall / ofNew, newNdcg: sums.newNdcg / ofNew };
}

function figureOf(values: readonly number[]): Figure {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}

function stepsOf(eta: number, curves: readonly PlaceCurve[]): readonly EstimatedStep[] {
  return placeBuckets
    .filter((upTo, step) => (placeBuckets[step - 1] ?? 1) < Math.min(upTo, places))
    .map((upTo, step) => {
      const first = (placeBuckets[step - 1] ?? 1) + 1;
      const within = Array.from({ length: Math.min(upTo, places) - first + 1 }, (_, at) => first + at);
      const truth = within.reduce((sum, place) => sum + examined(place, eta), 0) / within.length;
      return { upTo, truth, estimated: figureOf(curves.map((curve) => chanceAt(curve, upTo))) };
    });
}

say(
  `${people} people, who are ${world.people.length} customers in a span of thirty days; judged on ${month.judged.length} who buy in the thirty days from ${flags.month}-01\n`,
);
say(
  `| eta | taught by | all: recall@${k} | NDCG@${k} | new: recall@${k} | NDCG@${k} |\n|---|---|---|---|---|---|`,
);
const truth = world.people.map((person) => ({
  ...{ person, share: 1 },
  wanted: new Map([...person.wants].map((row) => [row, 1])),
}));
const rows = [
  rowOf("before: no ranker", null, [world.before]),
  rowOf("what they really bought", null, [world.listsBy(taught(truth, null))]),
];
const curves = etas.flatMap((eta) => {
  const crowds = seeds.map((seed) => {
    const random = seededRandom(1000 + seed);
    return Array.from({ length: people }, (_, at) => {
      const person = world.people[at % world.people.length];
      return { person, clicked: clicksOf(person, { ...clicking, eta }, random) };
    });
  });
  const known = trueCurve(eta, places);
  const learned = crowds.map((crowd, at) =>
    learnedCurve(
      crowd.map(({ clicked }) => clicked.trials),
      { epsilon, seed: seeds[at] },
    ),
  );
  const row = (name: string, correction: Correction, of: readonly PlaceCurve[]) => {
    for (const isPrivate of flags.private ? [false, true] : [false]) {
      const variants = crowds.map((crowd, at) => {
        const noise = isPrivate ? { epsilon, seed: seeds[at] } : null;
        return world.listsBy(taught(crowdTaught(crowd, correction, of[at]), noise));
      });
      rows.push(rowOf(isPrivate ? `${name}, private` : name, eta, variants));
    }
  };
  const truly = crowds.map(() => known);
  row(nothing.name, nothing, truly);
  row(`${chosen.name}, curve of the trials`, chosen, learned);
  row(`${chosen.name}, true curve`, chosen, truly);
  for (const other of others) row(`${other.name}, curve of the trials`, other, learned);
  return [{ eta, steps: stepsOf(eta, learned) }];
});
say("\n| eta | places to | looked at | estimated |\n|---|---|---|---|");
for (const { eta, steps } of curves) {
  for (const { upTo, truth: true_, estimated } of steps) {
    say(
      `| ${eta} | ${upTo} | ${true_.toFixed(3)} | ${estimated.mean.toFixed(3)} ± ${estimated.sd.toFixed(3)} |`,
    );
  }
}
const result = { people, customers: world.people.length, rows, curves };
writeResults("lists", { month: flags.month, ...result });
console.log(JSON.stringify(result));
