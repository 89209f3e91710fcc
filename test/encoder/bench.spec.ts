/** The bench of cold starts runs with an encoder, tiny. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, inject, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

test("coldstart: who has which new item is told by meaning too, and better by both than by few words' numbers", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tacit-coldstart-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const tsx = (script: string, ...args: readonly string[]) =>
    run(process.execPath, ["--import", "tsx", join(root, script), ...args], { cwd: root });
  await tsx("bench/split.ts", directory);
  const small = ["--content-dim", "24", "--meaning-dim", "24", "--seeds", "1", "--new-items"];
  await tsx("bench/coldstart.ts", "--data", directory, "--encoder", inject("encoder"), ...small);
  const { newItems, allItems } = JSON.parse(readFileSync(join(root, "bench/results/coldstart.json"), "utf8"));
  expect(Object.keys(newItems)).toEqual(["random", "words", "meaning", "both"]);
  expect(newItems.meaning.recall.mean).toBeGreaterThan(3 * newItems.random.recall.mean);
  expect(newItems.both.recall.mean).toBeGreaterThan(newItems.words.recall.mean);
  expect(allItems.both.recall.mean).toBeGreaterThan(allItems.words.recall.mean);
}, 240_000);
