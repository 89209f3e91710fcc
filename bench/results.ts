/**
 * Where benches leave their numbers: bench/results/NAME.json, made anew by each run and not kept in the
 * repository.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export function writeResults(name: string, result: unknown): void {
  const folder = fileURLToPath(new URL("results", import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${name}.json`, `${JSON.stringify(result, null, 2)}\n`);
}
