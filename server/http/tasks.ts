/**
 * GET /v1/tasks: what the server wants summed now, what it may cost, and the keys to seal reports to, all of it signed. The same
 * answer for everybody.
 */
import { Hono } from "hono";
import { protocolVersion } from "../../core/wire/protocol.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import type { TasksAnswer } from "../../core/wire/tasksanswer.ts";
import type { HelperKeys, OwnKeyList } from "../tasks/keys/keylists.ts";
import type { OpenTasks } from "../tasks/opentasks.ts";
import { problem } from "./problem.ts";

export interface TaskParts {
  readonly tasks: Pick<OpenTasks, "open">;
  readonly plan: SignedDocument;
  readonly keyList: OwnKeyList;
  readonly helperKeys: HelperKeys;
  readonly identities: TasksAnswer["identities"];
  readonly nowMs: () => number;
}

export function taskRoutes({ tasks, plan, keyList, helperKeys, identities, nowMs }: TaskParts): Hono {
  return new Hono().get("/tasks", async (c) => {
    const helper = await helperKeys.current();
    if (helper === null) {
      const detail = "the helper must have been reached for its keys, got no answer from it";
      return problem(c, { status: 503, name: "helper-not-reached", detail });
    }
    const open = await tasks.open(nowMs());
    const answer: TasksAnswer = {
      version: protocolVersion,
      leader: await keyList.current(),
      helper,
      plan,
      tasks: open.map(({ signed }) => signed),
      identities,
    };
    return c.json(answer, 200, { "cache-control": "no-cache" });
  });
}
