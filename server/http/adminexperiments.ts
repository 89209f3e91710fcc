/**
 * Experiments over the admin API. What changes the edition in force runs in turn with other work.
 *
 *   GET  /experiments                  all of them: draft, state, since when and until when; `unread`: names of
 *                                      those that another version wrote
 *   POST /experiments                  writes one down, as JSON
 *   POST /experiments/:name/start      lets people in; …/stop lets nobody in any more
 *   POST /experiments/:name/widen      lets a larger share in: {"coverage": 0.5}
 *   POST /experiments/:name/remove     forgets a draft, or one that has ended, and its report
 *   GET  /experiments/:name/report     what came of it so far
 */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { messageOf } from "../../core/errors.ts";
import { jsonFromUtf8 } from "../../core/json.ts";
import { issueText } from "../../core/wire/issues.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { reportOn } from "../experiments/report.ts";
import type { ExperimentDesk } from "../publishing/experiments.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import type { Cycle } from "../tasks/cycle.ts";
import { readBody } from "./body.ts";
import { problem } from "./problem.ts";

/** An experiment has no more than its part of an edition. */
const bodyLimit = 256 * 1024;

export interface AdminExperimentsParts {
  readonly desk: ExperimentDesk;
  readonly store: LeaderStore;
  readonly cycle: Pick<Cycle, "serial" | "openNext">;
  /** From a look to the next. */
  readonly lookDays: number;
}

const widenSchema = v.object({ coverage: v.number() });

export function adminExperimentRoutes({ desk, store, cycle, lookDays }: AdminExperimentsParts): Hono {
  const app = new Hono();
  const answered = async (c: Context, work: (json: unknown) => Promise<unknown>): Promise<Response> => {
    const body = await readBody(c, bodyLimit);
    if (!body.ok) {
      const detail = `a body must have at most ${body.limit} bytes, got ${body.got}`;
      return problem(c, { status: 413, name: "too-long", detail });
    }
    return cycle.serial.run(async () => {
      try {
        const json = body.bytes.length === 0 ? null : jsonFromUtf8(body.bytes, "experiment");
        return c.json(await work(json));
      } catch (error) {
        // What is wrong is the operator's; anything else is a fault of the server.
        const isTheirs =
          error instanceof OperatorError || error instanceof TypeError || error instanceof RangeError;
        if (!isTheirs) throw error;
        return problem(c, { status: 400, name: "bad-experiment", detail: messageOf(error) });
      }
    });
  };
  const nameIn = (c: Context): string => c.req.param("name") ?? "";
  app.get("/experiments", async (c) => c.json(await desk.list()));
  app.post("/experiments", (c) => answered(c, (json) => desk.create(json)));
  app.post("/experiments/:name/start", (c) => answered(c, () => desk.start(nameIn(c))));
  app.post("/experiments/:name/stop", (c) => answered(c, () => desk.stop(nameIn(c))));
  app.post("/experiments/:name/remove", (c) =>
    answered(c, async () => {
      await desk.remove(nameIn(c));
      return {};
    }),
  );
  app.post("/experiments/:name/widen", (c) =>
    answered(c, (json) => {
      const parsed = v.safeParse(widenSchema, json);
      if (!parsed.success) throw new TypeError(issueText("experiment", parsed.issues[0]));
      return desk.widen(nameIn(c), parsed.output.coverage);
    }),
  );
  app.get("/experiments/:name/report", (c) =>
    answered(c, async () => reportOn(store, await desk.find(nameIn(c)), lookDays)),
  );
  return app;
}
