/** The thread's side of jobthread.ts: does the jobs that it is told, one at a time. */
import { parentPort } from "node:worker_threads";
import { type JobTable, jobIn } from "./jobs.ts";
import type { FromThread, ToThread } from "./jobthread.ts";

/** @throws {TypeError} outside a thread. */
export function serveJobs<Table extends JobTable<Table>>(table: Table): void {
  const port = parentPort;
  if (port === null) throw new TypeError("serveJobs: expected to run in a thread, got the main one");
  const say = (message: FromThread): void => port.postMessage(message);
  // Posted by jobthread.ts alone, with the input that the table's types ask for.
  port.on("message", async ({ name, input }: ToThread) => {
    try {
      const output = await jobIn(table, name)(input as never, (step) => say({ state: "step", step }));
      say({ state: "done", output });
    } catch (error) {
      say({ state: "failed", error: cloneable(error) });
    }
  });
}

/** An answer that cannot be cloned is told by an error that cannot be either. */
function cloneable(error: unknown): unknown {
  return error instanceof Error && error.name === "DataCloneError" ? new Error(error.message) : error;
}
