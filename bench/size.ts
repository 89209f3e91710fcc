/**
 * What a page downloads: the built SDK, compressed, beside what it may weigh (sdk/budgets.ts); exits with 1
 * above that. Run `npm run build:sdk` first.
 */
import { readFileSync } from "node:fs";
import { budgets, firstList, weightOf } from "../sdk/budgets.ts";
import { builds } from "../sdk/vite.config.ts";
import { writeResults } from "./results.ts";

const built = Object.values(builds).map(({ file }) => file);
const files = new Set(["stub.js", ...built, "encoder.wasm", ...Object.keys(budgets)]);
const sizes = [...files].map((file) => ({
  file,
  ...weightOf(file, readFileSync(new URL(`../dist/sdk/${file}`, import.meta.url))),
}));
const first = sizes.filter(({ file }) => firstList.files.some((one) => one === file));
const sumOf = (what: "bytes" | "gzip" | "brotli"): number => first.reduce((sum, one) => sum + one[what], 0);
const together = {
  file: firstList.files.join(" + "),
  ...{ bytes: sumOf("bytes"), gzip: sumOf("gzip"), brotli: sumOf("brotli"), budget: firstList.budget },
};
const rows = [...sizes, together];

console.log(
  `${"file".padEnd(24)}${["bytes", "gzip", "brotli", "budget"].map((each) => each.padStart(12)).join("")}`,
);
for (const { file, bytes, gzip, brotli, budget } of rows) {
  const cells = [bytes, gzip, brotli, budget ?? "-"].map((each) => String(each).padStart(12));
  console.log(`${file.padEnd(24)}${cells.join("")}`);
}
writeResults("size", rows);

const over = rows.filter(({ brotli, budget }) => budget !== null && brotli > budget);
for (const { file, brotli, budget } of over) {
  console.error(`size: ${file} must weigh at most ${budget} bytes by brotli, got ${brotli}`);
}
if (over.length > 0) process.exitCode = 1;
