/**
 * npm run bench:poison: what liars among the crowd achieve, with the defences and without.
 *
 *   none      lanes are added up, items move as the sums say; the gate alone
 *   one       one lane; norm check, support, limits of moves, lengths and counts
 *   four      four lanes; the same, and what differs between lanes
 *
 * The crowd are the shop's real customers (demo/data), each reporting once a round, in one process
 * (poison/crowd.ts). The shop learns from honest people first; then liars (poison/attackers.ts) join for some
 * rounds and push an item that few bought. Told are means over targets of: the target's median rank over
 * held-out people, the share of them who have it among their first 20, recall@20, and what the gate says. The
 * last line is one JSON object; bench/results/poison.json too.
 *
 * Then the same for pairs of items, learned from one report each beside content (poison/pairtable.ts): under
 * the noise of --epsilon, for crowds of --people, the mean over targets and the worst target's share. "both":
 * a shop that asks about factors and pairs, and liars who lie about the same item in both
 * (poison/bothkinds.ts). "lately": pairs and what is wanted lately, in a month as the shop lived it
 * (poison/lateshop.ts).
 *
 * With --choose, limits of pairs are chosen instead (poison/chooselimits.ts), on people and items that --split
 * validation sets aside from those of --split test.
 *
 *     [--quick] [--kinds factors,pairs,both,lately] [--targets 3] [--rates 0.001,0.01,0.05] [--noise Z] [--honest-rounds 4] [--attacked-rounds 3]
 *     [--people 3669] [--epsilon 4] [--split test|validation] [--choose] [--strategies NAME,NAME]
 *     [--settings FILE]      training settings of a server's configuration instead of the defaults
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { sections } from "../server/base/settings.ts";
import { noDefences, standardDefences } from "../server/kinds/itemfactors/defences.ts";
import { type Strategy, strategies } from "./poison/attackers.ts";
import { bothKinds } from "./poison/bothkinds.ts";
import { chosenLimits, limitGrid } from "./poison/chooselimits.ts";
import { pairsAndLately, readLateShop } from "./poison/lateshop.ts";
import { type PairStrategy, pairStrategies } from "./poison/pairattackers.ts";
import { pairsAlone } from "./poison/pairsalone.ts";
import { readPairShop, type Split, splits } from "./poison/pairshop.ts";
import { type PairTable, pairTable } from "./poison/pairtable.ts";
import { readPoisonShop } from "./poison/shop.ts";
import { coldItems, mean, rounded } from "./poison/targets.ts";
import { type Attacked, attackedState, honestState, Judge, type State, type World } from "./poison/world.ts";
import { writeResults } from "./results.ts";

const quickly = process.argv.includes("--quick");
const { values: flags } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    kinds: { type: "string", default: "factors,pairs" },
    people: { type: "string" },
    epsilon: { type: "string", default: "4" },
    split: { type: "string", default: "test" },
    choose: { type: "boolean", default: false },
    strategies: { type: "string" },
    targets: { type: "string", default: "3" },
    rates: { type: "string", default: "0.001,0.01,0.05" },
    noise: { type: "string" },
    settings: { type: "string" },
    "honest-rounds": { type: "string", default: quickly ? "2" : "4" },
    "attacked-rounds": { type: "string", default: quickly ? "2" : "3" },
  },
});
const quick = flags.quick;
const rates = quick ? [0.05] : flags.rates.split(",").map(Number);
const named = flags.strategies?.split(",");
const chosen: readonly Strategy[] = quick ? ["gradient", "vandal"] : strategies.filter(isNamed);
const chosenForPairs: readonly PairStrategy[] = quick
  ? ["counted", "vandal"]
  : pairStrategies.filter(isNamed);
const targetCount = quick ? 1 : Number(flags.targets);

/**
 * The default settings of the product, but for what a bench has to fix; half as many numbers a factor make it
 * four times as fast.
 */
