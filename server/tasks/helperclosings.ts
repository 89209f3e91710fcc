/**
 * Closings at the helper: the one moment at which something of its masks leaves, with the whole noise, drawn
 * once. The answer is stored, and the sum without noise deleted, in one commit before it is given.
 */
import { toHex } from "../../core/bytes.ts";
import { laneOf } from "../../core/sum/lanes.ts";
import { integerSigmaOf } from "../../core/tasks/task.ts";
import { type CloseRequest, encodeCloseAnswer } from "../../core/wire/sums.ts";
import { hmacSha256, sha256 } from "../base/platform.ts";
import {
  countedIdsOf,
  findHelperBatch,
  type HelperBatch,
  masksOf,
  storeClosing,
} from "../store/helperbatches.ts";
import type { HelperStore } from "../store/helperstore.ts";
import type { HelperReply } from "./helperclient.ts";
import { answerAgain, isNamed, nameFault, type Registered, refusal } from "./helperreply.ts";
import type { AddNoise } from "./mask.ts";
import type { Reached } from "./written.ts";

export interface ClosingParts {
  readonly store: HelperStore;
  readonly addNoise: AddNoise;
  readonly reached: Reached;
}

export async function answerClosing(
  { store, addNoise, reached }: ClosingParts,
  of: Registered,
  request: CloseRequest,
  digest: Uint8Array,
): Promise<HelperReply> {
  const batch = await findHelperBatch(store, request.batch);
  if (batch?.closed != null) {
    const { closing, answer } = batch.closed;
    return answerAgain({ request: closing, answer }, digest);
  }
  const fault = nameFault(of, request);
  if (fault !== null) return fault;
  if (batch === undefined) return refusal("out-of-order", "no chunk of the batch was offered");
  if (!isNamed(batch, of, request)) {
    return refusal("other-request", "this batch id is of another task, block, lane or number");
  }
  const { chunks, counted } = batch;
  if (chunks !== request.chunks || counted !== request.counted) {
    return refusal(
      "out-of-order",
      `the batch has ${chunks} chunks and ${counted} reports that count, got ${request.chunks} and ${request.counted}`,
    );
  }
  if (counted < of.task.minBatch) {
    return refusal("too-few", `a batch must have ${of.task.minBatch} reports that count, got ${counted}`);
  }
  const stray = await laneFault(store, of, batch, request.laneSecret);
  if (stray !== null) return refusal("wrong-lane", stray);
  const sum = await masksOf(store, batch.seq);
  if (sum === null) throw new Error("helper: expected an open batch to have masks, got none");
  await addNoise(sum, integerSigmaOf(of.task));
  const answer = encodeCloseAnswer({ batch: request.batch, counted, sum });
  await store.transaction().execute(async (transaction) => {
    await storeClosing(transaction, batch.seq, { closing: digest, answer });
  });
  reached("batch answered");
  return { ok: true, answer };
}

/** What is wrong with the lanes of the reports that count, or null. */
async function laneFault(
  store: HelperStore,
  { task }: Registered,
  batch: HelperBatch,
  secret: Uint8Array,
): Promise<string | null> {
  if (toHex(await sha256(secret)) !== task.laneCommitment) {
    return "the secret must be the one that the task commits to, got another";
  }
  const ids = await countedIdsOf(store, batch.seq);
  const strays = ids.filter((id) => laneOf(hmacSha256(secret, id), task.lanes) !== batch.lane);
  return strays.length === 0
    ? null
    : `all reports must be of lane ${batch.lane} by the task's secret, got ${strays.length} of others`;
}
