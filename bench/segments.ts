/**
 * Whether a crowd finds its own groups privately: adjusted Rand index with groups that are known.
 *
 *     npm run bench:segments -- [--seeds 1,2,3] [--groups 4,6,8] [--people 3000,30000,100000] [--epsilons 0.25,0.5,1] [--quick]
 *
 * The crowd is made up (segments/crowd.ts): features of people in groups of unequal sizes, with what is
 * missing. Central k-means sees everybody: ml-kmeans on standardized features, what is unknown at the mean,
 * the best of several starts by squares. Federated is core's and server's own way (segments/learn.ts), with
 * as many segments as there are groups: six rounds, on each of which everybody reports once, with the
 * discrete Gaussian noise of both aggregators. Epsilon is of all rounds together, at delta 1e-6, counting one
 * honest aggregator's noise; the unit is a person who reports on all rounds, adjacency: their vectors become
 * zeros, who took part is public.
 *
 * Beside it: how often the criterion finds as many segments as there are groups, of 1 to 12.
 */
import { parseArgs } from "node:util";
import { rhoWithin } from "../core/sum/budget.ts";
import type { CountChoice } from "../server/kinds/segments/merge.ts";
import { segmentPlan } from "../server/kinds/segments/plan.ts";
import { seededFill } from "./crowds.ts";
import { writeResults } from "./results.ts";
import { centralGroups } from "./segments/central.ts";
import { type KnownCrowd, knownCrowd } from "./segments/crowd.ts";
import { learnSegments, segmentsOf } from "./segments/learn.ts";
import { adjustedRand } from "./segments/rand.ts";
import { meanOf } from "./spread.ts";

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string", default: "1,2,3" },
    groups: { type: "string", default: "4,6,8" },
    people: { type: "string", default: "3000,30000,100000" },
    epsilons: { type: "string", default: "0.25,0.5,1" },
    quick: { type: "boolean", default: false },
  },
});
const seeds = numbersIn("seeds", flags.quick ? "1" : flags.seeds);
const groupCounts = numbersIn("groups", flags.quick ? "4" : flags.groups);
const sizes = numbersIn("people", flags.quick ? "2000" : flags.people);
const epsilons = [Number.POSITIVE_INFINITY, ...numbersIn("epsilons", flags.quick ? "4" : flags.epsilons)];
const delta = 1e-6;
const restarts = flags.quick ? 3 : 5;

interface Row {
  readonly people: number;
  readonly groups: number;
  readonly seed: number;
  /** Null without noise. */
  readonly epsilon: number | null;
  /**
   * Adjusted Rand index of central k-means with the groups, of the federated with the groups, and of both.
   */
  readonly central: number;
  readonly federated: number;
  readonly agreement: number;
  /** How many segments the criterion chose, and the index of those with the groups. */
  readonly chosen: number;
  readonly chosenIndex: number;
  readonly names: readonly string[];
}

const rows: Row[] = [];
for (const people of sizes) {
  for (const groups of groupCounts) {
    for (const seed of seeds) rows.push(...rowsOf(knownCrowd({ people, groups, seed }), { groups, seed }));
  }
}
writeResults("segments", { delta, rows });
printTable();

function rowsOf(
  crowd: KnownCrowd,
  { groups, seed }: { readonly groups: number; readonly seed: number },
): Row[] {
  const people = crowd.people.length;
  const inTheClear = centralGroups(crowd.people, { k: groups, restarts, seed });
  const central = adjustedRand(inTheClear, crowd.groups);
  return epsilons.map((epsilon, at) => {
    const learn = (choice: CountChoice) => {
      const rho = epsilon === Number.POSITIVE_INFINITY ? epsilon : rhoWithin({ epsilon, delta });
      const dice = seededFill(1_000 * seed + 10 * groups + at);
      const { learned } = learnSegments(crowd.people, segmentPlan({ choice, people, rho }), {
        rho,
        fill: dice,
      });
      return { learned, found: segmentsOf(crowd.people, learned) };
    };
    const { learned, found } = learn({ by: "operator", k: groups });
    const chosen = learn({ by: "criterion", least: 1, most: 12 });
    const row: Row = {
      ...{ people, groups, seed, central },
      epsilon: epsilon === Number.POSITIVE_INFINITY ? null : epsilon,
      federated: adjustedRand(found, crowd.groups),
      agreement: adjustedRand(found, inTheClear),
      chosen: chosen.learned.choice.k,
      chosenIndex: adjustedRand(chosen.found, crowd.groups),
      names: learned.names,
    };
    console.error(JSON.stringify({ ...row, names: undefined }));
    return row;
  });
}

function printTable(): void {
  console.log(
    `\nadjusted Rand index with the groups, mean ± sd over seeds ${seeds.join(", ")}; delta ${delta}\n`,
  );
  console.log(
    "| people | groups | epsilon | central | federated | of central | least | with central | k chosen | index at that k |",
  );
  console.log("|---|---|---|---|---|---|---|---|---|---|");
  for (const people of sizes) {
    for (const groups of groupCounts) {
      for (const epsilon of epsilons) {
        const shown = epsilon === Number.POSITIVE_INFINITY ? null : epsilon;
        const some = rows.filter(
          (row) => row.people === people && row.groups === groups && row.epsilon === shown,
        );
        const ratios = some.map(({ federated, central }) => federated / central);
        const cells = [
          ...[people, groups, shown ?? "no noise"],
          spreadOf(some.map(({ central }) => central)),
          spreadOf(some.map(({ federated }) => federated)),
          meanOf(ratios).mean.toFixed(3),
          Math.min(...ratios).toFixed(3),
          spreadOf(some.map(({ agreement }) => agreement)),
          some.map(({ chosen }) => chosen).join(", "),
          spreadOf(some.map(({ chosenIndex }) => chosenIndex)),
        ];
        console.log(`| ${cells.join(" | ")} |`);
      }
    }
  }
  const named = rows.find(({ epsilon }) => epsilon !== null);
  if (named !== undefined) {
    const { people, groups, seed, epsilon, names } = named;
    console.log(`\nnames at ${people} people, ${groups} groups, seed ${seed}, epsilon ${epsilon}:`);
    for (const name of names) console.log(`  ${name}`);
  }
}

function spreadOf(values: readonly number[]): string {
  const { mean, sd } = meanOf(values);
  return `${mean.toFixed(3)} ± ${sd.toFixed(3)}`;
}

function numbersIn(name: string, text: string): readonly number[] {
  return text.split(",").map((part) => {
    const value = Number(part);
    if (!(value > 0)) throw new RangeError(`segments: --${name} must be numbers above 0, got ${text}`);
    return value;
  });
}