const given: Readonly<Record<string, unknown>> =
  flags.settings === undefined
    ? { dim: quick ? 16 : 32 }
    : JSON.parse(readFileSync(flags.settings, "utf8")).training;
const { dim, ...training } = v.parse(sections.training, given);
const noiseMultiplier = flags.noise === undefined ? training.noiseMultiplier : Number(flags.noise);
const round = { minBatch: 50, maxBatch: 9_000 };

const setups = {
  none: { defences: noDefences, lanes: 1 },
  one: { defences: standardDefences, lanes: 1 },
  four: { defences: standardDefences, lanes: 4 },
} as const;

interface Row {
  readonly defences: keyof typeof setups;
  readonly strategy: Strategy | "nobody lies";
  readonly rate: number;
  readonly rankBefore: number;
  readonly rank: number;
  readonly inTop20Before: number;
  readonly inTop20: number;
  readonly recallBefore: number;
  readonly recall: number;
  /** Of the targets, how many the gate lets pass. */
  readonly gatePassed: string;
  readonly dropped: string;
}

const startMs = performance.now();
const kinds = flags.kinds.split(",");
const result = {
  factors: kinds.includes("factors") ? await factorTable() : null,
  pairs: kinds.includes("pairs") ? pairResult(pairsAlone) : null,
  both: kinds.includes("both") ? pairResult(bothKinds) : null,
  lately: kinds.includes("lately") ? await latelyTable() : null,
  seconds: Math.round((performance.now() - startMs) / 1000),
};
if (!quick) writeResults(resultsName(), result);
console.log(JSON.stringify(result));

function resultsName(): string {
  if (flags.choose) return "poison-limits";
  return flags.settings === undefined ? "poison" : "poison-settings";
}

function isNamed(strategy: string): boolean {
  return named === undefined || named.includes(strategy);
}

function splitNamed(): Split {
  const split = splits.find((one) => one === flags.split);
  if (split === undefined)
    throw new TypeError(`poison: --split must be ${splits.join(" or ")}, got ${flags.split}`);
  return split;
}

async function latelyTable() {
  const size = quick ? { contentDim: 32, heldOut: 40 } : { contentDim: 384, heldOut: 150 };
  const shop = await readLateShop({ ...size, split: splitNamed(), targets: targetCount }, quick);
  const asked = { epsilon: Number(flags.epsilon), strategies: chosenForPairs, tell: console.log };
  return pairTable(shop, { ...asked, crowds: crowdsOr(shop.data.train.length), rates, open: pairsAndLately });
}

/** Sizes of crowds; that of the real one unless given. */
function crowdsOr(people: number): readonly number[] {
  return flags.people?.split(",").map(Number) ?? [people];
}

function pairResult(open: PairTable["open"]) {
  const split = splitNamed();
  if (flags.choose && split === "test") {
    throw new TypeError(
      "poison: --choose wants --split validation: nobody is judged by people whom limits were chosen on",
    );
  }
  if (flags.choose && flags.kinds !== "pairs") {
    throw new TypeError(`poison: --choose wants --kinds pairs, got ${flags.kinds}`);
  }
  const size = quick ? { contentDim: 32, heldOut: 40 } : { contentDim: 384, heldOut: 150 };
  const heldOut = flags.choose && !quick ? Number.POSITIVE_INFINITY : size.heldOut;
  const shop = readPairShop({ ...size, split, targets: targetCount, heldOut });
  const asked = { epsilon: Number(flags.epsilon), strategies: chosenForPairs, tell: console.log };
  const crowds = crowdsOr(3669);
  if (!flags.choose) return pairTable(shop, { ...asked, crowds, rates, open });
  const grid = quick ? { longestCount: [2, 3], longestPair: [1], longestRow: [1.5, 2] } : limitGrid;
  const seeds = quick ? [1] : [1, 2, 3];
  return chosenLimits(shop, { ...asked, crowds, seeds, judged: size.heldOut, rate: rates[0], grid });
}

