/**
 * The leader's half of a batch: open its shares, ask the helper for the sum of the masks, join, add its own noise.
 *
 *   aggregate = (sum of leader shares) + (leader's noise) + (helper's sum of masks with the helper's noise)   (mod q)
 *
 * A closed batch can be summed again after a crash: the reports and the batch id stay the same, so the helper gives the
 * same answer, and only the aggregate that is stored, together with the deletion of the sealed reports, is ever used.
 */
import { uint32FromBytes } from "../../core/bytes.ts";
import {
  encodeSumRequest,
  parseSumAnswer,
  type SumAnswer,
  type SumRequest,
  sealedAad,
} from "../../core/protocol.ts";
import { addInto, allInField, subtractFrom } from "../../core/sum/field.ts";
import { joinShares } from "../../core/sum/share.ts";
import { sigmaOf, vectorLengthOf } from "../../core/sum/task.ts";
import { type Batch, type LeftOut, markBatchDropped, markBatchSummed } from "../store/batches.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import { deleteReports, reportsOf, type StoredReport } from "../store/reports.ts";
import type { StoredTask } from "../store/tasks.ts";
import type { HelperClient } from "./helper.ts";
import type { KeyRing } from "./keys.ts";
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
  const { sum, usable, leftOut } = await leaderSum(parts, task, batch);
  if (usable.length < task.task.minBatch) return drop(store, batch, leftOut);
  const request = encodeSumRequest({
    batch: batch.id,
    task: task.task,
    block: batch.block,
    reports: usable,
  });
  const reply = await helper.sum(request);
  if (!reply.ok) return drop(store, batch, { ...leftOut, [`helper: ${reply.why}`]: usable.length });
  const answer = parseSumAnswer(reply.answer);
  requireAnswerFits(answer, batch, usable.length, sum.length);
  const uncounted = new Set(
    usable.filter((_, at) => !answer.counted[at]).map(({ id }) => Buffer.from(id).toString("hex")),
  );
  await takeOutInto(sum, parts, task, batch, uncounted);
  await addNoiseInto(sum, sigmaOf(task.task));
  const summed = {
    counted: usable.length - uncounted.size,
    sum: joinShares(sum, answer.sum),
    leftOut: uncounted.size === 0 ? leftOut : { ...leftOut, "not counted by the helper": uncounted.size },
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

interface LeaderSum {
  readonly sum: Uint32Array;
  readonly usable: SumRequest["reports"];
  readonly leftOut: LeftOut;
}

async function leaderSum({ store, keys }: LeaderParts, task: StoredTask, batch: Batch): Promise<LeaderSum> {
  const sum = new Uint32Array(vectorLengthOf(task.task));
  const usable: SumRequest["reports"][number][] = [];
  const leftOut: Record<string, number> = {};
  for await (const reports of reportsOf(store, batch)) {
    // A page at a time: the platform opens several seals at once on its own threads.
    const shares = await Promise.all(reports.map((report) => leaderShareOf(keys, task, report, sum.length)));
    for (const [at, opened] of shares.entries()) {
      if (opened.ok) {
        addInto(sum, opened.share);
        const { id, helperKey, helperSeed } = reports[at];
        usable.push({ id, helperKey, helperSeed });
      } else {
        leftOut[opened.why] = (leftOut[opened.why] ?? 0) + 1;
      }
    }
  }
  return { sum, usable, leftOut };
}

/** Reports the helper did not count leave the sum again. They are rare, so opening them twice is cheaper than keeping all. */
async function takeOutInto(
  sum: Uint32Array,
  { store, keys }: LeaderParts,
  task: StoredTask,
  batch: Batch,
  uncounted: ReadonlySet<string>,
): Promise<void> {
  if (uncounted.size === 0) return;
  for await (const reports of reportsOf(store, batch)) {
    for (const report of reports) {
      if (!uncounted.has(Buffer.from(report.id).toString("hex"))) continue;
      const opened = await leaderShareOf(keys, task, report, sum.length);
      if (opened.ok) subtractFrom(sum, opened.share);
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

function requireAnswerFits(answer: SumAnswer, batch: Batch, reports: number, length: number): void {
  if (Buffer.compare(answer.batch, batch.id) !== 0) {
    throw new RangeError("leader: the helper must answer the batch it was asked, got another batch id");
  }
  if (answer.counted.length !== reports || answer.sum.length !== length || !allInField(answer.sum)) {
    throw new RangeError(
      `leader: the helper must answer with ${reports} flags and ${length} field elements, got ${answer.counted.length} and ${answer.sum.length}`,
    );
  }
}
