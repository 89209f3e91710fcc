/**
 * Whether devices are dealt to experiments as they should be: a million of them, with random numbers, over twenty
 * experiments with layers, strata, uneven weights and partial coverage.
 *
 *     npm run bench:assignment -- [--devices 1000000] [--quick]
 *
 * Prints the lowest p of the chi-square test for each law, of how many tests, and how many devices are in two
 * experiments of one layer. Fails where anybody is, or where a p is below 0.001 over the number of its law's tests:
 * of so many tests one is below 0.001 now and then by chance alone.
 */
import { parseArgs } from "node:util";
import { bucketCount } from "../core/experiments/hash.ts";
import { uniformP } from "./assignment/chisquare.ts";
import { type Found, independence, overlapping, tallied, twenty, uniformity } from "./assignment/world.ts";

const { values } = parseArgs({
  options: {
    devices: { type: "string", default: "1000000" },
    quick: { type: "boolean", default: false },
  },
});
const devices = values.quick ? 40_000 : Number(values.devices);
if (!Number.isInteger(devices) || devices % 8 !== 0) {
  throw new RangeError(`bench:assignment: devices must be a multiple of 8, got ${values.devices}`);
}
const startMs = performance.now();
const tallies = tallied(devices);
const seconds = (performance.now() - startMs) / 1000;

const even = new Array<number>(bucketCount).fill(1 / bucketCount);
const laws: Readonly<Record<string, readonly Found[]>> = {
  buckets: [{ name: "one seed", p: uniformP(tallies.buckets, even) }],
  arms: uniformity(tallies),
  independence: independence(tallies),
};
const both = overlapping(tallies);

console.log(`${devices} devices, ${twenty.length} experiments, ${seconds.toFixed(1)} s`);
for (const [law, found] of Object.entries(laws)) {
  const lowest = found.reduce((a, b) => (b.p < a.p ? b : a));
  console.log(`${law}: lowest p ${lowest.p.toFixed(5)} (${lowest.name}) of ${found.length} tests`);
  if (!(lowest.p > 0.001 / found.length)) process.exitCode = 1;
}
console.log(`devices in two experiments of a layer: ${both}`);
if (both > 0) process.exitCode = 1;
