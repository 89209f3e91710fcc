/**
 * Where benches leave their numbers: bench/results/NAME.json, made anew by each run and not kept in the
 * repository. What is to be kept goes into bench/history/ (record.ts).
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const resultsFolder = fileURLToPath(new URL("results", import.meta.url));

export function writeResults(name: string, result: unknown): void {
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(`${resultsFolder}/${name}.json`, `${JSON.stringify(result, null, 2)}\n`);
}

/** What a run before left; its form is the caller's word. */
export function readResults<Result>(name: string): Result {
  return JSON.parse(readFileSync(`${resultsFolder}/${name}.json`, "utf8"));
}
