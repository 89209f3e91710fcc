/**
 * What one aggregator sees of a report, opened with its own key: whatever the contribution, the same. Beside
 * each law stand schemes with one mistake, which the same tests must catch.
 */
import { createCipheriv, randomBytes, randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { type RandomFill, toHex, uint32FromBytes } from "../../../core/bytes.ts";
import { modulus, toField } from "../../../core/sum/field.ts";
import { encodeFixed } from "../../../core/sum/fixedpoint.ts";
import { keystreamBytes, maskFrom, splitShares } from "../../../core/sum/share.ts";
import { contributionLayout } from "../../../core/tasks/itemfactors/contribution.ts";
import type { Task } from "../../../core/tasks/task.ts";
import { encodeReport, type Report } from "../../../core/wire/report.ts";
import { reportOf } from "../../../worker/contribute/report.ts";
import { strongFill } from "../../worker/device.ts";
import { aggregators } from "../../worker/parties.ts";
import { shopModel, taskOn } from "../../worker/shop.ts";
import { limit, twoSampleScore, worstOf } from "./uniformity.ts";

/** A full block: 34,321 numbers. */
const { length } = contributionLayout({ dim: 32, blockSize: 1024 });
const fractionBits = 15;
/** A quarter of the field, so that largest and smallest are far apart modulo q as well. */
const largest = 2 ** (30 - fractionBits);
/** Of a sensitivity that leaves all of them as they are. */
const task: Task = {
  ...taskOn(shopModel(), { fractionBits }),
  length,
  sensitivity: 1.01 * largest * Math.sqrt(length),
};
const { keys, open } = await aggregators();
const reportsEach = 24;

/** The furthest apart that contributions can be. */
const extremes = {
  "all zero": new Float64Array(length),
  "all largest": new Float64Array(length).fill(largest),
  "all smallest": new Float64Array(length).fill(-largest),
  alternating: Float64Array.from({ length }, (_, k) => (k % 2 === 0 ? largest : -largest)),
  "one spike": Float64Array.from({ length }, (_, k) => (k === 4711 ? largest : 0)),
};

const report = (contribution: Float64Array, fill: RandomFill = strongFill): Promise<Report> =>
  reportOf({
    sums: [{ task, taskId: "5a".repeat(32), block: 2, values: contribution }],
    ...{ keys, token: new Uint8Array(), fill },
  });

/** Everything the leader opens of several reports of one contribution, one share after another. */
async function leaderViewOf(contribution: Float64Array): Promise<Uint32Array> {
  const view = new Uint32Array(reportsEach * length);
  for (let k = 0; k < reportsEach; k++) {
    view.set(uint32FromBytes(await open("leader", await report(contribution))), k * length);
  }
  return view;
}

test("the leader's shares of extreme contributions are independent, uniform field elements, and tell none from another", async () => {
  const views: Uint32Array[] = [];
  for (const [name, contribution] of Object.entries(extremes)) {
    const view = await leaderViewOf(contribution);
    expect(worstOf(view).score, `${name}: ${worstOf(view).name}`).toBeLessThan(limit);
    // Shares of two reports meet in a place by chance of 1 in q alone.
    expect(placesInCommon(view)).toBeLessThan(8);
    for (const other of views) expect(twoSampleScore(view, other), name).toBeLessThan(limit);
    views.push(view);
  }
}, 60_000);

type Masks = (count: number) => Uint32Array<ArrayBuffer>;
const sound: Masks = (count) => maskFrom(randomBytes(keystreamBytes(count)), count);
const words = (count: number) => new Uint32Array(Uint8Array.from(randomBytes(4 * count)).buffer);
const fixedKey = randomBytes(32);

/** Schemes that add up just as well, and hide less. */
const leaking: Readonly<Record<string, Masks>> = {
  "no mask": (count) => new Uint32Array(count),
  "masks of 31 bits": (count) => words(count).map((word) => word >>> 1),
  "masks in a range of some thousands": (count) => words(count).map((word) => word % 65_536),
  "masks by remainder instead of rejection": (count) => words(count).map((word) => word % modulus),
  "one mask for every 1,024 numbers": (count) => {
    const piece = sound(1024);
    return Uint32Array.from({ length: count }, (_, k) => piece[k % 1024]);
  },
  "one seed for every report": (count) => {
    const cipher = createCipheriv("aes-128-ctr", fixedKey.subarray(0, 16), fixedKey.subarray(16));
    return maskFrom(cipher.update(new Uint8Array(keystreamBytes(count))), count);
  },
  "a counter for a keystream": (count) => {
    const start = randomInt(2 ** 31);
    return Uint32Array.from({ length: count }, (_, k) => (start + k * 40_503) % modulus);
  },
};

/** The worst that the tests above say of a scheme, over all extremes. */
function suspicionOf(shareOf: (contribution: Float64Array) => Uint32Array): number {
  let worst = 0;
  const views: Uint32Array[] = [];
  for (const contribution of Object.values(extremes)) {
    const view = new Uint32Array(reportsEach * length);
    for (let k = 0; k < reportsEach; k++) view.set(shareOf(contribution), k * length);
    worst = Math.max(worst, worstOf(view).score, placesInCommon(view) < 8 ? 0 : Number.POSITIVE_INFINITY);
    for (const other of views) worst = Math.max(worst, twoSampleScore(view, other));
    views.push(view);
    if (worst > limit) break;
  }
  return worst;
}
const elementsOf = (contribution: Float64Array) => toField(encodeFixed(contribution, task, strongFill));

test.each(Object.entries(leaking))("these tests catch %s", (_, masks) => {
  expect(suspicionOf((contribution) => splitShares(elementsOf(contribution), masks(length)))).toBeGreaterThan(
    limit,
  );
});

test("these tests catch shares modulo 2^32 instead of q", () => {
  const wrapping = (contribution: Float64Array) => {
    const masks = words(length);
    return elementsOf(contribution).map((value, k) => value - masks[k]);
  };
  expect(suspicionOf(wrapping)).toBeGreaterThan(limit);
});

/** How often one who holds the leader's share, and knows the five candidates, names the right one. */
function timesReconstructed(masks: Masks, rounds: number): number {
  const candidates = Object.values(extremes).map((values) => elementsOf(values.subarray(4600, 4856)));
  let right = 0;
  for (let round = 0; round < rounds; round++) {
    const truth = randomInt(candidates.length);
    const share = splitShares(candidates[truth], masks(candidates[truth].length));
    // The mask that each candidate implies; the attacker trusts the one with the smallest numbers.
    const means = candidates.map((values) =>
      splitShares(values, share).reduce((sum, value) => sum + value / modulus, 0),
    );
    if (means.indexOf(Math.min(...means)) === truth) right++;
  }
  return right;
}

test("from one share nobody reconstructs which of five contributions it was, and from weak masks nearly always", () => {
  const rounds = 2000;
  // One in five by luck: 400 +- 17.9; six and a half standard deviations on either side.
  const right = timesReconstructed(sound, rounds);
  expect(right).toBeGreaterThan(400 - limit * 17.9);
  expect(right).toBeLessThan(400 + limit * 17.9);
  // A spike is one number, and one bit of it is left open: 1,800 +- 13.4.
  expect(timesReconstructed((count) => words(count).map((word) => word >>> 1), rounds)).toBeGreaterThan(1700);
});

test("what the helper opens is the dice and nothing else: the same bytes whatever the contribution", async () => {
  const start = randomBytes(32);
  const helperViews = new Set<string>();
  const ids = new Set<string>();
  for (const contribution of Object.values(extremes)) {
    // The same dice for each contribution. Whole numbers need none for rounding.
    const dice = createCipheriv("aes-128-ctr", start.subarray(0, 16), start.subarray(16));
    const fill: RandomFill = (bytes) => bytes.set(dice.update(new Uint8Array(bytes.length)));
    const made = await report(contribution, fill);
    helperViews.add(toHex(await open("helper", made)));
    ids.add(toHex(made.id));
  }
  expect([helperViews.size, ids.size]).toEqual([1, 1]);
  // With fractions to round, the seed is still 32 bytes of the dice as they fell.
  const fell: string[] = [];
  const fill: RandomFill = (bytes) => {
    strongFill(bytes);
    fell.push(toHex(bytes));
  };
  const seed = toHex(
    await open(
      "helper",
      await report(
        extremes["all zero"].map(() => 0.3),
        fill,
      ),
    ),
  );
  expect(seed).toHaveLength(64);
  expect(fell.filter((bytes) => bytes === seed)).toHaveLength(1);
});

test("two reports of one contribution have nothing in common but what all reports have", async () => {
  const [a, b] = [await report(extremes.alternating), await report(extremes.alternating)];
  const windows = ({ sums: [{ leaderShare, helperSeed }], id }: Report) =>
    [leaderShare, helperSeed, id].flatMap((bytes) =>
      Array.from({ length: bytes.length - 7 }, (_, at) =>
        Buffer.from(bytes.buffer, bytes.byteOffset + at, 8).toString("latin1"),
      ),
    );
  const seen = new Set(windows(a));
  expect(windows(b).filter((window) => seen.has(window))).toEqual([]);
  const [seedA, seedB] = [await open("helper", a), await open("helper", b)];
  expect(toHex(seedA)).not.toBe(toHex(seedB));
});

test("a report has the same size, part by part, whatever the contribution", async () => {
  const sizes = new Set<string>();
  const contributions = [...Object.values(extremes), extremes["all zero"].map(() => Math.random() - 0.5)];
  for (const contribution of contributions) {
    const made = await report(contribution);
    const [{ leaderShare, helperSeed }] = made.sums;
    sizes.add([encodeReport(made), leaderShare, helperSeed].map((bytes) => bytes.length).join());
  }
  expect([...sizes]).toHaveLength(1);
});

/** Equal numbers in the same place of two shares that follow each other. */
function placesInCommon(view: Uint32Array): number {
  let common = 0;
  for (let k = length; k < view.length; k++) if (view[k] === view[k - length]) common++;
  return common;
}
