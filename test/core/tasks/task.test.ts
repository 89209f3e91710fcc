import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { maxReportsWithoutOverflow } from "../../../core/sum/fixedpoint.ts";
import { activity } from "../../../core/tasks/activity/kind.ts";
import { itemFactors } from "../../../core/tasks/itemfactors/kind.ts";
import { taskKinds } from "../../../core/tasks/registry.ts";
import {
  integerSigmaOf,
  parseTask,
  rhoOf,
  settingsOf,
  type Task,
  taskIdOf,
} from "../../../core/tasks/task.ts";

const settings = {
  factors: "ab".repeat(32),
  items: 3659,
  dim: 32,
  blockSize: 915,
  alpha0: 0.3,
  lambda: 0.003,
  clipL2: 1.5,
  countScale: 0.1,
  weightScale: 0.25,
};
const task: Task = {
  version: 3,
  kind: "item-factors",
  settings,
  round: 3,
  ...itemFactors.layoutOf(settings),
  sigma: 3,
  fractionBits: 15,
  minBatch: 50,
  maxBatch: 20_000,
  lanes: 4,
  laneCommitment: "cd".repeat(32),
  tokenKey: null,
  expiresAtMs: 1_800_000_000_000,
};
const sha256 = async (data: Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest());

test("a task's id changes with every field, and not with the order of its keys", async () => {
  const id = await taskIdOf(task, sha256);
  const reversed = Object.fromEntries(Object.entries(task).reverse());
  expect(await taskIdOf(parseTask(reversed), sha256)).toBe(id);
  const ids = new Set([id]);
  for (const [key, value] of Object.entries(task)) {
    if (typeof value === "number") ids.add(await taskIdOf({ ...task, [key]: value + 1 }, sha256));
  }
  const others: readonly Partial<Task>[] = [
    { kind: "activity" },
    { settings: { ...settings, dim: 33 } },
    { laneCommitment: "ce".repeat(32) },
    { tokenKey: "cd".repeat(32) },
  ];
  for (const other of others) ids.add(await taskIdOf({ ...task, ...other }, sha256));
  expect(ids.size).toBe(Object.keys(task).length + 1);
});

test("a missing field, a batch that cannot be and a sum that can wrap are refused by name", () => {
  expect(() => parseTask({ ...task, minBatch: 0 })).toThrow(/parseTask: minBatch must be .*1.*, got 0/);
  expect(() => parseTask({ ...task, lanes: 3 })).toThrow(/parseTask: lanes must be .*, got 3/);
  expect(() => parseTask({ ...task, maxBatch: 49 })).toThrow(
    "parseTask: maxBatch must be at least minBatch 50, got 49",
  );
  const { length: _, ...withoutLength } = task;
  expect(() => parseTask(withoutLength)).toThrow("parseTask: length must be given, got undefined");
  expect(() => parseTask({ ...task, fractionBits: 6 })).toThrow(
    /clipBeforeRounding: clipL2 must exceed the rounding error/,
  );
});

test("no sum of maxBatch reports wraps: the bound follows the whole sensitivity, noise included", () => {
  const most = maxReportsWithoutOverflow({
    largest: task.sensitivity,
    fractionBits: task.fractionBits,
    sigma: integerSigmaOf(task),
  });
  expect(parseTask({ ...task, maxBatch: most }).maxBatch).toBe(most);
  expect(() => parseTask({ ...task, maxBatch: most + 1 })).toThrow(
    `parseTask: maxBatch must be at most ${most} so that no sum wraps, got ${most + 1}`,
  );
  // A vector of larger norm fits fewer times, whatever the part of it that is clipped.
  const heavier = { ...task, sensitivity: task.sensitivity * 1.01, maxBatch: most };
  expect(() => parseTask(heavier)).toThrow("so that no sum wraps");
  expect(() => parseTask({ ...task, sigma: 900, maxBatch: most })).toThrow("so that no sum wraps");
});

test("the cost of a report is sensitivity^2 / (2 sigma^2), infinite without noise", () => {
  expect(rhoOf(task)).toBeCloseTo((1.5 ** 2 + 0.25 ** 2) / (2 * 3 ** 2), 12);
  expect(rhoOf({ sensitivity: 5, sigma: 3 })).toBeCloseTo(25 / 18, 12);
  expect(rhoOf({ ...task, sigma: 0 })).toBe(Number.POSITIVE_INFINITY);
});

test("settings are read by their kind alone, and what a task says of itself must follow from them", () => {
  expect(settingsOf({ ...task, settings: { ...settings, later: [1] } }, itemFactors)).toEqual(settings);
  expect(settingsOf({ ...task, sensitivity: 2 }, itemFactors)).toEqual(settings);
  const wrong: readonly Partial<Task>[] = [
    { length: task.length - 1 },
    { blocks: 3 },
    // The weight's share left out: a report would cost more than it says.
    { sensitivity: 1.5 },
    { settings: { ...settings, dim: 31 } },
  ];
  for (const change of wrong) {
    expect(() => settingsOf({ ...task, ...change }, itemFactors)).toThrow(
      /^settingsOf: item-factors must have length \d+, blocks \d+, sensitivity at least/,
    );
  }
  expect(() => settingsOf(task, activity)).toThrow("settingsOf: kind must be activity, got item-factors");
  const { factors: _, ...without } = settings;
  expect(() => settingsOf({ ...task, settings: without }, itemFactors)).toThrow(
    "item-factors: factors must be given, got undefined",
  );
});

test("every kind stands in the registry under its own name, with words for a person", () => {
  for (const [name, kind] of Object.entries(taskKinds)) {
    expect(kind.name).toBe(name);
    expect(name).toMatch(/^[a-z][a-z0-9-]{0,31}$/);
    expect(kind.words.what).toMatch(/\.$/);
  }
});
