/**
 * What `track()` costs the page that calls it: 10,000 calls of the built SDK in Chromium, spread over tasks
 * and in one loop, with storage and with none; beside it a function that does nothing, which tells what of it the
 * machine and the clock are (track/inpage.ts).
 *
 *     npm run build:sdk && npm run bench:track -- [--calls 10000] [--quick]
 *
 * A page alone is told the time in steps of 100 us, one that is isolated from other origins (COOP and COEP,
 * which the bench's pages send) in steps of 5 us. So a single call is read in whole steps, "0" is anything
 * below one, and the mean is taken over all calls at once, where the step does not count. The step that was
 * found is printed.
 */
import { parseArgs } from "node:util";
import { writeResults } from "./results.ts";
import { measureTrack } from "./track/visit.ts";

const { values } = parseArgs({
  options: { calls: { type: "string", default: "10000" }, quick: { type: "boolean", default: false } },
});
const calls = values.quick ? 400 : Number(values.calls);
if (!Number.isInteger(calls) || calls < 1) {
  throw new TypeError(`track: --calls must be a whole number of at least 1, got "${values.calls}"`);
}
const rows = await measureTrack(calls);
console.log(
  `${calls} calls of track() each, us; time is told in steps of ${Math.max(...rows.map((row) => row.stepUs))} us\n`,
);
console.log(
  "| calls | storage | median | 99th percentile | most | mean | what a task's end adds: mean | most |",
);
console.log("|---|---|---|---|---|---|---|---|");
for (const { name, storage, call, meanUs, end } of rows) {
  const numbers = [call.median, call.p99, call.most, meanUs, end.mean, end.most].map((us) => us.toFixed(1));
  console.log(`| ${name} | ${storage} | ${numbers.join(" | ")} |`);
}
writeResults("track", { calls, rows });
