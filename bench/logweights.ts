/**
 * What a line of a log should count for when factors are learned from it:
 *
 *     npm run bench:logweights -- [--seeds 1,2,3] [--test] [--quick]
 *
 * Exact ALS on the gift shop's orders. A pair of person and item weighs as many lines as it has (`lines`), their
 * logarithm (`log`), or one (`binary`); of all its age or half after 90 days (`aged`). People are judged as a
 * device ranks for them, by their own acts in the weights of acts (core/events/tastes.ts).
 *
 *   people  a tenth of the training people is set aside, a fifth of each one's products to be predicted
 *   time    everybody, by what is new to them in the month after the log
 *
 * Chosen on these; `--test` judges on the people held out and on the month after that, for the record.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ageFactor } from "../core/events/tastes.ts";
import { recallAt } from "../core/metrics.ts";
import { bestRows } from "../core/ranking/best.ts";
import { rankingModel } from "../core/ranking/model.ts";
import { rank } from "../core/ranking/pipeline.ts";
import { profileOfTastes } from "../core/ranking/profile.ts";
import { denseRows } from "../core/rows.ts";
import { seededRandom } from "../core/seeded.ts";
import { interactionsOf, trainAls } from "../server/publishing/train/als.ts";
import { writeResults } from "./results.ts";
import { type OrderLine, readCustomers } from "./shop.ts";

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string", default: "1,2,3" },
    test: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
  },
});
const seeds = flags.seeds.split(",").map(Number);
if (!seeds.every(Number.isInteger))
  throw new TypeError(`logweights: --seeds must be integers, got "${flags.seeds}"`);

const k = 20;
const als = flags.quick ? { dim: 8, sweeps: 2 } : { dim: 64, sweeps: 16 };
const settings = { alpha0: 0.3, lambda: 0.003 };

/** Lines of one person about one item, by their times. */
type Times = readonly number[];
type Weigh = (times: Times, nowMs: number) => number;

const aged =
  (weigh: (counts: readonly number[]) => number): Weigh =>
  (times, nowMs) =>
    weigh(times.map((atMs) => ageFactor(nowMs - atMs)));
const variants: Readonly<Record<string, Weigh>> = {
  lines: (times) => times.length,
  log: (times) => Math.log2(1 + times.length),
  binary: () => 1,
  "log, aged": aged((counts) => Math.log2(1 + counts.reduce((sum, count) => sum + count, 0))),
  "lines, aged": aged((counts) => counts.reduce((sum, count) => sum + count, 0)),
  "binary, aged": aged((counts) => Math.max(...counts)),
};
/** As a device weighs purchases. */
const onDevice = variants["lines, aged"];

interface Person {
  readonly known: ReadonlyMap<number, Times>;
  /** Empty: not judged. */
  readonly targets: ReadonlySet<number>;
}

interface Task {
  readonly name: string;
  readonly learnedFrom: readonly ReadonlyMap<number, Times>[];
  readonly judged: readonly Person[];
  readonly nowMs: number;
}

const folder = fileURLToPath(new URL("../demo/data", import.meta.url));
const { orders, heldOut } = readCustomers(folder);
const all = [...orders].filter(([customer]) => !flags.quick || Number(customer) % 12 === 0);
const training = all.filter(([customer]) => !heldOut.has(customer)).map(([, lines]) => lines);
const items = [...new Set(all.flatMap(([, lines]) => lines.map(({ item }) => item)))].sort();
const rowOf = new Map(items.map((item, row) => [item, row]));
const lastMs = all
  .flatMap(([, lines]) => lines)
  .reduce((latest, { atMs }) => Math.max(latest, atMs), Number.NEGATIVE_INFINITY);

function timesIn(lines: readonly OrderLine[]): ReadonlyMap<number, Times> {
  const times = new Map<number, number[]>();
  for (const { item, atMs } of lines) {
    const row = rowOf.get(item) ?? -1;
    const known = times.get(row);
    if (known === undefined) times.set(row, [atMs]);
    else known.push(atMs);
  }
  return times;
}

