/**
 * Sums that stream: what waits in a lane goes into its batch chunk by chunk, and is deleted.
 *
 *   waiting -> fixed (on disk, before the helper sees it) -> offered -> the shares of those that count are added, and the sealed
 *   reports deleted, in one commit
 *
 * A chunk that is fixed stays the same, so it can be offered again after any crash, and the helper says the
 * same of it. One chunk of a batch at a time is on its way.
 */
import { addInto } from "../../core/sum/field.ts";
import { batchIdBytes } from "../../core/wire/protocol.ts";
import { sumBytes } from "../../core/wire/report.ts";
import {
  type BatchName,
  type ChunkAnswer,
  type ChunkVerdict,
  encodeChunkRequest,
  mostInChunk,
  parseChunkAnswer,
} from "../../core/wire/sums.ts";
import { fillRandom } from "../base/platform.ts";
import {
  addChunk,
  type Batch,
  beginBatch,
  type LeftOut,
  markBatchDropped,
  newestBatchOf,
  noteLeftOut,
  sumOf,
} from "../store/batches.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import {
  deleteFixed,
  deleteWaiting,
  fixReports,
  type LaneOfTask,
  placesIn,
  reportsByLane,
} from "../store/reports.ts";
import type { StoredTask } from "../store/tasks.ts";
import type { HelperClient } from "./helperclient.ts";
import type { KeyRing } from "./keys/keyring.ts";
import { sumGraceMs } from "./lifetimes.ts";
import type { AddNoise } from "./mask.ts";
import { openShares, takeOutInPlace, type Usable } from "./shares.ts";
import type { Reached } from "./written.ts";

export interface LeaderParts {
  readonly store: LeaderStore;
  readonly keys: KeyRing;
  readonly helper: HelperClient;
  /** Most reports of a chunk. */
  readonly chunkSize: number;
  readonly addNoise: AddNoise;
  readonly nowMs: () => number;
  readonly reached: Reached;
}

/**
 * Sealed shares of a task that wait on disk for their chunks to fill, at most about so much in all lanes
 * together.
 */
const waitingBytes = 268_435_456;
/** A chunk is no smaller for it: each costs both aggregators a commit. */
const leastInChunk = 16;

/** So many reports fill a chunk. */
export function chunkSizeFor({ task }: Pick<StoredTask, "task">, most: number): number {
  const lanes = task.blocks * task.lanes;
  const fitting = Math.floor(waitingBytes / (lanes * sumBytes(task.length)));
  return Math.min(mostInChunk, most, Math.max(leastInChunk, fitting));
}

/**
 * Brings what waits into batches: full chunks alone, or everything.
 *
 * @throws when the helper was not reached: what is fixed is offered again the next time.
 */
export async function streamTask(
  parts: LeaderParts,
  task: StoredTask,
  upTo: "full chunks" | "everything",
): Promise<void> {
  const size = chunkSizeFor(task, parts.chunkSize);
  for (const { block, lane, waiting, fixed } of await reportsByLane(parts.store, task.seq)) {
    const place = { task: task.seq, block, lane };
    let left = waiting;
    if (fixed > 0) await addFixed(parts, task, place);
    while (left > 0 && (left >= size || upTo === "everything")) {
      left -= await fixChunk(parts, task, place, Math.min(size, left));
      await addFixed(parts, task, place);
    }
  }
}

/**
 * Fixes the next chunk of a lane; how many reports it has. What waits for a batch that was dropped is dropped
 * with it.
 */
async function fixChunk(
  { store, reached }: LeaderParts,
  { task }: StoredTask,
  lane: LaneOfTask,
  most: number,
): Promise<number> {
  const fixed = await store.transaction().execute(async (transaction) => {
    const newest = await newestBatchOf(transaction, lane);
    if (newest?.state === "dropped") {
      const dropped = await deleteWaiting(transaction, lane);
      await noteLeftOut(transaction, newest, { "batch dropped": dropped });
      return dropped;
    }
    const isFull = newest !== undefined && newest.offered >= task.maxBatch;
    const batch =
      newest === undefined || isFull
        ? await beginBatch(transaction, { ...lane, id: batchId(), number: (newest?.number ?? -1) + 1 })
        : newest;
    const size = Math.min(most, task.maxBatch - batch.offered);
    await fixReports(transaction, batch, size);
    return size;
  });
  reached("chunk fixed");
  return fixed;
}

