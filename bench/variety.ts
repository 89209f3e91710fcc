/**
 * What variety costs: recall@20 of what is new to customers against how unlike the items of a list are, and
 * against how much of the catalogue is listed, by the ranking of a device (temporal/stages.ts) over parts
 * without noise.
 *
 *     npm run bench:variety -- [--month 2011-10] [--exposure] [--quick] [--json]
 *
 * And what it costs that groups of items (quarters of the catalogue by how many bought them before) have
 * their part of the places: constant boosts a group (temporal/parity.ts), found on every other customer and
 * judged on the others; and the rule `exposure` of lists, by which each list itself gives each group its
 * part. `--exposure` prints that one alone.
 *
 * The ranker is learned from the two spans of thirty days before the month, exactly. One strength changes at
 * a time, the other is 0. A whole run writes docs/variety.svg; the last line is one JSON object { rows: [{
 * name, diversity, novelty, ... }] } with the figures of bench:temporal for each, and `parity` for those of
 * groups.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { dequantizeRows, quantizeRows } from "../core/model/quantize.ts";
import type { ListPolicy } from "../core/policy/listpolicy.ts";
import { denseRows } from "../core/rows.ts";
import { contentVectors } from "../server/publishing/import/content.ts";
import { writeResults } from "./results.ts";
import { type Row, rowFor, tableHead, tableRow } from "./temporal/judging.ts";
import { monthFrom } from "./temporal/month.ts";
import { boostsFor, exposureOf, groupPolicies, parityOf, popularityGroups } from "./temporal/parity.ts";
import { deviceLists, modelOf } from "./temporal/ranked.ts";
import { learnedStages, rankerOf } from "./temporal/stages.ts";
import { varietyPlot } from "./varietyplot.ts";

const { values: flags } = parseArgs({
  options: {
    month: { type: "string", default: "2011-10" },
    exposure: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const fromMs = Date.parse(`${flags.month}-01`);
if (Number.isNaN(fromMs)) throw new TypeError(`variety: --month must be as 2011-10, got "${flags.month}"`);
const every = flags.quick ? 8 : 1;
const learning = flags.quick
  ? { contentDim: 32, dim: 8, sweeps: 2 }
  : { contentDim: 384, dim: 64, sweeps: 8 };
const strengths = flags.quick ? [0, 1] : [0, 0.1, 0.2, 0.5, 1, 2];
const shares = flags.quick ? [0, 1] : [0, 0.25, 0.5, 0.75, 1];
const parts = flags.quick ? [0, 1] : [0, 0.25, 0.5, 0.75, 1];

const month = await monthFrom({ fromMs, every });
const { items, train, judged } = month;
const { today, statistics } = await learnedStages({ month, fromMs, learning, every });
const ranker = rankerOf(statistics, null);
const { contentDim } = learning;
const content = quantizeRows(contentVectors(items, { dim: contentDim }), items.length, contentDim);
const rows = denseRows(dequantizeRows(content, contentDim), items.length, contentDim);
const say = (line: string): void => {
  if (!flags.json) console.log(line);
};

say(
  `${judged.length} customers who buy in the 30 days from ${flags.month}-01, ${items.length} products\n\n${tableHead}`,
);
const curve = (name: string, values: readonly number[], setting: "diversity" | "novelty") =>
  (flags.exposure ? [] : values).map((strength) => {
    const model = modelOf(today, { ranker: { ...ranker, [setting]: strength }, variants: true });
    const lists = deviceLists(model, fromMs);
    const row: Row = rowFor(`${name} ${strength}`, [lists], { items, train, judged, content: rows });
    say(tableRow(row));
    return { strength, row };
  });
const likeness = curve("likeness counts", strengths, "diversity");
const popularity = curve("of what is wanted, held back", parts, "novelty");

const groups = 4;
const counts = new Float64Array(items.length);
for (const person of train) for (const row of Array.from(person.items)) counts[row] += 1;
const groupOf = popularityGroups(counts, groups);
const policies = groupPolicies(
  items.map(({ item }) => item),
  groupOf,
  groups,
);
const [fitted, others] = [0, 1].map((half) => judged.filter((_, at) => at % 2 === half));
const listedModel = modelOf(today, { ranker, variants: true });
const freshBy = (people: typeof judged, policy: ListPolicy) => {
  const lists = deviceLists(listedModel, fromMs, policy);
  return people.map((customer) => lists(customer).fresh);
};
const freshLists = (people: typeof judged, boosts: readonly number[]) =>
  freshBy(people, policies.boosted(boosts));
const natural = exposureOf(freshLists(fitted, new Array(groups).fill(0)), groupOf, groups);
say(
  `\nplaces by quarter of the catalogue, least bought first: ${natural.map((part) => part.toFixed(2)).join(" ")}`,
);
say(`\n${tableHead.replace("diversity |\n", "diversity | parity |\n")}---|`);
const exposure = (flags.exposure ? [] : shares).map((strength) => {
  const wanted = natural.map((part) => (1 - strength) * part + strength / groups);
  const boosts =
    strength === 0 ? natural.map(() => 0) : boostsFor(wanted, (by) => freshLists(fitted, by), groupOf);
  const lists = deviceLists(listedModel, fromMs, policies.boosted(boosts));
  const row: Row = rowFor(`parity ${strength}`, [lists], { items, train, judged: others, content: rows });
  const parity = parityOf(exposureOf(freshLists(others, boosts), groupOf, groups));
  say(`${tableRow(row)} ${parity.toFixed(2)} |`);
  return { strength, row, parity, boosts };
});

const owed = shares.map((part) => {
  const policy = policies.owed(part);
  const lists = deviceLists(listedModel, fromMs, policy);
  const name = `exposure of at least ${part} of an equal part`;
  const row: Row = rowFor(name, [lists], { items, train, judged: others, content: rows });
  const parity = parityOf(exposureOf(freshBy(others, policy), groupOf, groups));
  say(`${tableRow(row)} ${parity.toFixed(2)} |`);
  return { part, row, parity };
});

const result = { month: flags.month, judged: judged.length, likeness, popularity, exposure, owed };
writeResults("variety", result);
if (!(flags.quick || flags.exposure)) {
  writeFileSync(fileURLToPath(new URL("../docs/variety.svg", import.meta.url)), varietyPlot(result));
}
console.log(
  JSON.stringify({
    rows: [
      ...[...likeness, ...popularity].map(({ row }) => row),
      ...[...exposure, ...owed].map(({ row, parity }) => ({ ...row, parity })),
    ],
  }),
);
