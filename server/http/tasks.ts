/** GET /v1/tasks: what the server wants summed now, and the keys to seal reports to. The same answer for everybody. */
import { Hono } from "hono";
import { protocolVersion, type TasksAnswer } from "../../core/protocol.ts";
import type { Parts } from "../parts.ts";
import { findCurrentTask } from "../store/tasks.ts";

export function taskRoutes({
  leaderStore,
  leaderKeys,
  helperKey,
}: Pick<Parts, "leaderStore" | "leaderKeys" | "helperKey">): Hono {
  return new Hono().get("/tasks", async (c) => {
    const current = await findCurrentTask(leaderStore);
    const answer: TasksAnswer = {
      version: protocolVersion,
      keys: { leader: leaderKeys.publicKey, helper: helperKey },
      tasks: current?.state === "open" ? [current.task] : [],
    };
    return c.json(answer, 200, { "cache-control": "no-cache" });
  });
}
