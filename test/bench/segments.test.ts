/** The bench of segments runs, tiny, and tells how near a crowd comes to its own groups. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { centralGroups } from "../../bench/segments/central.ts";
import { knownCrowd } from "../../bench/segments/crowd.ts";
import { adjustedRand } from "../../bench/segments/rand.ts";
import { features } from "../../core/profile/table.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const script = (name: string, ...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ["--import", "tsx", join(root, name), ...args], { cwd: root });
const bench = (...args: readonly string[]) => script("bench/segments.ts", ...args);

test("bench:segments --quick finds the groups as central k-means does, with noise and without", async () => {
  const { stdout } = await bench("--quick");
  const rows = [
    ...stdout.matchAll(/^\| 2000 \| 4 \| (no noise|4) \| (\S+) ± \S+ \| (\S+) ± \S+ \| (\S+) \|/gm),
  ];
  expect(rows.map(([, epsilon]) => epsilon)).toEqual(["no noise", "4"]);
  for (const [line, , central, federated, ratio] of rows) {
    expect(Number(central), line).toBeGreaterThan(0.9);
    expect(Number(federated), line).toBeLessThanOrEqual(1);
    expect(Number(ratio), line).toBeGreaterThan(0.9);
    expect(Number(ratio), line).toBeCloseTo(Number(federated) / Number(central), 2);
  }
  expect(stdout.match(/^ {2}\S.*$/gm)).toHaveLength(4);
}, 120_000);

test("bench:segments refuses numbers that are none", async () => {
  await expect(bench("--people", "many")).rejects.toThrow(/--people must be numbers above 0, got many/);
}, 30_000);

test("a made-up crowd is the same each time, has groups of unequal sizes, and lacks what people lack", () => {
  const crowd = knownCrowd({ people: 4_000, groups: 5, seed: 9 });
  expect(knownCrowd({ people: 4_000, groups: 5, seed: 9 })).toEqual(crowd);
  const sizes = [0, 1, 2, 3, 4].map((group) => crowd.groups.filter((each) => each === group).length);
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  expect(sizes[0] / sizes[4]).toBeGreaterThan(2);
  for (const { name, range } of features) {
    const known = crowd.people.flatMap((person) => person[name] ?? []);
    expect(Math.min(...known), name).toBeGreaterThanOrEqual(range[0]);
    expect(known.filter((value) => value > range[1]).length, name).toBeLessThan(40);
  }
  const without = (name: "dwell" | "priceLevel") =>
    crowd.people.filter((person) => person[name] === null).length;
  expect(without("dwell") / 4_000).toBeCloseTo(0.2, 1);
  expect(without("priceLevel") / 4_000).toBeCloseTo(0.1, 1);
});

test("central k-means finds the groups, and needs a start", () => {
  const crowd = knownCrowd({ people: 1_000, groups: 4, seed: 2 });
  const indexAfter = (restarts: number) =>
    adjustedRand(centralGroups(crowd.people, { k: 4, restarts, seed: 1 }), crowd.groups);
  expect(indexAfter(6)).toBeGreaterThan(0.8);
  expect(() => centralGroups(crowd.people, { k: 4, restarts: 0, seed: 1 })).toThrow(RangeError);
});

test("ways tells what each other way comes to", async () => {
  const script = join(root, "bench/segments/ways.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, "--quick"], {
    cwd: root,
  });
  const rows = [...stdout.matchAll(/^\| ([^|]+) \| (\S+) \(\S+\) \| (\S+) \(\S+\) \| (\S+) \(\S+\) \|$/gm)];
  expect(rows).toHaveLength(17);
  expect(Number(rows[0][2])).toBeGreaterThan(0.9);
  for (const [line, , ...means] of rows) {
    for (const mean of means) expect(Number(mean), line).toBeLessThan(1.3);
  }
}, 120_000);

test("segments from logs and segments under liars are told as tables, the honest ones near what they should be", async () => {
  const logs = await script("bench/segments/logs.ts", "--people", "400", "--groups", "4", "--seeds", "1");
  const [, given] = /^\| 4 \| 1 \| (\S+) \| \d+ \| \S+ \| \d+ \| \S+ \| \S+ % \|$/m.exec(logs.stdout) ?? [];
  expect(Number(given)).toBeGreaterThan(0.8);
  const liars = await script("bench/segments/liars.ts", "--people", "800", "--epsilon", "8", "--seeds", "1");
  const rows = new Map(
    [...liars.stdout.matchAll(/^\| (\w+) \| (.+) \| (\S+) \|$/gm)].map(([, name, one, four]) => [
      name,
      [one, four],
    ]),
  );
  expect([...rows.keys()].filter((name) => name !== "liars")).toEqual([
    "none",
    "far",
    "crowd",
    "long",
    "beyond",
  ]);
  expect(Number(rows.get("none")?.[0])).toBeGreaterThan(0.8);
  expect(rows.get("beyond")?.[0]).toBe("nothing learned");
}, 120_000);

test("what hidden values are best taken for is told as a table, and the rest of a person says more than the crowd's mean", async () => {
  const crowd = ["--people", "1500", "--groups", "4", "--seeds", "1", "--epsilon", "8"];
  const missing = await script("bench/segments/missing.ts", ...crowd);
  const [, mean, median, ridge] =
    /^\| 4 \| (\S+) ± \S+ \| (\S+) ± \S+ \| (\S+) ± /m.exec(missing.stdout) ?? [];
  expect(Number(ridge)).toBeLessThan(Math.min(Number(mean), Number(median)));
  const told = await script("bench/segments/told.ts", "--people", "400", "--groups", "4", "--seeds", "1");
  const rows = [...told.stdout.matchAll(/^\| ([^|]+) \| (\S+) ± \S+ \|$/gm)];
  expect(rows).toHaveLength(6);
  expect(Number(rows[0][2])).toBeGreaterThan(0.8);
  const shop = await script("bench/segments/shop.ts", "--seeds", "1");
  const errors = new Map(
    [...shop.stdout.matchAll(/^\| (\w+) \| (\S+) ± \S+ \|$/gm)].map(([, name, error]) => [
      name,
      Number(error),
    ]),
  );
  expect(errors.get("ridge")).toBeLessThan(errors.get("mean") ?? 0);
}, 120_000);
