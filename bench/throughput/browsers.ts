/**
 * The other side of benches that upload, in a process of its own so that its work is not counted as the
 * leader's: makes reports with the worker's own code, says so, and on a word uploads them over HTTP, some at
 * once. Reports are made and uploaded a number at a time, so that this process stays small too.
 *
 *     browsers.ts URL COUNT AT-ONCE [MADE-AHEAD]
 */
import { randomInt } from "node:crypto";
import { parseTask, taskIdOf } from "../../core/tasks/task.ts";
import { parseKeyList } from "../../core/wire/keylist.ts";
import { encodeReport, parseReportAnswer } from "../../core/wire/report.ts";
import { parseTasksAnswer } from "../../core/wire/tasksanswer.ts";
import { reportOf } from "../../worker/contribute/report.ts";
import { sha256 } from "../../worker/digest.ts";
import { platformFill } from "../../worker/edges.ts";

const [url, count, atOnce] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const ahead = Number(process.argv[5] ?? count);

const answer = parseTasksAnswer(await (await fetch(`${url}/v1/tasks`)).json());
const task = parseTask(JSON.parse(answer.tasks[0].document));
const taskId = await taskIdOf(task, sha256);
const keys = {
  leader: parseKeyList(JSON.parse(answer.leader.document)).keys[0],
  helper: parseKeyList(JSON.parse(answer.helper.document)).keys[0],
};
// The cost of a sum does not depend on what is summed.
const values = Float64Array.from({ length: task.length }, () => randomInt(-100, 101) / 2 ** 20);

async function made(many: number): Promise<Uint8Array<ArrayBuffer>[]> {
  const bodies: Uint8Array<ArrayBuffer>[] = [];
  for (let k = 0; k < many; k++) {
    const sums = [{ task, taskId, block: k % task.blocks, values }];
    bodies.push(encodeReport(await reportOf({ keys, sums, token: new Uint8Array(0), fill: platformFill })));
  }
  return bodies;
}

async function upload(bodies: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
  let next = 0;
  const one = async () => {
    while (next < bodies.length) {
      const response = await fetch(`${url}/v1/reports`, {
        method: "POST",
        headers: { "content-type": "application/octet-stream" },
        body: bodies[next++],
      });
      const said = parseReportAnswer(await response.json());
      if (said.state !== "answered" || said.sums[0].state !== "accepted") {
        throw new Error(`browsers: a report must be accepted, got ${JSON.stringify(said)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

let bodies = await made(Math.min(ahead, count));
process.send?.({ state: "ready", reportBytes: bodies[0].length });

process.once("message", async () => {
  for (let done = 0; done < count; ) {
    await upload(bodies);
    done += bodies.length;
    process.send?.({ state: "uploaded", done });
    bodies = await made(Math.min(ahead, count - done));
  }
  process.send?.({ state: "done" }, () => process.exit(0));
});
