/**
 * The leader's half of a batch: open its shares, ask the helper for the sums of the masks, join, add its own noise.
 *
 *   aggregate of a bucket = (sum of leader shares) + (leader's noise) + (helper's sum of masks with the helper's noise)
 *
 * A closed batch can be summed again after a crash: the reports and the batch id stay the same, so the helper gives the
 * same answer, and only the aggregate that is stored, together with the deletion of the sealed reports, is ever used.
 *
 * Shares are large, so they are opened once, a page at a time, and added at once to the bucket that their report will be in
 * when every report counts. Which do is known only after the helper's answer; the few that then belong elsewhere are opened
 * again and moved.
 */
import { uint32FromBytes } from "../../core/bytes.ts";
import { bucketsFor, bucketsOf } from "../../core/sum/buckets.ts";
import { addInto, allInField, subtractFrom } from "../../core/sum/field.ts";
import { joinShares } from "../../core/sum/share.ts";
import { sigmaOf, vectorLengthOf } from "../../core/tasks/task.ts";
import {
  encodeSumRequest,
  parseSumAnswer,
  type SumAnswer,
  type SumRequest,
  sealedAad,
} from "../../core/wire/protocol.ts";
import { sha256 } from "../base/platform.ts";
import {
  type Batch,
  type BucketSum,
  type LeftOut,
  markBatchDropped,
  markBatchSummed,
} from "../store/batches.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import { deleteReports, reportIdsOf, reportsAt, type StoredReport } from "../store/reports.ts";
import type { StoredTask } from "../store/tasks.ts";
import type { HelperClient } from "./helperclient.ts";
import type { KeyRing } from "./keys/keyring.ts";
import { addNoiseInto } from "./mask.ts";

export interface LeaderParts {
  readonly store: LeaderStore;
  readonly keys: KeyRing;
  readonly helper: HelperClient;
}

/** Why the leader leaves a report out before the helper is asked. */
type Unusable = "unsealable" | "wrong-length" | "outside-field";

type LeaderShare =
  | { readonly ok: true; readonly share: Uint32Array }
  | { readonly ok: false; readonly why: Unusable };

/** Brings one closed batch to summed, or to dropped when too few of its reports count. */
export async function sumBatch(parts: LeaderParts, task: StoredTask, batch: Batch): Promise<void> {
  const { store, helper } = parts;
  const { sums, usable, leftOut } = await openShares(parts, task, batch);
  if (usable.length < task.task.minBatch) return drop(store, batch, leftOut);
  const request = encodeSumRequest({
    batch: batch.id,
    task: task.id,
    block: batch.block,
    reports: usable,
  });
  const reply = await helper.sum(request);
  if (!reply.ok) return drop(store, batch, { ...leftOut, [`helper: ${reply.why}`]: usable.length });
  const answer = parseSumAnswer(reply.answer);
  const counted = usable.filter((_, at) => answer.counted[at]);
  const buckets = bucketsFor(counted.length, task.task);
  requireAnswerFits(answer, {
    batch,
    reports: usable.length,
    counted: counted.length,
    buckets,
    task,
  });
  const ids = counted.map(({ id }) => id);
  const bucketOf = await bucketsOf(ids, { batch: batch.id, buckets, sha256 });
  const places = new Map(counted.map(({ seq }, at) => [seq, bucketOf[at]]));
  await moveShares(parts, task, sums, usable, places);
  const aggregate: BucketSum[] = [];
  for (const [bucket, masks] of answer.sums.entries()) {
    await addNoiseInto(sums[bucket], sigmaOf(task.task));
    const reports = bucketOf.filter((theirs) => theirs === bucket).length;
    aggregate.push({ reports, sum: joinShares(sums[bucket], masks) });
  }
  const uncounted = usable.length - counted.length;
  const summed = {
    buckets: aggregate,
    leftOut: uncounted === 0 ? leftOut : { ...leftOut, "not counted by the helper": uncounted },
  };
  await store.transaction().execute(async (transaction) => {
    await markBatchSummed(transaction, batch.id, summed);
    await deleteReports(transaction, batch);
  });
}

async function drop(store: LeaderStore, batch: Batch, leftOut: LeftOut): Promise<void> {
  await store.transaction().execute(async (transaction) => {
    await markBatchDropped(transaction, batch.id, leftOut);
    await deleteReports(transaction, batch);
  });
}

