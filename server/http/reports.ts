/**
 * POST /v1/reports: one sealed report, whose sums are decided one by one; an accepted one is on disk. Nothing
 * about the sender is read, kept or logged.
 */
import { Hono } from "hono";
import { type Intake, largestReportBytes } from "../tasks/intake.ts";
import type { OpenTasks } from "../tasks/opentasks.ts";
import { readBody } from "./body.ts";
import { reportAnswer } from "./problem.ts";

export interface ReportParts {
  readonly intake: Intake;
  readonly tasks: Pick<OpenTasks, "list">;
}

export function reportRoutes({ intake, tasks }: ReportParts): Hono {
  return new Hono().post("/reports", async (c) => {
    const body = await readBody(c, largestReportBytes(await tasks.list()));
    if (!body.ok) {
      const detail = `a report must have at most ${body.limit} bytes, got ${body.got}`;
      return reportAnswer(c, intake.refuse("wrong-length", detail), 413);
    }
    return reportAnswer(c, await intake.accept(body.bytes));
  });
}
