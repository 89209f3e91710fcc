/**
 * The other side of bench/throughput.ts, in a process of its own so that its work is not counted as the leader's: makes
 * reports with the worker's own code, says so, and on a word uploads them over HTTP, some at once.
 */
import { randomInt } from "node:crypto";
import { parseTask, taskIdOf, vectorLengthOf } from "../../core/tasks/task.ts";
import { parseKeyList } from "../../core/wire/keylist.ts";
import { encodeReport, parseReportAnswer, parseTasksAnswer } from "../../core/wire/protocol.ts";
import { reportOf } from "../../worker/contribute/report.ts";
import { sha256 } from "../../worker/digest.ts";
import { platformFill } from "../../worker/edges.ts";

const [url, count, atOnce] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];

const answer = parseTasksAnswer(await (await fetch(`${url}/v1/tasks`)).json());
const task = parseTask(JSON.parse(answer.tasks[0].document));
const taskId = await taskIdOf(task, sha256);
const keys = {
  leader: parseKeyList(JSON.parse(answer.leader.document)).keys[0],
  helper: parseKeyList(JSON.parse(answer.helper.document)).keys[0],
};
// The cost of a sum does not depend on what is summed.
const contribution = Float64Array.from(
  { length: vectorLengthOf(task) },
  () => randomInt(-100, 101) / 2 ** 20,
);
const bodies: Uint8Array<ArrayBuffer>[] = [];
for (let k = 0; k < count; k++) {
  const report = await reportOf({
    task,
    taskId,
    keys,
    block: 0,
    contribution,
    token: new Uint8Array(0),
    fill: platformFill,
  });
  bodies.push(encodeReport(report));
}
process.send?.({ state: "ready", reportBytes: bodies[0].length });

process.once("message", async () => {
  let next = 0;
  const upload = async () => {
    while (next < bodies.length) {
      const response = await fetch(`${url}/v1/reports`, {
        method: "POST",
        headers: { "content-type": "application/octet-stream" },
        body: bodies[next++],
      });
      const { state } = parseReportAnswer(await response.json());
      if (state !== "accepted") throw new Error(`browsers: a report must be accepted, got ${state}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, upload));
  process.send?.({ state: "done" }, () => process.exit(0));
});