/** Some people are set aside, a fifth of each one's products to be predicted. */
function byPeople(seed: number): Task {
  const random = seededRandom(seed);
  const learnedFrom: ReadonlyMap<number, Times>[] = [];
  const judged: Person[] = [];
  for (const lines of training) {
    const times = timesIn(lines);
    if (random() >= 0.1 || times.size < 5) learnedFrom.push(times);
    else {
      const drawn = [...times.keys()].map((row) => ({ row, place: random() }));
      drawn.sort((a, b) => a.place - b.place);
      judged.push(
        splitBy(
          times,
          new Set(drawn.slice(0, Math.max(1, Math.floor(drawn.length / 5))).map(({ row }) => row)),
        ),
      );
    }
  }
  return { name: `people, seed ${seed}`, learnedFrom, judged, nowMs: lastMs };
}

function byHeldOut(): Task {
  const judged = all.flatMap(([customer, lines]) => {
    const person = heldOut.get(customer);
    if (person === undefined) return [];
    return splitBy(timesIn(lines), new Set(person.targets.flatMap((item) => rowOf.get(item) ?? [])));
  });
  return { name: "people, test", learnedFrom: training.map(timesIn), judged, nowMs: lastMs };
}

function splitBy(times: ReadonlyMap<number, Times>, targets: ReadonlySet<number>): Person {
  return { known: new Map([...times].filter(([row]) => !targets.has(row))), targets };
}

/** What comes in a month, new to those who bought before it. */
function byTime(name: string, month: number): Task {
  const [fromMs, toMs] = [Date.UTC(2011, month), Date.UTC(2011, month + 1)];
  const judged: Person[] = [];
  const learnedFrom: ReadonlyMap<number, Times>[] = [];
  for (const lines of training) {
    const known = timesIn(lines.filter(({ atMs }) => atMs < fromMs));
    if (known.size === 0) continue;
    learnedFrom.push(known);
    const later = timesIn(lines.filter(({ atMs }) => atMs >= fromMs && atMs < toMs));
    judged.push({ known, targets: new Set([...later.keys()].filter((row) => !known.has(row))) });
  }
  return { name, learnedFrom, judged, nowMs: fromMs };
}

/** Mean recall at k of those who have something to be predicted. */
function recallOf({ learnedFrom, judged, nowMs }: Task, weigh: Weigh): number {
  const people = learnedFrom.map((times) => ({
    items: [...times.keys()],
    weights: [...times.values()].map((each) => Math.max(1e-6, weigh(each, nowMs))),
  }));
  const rows = trainAls(interactionsOf(people, items.length), {
    ...als,
    ...settings,
    random: seededRandom(1),
  });
  const model = rankingModel({
    cards: items.map((item) => ({ item })),
    shares: new Float64Array(items.length),
    jointRows: () => denseRows(rows, items.length, als.dim),
    ...settings,
  });
  let sum = 0;
  let count = 0;
  for (const { known, targets } of judged) {
    if (targets.size === 0 || known.size === 0) continue;
    const tastes = {
      items: [...known.keys()],
      weights: [...known.values()].map((times) => onDevice(times, nowMs)),
    };
    const ranked = rank({ model, by: "person", profile: profileOfTastes(model, tastes) });
    sum += recallAt({ list: bestRows(ranked, k), targets, k });
    count += 1;
  }
  return sum / count;
}

const september = 8;
const tasks = flags.test
  ? [byHeldOut(), byTime("October 2011", september + 1)]
  : [...seeds.map(byPeople), byTime("September 2011", september)];
const results = Object.entries(variants).map(([name, weigh]) => {
  const recalls = tasks.map((task) => recallOf(task, weigh));
  console.log(
    `${name.padEnd(14)} ${recalls.map((recall, at) => `${tasks[at].name}: ${recall.toFixed(3)}`).join("; ")}`,
  );
  return { name, recalls };
});
writeResults(flags.test ? "logweights-test" : "logweights", {
  tasks: tasks.map(({ name }) => name),
  results,
});
