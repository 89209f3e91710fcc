/** POST /v1/reports: one sealed report. 200 means it is on disk. Nothing about the sender is read, kept or logged. */
import { Hono } from "hono";
import type { CurrentTask } from "../tasks/currenttask.ts";
import { type Intake, largestReportBytes } from "../tasks/intake.ts";
import { readBody } from "./body.ts";
import { reportAnswer } from "./problem.ts";

export interface ReportParts {
  readonly intake: Intake;
  readonly task: Pick<CurrentTask, "get">;
}

export function reportRoutes({ intake, task }: ReportParts): Hono {
  return new Hono().post("/reports", async (c) => {
    const body = await readBody(c.req.raw, largestReportBytes(await task.get()));
    if (!body.ok) {
      const detail = `a report must have at most ${body.limit} bytes, got ${body.got}`;
      return reportAnswer(c, intake.refuse("wrong-length", detail), 413);
    }
    return reportAnswer(c, await intake.accept(body.bytes));
  });
}
