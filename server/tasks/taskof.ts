/** The task that a kind's question makes. */
import { toHex } from "../../core/bytes.ts";
import { parseTask, type Task, taskVersion } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
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

/** @throws {TypeError | RangeError} when the settings could let a sum wrap around. */
export async function taskOf({
  kind,
  question,
  round,
  laneSecret,
  tokenKey,
  atMs,
}: TaskGround): Promise<Task> {
  const { settings, layout, sums } = question;
  const { taskDays, ...rest } = sums;
  return parseTask({
    version: taskVersion,
    kind,
    settings,
    round,
    ...layout,
    ...rest,
    laneCommitment: toHex(await sha256(laneSecret)),
    tokenKey,
    expiresAtMs: Math.floor(atMs + taskDays * dayMs),
  });
}
