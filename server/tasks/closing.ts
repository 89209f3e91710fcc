/**
 * The end of a task's batches: the leader's half of each sum, the helper's half, and noise of both.
 *
 *   aggregate = (sum of leader shares) + (leader's noise) + (helper's sum of masks with the helper's noise)
 *
 * A closed batch can be asked for again after a crash: its chunks stay the same, so the helper gives the same
 * answer, and only the aggregate that is stored is ever used.
 */
import { allInField } from "../../core/sum/field.ts";
import { joinShares } from "../../core/sum/share.ts";
import { integerSigmaOf } from "../../core/tasks/task.ts";
import { type CloseAnswer, encodeCloseRequest, parseCloseAnswer } from "../../core/wire/sums.ts";
import {
  type Batch,
  batchesOf,
  markBatchClosed,
  markBatchDropped,
  markBatchSummed,
  sumOf,
} from "../store/batches.ts";
import type { StoredTask } from "../store/tasks.ts";
import { type LeaderParts, nameOf, requireSameTime, streamTask } from "./chunks.ts";

/**
 * Brings what a closed task still has into its batches, and each batch to summed, or to dropped when too few
 * of its reports count.
 *
 * @throws when the helper was not reached: called again, it goes on.
 */
export async function sumTask(parts: LeaderParts, task: StoredTask): Promise<void> {
  const { store, reached } = parts;
  await streamTask(parts, task, "everything");
  for (const batch of await batchesOf(store, task.seq)) {
    if (batch.state === "open") {
      // The helper checks too, but its floor is its own: no sum of fewer is even asked for.
      if (batch.counted < task.task.minBatch) {
        await markBatchDropped(store, batch, { "too-few": batch.counted });
        continue;
      }
      await markBatchClosed(store, batch.id);
      reached("batch closed");
    }
    if (batch.state === "open" || batch.state === "closed") await sumBatch(parts, task, batch);
  }
}

/** Brings one closed batch to summed, or to dropped when the helper refuses it. */
async function sumBatch(parts: LeaderParts, task: StoredTask, batch: Batch): Promise<void> {
  const { store, helper, addNoise, nowMs, reached } = parts;
  const { chunks, counted } = batch;
  const request = encodeCloseRequest({
    ...nameOf(task, batch),
    chunks,
    counted,
    laneSecret: task.laneSecret,
  });
  const reply = await helper.close(request);
  if (!reply.ok) {
    requireSameTime(reply, task, nowMs());
    return markBatchDropped(store, batch, { [`helper: ${reply.why}`]: counted });
  }
  const answer = parseCloseAnswer(reply.answer);
  requireAnswerFits(answer, task, batch);
  const shares = await sumOf(store, batch.id);
  if (shares === null) throw new Error("leader: expected a closed batch to have a sum, got none");
  await addNoise(shares, integerSigmaOf(task.task));
  await markBatchSummed(store, batch.id, joinShares(shares, answer.sum));
  reached("batch summed");
}

function requireAnswerFits(answer: CloseAnswer, { task }: StoredTask, batch: Batch): void {
  if (Buffer.compare(answer.batch, batch.id) !== 0) {
    throw new RangeError("leader: the helper must answer the batch it was asked, got another batch id");
  }
  if (answer.counted !== batch.counted) {
    throw new RangeError(
      `leader: the helper must have counted ${batch.counted} reports, got ${answer.counted}`,
    );
  }
  if (answer.sum.length !== task.length || !allInField(answer.sum)) {
    throw new RangeError(
      `leader: the helper must answer with ${task.length} field elements, got ${answer.sum.length} numbers`,
    );
  }
}
