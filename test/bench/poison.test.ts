/** Liars in a small shop: what they achieve without defences, and that they do not with them. */
import { beforeAll, describe, expect, test } from "vitest";
import { itemTask } from "../../bench/itemtask.ts";
import type { Strategy } from "../../bench/poison/attackers.ts";
import { addContributionInto, aggregatesOf } from "../../bench/poison/crowd.ts";
import type { PoisonShop } from "../../bench/poison/shop.ts";
import { attackedState, honestState, Judge, type State, type World } from "../../bench/poison/world.ts";
import { foldIn } from "../../core/foldin.ts";
import { gramOf } from "../../core/linear.ts";
import { dequantizeRows, quantizeRows } from "../../core/model/quantize.ts";
import { seededRandom } from "../../core/seeded.ts";
import { fromField } from "../../core/sum/field.ts";
import { decodeFixed } from "../../core/sum/fixedpoint.ts";
import { contributionOf } from "../../core/tasks/itemfactors/contribution.ts";
import { noDefences, standardDefences } from "../../server/kinds/itemfactors/defences.ts";
import { unlearned } from "../../server/kinds/itemfactors/learned.ts";

const itemCount = 120;
const kinds = 6;
const dim = 6;
const target = 5;
const settings = {
  blockLimit: 1024,
  alpha0: 0.3,
  lambda: 0.01,
  clipL2: 1,
  countScale: 0.1,
  weightScale: 0.25,
  fractionBits: 15,
  noiseMultiplier: 0,
  lanes: 4,
  minBatch: 50,
  maxBatch: 9000,
} as const;

/**
 * People like items of one kind (item modulo kinds), the popular ones more; hardly anybody likes the target.
 */
function smallShop(): PoisonShop {
  const random = seededRandom(8);
  const drawn = (): number[] => {
    const kind = Math.floor(random() * kinds);
    const liked = new Set<number>();
    while (liked.size < 8) {
      const item = kind + kinds * Math.floor((itemCount / kinds) * random() ** 2);
      if (item !== target || random() < 0.05) liked.add(item);
    }
    return [...liked].sort((a, b) => a - b);
  };
  const person = (items: readonly number[]) => ({
    items: Uint32Array.from(items),
    weights: Float64Array.from(items, () => 1),
  });
  const content = Float64Array.from({ length: itemCount * (kinds + 2) }, (_, k) => {
    const item = Math.floor(k / (kinds + 2));
    return (k % (kinds + 2) === item % kinds ? 0.7 : 0) + 0.5 * (random() - 0.5);
  });
  const catalogue = Array.from({ length: itemCount }, (_, item) => ({
    item: `item-${item}`,
    title: `Item ${item}`,
    categories: [],
  }));
  const heldOut = Array.from({ length: 60 }, () => {
    const items = drawn().filter((item) => item !== target);
    return { foldIn: person(items.slice(2)), targets: new Set(items.slice(0, 2)) };
  });
  return {
    publicSide: {
      catalogue,
      content: quantizeRows(content, itemCount, kinds + 2),
      contentDim: kinds + 2,
    },
    crowd: Array.from({ length: 600 }, () => person(drawn())),
    heldOut,
    gate: heldOut.slice(0, 40).map(({ foldIn: { items }, targets }) => ({
      known: new Map([...items].map((item) => [`item-${item}`, 1])),
      targets: new Set([...targets].map((item) => `item-${item}`)),
    })),
  };
}

const shop = smallShop();

test("a crowd's lanes sum to what the product's contributions sum to, every person counted once", () => {
  const on = itemTask({ ...settings, items: itemCount, dim, round: 0 });
  const { task } = on;
  const learned = unlearned(shop.publicSide, dim);
  const [{ lanes }] = aggregatesOf({ on, learned, crowd: shop.crowd, lies: [], seed: 4 });
  expect(lanes.length).toBe(4);
  expect(lanes.reduce((sum, { reports }) => sum + reports, 0)).toBe(600);
  const total = new Float64Array(task.length);
  for (const { sum } of lanes) {
    for (const [k, value] of decodeFixed(fromField(sum), task).entries()) total[k] += value;
  }
  const rows = dequantizeRows(quantizeRows(learned.factors, itemCount, dim), dim);
  const model = {
    rows,
    count: itemCount,
    dim,
    alpha0: 0.3,
    lambda: 0.01,
    gram: gramOf(rows, itemCount, dim),
  };
  const wanted = new Float64Array(total.length);
  for (const person of shop.crowd) {
    const { userVector } = foldIn(model, person);
    const { values } = contributionOf({ ...on.settings, ...person, factors: rows, block: 0, userVector });
    for (const [k, value] of values.entries()) wanted[k] += value;
    const again = new Float64Array(total.length);
    addContributionInto(again, { on, rows, block: 0, userVector, person });
    expect(Math.max(...again.map((value, k) => Math.abs(value - values[k])))).toBeLessThan(1e-12);
  }
  // Four roundings to 2^-15.
  expect(Math.max(...total.map((value, k) => Math.abs(value - wanted[k])))).toBeLessThan(4 / 2 ** 15);
});

describe("of liars, one report in twenty", () => {
  const judge = new Judge(shop);
  const world = (defences: World["defences"]): World => ({
    shop,
    settings,
    dim,
    defences,
    honestRounds: 3,
    attackedRounds: 2,
    seed: 1,
  });
  const open = world(noDefences);
  const guarded = world(standardDefences);
  let openBefore: State;
  let guardedBefore: State;
  beforeAll(() => {
    openBefore = honestState(open);
    guardedBefore = honestState(guarded);
  });

  const attack = async (where: World, before: State, strategy: Strategy) => {
    const { state, dropped } = attackedState(where, before, { strategy, target, rate: 0.05 });
    const [[then], [now]] = [await judge.shown(before, [target]), await judge.shown(state, [target])];
    return { then, now, dropped, verdict: (await judge.verdict(state, before)).verdict };
  };

  test("those who push a gradient raise their item without defences, and not with them", async () => {
    const bare = await attack(open, openBefore, "gradient");
    expect(bare.now.rank).toBeLessThan(bare.then.rank / 2);
    const { then, now } = await attack(guarded, guardedBefore, "gradient");
    expect(now.rank).toBeGreaterThan(0.8 * then.rank);
    expect(now.inTop20).toBeLessThan(bare.now.inTop20);
  });

  test("vandals ruin the ranking without defences; with them nothing of theirs is counted", async () => {
    const bare = await attack(open, openBefore, "vandal");
    expect(bare.now.recall).toBeLessThan(bare.then.recall - 0.1);
    expect(bare.verdict).toBe("refused");
    const { then, now, dropped } = await attack(guarded, guardedBefore, "vandal");
    // Every lane of both rounds.
    expect(dropped).toBe(8);
    expect(now).toEqual(then);
  });

  test("an honest crowd loses nothing by the defences", async () => {
    const [bare] = await judge.shown(attackedState(open, openBefore, null).state, [target]);
    const { state, dropped } = attackedState(guarded, guardedBefore, null);
    const [kept] = await judge.shown(state, [target]);
    expect(dropped).toBe(0);
    expect(kept.recall).toBeGreaterThan(bare.recall - 0.02);
  });
});
