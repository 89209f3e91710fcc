/** Liars about pairs in a small shop: what reaches the lanes, and what it does with defences and without. */
import { expect, test } from "vitest";
import { type PairStrategy, pairLieOf, pairStrategies } from "../../bench/poison/pairattackers.ts";
import {
  attackedLanes,
  honestLanes,
  learnedFromLanes,
  type PairWorld,
  shownByPairs,
} from "../../bench/poison/pairworld.ts";
import { fractionBits } from "../../bench/private.ts";
import { publicPairs } from "../../bench/privatepairs.ts";
import { quantizeRows } from "../../core/model/quantize.ts";
import { seededRandom } from "../../core/seeded.ts";
import { fromField } from "../../core/sum/field.ts";
import { decodeFixed } from "../../core/sum/fixedpoint.ts";
import type { Lanes } from "../../core/sum/lanes.ts";
import { sensitivityOf } from "../../core/tasks/itemfactors/contribution.ts";
import { pairLayout } from "../../core/tasks/itempairs/contribution.ts";
import { noPairDefences, standardPairDefences } from "../../server/kinds/itempairs/defences.ts";

const itemCount = 120;
const kinds = 6;
const target = 5;

/** People have items of one kind (item modulo kinds), the popular ones more; hardly anybody has the target. */
function smallWorld(lanes: Lanes): PairWorld {
  const random = seededRandom(8);
  const person = () => {
    const kind = Math.floor(random() * kinds);
    const has = new Set<number>();
    while (has.size < 8) {
      const item = kind + kinds * Math.floor((itemCount / kinds) * random() ** 2);
      if (item !== target || random() < 0.02) has.add(item);
    }
    const items = Uint32Array.from(has).sort();
    return { items, weights: Float64Array.from(items, () => 1) };
  };
  const contentDim = kinds + 2;
  const values = Float64Array.from(
    { length: itemCount * contentDim },
    (_, k) => (k % contentDim === Math.floor(k / contentDim) % kinds ? 0.7 : 0) + 0.5 * (random() - 0.5),
  );
  const items = Array.from({ length: itemCount }, (_, item) => `item-${item}`);
  const crowd = Array.from({ length: 600 }, person);
  const heldOut = Array.from({ length: 60 }, person).map(({ items: all }) => {
    const known = all.filter((item) => item !== target).slice(2);
    const foldIn = { items: known, weights: Float64Array.from(known, () => 1) };
    return { foldIn, targets: new Set(all.slice(0, 2)) };
  });
  const publicItems = {
    catalogue: items.map((item) => ({ item })),
    content: quantizeRows(values, itemCount, contentDim),
    contentDim,
  };
  const scales = { clipL2: 1, countScale: 1, recentScale: 2, weightScale: 0.1 };
  const by = {
    settings: { ...scales, nearest: 8, ridge: 0.0055, unlisted: 5, noiseMultiplier: 0.3 },
    part: 0.5,
  };
  const data = { items, train: crowd, heldOut };
  const ground = publicPairs(publicItems, by.settings.nearest);
  return { data, publicItems, ground, crowd, by, lanes, seed: 1 };
}

const world = smallWorld(1);
const honest = honestLanes(world);

function after(strategy: PairStrategy, defences: typeof standardPairDefences) {
  const { learned } = learnedFromLanes(world, honest, defences);
  if (learned === null) throw new Error("expected something to be learned of the honest, got nothing");
  const attack = { strategy, target, rate: 0.03, shares: learned.shares };
  const outcome = learnedFromLanes(world, attackedLanes(world, honest, attack), defences);
  const before = shownByPairs(world, learned, [target]);
  const now = outcome.learned === null ? null : shownByPairs(world, outcome.learned, [target]);
  return { before, now, share: outcome.learned?.shares[target] ?? null, dropped: outcome.dropped.length };
}

test("lies that claim to be within bounds are, and the others are not", () => {
  const { ground, by } = world;
  const plan = {
    target,
    pattern: ground.pattern,
    scales: by.settings,
    shares: new Float64Array(itemCount).fill(0.1),
    laneReports: 600,
    liesInLane: 6,
    random: seededRandom(2),
  };
  const outside = ["stretched", "saturating", "draining", "flooding", "thousandfold", "wrapped", "vandal"];
  for (const strategy of pairStrategies) {
    const values = decodeFixed(fromField(pairLieOf({ ...plan, strategy })), { fractionBits });
    expect(values.length).toBe(pairLayout(ground.pattern).length);
    const within = Math.hypot(...values) <= sensitivityOf(by.settings);
    expect([strategy, within]).toEqual([strategy, !outside.includes(strategy)]);
  }
});

test("everybody is in one lane, liars too, and their lies are what an attack adds", () => {
  const four = smallWorld(4);
  const lanes = honestLanes(four);
  const shares = new Float64Array(itemCount).fill(0.1);
  const attacked = attackedLanes(four, lanes, { strategy: "claimed", target, rate: 0.03, shares });
  const reports = (of: typeof lanes) => of.reduce((sum, lane) => sum + lane.reports, 0);
  expect([reports(lanes), reports(attacked)]).toEqual([600, 618]);
  const place = pairLayout(four.ground.pattern).counts + target;
  const countOf = (of: typeof lanes) =>
    of.reduce((sum, lane) => sum + decodeFixed(fromField(lane.sum), { fractionBits })[place], 0);
  expect(countOf(attacked) - countOf(lanes)).toBeCloseTo(18, 3);
});

test("a thousandfold count is the whole crowd's without defences; with them the lane is not counted", () => {
  expect(after("thousandfold", noPairDefences).share).toBe(1);
  const { dropped, now } = after("thousandfold", standardPairDefences);
  expect([dropped, now]).toEqual([1, null]);
});

test("a stretched lie gets fewer people for the target with defences than without, and less of a share", () => {
  const bare = after("stretched", noPairDefences);
  const guarded = after("stretched", standardPairDefences);
  expect(guarded.dropped).toBe(0);
  expect(bare.share).toBe(1);
  expect(guarded.share ?? 1).toBeLessThan(0.5);
  expect(guarded.now?.targets[0].inTop20 ?? 1).toBeLessThanOrEqual(bare.now?.targets[0].inTop20 ?? 0);
});

test("an honest crowd loses nothing by the defences", () => {
  const bare = after("paired", noPairDefences).before.recall;
  expect(bare).toBeGreaterThan(0.3);
  expect(after("paired", standardPairDefences).before.recall).toBeGreaterThan(bare - 0.03);
});
