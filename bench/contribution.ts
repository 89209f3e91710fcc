/**
 * How long a device takes over its contribution to a ranker (core/tasks/ranker/): its profile as it was, what
 * would have been proposed then, and the statistics of what was bought since.
 *
 *     npm run bench:contribution -- [--month 2011-12] [--quick] [--json]
 *
 * In Node, of customers of the gift shop who buy in the thirty days from the month's first, one after the
 * other; the model is there and warm, as that of a device that lists. The last line is one JSON object {
 * items, people, units, numbers, medianMs, p95Ms, mostMs }.
 */
import { parseArgs } from "node:util";
import type { TacitEvent } from "../core/events/event.ts";
import { statisticsOf } from "../core/ranking/ranker/examples.ts";
import { askedUnits } from "../core/ranking/ranker/learnedunits.ts";
import { placed } from "../core/ranking/ranker/units.ts";
import { rankerContributionOf, rankerLength } from "../core/tasks/ranker/contribution.ts";
import { exampleSince } from "../core/tasks/ranker/example.ts";
import { dayMs } from "../core/time.ts";
import { rankerScales } from "../server/kinds/ranker/learned.ts";
import { writeResults } from "./results.ts";
import { monthFrom } from "./temporal/month.ts";
import { learnedMonth, modelOf } from "./temporal/ranked.ts";

const { values: flags } = parseArgs({
  options: {
    month: { type: "string", default: "2011-12" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const sinceMs = Date.parse(`${flags.month}-01`);
if (Number.isNaN(sinceMs)) {
  throw new TypeError(`contribution: --month must be as 2011-12, got "${flags.month}"`);
}
const every = flags.quick ? 16 : 1;
const learning = flags.quick
  ? { contentDim: 32, dim: 8, sweeps: 1 }
  : { contentDim: 384, dim: 64, sweeps: 2 };

const month = await monthFrom({ fromMs: sinceMs, every });
const model = modelOf(learnedMonth(month, sinceMs, learning));
const units = askedUnits.flatMap((unit) => placed(unit) ?? []);
// So are those of a device that lists: what everybody's rows say together is made once.
void model.joint.gram;
void model.jointNorms;
const nowMs = sinceMs + 30 * dayMs;

const tookMs: number[] = [];
for (const { before, all } of month.judged.slice(0, 400)) {
  const since = [...all].map((row) => ({ item: month.items[row].item, atMs: sinceMs + dayMs }));
  const events = [...before, ...since].map(
    ({ item, atMs }, at): TacitEvent => ({
      ...{ id: String(at).padStart(8, "0"), kind: "purchase", item, atMs },
    }),
  );
  const fromMs = performance.now();
  const example = exampleSince(model, events, { sinceMs, nowMs });
  const statistics = example === null ? null : statisticsOf(example, units);
  if (statistics === null) continue;
  rankerContributionOf(statistics, rankerScales);
  tookMs.push(performance.now() - fromMs);
}
const sorted = tookMs.toSorted((a, b) => a - b);
const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
const result = {
  ...{ items: month.items.length, people: sorted.length },
  ...{ units: units.length, numbers: rankerLength(units.length) },
  ...{ medianMs: at(0.5), p95Ms: at(0.95), mostMs: at(1) },
};
writeResults("contribution", result);
if (!flags.json) {
  const told = `median ${result.medianMs.toFixed(1)} ms, p95 ${result.p95Ms.toFixed(1)} ms, most ${result.mostMs.toFixed(1)} ms`;
  console.log(`${result.people} people, ${result.items} products, ${result.numbers} numbers: ${told}`);
}
console.log(JSON.stringify(result));
