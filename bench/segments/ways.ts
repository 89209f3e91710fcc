/**
 * Other ways to learn segments, each one change away from the plan (server/kinds/segments/plan.ts): by what
 * they were chosen. The crowds are of seeds and numbers of groups that `npm run bench:segments` reports
 * nothing of.
 *
 *     npx tsx bench/segments/ways.ts [--people 10000] [--epsilons 0.25,0.5] [--only count] [--quick]
 *
 * Shown are adjusted Rand indices as parts of central k-means's, mean and least over crowds and draws of the
 * noise.
 */
import { parseArgs } from "node:util";
import { featureCount } from "../../core/profile/featurevector.ts";
import { rhoWithin } from "../../core/sum/budget.ts";
import { segmentPlan } from "../../server/kinds/segments/plan.ts";
import type { SegmentPlan } from "../../server/kinds/segments/rounds.ts";
import { seededFill } from "../crowds.ts";
import { centralGroups } from "./central.ts";
import { knownCrowd } from "./crowd.ts";
import { learnSegments, segmentsOf } from "./learn.ts";
import { adjustedRand } from "./rand.ts";

const { values: flags } = parseArgs({
  options: {
    people: { type: "string", default: "10000" },
    epsilons: { type: "string", default: "0.25,0.5" },
    only: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
  },
});
const people = flags.quick ? 800 : Number(flags.people);
const epsilons = flags.epsilons.split(",").map(Number);
const crowds = [5, 7].flatMap((groups) => [101, 102].map((seed) => ({ people, groups, seed })));
const draws = 2;
const delta = 1e-6;

type Change = (plan: SegmentPlan) => Partial<SegmentPlan>;

const ways: Readonly<Record<string, Change>> = {
  "as it is": () => ({}),
  "mean and spread in one round": ({ rounds, shares }) => ({
    rounds: { ...rounds, locate: 0 },
    shares: { ...shares, spread: shares.locate + shares.spread },
    spreadClip: 3.2,
  }),
  "explore once": ({ rounds, shares }) => ({
    rounds: { ...rounds, explore: 1 },
    shares: { ...shares, explore: 2 * shares.explore },
  }),
  "explore three times": ({ rounds, shares }) => ({
    rounds: { ...rounds, explore: 3 },
    shares: { ...shares, explore: shares.explore / 1.5 },
  }),
  "refine once": ({ rounds, shares }) => ({
    rounds: { ...rounds, refine: 1 },
    shares: { ...shares, refine: 2 * shares.refine },
  }),
  "32 explorers, 8 axes": () => ({ explorers: 32, dim: 8 }),
  "16 explorers, 5 axes": () => ({ explorers: 16, dim: 5 }),
  "16 explorers": () => ({ explorers: 16 }),
  "48 explorers": () => ({ explorers: 48 }),
  "5 axes": () => ({ dim: 5 }),
  "12 axes": () => ({ dim: 12 }),
  "all axes": () => ({ dim: featureCount }),
  "clip 0.9 of what is expected": () => ({ clipFactor: 0.9 }),
  "clip 1.6 of what is expected": () => ({ clipFactor: 1.6 }),
  "a count of 0.6 of the clip": () => ({ countPart: 0.6 }),
  "a count of the clip": () => ({ countPart: 1 }),
  "half as much for the spread": ({ shares }) => ({ shares: { ...shares, spread: shares.spread / 2 } }),
};

const known = (flags.quick ? crowds.slice(0, 1) : crowds).map((options) => {
  const crowd = knownCrowd(options);
  const { groups: k, seed } = options;
  const central = adjustedRand(centralGroups(crowd.people, { k, restarts: 5, seed }), crowd.groups);
  return { ...crowd, k, seed, central };
});
const all = [Number.POSITIVE_INFINITY, ...epsilons];
console.log(`${people} people; of central k-means, mean (least)\n`);
console.log(`| way | ${all.map((epsilon) => (epsilon === all[0] ? "no noise" : epsilon)).join(" | ")} |`);
console.log(`|---|${all.map(() => "---|").join("")}`);
for (const [name, change] of Object.entries(ways).filter(([name]) => name.includes(flags.only))) {
  const cells = all.map((epsilon) => {
    const rho = epsilon === Number.POSITIVE_INFINITY ? epsilon : rhoWithin({ epsilon, delta });
    const ratios = known.flatMap((crowd) =>
      Array.from({ length: rho === epsilon || flags.quick ? 1 : draws }, (_, draw) => {
        const plan = segmentPlan({ choice: { by: "operator", k: crowd.k }, people, rho });
        const fill = seededFill(100 * crowd.seed + 10 * crowd.k + draw);
        const { learned } = learnSegments(crowd.people, { ...plan, ...change(plan) }, { rho, fill });
        return adjustedRand(segmentsOf(crowd.people, learned), crowd.groups) / crowd.central;
      }),
    );
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    return `${mean.toFixed(3)} (${Math.min(...ratios).toFixed(3)})`;
  });
  console.log(`| ${[name, ...cells].join(" | ")} |`);
}