/** A report whose share was opened and added to a bucket. */
type Usable = SumRequest["reports"][number] & {
  readonly seq: number;
  readonly bucket: number;
};

interface OpenedShares {
  readonly sums: readonly Uint32Array[];
  readonly usable: readonly Usable[];
  readonly leftOut: LeftOut;
}

async function openShares(
  { store, keys }: LeaderParts,
  task: StoredTask,
  batch: Batch,
): Promise<OpenedShares> {
  const known = await reportIdsOf(store, batch);
  const buckets = bucketsFor(known.length, task.task);
  const ids = known.map(({ id }) => id);
  const bucketOf = await bucketsOf(ids, { batch: batch.id, buckets, sha256 });
  const length = vectorLengthOf(task.task);
  const sums = Array.from({ length: buckets }, () => new Uint32Array(length));
  const usable: Usable[] = [];
  const leftOut: Record<string, number> = {};
  let at = 0;
  for await (const reports of reportsAt(
    store,
    known.map(({ seq }) => seq),
  )) {
    // A page at a time: the platform opens several seals at once on its own threads.
    const shares = await Promise.all(reports.map((report) => leaderShareOf(keys, task, report, length)));
    for (const [k, opened] of shares.entries()) {
      const bucket = bucketOf[at++];
      if (opened.ok) {
        addInto(sums[bucket], opened.share);
        const { seq, id, helperKey, helperSeed, token } = reports[k];
        usable.push({ seq, id, helperKey, helperSeed, token, bucket });
      } else {
        leftOut[opened.why] = (leftOut[opened.why] ?? 0) + 1;
      }
    }
  }
  return { sums, usable, leftOut };
}

/** Brings `sums` to what they are when each report is in its place, and those without a place are in none. */
async function moveShares(
  { store, keys }: LeaderParts,
  task: StoredTask,
  sums: readonly Uint32Array[],
  usable: readonly Usable[],
  places: ReadonlyMap<number, number>,
): Promise<void> {
  const movers = new Map(
    usable.filter(({ seq, bucket }) => places.get(seq) !== bucket).map(({ seq, bucket }) => [seq, bucket]),
  );
  for await (const reports of reportsAt(store, [...movers.keys()])) {
    for (const report of reports) {
      const opened = await leaderShareOf(keys, task, report, vectorLengthOf(task.task));
      const from = movers.get(report.seq);
      if (!opened.ok || from === undefined) {
        throw new Error("leader: expected a share that could be opened before, got one that cannot");
      }
      subtractFrom(sums[from], opened.share);
      const to = places.get(report.seq);
      if (to !== undefined) addInto(sums[to], opened.share);
    }
  }
}

async function leaderShareOf(
  keys: KeyRing,
  { id: task }: StoredTask,
  { id, block, leaderKey, leaderShare }: StoredReport,
  length: number,
): Promise<LeaderShare> {
  const bytes = await keys.unseal(leaderKey, leaderShare, sealedAad({ task, id, block }));
  if (bytes === null) return { ok: false, why: "unsealable" };
  if (bytes.length !== length * 4) return { ok: false, why: "wrong-length" };
  const share = uint32FromBytes(bytes);
  return allInField(share) ? { ok: true, share } : { ok: false, why: "outside-field" };
}

interface Asked {
  readonly batch: Batch;
  readonly reports: number;
  readonly counted: number;
  readonly buckets: number;
  readonly task: StoredTask;
}

function requireAnswerFits(answer: SumAnswer, { batch, reports, counted, buckets, task }: Asked): void {
  if (Buffer.compare(answer.batch, batch.id) !== 0) {
    throw new RangeError("leader: the helper must answer the batch it was asked, got another batch id");
  }
  if (answer.counted.length !== reports || counted < task.task.minBatch) {
    throw new RangeError(
      `leader: the helper must answer with ${reports} flags, ${task.task.minBatch} of them set, got ${answer.counted.length} and ${counted}`,
    );
  }
  const length = vectorLengthOf(task.task);
  const fit = answer.sums.every((sum) => sum.length === length && allInField(sum));
  if (answer.sums.length !== buckets || !fit) {
    throw new RangeError(
      `leader: the helper must answer with ${buckets} sums of ${length} field elements, got ${answer.sums.length} of ${answer.sums[0]?.length}`,
    );
  }
}
