/** The task that a kind's question makes. */
import { toHex } from "../../core/bytes.ts";
import { parseTask, type Task, taskJson, taskVersion } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { documentOf } from "../../core/wire/signed.ts";
import { sha256 } from "../base/platform.ts";
import type { Question } from "./kind.ts";

export interface TaskGround {
  readonly kind: string;
  readonly question: Question;
  readonly round: number;
  readonly laneSecret: Uint8Array;
  readonly tokenKey: Task["tokenKey"];
  readonly atMs: number;
}

/** @throws {TypeError | RangeError} when the settings could let a sum wrap around, or take too many words. */
export async function taskOf({ laneSecret, ...ground }: TaskGround): Promise<Task> {
  return committedTaskOf({ ...ground, laneCommitment: toHex(await sha256(laneSecret)) });
}

const anyHash = "0".repeat(64);

/** The longest that a question can make, whatever its round. @throws {TypeError | RangeError} as `taskOf` does. */
export function longestTaskOf(ground: Pick<TaskGround, "kind" | "question" | "atMs">): Task {
  const rest = { round: Number.MAX_SAFE_INTEGER, laneCommitment: anyHash, tokenKey: anyHash };
  return committedTaskOf({ ...ground, ...rest });
}

function committedTaskOf({
  kind,
  question,
  round,
  laneCommitment,
  tokenKey,
  atMs,
}: Omit<TaskGround, "laneSecret"> & Pick<Task, "laneCommitment">): Task {
  const { settings, layout, sums } = question;
  const { taskDays, ...rest } = sums;
  const task = parseTask({
    version: taskVersion,
    kind,
    settings,
    round,
    ...layout,
    ...rest,
    laneCommitment,
    tokenKey,
    expiresAtMs: Math.floor(atMs + taskDays * dayMs),
  });
  documentOf("task", taskJson(task));
  return task;
}
