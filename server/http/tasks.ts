/**
 * GET /v1/tasks: what the server wants summed now, and the keys to seal reports to, all of it signed. The same answer for
 * everybody.
 */
import { Hono } from "hono";
import { protocolVersion, type TasksAnswer } from "../../core/wire/protocol.ts";
import type { CurrentTask } from "../tasks/currenttask.ts";
import type { HelperKeys, OwnKeyList } from "../tasks/keys/keylists.ts";
import { problem } from "./problem.ts";

export interface TaskParts {
  readonly task: Pick<CurrentTask, "get">;
  readonly keyList: OwnKeyList;
  readonly helperKeys: HelperKeys;
  readonly identities: TasksAnswer["identities"];
  readonly nowMs: () => number;
}

export function taskRoutes({ task, keyList, helperKeys, identities, nowMs }: TaskParts): Hono {
  return new Hono().get("/tasks", async (c) => {
    const helper = await helperKeys.current();
    if (helper === null) {
      const detail = "the helper must have been reached for its keys, got no answer from it";
      return problem(c, { status: 503, name: "helper-not-reached", detail });
    }
    const current = await task.get();
    const isOpen = current?.state === "open" && nowMs() < current.task.expiresAtMs;
    const answer: TasksAnswer = {
      version: protocolVersion,
      leader: await keyList.current(),
      helper,
      tasks: isOpen ? [current.signed] : [],
      identities,
    };
    return c.json(answer, 200, { "cache-control": "no-cache" });
  });
}
