/**
 * npm run bench:choosing [-- --seeds 1,2,3] [--people 200] [--worlds NAME,NAME] [--data DIR] [--grid] [--tiny]
 *
 * What the decision matrix (core/choosing/matrix.ts) is worth: sites of many kinds (choosing/worlds.ts),
 * judged in time on people of whom the last 0, 1, 2, 3, 5, 10 and 20 items are known: recall@20 and NDCG@20
 * of their next items, at most ten, that are new to them. Each source alone, then all of them in the fixed
 * parts that ranking had, and as the matrix chooses: of a site that learned from its log, and of one that
 * asks about pairs and what is wanted lately, too.
 *
 * Thresholds were chosen with --grid, which prints, on earlier months and other crowds, how long content and
 * what is always wanted should be (docs/decisions/0037-choosing.md says what was looked at when). DIR has
 * catalogue.csv and log.csv as `tacit import` and `tacit train` read them.
 */
import { parseArgs } from "node:util";
import { dayMs } from "../core/time.ts";
import {
  type ListOf,
  peopleAt,
  type Quality,
  qualityOf,
  shownBy,
  trendingBy,
  withParts,
} from "./choosing/judged.ts";
import { madeUpDays, madeUpLog, madeUpStartMs } from "./choosing/madeup.ts";
import { Site } from "./choosing/sources.ts";
import {
  asItIs,
  type Cut,
  givenLog,
  type Log,
  lastActs,
  partOfPeople,
  shopLog,
  sinceDays,
  type Thinning,
  timeAtShare,
  withoutTexts,
  worldAt,
} from "./choosing/worlds.ts";
import { writeResults } from "./results.ts";
import { type Mean, meanOf } from "./spread.ts";

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string" },
    people: { type: "string" },
    worlds: { type: "string" },
    data: { type: "string" },
    grid: { type: "boolean", default: false },
    /** For tests: two small worlds. */
    tiny: { type: "boolean", default: false },
  },
});
const seeds = (flags.seeds ?? (flags.tiny ? "1" : "1,2,3")).split(",").map(Number);
const most = Number(flags.people ?? (flags.tiny ? 20 : 200));
for (const number of [...seeds, most]) {
  if (!(Number.isInteger(number) && number > 0)) {
    throw new TypeError(`choosing: expected whole numbers above 0 in flags, got ${JSON.stringify(flags)}`);
  }
}
const likes = flags.tiny ? [0, 2, 5] : flags.grid ? [1, 3, 5, 10, 20] : [0, 1, 2, 3, 5, 10, 20];
const sizes = flags.tiny ? { contentDim: 24, dim: 8 } : { contentDim: 128, dim: 32 };

interface Prepared {
  readonly log: Log;
  readonly cut: Cut;
  readonly thin: Thinning;
}

/** Seeds of what thresholds were chosen on are others than those of what is judged. */
const phase = flags.grid
  ? { month: 9, seedFrom: 1000, from: 0.7, to: 0.85 }
  : { month: 11, seedFrom: 0, from: 0.85, to: 0.9999 };

type WorldOf = (seed: number) => Promise<Prepared> | Prepared;

const shop = shopLog();
const ofShop =
  (thin: Thinning, change: (log: Log) => Log = (log) => log): WorldOf =>
  async () => ({
    log: change(await shop),
    cut: { atMs: Date.UTC(2011, phase.month - 1, 1), days: 30 },
    thin,
  });

const usual = { people: 2000, items: 1000, acts: 8, told: 0.8, drift: 0 };
const madeUp =
  (change: Partial<typeof usual>): WorldOf =>
  (seed) => ({
    log: madeUpLog({ ...usual, ...change, seed: seed + phase.seedFrom }),
    cut: { atMs: madeUpStartMs + (madeUpDays - 30) * dayMs, days: 30 },
    thin: asItIs,
  });

const given =
  (directory: string, thin: Thinning): WorldOf =>
  async () => {
    const log = await givenLog(directory);
    const atMs = timeAtShare(log, phase.from);
    return { log, cut: { atMs, days: (timeAtShare(log, phase.to) - atMs) / dayMs }, thin };
  };

const known: Readonly<Record<string, WorldOf>> = {
  shop: ofShop(asItIs),
  "shop, 1/4 of the people": ofShop(partOfPeople(1 / 4)),
  "shop, 1/16": ofShop(partOfPeople(1 / 16)),
  "shop, 1/64": ofShop(partOfPeople(1 / 64)),
  "shop, last 3 acts each": ofShop(lastActs(3)),
  "shop, one month old": ofShop(sinceDays(30)),
  "shop, ids alone": ofShop(asItIs, withoutTexts),
  "made up": madeUp({}),
  "made up, sparse": madeUp({ acts: 3 }),
  "made up, dense": madeUp({ acts: 30 }),
  "made up, texts that say nothing": madeUp({ told: 0.1 }),
  "made up, 200 people": madeUp({ people: 200 }),
  "made up, drifting": madeUp({ drift: 0.8 }),
  ...(flags.data === undefined
    ? {}
    : {
        given: given(flags.data, asItIs),
        "given, 1/4 of the people": given(flags.data, partOfPeople(1 / 4)),
      }),
};
const tiny: Readonly<Record<string, WorldOf>> = {
  "made up": madeUp({ people: 150, items: 80 }),
  "made up, texts that say nothing": madeUp({ people: 150, items: 80, told: 0 }),
};

