/**
 * GET /v1/tasks: what the server wants summed now, what it may cost, and the keys to seal reports to, all of
 * it signed and in the helper's log. GET /v1/log: that log, whole. The same answers for everybody.
 */
import { Hono } from "hono";
import { protocolVersion } from "../../core/wire/protocol.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import type { TasksAnswer } from "../../core/wire/tasksanswer.ts";
import type { HelperWord } from "../tasks/helperclient.ts";
import type { HelperKeys } from "../tasks/keys/helperkeys.ts";
import type { OwnKeyList } from "../tasks/keys/keylists.ts";
import type { OpenTasks } from "../tasks/opentasks.ts";
import { isVouchedIn } from "../tasks/voucher.ts";
import type { WholeLog } from "../tasks/wholelog.ts";
import { problem } from "./problem.ts";

export interface TaskParts {
  readonly tasks: Pick<OpenTasks, "open">;
  readonly plan: SignedDocument;
  readonly keyList: OwnKeyList;
  readonly helperKeys: Pick<HelperKeys, "current">;
  readonly wholeLog: Pick<WholeLog, "current">;
  readonly identities: TasksAnswer["identities"];
  readonly nowMs: () => number;
}

const notReached = { status: 503, name: "helper-not-reached" } as const;

export function taskRoutes(parts: TaskParts): Hono {
  const { plan, keyList, helperKeys, wholeLog, identities } = parts;
  const app = new Hono();
  app.get("/tasks", async (c) => {
    const word = await helperKeys.current();
    if (word === null) {
      const detail = "the helper must have been reached for its keys, got no answer from it";
      return problem(c, { ...notReached, detail });
    }
    if (!(await isVouchedIn(word, "plan", plan))) {
      const detail = "the privacy plan must be in the helper's log before anything is asked, got none";
      return problem(c, { status: 503, name: "plan-not-vouched", detail });
    }
    const answer: TasksAnswer = {
      version: protocolVersion,
      leader: await keyList.current(),
      helper: word.list,
      plan,
      tasks: await vouchedTasks(parts, word),
      log: word.log,
      identities,
    };
    return c.json(answer, 200, { "cache-control": "no-cache" });
  });
  app.get("/log", async (c) => {
    const log = await wholeLog.current();
    if (log !== null) return c.json(log, 200, { "cache-control": "public, max-age=60" });
    const detail = "the helper must have been reached for its log, got no answer from it";
    return problem(c, { ...notReached, detail });
  });
  return app;
}

/** A task that the log does not end with is shown to nobody: browsers would refuse it. */
async function vouchedTasks(
  { tasks, nowMs }: Pick<TaskParts, "tasks" | "nowMs">,
  word: HelperWord,
): Promise<readonly SignedDocument[]> {
  const vouched: SignedDocument[] = [];
  for (const { signed } of await tasks.open(nowMs())) {
    if (await isVouchedIn(word, "task", signed)) vouched.push(signed);
  }
  return vouched;
}
