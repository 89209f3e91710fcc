/**
 * Chooses the limits of pairs (server/kinds/itempairs/defences.ts): tries every combination of a grid on one shop,
 * with one lane and with four, and takes the one under which the strongest attack gets its cold items to the
 * fewest people.
 *
 *   cost       recall@20 that the limits take where nobody lies: mean of one lane and four, of several seeds of noise
 *              and of all people set aside, because limits differ by less than chance among few
 *   strongest  share of people with the pushed item in their first 20, mean over items: of the attack and the
 *              number of lanes of which it is largest
 *   worst      the largest such share of one item
 *
 * Of several crowds the largest figure counts: what is cheap for a small one may cost a large one, which pairs tell
 * more. Limits that cost more than `mostCost` are out; of those that are as good, the loosest is taken. It is for
 * validation people: nobody is judged by people whom limits were chosen on.
 */
import { seededRandom } from "../../core/seeded.ts";
import {
  limitedWeights,
  type PairDefences,
  standardPairDefences,
} from "../../server/kinds/itempairs/defences.ts";
import { crowdOf } from "../crowds.ts";
import type { ScoresOf } from "../judge.ts";
import { remembered } from "../mix.ts";
import { pairSettingsFor } from "../privacysettings.ts";
import { type LearnedPairs, publicPairs } from "../privatepairs.ts";
import type { PairStrategy } from "./pairattackers.ts";
import type { PairShop } from "./pairshop.ts";
import {
  attackedLanes,
  contentScores,
  honestLanes,
  learnedFromLanes,
  type PairWorld,
  shownBeside,
} from "./pairworld.ts";
import { mean, rounded } from "./targets.ts";

export type PairLimits = Pick<PairDefences, "longestCount" | "longestPair" | "longestRow">;

/** Values of each limit, strictest first. */
export type LimitGrid = { readonly [Limit in keyof PairLimits]: readonly number[] };

/** All who have a pair's rarer item may have both, and no more can: the limit of pairs is no matter of choice. */
export const limitGrid: LimitGrid = {
  longestCount: [1, 1.5, 2, 3],
  longestPair: [1],
  longestRow: [1, 1.25, 1.5, 2],
};

/** In recall@20. */
const mostCost = 0.005;

const laneCounts = [1, 4] as const;

const without: PairLimits = {
  longestCount: Number.POSITIVE_INFINITY,
  longestPair: Number.POSITIVE_INFINITY,
  longestRow: Number.POSITIVE_INFINITY,
};

export interface Choosing {
  /** Sizes of crowds. */
  readonly crowds: readonly number[];
  readonly epsilon: number;
  /** Of noise and lanes; liars join the first. */
  readonly seeds: readonly number[];
  /** So many people are asked for what liars achieve. */
  readonly judged: number;
  readonly strategies: readonly PairStrategy[];
  readonly rate: number;
  readonly grid: LimitGrid;
  readonly tell: (line: string) => void;
}

export interface LimitsRow extends PairLimits {
  /** Of honest people, mean over lane numbers. */
  readonly recall: number;
  readonly cost: number;
  readonly strongest: number;
  readonly by: string;
  readonly worst: number;
}

export interface ChosenLimits {
  readonly crowds: readonly LimitsOfCrowd[];
  readonly chosen: LimitsRow;
}

export interface LimitsOfCrowd {
  readonly people: number;
  readonly recallWithout: number;
  readonly rows: readonly LimitsRow[];
}

/** @throws {RangeError} where every combination costs too much. */
export function chosenLimits(shop: PairShop, { crowds, ...choosing }: Choosing): ChosenLimits {
  const of = crowds.map((people) => limitsOfCrowd(shop, people, choosing));
  const chosen = chosenOf(of[0].rows.map((_, at) => largestOf(of.map(({ rows }) => rows[at]))));
  choosing.tell(`chosen: ${lineOf(chosen)}`);
  return { crowds: of, chosen };
}

function limitsOfCrowd(
  shop: PairShop,
  people: number,
  { epsilon, seeds, judged, strategies, rate, grid, tell }: Omit<Choosing, "crowds">,
): LimitsOfCrowd {
  const { data, publicItems, targets } = shop;
  const by = pairSettingsFor({ people, epsilon });
  const ground = publicPairs(publicItems, by.settings.nearest);
  const crowd = crowdOf(data.train, people, seededRandom(1));
  const few = { ...data, heldOut: data.heldOut.slice(0, judged) };
  const bare: number[] = [];
  const honest = new Map<string, number[]>();
  const attacks = new Map<string, Attacked[]>();
  for (const lanes of laneCounts) {
    for (const seed of seeds) {
      const world: PairWorld = { data, publicItems, ground, crowd, by, lanes, seed };
      const sums = honestLanes(world);
      const learned = learnedOfHonest(world, sums);
      bare.push(shownBeside(world, contentScores(world, learned), learned, []).recall);
      for (const { limits, recall } of shownUnder(world, sums, grid, []))
        push(honest, nameOf(limits), recall);
    }
    tell(`${people} people, ${lanes} lanes: nobody lies`);
    const world: PairWorld = { data: few, publicItems, ground, crowd, by, lanes, seed: seeds[0] };
    const sums = strategies.length === 0 ? [] : honestLanes(world);
    for (const strategy of strategies) {
      const { shares } = learnedOfHonest(world, sums);
      for (const target of targets) {
        const attacked = attackedLanes(world, sums, { strategy, target, rate, shares });
        for (const { limits, inTop20 } of shownUnder(world, attacked, grid, [target])) {
          push(attacks, nameOf(limits), { by: `${strategy}, lanes: ${lanes}`, inTop20 });
        }
      }
      tell(`${people} people, ${lanes} lanes: ${strategy}`);
    }
  }
  const recallWithout = mean(bare);
  const rows = combinations(grid).map((limits) => {
    const recall = mean(honest.get(nameOf(limits)) ?? []);
    const cost = recallWithout - recall;
    return { ...limits, recall, cost, ...strongestOf(attacks.get(nameOf(limits)) ?? []) };
  });
  tell(`${people} people, recall@20 without limits ${recallWithout.toFixed(4)}`);
  tell("count / pair / row  recall@20 (cost)  strongest %, worst %, attack");
  for (const row of rows) tell(lineOf(row));
  return { people, recallWithout, rows };
}

