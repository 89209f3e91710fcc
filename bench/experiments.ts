/**
 * Are the statistics of noisy sums honest, and what can they find?
 *
 *   npm run bench:experiments                     2,000 experiments of 2,000 and of 20,000 people, and the tables
 *   npm run bench:experiments -- --aa 400 --people 5000 --json
 *
 * Experiments whose arms do not differ: how often each test says that they do (5 % is right), and how often somebody
 * who looks again and again is ever told so (at most 5 %). Experiments with a lift: how often 95 % intervals hold it.
 * All of it once more with the noise left out of the variance. Then the smallest lifts that are found. Sums, scales and
 * noise are the product's own; people are made up (bench/experiments/people.ts).
 *
 * Ends with one line of JSON: means over tests, the worst of the sequences.
 */
import { parseArgs } from "node:util";
import type { Share, Tally } from "./experiments/checks.ts";
import {
  type Asked,
  type Epsilon,
  expectedOf,
  type Found,
  foundBy,
  foundShare,
  looks,
} from "./experiments/lifts.ts";
import { type Runs, runMany } from "./experiments/runs.ts";
import { writeResults } from "./results.ts";

/** As docs/EXPERIMENTS.md has it: rho 0.02, epsilon 0.9 at delta 1e-6, a sixteenth of what a browser spends in 30 days. */
const production = { noiseMultiplier: 5, looks: 3 } as const;
const lift = 0.3;

const { values: flags } = parseArgs({
  options: {
    aa: { type: "string", default: "2000" },
    people: { type: "string", multiple: true, default: ["2000", "20000"] },
    noise: { type: "string", default: String(production.noiseMultiplier) },
    looks: { type: "string", default: String(production.looks) },
    seed: { type: "string", default: "1" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const runs = flags.quick ? 60 : countOf("aa", flags.aa);
const crowds = flags.quick ? [4000] : flags.people.map((text) => countOf("people", text));

interface Judged {
  readonly people: number;
  readonly same: Tally;
  readonly differing: Tally;
  /** The noise left out of the variance. */
  readonly blind: Tally;
}

const judged = crowds.map((people, at) => {
  const one = judge(people, at);
  tell(one);
  return one;
});
const found = flags.json ? [] : tellLifts();
const results = {
  falsePositive: mean(judged.flatMap(({ same }) => [...same.positives.values()])),
  anytimeFalsePositive: Math.max(
    ...judged.flatMap(({ same }) => [...same.anytime.values()]).map(({ share }) => share),
  ),
  coverage: mean(judged.flatMap(({ differing }) => [...differing.covered.values()])),
};
const blind = mean(judged.flatMap((one) => [...one.blind.positives.values()]));
const byTest = judged.map(({ people, same, differing }) => ({
  people,
  falsePositive: Object.fromEntries(same.positives),
  anytimeFalsePositive: Object.fromEntries(same.anytime),
  coverage: Object.fromEntries(differing.covered),
}));
writeResults("experiments", { ...results, falsePositiveWithNoiseLeftOut: blind, byTest, found });
console.log(JSON.stringify(results));

function judge(people: number, at: number): Judged {
  const asked: Runs = {
    ...{ runs, people, looks: countOf("looks", flags.looks), noiseMultiplier: Number(flags.noise), lift: 0 },
    seed: countOf("seed", flags.seed) + 2 * at,
  };
  const { counted: same, leftOut } = runMany(asked);
  const { counted: differing } = runMany({ ...asked, lift, seed: asked.seed + 1 });
  return { people, same, differing, blind: leftOut };
}

function tell({ people, same, differing, blind }: Judged): void {
  if (flags.json) return;
  console.log(
    `\n${people} people, ${runs} experiments, ${flags.looks} looks, noise multiplier ${flags.noise}, three arms, three strata, three metrics\n`,
  );
  console.log(`| % | false positives | noise left out | coverage, lift ${100 * lift} % |\n|---|---|---|---|`);
  for (const [test, share] of same.positives) {
    const rest = [blind.positives.get(test), differing.covered.get(test)].map(percent);
    console.log(`| ${test} | ${percent(share)} | ${rest.join(" | ")} |`);
  }
  for (const [metric, share] of same.anytime) {
    const ever = differing.anytime.get(metric);
    const holds = ever && { share: 1 - ever.share, of: ever.of };
    const rest = [blind.anytime.get(metric), holds].map(percent);
    console.log(`| any look, ${metric} | ${percent(share)} | ${rest.join(" | ")} |`);
  }
}

function tellLifts(): readonly Found[] {
  const rows: Found[] = [];
  const checked: readonly [Asked, number, Epsilon][] = flags.quick
    ? [["conversion", 5000, 1]]
    : [
        ["conversion", 5000, 1],
        ["conversion", 5000, 0.25],
        ["conversion", 30_000, 0.5],
        ["click-through", 5000, 1],
        ["click-through", 30_000, 1],
        ["click-through", 5000, null],
      ];
  const epsilons: readonly Epsilon[] = [0.25, 0.5, 1, null];
  for (const metric of ["click-through", "conversion"] as const) {
    console.log(
      `\nsmallest lift of ${metric} (${(100 * expectedOf(metric).mean).toFixed(1)} % in the control) found 80 times out of 100 (more people for the same as without noise), ${looks} looks\n`,
    );
    console.log("| people | epsilon 0.25 | 0.5 | 1 | no noise |\n|---|---|---|---|---|");
    for (const people of [5000, 30_000, 100_000]) {
      const row = epsilons.map((epsilon) => foundBy(metric, people, epsilon));
      console.log(`| ${people} | ${row.map(liftText).join(" | ")} |`);
      rows.push(...row);
    }
  }
  console.log("\nsimulated: how often that lift is found (80 % is right)\n");
  for (const [at, [metric, people, epsilon]] of checked.entries()) {
    const row = foundBy(metric, people, epsilon);
    if (row.lift === null) continue;
    const share = foundShare(row, { runs: flags.quick ? 50 : 1000, seed: 100_000 * (at + 1) });
    console.log(`${metric}, epsilon ${epsilon ?? "without"}: ${row.words}; ${(100 * share).toFixed(1)} %`);
  }
  return rows;
}

function liftText({ lift: smallest, more }: Found): string {
  if (smallest === null) return "cannot be answered";
  const also = more === null ? " (more than there are)" : more === 0 ? "" : ` (+${more})`;
  return `${(100 * smallest).toFixed(1)} %${also}`;
}

function mean(shares: readonly Share[]): number {
  const all = shares.reduce((sum, { of }) => sum + of, 0);
  return shares.reduce((sum, { share, of }) => sum + share * of, 0) / all;
}

function percent(share: Share | undefined): string {
  if (share === undefined) return "-";
  return `${(100 * share.share).toFixed(1)}${share.of < runs ? ` (of ${share.of})` : ""}`;
}

function countOf(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`experiments: --${name} must be an integer of at least 1, got ${text}`);
  }
  return count;
}
