import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketsFor, bucketsOf } from "../../../core/sum/buckets.ts";

const sha256 = async (data: Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest());
const ids = fc.uniqueArray(fc.uint8Array({ minLength: 16, maxLength: 16 }), {
  minLength: 1,
  maxLength: 40,
  selector: (id) => id.join(),
});
const batchId = fc.uint8Array({ minLength: 16, maxLength: 16 });

test("buckets are never more than asked for, and each has minBatch reports whenever the batch has", () => {
  const counts = fc.integer({ min: 1, max: 64 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), counts, counts, (reports, buckets, minBatch) => {
      const found = bucketsFor(reports, { buckets, minBatch });
      expect(found).toBeGreaterThanOrEqual(1);
      expect(found).toBeLessThanOrEqual(buckets);
      if (reports >= minBatch) expect(Math.floor(reports / found)).toBeGreaterThanOrEqual(minBatch);
      // And no fewer than could be.
      if (found < buckets) expect(Math.floor(reports / (found + 1))).toBeLessThan(minBatch);
    }),
  );
});

test("buckets differ in size by one at most, and follow the order of the hashes", async () => {
  await fc.assert(
    fc.asyncProperty(ids, batchId, fc.integer({ min: 1, max: 8 }), async (list, batch, wanted) => {
      const buckets = Math.min(wanted, list.length);
      const found = await bucketsOf(list, { batch, buckets, sha256 });
      const sizes = Array.from({ length: buckets }, (_, bucket) => found.filter((b) => b === bucket).length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      const hashes = list.map((id) => createHash("sha256").update(batch).update(id).digest("hex"));
      const inOrder = hashes
        .map((hash, at) => ({ hash, bucket: found[at] }))
        .sort((a, b) => (a.hash < b.hash ? -1 : 1));
      expect(inOrder.map(({ bucket }) => bucket)).toEqual([...found].sort((a, b) => a - b));
    }),
  );
});

test("a report's bucket depends on the batch id and on no order of the list", async () => {
  await fc.assert(
    fc.asyncProperty(ids, batchId, async (list, batch) => {
      const forward = await bucketsOf(list, { batch, buckets: 4, sha256 });
      const backward = await bucketsOf([...list].reverse(), { batch, buckets: 4, sha256 });
      expect(backward).toEqual([...forward].reverse());
    }),
  );
  const many = Array.from({ length: 400 }, (_, k) => new Uint8Array(16).fill(k % 256).fill(k >> 8, 0, 1));
  const one = await bucketsOf(many, { batch: new Uint8Array(16), buckets: 2, sha256 });
  const two = await bucketsOf(many, { batch: new Uint8Array(16).fill(1), buckets: 2, sha256 });
  const moved = one.filter((bucket, at) => bucket !== two[at]).length;
  // Half of them in expectation; 120 is 8 standard deviations away.
  expect(moved).toBeGreaterThan(120);
});