function learnedOfHonest(world: PairWorld, sums: ReturnType<typeof honestLanes>): LearnedPairs {
  const { learned } = learnedFromLanes(world, sums, { ...standardPairDefences, ...without });
  if (learned === null) throw new RangeError("poison: expected honest lanes to be kept, got none");
  return learned;
}

/** Of the same limits in several crowds: the largest cost, and the strongest attack. */
function largestOf(rows: readonly LimitsRow[]): LimitsRow {
  const [dearest] = rows.toSorted((a, b) => b.cost - a.cost);
  const [{ strongest, by }] = rows.toSorted((a, b) => b.strongest - a.strongest);
  return { ...dearest, strongest, by, worst: Math.max(...rows.map(({ worst }) => worst)) };
}

/** @param rows stricter ones first. @throws {RangeError} where each costs too much. */
export function chosenOf(rows: readonly LimitsRow[]): LimitsRow {
  const affordable = rows.filter(({ cost }) => cost <= mostCost);
  if (affordable.length === 0) {
    throw new RangeError(`poison: expected limits that cost at most ${mostCost} of recall, got none`);
  }
  return affordable.reduce((best, row) => (row.strongest <= best.strongest ? row : best));
}

/** Strictest first in each limit: the last of those that are alike is the loosest. */
function combinations({ longestCount, longestPair, longestRow }: LimitGrid): readonly PairLimits[] {
  return longestCount.flatMap((count) =>
    longestPair.flatMap((pair) =>
      longestRow.map((row) => ({ longestCount: count, longestPair: pair, longestRow: row })),
    ),
  );
}

interface Attacked {
  readonly by: string;
  readonly inTop20: number;
}

function strongestOf(attacked: readonly Attacked[]): Pick<LimitsRow, "strongest" | "by" | "worst"> {
  const means = [...new Set(attacked.map(({ by }) => by))].map((by) => ({
    by,
    strongest: mean(attacked.filter((one) => one.by === by).map(({ inTop20 }) => inTop20)),
  }));
  const [first = { by: "nobody", strongest: 0 }] = means.toSorted((a, b) => b.strongest - a.strongest);
  return { ...first, worst: Math.max(0, ...attacked.map(({ inTop20 }) => inTop20)) };
}

interface Shown {
  readonly limits: PairLimits;
  readonly recall: number;
  /** 0 where every lane was dropped: the edition of the honest stays. */
  readonly inTop20: number;
}

/** What people are shown under each combination, and how many are shown the target. */
function shownUnder(
  world: PairWorld,
  lanes: Parameters<typeof learnedFromLanes>[1],
  { longestCount, longestPair, longestRow }: LimitGrid,
  targets: readonly number[],
): readonly Shown[] {
  return longestCount.flatMap((count) => {
    // Popularity follows from counts alone: other limits of pairs and rows leave what content says.
    let scores: ScoresOf | null = null;
    return longestPair.flatMap((pair) => {
      const limits = { longestCount: count, longestPair: pair, longestRow: Number.POSITIVE_INFINITY };
      const { learned } = learnedFromLanes(world, lanes, { ...standardPairDefences, ...limits });
      if (learned !== null) scores ??= remembered(contentScores(world, learned));
      return longestRow.map((row) => {
        const tried = { ...limits, longestRow: row };
        if (learned === null || scores === null) return { limits: tried, recall: 0, inTop20: 0 };
        const weights = limitedWeights(learned.weights, learned.pattern, {
          ...standardPairDefences,
          ...tried,
        });
        const shown = shownBeside(world, scores, { ...learned, weights }, targets);
        const inTop20 = Math.max(0, ...shown.targets.map((target) => target.inTop20));
        return { limits: tried, recall: shown.recall, inTop20 };
      });
    });
  });
}

function push<One>(to: Map<string, One[]>, name: string, one: One): void {
  const all = to.get(name) ?? [];
  all.push(one);
  to.set(name, all);
}

function nameOf({ longestCount, longestPair, longestRow }: PairLimits): string {
  return `${longestCount} / ${longestPair} / ${longestRow}`;
}

function lineOf(row: LimitsRow): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  return [
    nameOf(row).padEnd(16),
    `${row.recall.toFixed(4)} (${rounded(row.cost).toFixed(4)})`.padEnd(17),
    percent(row.strongest).padEnd(5),
    percent(row.worst).padEnd(5),
    row.by,
  ].join(" ");
}
