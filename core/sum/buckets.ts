/**
 * A batch is summed in buckets, so that what one liar sends spoils one bucket and can be told from the others.
 *
 * Reports are ordered by SHA-256(batch id || report id) and cut into runs of equal size (to one). The batch id is drawn
 * when the batch is closed, after the last report has come in, so nobody can choose a bucket. Both aggregators cut the
 * same list of reports, and each adds its whole noise to every bucket: a report is in one bucket, so its cost is that of
 * one noisy sum, while the total over B buckets carries sqrt(B) times the noise. The cost is counted for a report whose
 * vector becomes zeros while its id stays: taking the id away as well would move other reports into other buckets.
 */
import { toHex } from "../bytes.ts";
import type { Sha256, Task } from "../tasks/task.ts";

/** How many buckets a batch of so many reports has: never more than leaves minBatch reports in each. */
export function bucketsFor(
  reports: number,
  { buckets, minBatch }: Pick<Task, "buckets" | "minBatch">,
): number {
  return Math.max(1, Math.min(buckets, Math.floor(reports / minBatch)));
}

/** The bucket of each report, in the order of `ids` (16 bytes each). */
export async function bucketsOf(
  ids: readonly Uint8Array[],
  {
    batch,
    buckets,
    sha256,
  }: { readonly batch: Uint8Array; readonly buckets: number; readonly sha256: Sha256 },
): Promise<readonly number[]> {
  const keys = await Promise.all(
    ids.map(async (id) => {
      const bytes = new Uint8Array(batch.length + id.length);
      bytes.set(batch, 0);
      bytes.set(id, batch.length);
      return toHex(await sha256(bytes));
    }),
  );
  const order = keys.map((_, at) => at).sort((a, b) => (keys[a] < keys[b] ? -1 : 1));
  const bucketOf = new Array<number>(ids.length);
  for (const [place, at] of order.entries()) bucketOf[at] = Math.floor((place * buckets) / ids.length);
  return bucketOf;
}
