/** What is said of a published model: by all of it, and by its content alone. */
import { expect, test } from "vitest";
import { judgeModel } from "../../bench/modelquality.ts";
import { patternOfPairs } from "../../core/model/pairlist.ts";
import { randomModel } from "../model.ts";

test("content alone is the same whatever pairs and the crowd's popularity say", () => {
  const count = 40;
  const base = randomModel({ items: count, contentDim: 4, factorDim: 3 });
  const items = base.catalogue.map(({ item }) => item);
  // Pairs put each customer's target first: item k beside item k + 20.
  const pattern = patternOfPairs(
    Array.from({ length: count / 2 }, (_, k) => [k, k + count / 2] as const),
    count,
  );
  const rows = Int32Array.from(items.keys());
  const says = { values: new Int8Array(count).fill(100), scales: new Float32Array(count).fill(1) };
  const pairs = { pattern, ...says, listed: rows, rows };
  const customers = Array.from({ length: count / 2 }, (_, k) => ({
    known: [items[k]],
    targets: [items[k + count / 2]],
  }));
  const before = judgeModel(base, customers);
  const after = judgeModel({ ...base, pairs, pairWeight: 1 }, customers);
  expect(after.recall).toBe(1);
  expect(before.recall).toBeLessThan(1);
  expect(after.contentAlone).toBe(before.contentAlone);
  const otherwise = judgeModel({ ...base, popularity: base.popularity.map((_, k) => k / count) }, customers);
  expect(otherwise.contentAlone).toBe(before.contentAlone);
});
