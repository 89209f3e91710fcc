/**
 * Segments of people whose features are known, as `tacit train --segments` finds them, on crowds with known
 * groups: by k-means with as many as there are, with as many as the criterion says, and by density.
 *
 *     npx tsx bench/segments/logs.ts [--people 2000] [--groups 4,6,8] [--seeds 1,2,3]
 *
 * Adjusted Rand index with the groups; the part of the people whom DBSCAN puts in no cluster is of the nearest.
 */
import { parseArgs } from "node:util";
import { type CentralChoice, centralSegments } from "../../server/kinds/segments/central.ts";
import { writeResults } from "../results.ts";
import { knownCrowd } from "./crowd.ts";
import { adjustedRand } from "./rand.ts";

const { values: flags } = parseArgs({
  options: {
    people: { type: "string", default: "2000" },
    groups: { type: "string", default: "4,6,8" },
    seeds: { type: "string", default: "1,2,3" },
  },
});
const numbers = (text: string) => text.split(",").map(Number);

const rows = numbers(flags.groups).flatMap((groups) =>
  numbers(flags.seeds).map((seed) => {
    const crowd = knownCrowd({ people: Number(flags.people), groups, seed });
    const by = (choice: CentralChoice) => {
      const { part, labels, outside } = centralSegments(crowd.people, choice);
      return { count: part.count, index: adjustedRand(labels, crowd.groups), outside };
    };
    return {
      ...{ groups, seed, asked: by({ by: "operator", k: groups }), density: by({ by: "density" }) },
      counted: by({ by: "criterion", least: 1, most: 12 }),
    };
  }),
);
writeResults("segments-logs", { people: Number(flags.people), rows });
console.log("| groups | seed | k given | k counted | index | DBSCAN: clusters | index | in none |");
console.log("|---|---|---|---|---|---|---|---|");
for (const { groups, seed, asked, counted, density } of rows) {
  const cells = [groups, seed, asked.index.toFixed(3), counted.count, counted.index.toFixed(3)];
  const dense = [density.count, density.index.toFixed(3), `${(100 * density.outside).toFixed(1)} %`];
  console.log(`| ${[...cells, ...dense].join(" | ")} |`);
}