type Ways = Readonly<Record<string, ListOf>>;
const fixed = { joint: 1, pairs: 0, lately: 0, always: 0 };
const fixedBeside = { joint: 0.5, pairs: 0.2, lately: 0.3, always: 0 };

/** Each source alone, and all of them as it was and as it is chosen. */
function waysOf(site: Site): Ways {
  const full = site.model({});
  const beside = site.model({ pairs: "beside" });
  return {
    popularity: trendingBy(full),
    lately: trendingBy(beside),
    content: withParts(site.model({ factorLength: 0 }), fixed),
    collaborative: withParts(site.model({ contentScale: 0 }), fixed),
    pairs: withParts(beside, { ...fixed, joint: 0, pairs: 1 }),
    "hybrid, fixed": withParts(full, fixed),
    "hybrid, chosen": shownBy(site.chosenModel("none")),
    "all, fixed": withParts(beside, fixedBeside),
    "all, chosen": shownBy(site.chosenModel("beside")),
  };
}

/** What thresholds were chosen by. */
function gridOf(site: Site): Ways {
  const ways: Record<string, ListOf> = {};
  for (const contentScale of [1, 0.3, 0.1]) {
    const alone = site.model({ contentScale });
    for (const always of [0, 0.3]) {
      ways[`content ${contentScale}, always ${always}`] = withParts(alone, {
        ...fixed,
        joint: 1 - always,
        always,
      });
    }
    const beside = site.model({ contentScale, pairs: "beside" });
    for (const [lately, always] of [
      [0.3, 0],
      [0.3, 0.2],
      [0.5, 0],
    ]) {
      const parts = { joint: 0.8 - lately - always, pairs: 0.2, lately, always };
      ways[`content ${contentScale}, pairs, lately ${lately}, always ${always}`] = withParts(beside, parts);
    }
  }
  return ways;
}

const worlds = flags.tiny ? tiny : known;
const asked = flags.worlds?.split(",") ?? Object.keys(worlds);
const results: Record<string, unknown>[] = [];
for (const name of asked) {
  const found = Object.entries(worlds).find(
    ([world]) => world.replaceAll(",", "") === name.replaceAll(",", ""),
  );
  if (found === undefined) {
    throw new TypeError(
      `choosing: --worlds must name some of ${Object.keys(worlds).join("; ")}, got ${name}`,
    );
  }
  await judgeWorld(found[0], found[1]);
}
writeResults(flags.grid ? "choosing-grid" : "choosing", { ...flags, likes, sizes, results });

async function judgeWorld(name: string, worldOf: WorldOf): Promise<void> {
  const cells = new Map<number, Map<string, Quality[]>>();
  const rows: string[] = [];
  for (const seed of seeds) {
    const { log, cut, thin } = await worldOf(seed);
    const world = worldAt(log, cut, { thin, seed });
    const site = new Site(world, sizes);
    const { peoplePerItem, agreement } = site.facts;
    rows.push(
      `${site.chosen.name} (${peoplePerItem?.toFixed(1)} people an item, ${agreement?.toFixed(3)} agreement)`,
    );
    const ways = flags.grid ? gridOf(site) : waysOf(site);
    for (const count of likes) {
      const people = peopleAt(world, { likes: count, most, seed });
      if (people.length === 0) continue;
      const cell = cells.get(count) ?? new Map<string, Quality[]>();
      cells.set(count, cell);
      for (const [way, listOf] of Object.entries(ways)) {
        cell.set(way, [...(cell.get(way) ?? []), qualityOf(people, listOf)]);
      }
    }
  }
  console.log(`\n${name}: ${[...new Set(rows)].join("; ")}`);
  for (const [count, cell] of cells) {
    const means = [...cell].map(([way, runs]) => [way, meansOf(runs)] as const);
    results.push({ world: name, likes: count, rows, ...Object.fromEntries(means) });
    const shown = means.map(([way, { recall, ndcg }]) => `${way} ${text(recall)} / ${text(ndcg)}`);
    console.log(`  ${count} liked: ${shown.join("; ")}`);
  }
}

function meansOf(runs: readonly Quality[]): Readonly<Record<keyof Quality, Mean>> {
  return { recall: meanOf(runs.map(({ recall }) => recall)), ndcg: meanOf(runs.map(({ ndcg }) => ndcg)) };
}

function text({ mean, sd }: Mean): string {
  return `${mean.toFixed(3)} ± ${sd.toFixed(3)}`;
}
