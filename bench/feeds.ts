/**
 * Whether files as others publish them go through import and train by docs/OPERATING.md alone, and how long
 * that takes:
 *
 *     npm run bench:feeds -- [--quick]
 *
 * MovieLens 100k by its size and form (943 people, 1,682 films, 100,000 ratings) and a product file of Shopify with
 * 1,000 products of three variants in either of its templates, all made (bench/feeds/made.ts).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCli } from "../server/cli/main.ts";
import { makeMovieLens, makeShopify } from "./feeds/made.ts";
import { writeResults } from "./results.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const size = values.quick
  ? { people: 60, films: 300, ratings: 3_000 }
  : { people: 943, films: 1_682, ratings: 100_000 };
const products = values.quick ? 40 : 1_000;
const directory = mkdtempSync(join(tmpdir(), "tacit-feeds-"));
const results: { command: string; seconds: number; said: string }[] = [];
try {
  const films = makeMovieLens(directory, size);
  const movieLens = ["--format", "movielens", "--data", join(directory, "films")];
  await run(["import", films.items, ...movieLens, "--charset", "windows-1252"]);
  await run(["train", "--orders", films.orders, ...movieLens]);
  for (const template of ["before", "today"] as const) {
    const shop = makeShopify(directory, products, template);
    await run(["import", shop, "--format", "shopify", "--data", join(directory, `shop-${template}`)]);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
writeResults("feeds", results);

/** @throws {Error} when the command fails. */
async function run(args: readonly string[]): Promise<void> {
  const said: string[] = [];
  const progress: string[] = [];
  const begunMs = performance.now();
  const out = (line: string): void => void said.push(line);
  const status = await runCli(args, { env: {}, out, err: (line) => void progress.push(line) });
  const seconds = (performance.now() - begunMs) / 1000;
  const command = args.map((arg) => arg.replace(`${directory}/`, "")).join(" ");
  if (status !== 0)
    throw new Error(`feeds: tacit ${command} expected to end with 0, got ${progress.join("\n")}`);
  const telling = said.join("; ");
  console.log(`tacit ${command}: ${seconds.toFixed(1)} s: ${telling}`);
  results.push({ command, seconds, said: telling });
}
