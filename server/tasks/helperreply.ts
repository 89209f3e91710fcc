/** What the helper's answers to chunks and closings share. */
import type { Task } from "../../core/tasks/task.ts";
import type { BatchName } from "../../core/wire/sums.ts";
import type { HelperBatch } from "../store/helperbatches.ts";
import type { HelperRefusal, HelperReply } from "./helperclient.ts";

/** The helper's own copy of the task that a message is about. */
export interface Registered {
  /** The helper's short number of it. */
  readonly seq: number;
  readonly task: Task;
  /** Whether it expired so long ago that nothing new is answered for it. */
  readonly isOver: boolean;
  /** Whether another task of its kind came after it. */
  readonly isEnded: boolean;
}

export function refusal(why: HelperRefusal, detail: string): HelperReply {
  return { ok: false, why, detail };
}

/** Why nothing new is answered about a batch of this name, or null. */
export function nameFault(
  { task, isOver }: Registered,
  { block, lane }: BatchName,
): Extract<HelperReply, { ok: false }> | null {
  if (isOver) return { ok: false, why: "task-expired", detail: `the task expired at ${task.expiresAtMs}` };
  if (block < task.blocks && lane < task.lanes) return null;
  const detail = `block and lane must be below ${task.blocks} and ${task.lanes}, got ${block} and ${lane}`;
  return { ok: false, why: "malformed", detail };
}

/** Whether a batch was begun under this very name. */
export function isNamed(batch: HelperBatch, { seq }: Registered, name: BatchName): boolean {
  const { task, block, lane, number } = batch;
  return task === seq && block === name.block && lane === name.lane && number === name.number;
}

/** The answer that was given before, to the same bytes only. */
export function answerAgain(
  stored: { readonly request: Uint8Array; readonly answer: Uint8Array },
  digest: Uint8Array,
): HelperReply {
  return Buffer.compare(stored.request, digest) === 0
    ? { ok: true, answer: stored.answer }
    : refusal("other-request", "this was answered for another request");
}