/** Brings the chunk that is on its way into the sum. */
async function addFixed(parts: LeaderParts, task: StoredTask, lane: LaneOfTask): Promise<void> {
  const { store, reached } = parts;
  const batch = await newestBatchOf(store, lane);
  if (batch === undefined) return;
  const places = await placesIn(store, batch);
  if (places.length === 0) return;
  const { sum, usable, leftOut } = await openShares(parts, task, places);
  const answer = usable.length === 0 ? null : await offer(parts, task, batch, usable);
  if (answer !== null && "why" in answer) return drop(store, batch, { ...leftOut, ...answer.why });
  const verdicts = answer?.verdicts ?? [];
  const uncounted = usable.filter((_, at) => verdicts[at] !== "counted");
  await takeOutInPlace(
    sum,
    parts,
    task,
    uncounted.map(({ seq }) => seq),
  );
  const added = {
    reports: places.length,
    offered: usable.length,
    counted: usable.length - uncounted.length,
    leftOut: { ...leftOut, ...tallied(verdicts) },
  };
  await store.transaction().execute(async (transaction) => {
    const before = await sumOf(transaction, batch.id);
    if (before !== null) addInto(sum, before);
    await addChunk(transaction, batch, { ...added, sum: answer === null ? null : sum });
    await deleteFixed(transaction, batch);
  });
  reached("chunk added");
}

/**
 * What the helper says of each report, or why it never will.
 *
 * @throws when it was not reached, or is not to be believed.
 */
async function offer(
  { helper, nowMs }: LeaderParts,
  task: StoredTask,
  batch: Batch,
  reports: readonly Usable[],
): Promise<ChunkAnswer | { readonly why: LeftOut }> {
  const request = encodeChunkRequest({ ...nameOf(task, batch), chunk: batch.chunks, reports });
  const reply = await helper.chunk(request);
  if (!reply.ok) {
    requireSameTime(reply, task, nowMs());
    return { why: { [`helper: ${reply.why}`]: reports.length } };
  }
  const answer = parseChunkAnswer(reply.answer);
  if (Buffer.compare(answer.batch, batch.id) !== 0 || answer.chunk !== batch.chunks) {
    throw new RangeError("leader: the helper must answer the chunk it was offered, got another");
  }
  if (answer.verdicts.length !== reports.length) {
    throw new RangeError(
      `leader: the helper must answer with ${reports.length} verdicts, got ${answer.verdicts.length}`,
    );
  }
  return answer;
}

/**
 * What the helper refuses for its age, while it is not old here, is not lost: one of the two clocks is wrong.
 *
 * @throws {Error} then: asked again when both are right, the helper goes on.
 */
export function requireSameTime(
  { why }: { readonly why: string },
  { task }: StoredTask,
  nowMs: number,
): void {
  if (why !== "task-expired" || nowMs >= task.expiresAtMs + sumGraceMs) return;
  throw new Error(
    "leader: the helper's clock must say the same time, got a task that is over there, and not here",
  );
}

/** A batch that the helper will never sum, with what it has of its reports. */
async function drop(store: LeaderStore, batch: Batch, why: LeftOut): Promise<void> {
  await store.transaction().execute(async (transaction) => {
    await markBatchDropped(transaction, batch, why);
    await deleteFixed(transaction, batch);
  });
}

/** What leader and helper call a batch. */
export function nameOf({ id: task }: StoredTask, { id: batch, block, lane, number }: Batch): BatchName {
  return { batch, task, block, lane, number };
}

/** Reason -> reports that the helper does not count for it. */
function tallied(verdicts: readonly ChunkVerdict[]): LeftOut {
  const counts: Record<string, number> = {};
  for (const verdict of verdicts) {
    if (verdict === "counted") continue;
    const why = `helper: ${verdict}`;
    counts[why] = (counts[why] ?? 0) + 1;
  }
  return counts;
}

function batchId(): Uint8Array {
  const id = new Uint8Array(batchIdBytes);
  fillRandom(id);
  return id;
}
