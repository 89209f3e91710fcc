/** The benches of what is packed run, tiny, so that none rots. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { npm, root } from "./commands.ts";

test("start measures both ways to start, size every file, and record keeps both with their machine", async () => {
  const into = mkdtempSync(join(tmpdir(), "tacit-record-"));
  onTestFinished(() => rmSync(into, { recursive: true, force: true }));
  await npm(root, ["run", "bench:record", "--", "--into", into, "start", "size", "--", "--runs", "1"]);
  const [file, ...others] = readdirSync(into);
  expect(others).toEqual([]);
  expect(file).toMatch(/^\d{4}-\d\d-\d\dT\d{6}-[0-9a-f]{8}\.json$/);
  const { machine, measured, commit } = JSON.parse(readFileSync(join(into, file), "utf8"));
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
  expect(machine.cores).toBeGreaterThan(0);
  expect(measured.size.map(({ file }: { readonly file: string }) => file)).toContain("tacit.js");
  expect(measured.start.medians).toHaveLength(2);
  for (const { way, seconds, megabytes } of measured.start.medians) {
    expect(seconds, way).toBeGreaterThan(0);
    expect(megabytes, way).toBeGreaterThan(20);
  }
});
