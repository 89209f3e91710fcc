import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, toHex, uint32FromBytes } from "../../core/bytes.ts";
import { seededRandom } from "../../core/seeded.ts";
import { modulus } from "../../core/sum/field.ts";
import { contributionOf } from "../../core/tasks/itemfactors/contribution.ts";
import { encodeReport, parseReport, reportBytes } from "../../core/wire/report.ts";
import { keystreamOf } from "../../worker/contribute/keystream.ts";
import { reportOf } from "../../worker/contribute/report.ts";
import { uniformBelow } from "../../worker/contribute/uniform.ts";
import { platformFill } from "../../worker/edges.ts";
import { modelOf } from "../model.ts";
import { strongFill } from "./device.ts";
import { aggregators, nodeKeystream } from "./parties.ts";
import { activityTask, factorSettings, shopModel, taskOn } from "./shop.ts";

const published = shopModel();
const model = modelOf(published);
const task = taskOn(published);
const settings = factorSettings(published);
const taskId = "5a".repeat(32);
const { keys, open, opened } = await aggregators();
const token = new Uint8Array(0);
const chance = { keys, token, fill: strongFill };
const one = (block: number, values: Float64Array) => ({
  ...chance,
  sums: [{ task, taskId, block, values }],
});

function contributionFor(seed: number, likes: number, block: number) {
  const next = seededRandom(seed);
  const items = [...new Set(Array.from({ length: likes }, () => Math.floor(next() * published.items)))];
  return contributionOf({
    ...settings,
    factors: model.factors?.rows.rows ?? [],
    block,
    items,
    weights: items.map(() => 0.1 + next()),
    userVector: Float64Array.from({ length: settings.dim }, () => 2 * next() - 1),
  }).values;
}

const normOf = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

test("both shares, opened by their aggregators and joined, are the contribution to within one rounding", async () => {
  const person = fc.record({
    seed: fc.nat(),
    likes: fc.integer({ min: 2, max: 40 }),
    block: fc.integer({ min: 0, max: task.blocks - 1 }),
  });
  await fc.assert(
    fc.asyncProperty(person, async ({ seed, likes, block }) => {
      const contribution = contributionFor(seed, likes, block);
      const body = encodeReport(await reportOf(one(block, contribution)));
      expect(body).toHaveLength(reportBytes([contribution.length], { token: false }));
      const received = parseReport(body);
      expect(received).toMatchObject({ leaderKey: 4, helperKey: 9, sums: [{ task: taskId, block }] });

      const values = await opened(received, task);
      // Scaled down, where rounding could have lifted it over the sensitivity.
      const most = task.sensitivity - Math.sqrt(task.length) / 2 ** task.fractionBits;
      const scale = Math.min(1, most / normOf(contribution));
      for (let k = 0; k < values.length; k++) {
        expect(Math.abs(values[k] - scale * contribution[k])).toBeLessThan(2 ** -task.fractionBits);
      }
      // The bound holds for the integers themselves, whatever the dice said.
      expect(normOf(values)).toBeLessThanOrEqual(task.sensitivity);
    }),
    { numRuns: 60 },
  );
});

test("a contribution of any norm leaves with the task's sensitivity at most, though the dice always round up", async () => {
  const coarse = { ...task, fractionBits: 8 };
  const up = (bytes: Uint8Array) => (bytes.length > 32 ? void bytes.fill(0) : strongFill(bytes));
  for (const size of [0.1, 1, 50]) {
    const values = Float64Array.from({ length: task.length }, (_, k) => size * Math.sin(k + 1));
    const report = await reportOf({
      ...chance,
      fill: up,
      sums: [{ task: coarse, taskId, block: 0, values }],
    });
    expect(normOf(await opened(report, coarse))).toBeLessThanOrEqual(task.sensitivity);
  }
});

test("sums of different kinds leave under one id, each at its task's own fixed point and sealed by itself", async () => {
  const other = activityTask({ fractionBits: 9 });
  const sums = [
    { task, taskId, block: 2, values: contributionFor(8, 5, 2) },
    {
      ...{ task: other, taskId: "6b".repeat(32), block: 0 },
      values: Float64Array.from({ length: other.length }, (_, k) => (k % 7) / 50),
    },
  ];
  const body = encodeReport(await reportOf({ ...chance, sums }));
  expect(body).toHaveLength(reportBytes([task.length, other.length], { token: false }));
  const report = parseReport(body);
  expect(report.sums.map((sum) => [sum.task, sum.block])).toEqual([
    [taskId, 2],
    ["6b".repeat(32), 0],
  ]);
  for (const [place, { task: own, values }] of sums.entries()) {
    const found = await opened(report, own, place);
    expect(found).toHaveLength(own.length);
    for (let k = 0; k < found.length; k++) {
      expect(Math.abs(found[k] - values[k])).toBeLessThan(2 ** -own.fractionBits);
    }
  }
  // A seal is of its own sum: what was sealed for one opens as no other's.
  const [first, second] = report.sums;
  const swapped = {
    ...report,
    sums: [
      { ...first, leaderShare: second.leaderShare, helperSeed: second.helperSeed },
      { ...second, leaderShare: first.leaderShare, helperSeed: first.helperSeed },
    ],
  };
  for (const place of [0, 1]) {
    await expect(open("leader", swapped, place)).rejects.toThrow();
    await expect(open("helper", swapped, place)).rejects.toThrow();
  }
  expect(toHex(await open("helper", report, 0))).not.toBe(toHex(await open("helper", report, 1)));
});