async function factorTable() {
  const shop = await readPoisonShop(
    quick ? { contentDim: 32, heldOut: 40, gate: 20 } : { contentDim: 64, heldOut: 150, gate: 60 },
  );
  const judge = new Judge(shop);
  const targets = coldItems(shop.crowd, shop.publicSide.catalogue.length, targetCount);
  const rows: Row[] = [];
  const tell = (row: Row) => {
    rows.push(row);
    console.log(lineOf(row));
  };
  console.log(
    "defences  strategy      rate    median rank      in top 20 %    recall@20          gate  dropped",
  );
  for (const name of Object.keys(setups) as (keyof typeof setups)[]) {
    const { defences, lanes } = setups[name];
    const world: World = {
      shop,
      settings: { ...training, ...round, noiseMultiplier, lanes },
      dim,
      defences,
      honestRounds: Number(flags["honest-rounds"]),
      attackedRounds: Number(flags["attacked-rounds"]),
      seed: 1,
    };
    const before = honestState(world);
    const honest = attackedState(world, before, null);
    tell(
      await rowOf(
        { judge, targets },
        name,
        { strategy: "nobody lies", rate: 0 },
        before,
        new Array(targets.length).fill(honest),
      ),
    );
    for (const strategy of chosen) {
      for (const rate of rates) {
        const after = targets.map((target) => attackedState(world, before, { strategy, target, rate }));
        tell(await rowOf({ judge, targets }, name, { strategy, rate }, before, after));
      }
    }
  }
  return {
    people: shop.crowd.length,
    judged: shop.heldOut.length,
    targets: targets.map((target) => shop.publicSide.catalogue[target].item),
    settings: { dim, ...training, noiseMultiplier },
    defences: standardDefences,
    rows,
  };
}

/** Each target with the state after the attack on it. */
async function rowOf(
  { judge, targets }: { readonly judge: Judge; readonly targets: readonly number[] },
  defences: keyof typeof setups,
  attack: Pick<Row, "strategy" | "rate">,
  before: State,
  after: readonly Attacked[],
): Promise<Row> {
  const then = await judge.shown(before, targets);
  const now = await Promise.all(
    after.map(async ({ state }, at) => (await judge.shown(state, [targets[at]]))[0]),
  );
  const verdicts = await Promise.all(after.map(({ state }) => judge.verdict(state, before)));
  const passed = verdicts.filter(({ verdict }) => verdict !== "refused").length;
  const sum = (of: (attacked: Attacked) => number) => after.reduce((total, one) => total + of(one), 0);
  return {
    defences,
    ...attack,
    rankBefore: Math.round(mean(then.map(({ rank }) => rank))),
    rank: Math.round(mean(now.map(({ rank }) => rank))),
    inTop20Before: rounded(mean(then.map(({ inTop20 }) => inTop20))),
    inTop20: rounded(mean(now.map(({ inTop20 }) => inTop20))),
    recallBefore: rounded(mean(then.map(({ recall }) => recall))),
    recall: rounded(mean(now.map(({ recall }) => recall))),
    gatePassed: `${passed}/${after.length}`,
    dropped: `${sum(({ dropped }) => dropped)}/${sum(({ lanes }) => lanes)}`,
  };
}

function lineOf(row: Row): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  return [
    row.defences.padEnd(9),
    row.strategy.padEnd(13),
    `${percent(row.rate)} %`.padEnd(7),
    `${row.rankBefore} -> ${row.rank}`.padEnd(16),
    `${percent(row.inTop20Before)} -> ${percent(row.inTop20)}`.padEnd(14),
    `${row.recallBefore.toFixed(4)} -> ${row.recall.toFixed(4)}`.padEnd(18),
    row.gatePassed.padEnd(5),
    row.dropped,
  ].join(" ");
}