test("two reports of one contribution share nothing that can be compared", async () => {
  const make = () => reportOf(one(1, contributionFor(3, 9, 1)));
  const [a, b] = [await make(), await make()];
  expect(toHex(a.id)).not.toBe(toHex(b.id));
  const [shareA, shareB] = [await open("leader", a), await open("leader", b)].map(uint32FromBytes);
  const equal = shareA.filter((value, k) => value === shareB[k]).length;
  expect(equal).toBeLessThan(3);
});

test("the leader's share alone is spread over the whole field, though the contribution is nearly all zeros", async () => {
  const counts = new Array<number>(8).fill(0);
  let numbers = 0;
  for (let k = 0; k < 30; k++) {
    const report = await reportOf(one(0, contributionFor(k, 2, 0)));
    for (const value of uint32FromBytes(await open("leader", report))) {
      counts[Math.floor((value / modulus) * 8)] += 1;
      numbers += 1;
    }
  }
  const expected = numbers / 8;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 7 degrees of freedom: exceeded once in about 10^9.
  expect(chiSquare).toBeLessThan(56);
});

test("a share opens only as what it was sealed for: aggregator, task, block and id are bound", async () => {
  const contribution = contributionFor(5, 6, 1);
  const report = await reportOf(one(1, contribution));
  expect(await open("leader", report)).toHaveLength(4 * contribution.length);
  const [sum] = report.sums;
  const moved = [
    { ...report, sums: [{ ...sum, block: 0 }] },
    { ...report, sums: [{ ...sum, task: "5b".repeat(32) }] },
    { ...report, id: new Uint8Array(16) },
    { ...report, sums: [{ ...sum, leaderShare: sum.helperSeed }] },
  ];
  for (const other of moved) await expect(open("leader", other)).rejects.toThrow();
});

test("a contribution of another length is refused", async () => {
  await expect(reportOf(one(0, new Float64Array(5)))).rejects.toThrow(
    `reportOf: a contribution to item-factors must have ${task.length} numbers, got 5`,
  );
});

test("the keystream is AES-128-CTR of the whole counter block, as another implementation computes it", async () => {
  for (let k = 0; k < 20; k++) {
    const seed = new Uint8Array(randomBytes(32));
    // A counter about to overflow into its upper words tells a 128-bit counter from a shorter one.
    if (k % 2 === 0) seed.fill(0xff, 20);
    expect(toHex(await keystreamOf(seed, 1000 + k))).toBe(toHex(nodeKeystream(seed, 1000 + k)));
  }
});

test("the keystream of a known seed is what NIST SP 800-38A, F.5.1 gives", async () => {
  const key = "2b7e151628aed2a6abf7158809cf4f3c";
  const counter = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
  // The output blocks of the standard's example.
  const expected =
    "ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7fc5073ae6a2cc3787889374fbeb4c81b17ba6c44e89c399ff0f198c6d40a31db156cabfe";
  expect(toHex(await keystreamOf(fromHex(key + counter), 64))).toBe(expected);
});

test("a seed of another length is refused", async () => {
  await expect(keystreamOf(new Uint8Array(16), 10)).rejects.toThrow(
    "keystreamOf: the seed must have 32 bytes, got 16",
  );
});

test("a block is drawn evenly, and from what would favour low numbers none is taken", () => {
  const counts = new Array<number>(7).fill(0);
  for (let k = 0; k < 14_000; k++) counts[uniformBelow(7, strongFill)] += 1;
  const chiSquare = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
  expect(chiSquare).toBeLessThan(54);
  // 2^32 = 1,431,655,765 * 3 + 1: the one word left over must be drawn again.
  const words = [0xffff_ffff, 5];
  const fill = (bytes: Uint8Array) => new DataView(bytes.buffer).setUint32(0, words.shift() ?? 0, true);
  expect(uniformBelow(3, fill)).toBe(2);
  expect(words).toEqual([]);
  expect(() => uniformBelow(0, strongFill)).toThrow(
    "uniformBelow: count must be an integer of 1..2^32, got 0",
  );
});

test("the platform's randomness fills arrays longer than it gives at once, to the end", () => {
  const bytes = new Uint8Array(3 * 65_536 + 5);
  platformFill(bytes);
  for (const at of [0, 65_536, 2 * 65_536, 3 * 65_536 - 59]) {
    expect(bytes.subarray(at, at + 64).some((byte) => byte !== 0)).toBe(true);
  }
  expect(toHex(bytes.subarray(0, 64))).not.toBe(toHex(bytes.subarray(65_536, 65_536 + 64)));
});
