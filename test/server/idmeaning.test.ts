import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { seededRandom } from "../../core/seeded.ts";
import { tellingPrefixes } from "../../server/publishing/import/idmeaning.ts";

const kinds = ["mug", "lamp", "clock", "vase", "scarf"];
const colours = ["red", "blue", "green"];
const titled = (ids: readonly string[], kindOf: (row: number) => number) =>
  ids.map((item, row) => ({ item, title: `${colours[(row * 7) % 3]} ${kinds[kindOf(row) % kinds.length]}` }));

test("running numbers say nothing, whatever their step", () => {
  for (const step of [1, 7, 25, 100]) {
    const ids = Array.from({ length: 200 }, (_, row) => String(10_000 + row * step));
    expect(
      tellingPrefixes(
        titled(ids, (row) => row),
        [1, 2, 3, 4],
      ),
    ).toEqual([]);
  }
});

test("numbers drawn by lot say nothing", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const ids = Array.from({ length: 300 }, () =>
      Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, "0"),
    );
    expect(
      tellingPrefixes(
        titled(ids, (row) => row * 3),
        [1, 2, 3],
      ),
    ).toEqual([]);
  }
});

test("ranges that stand for a kind say so, at the lengths at which they do", () => {
  const ids = Array.from(
    { length: 200 },
    (_, row) => `${["MU", "LA", "CL", "VA", "SC"][row % 5]}${1000 + row}`,
  );
  expect(
    tellingPrefixes(
      titled(ids, (row) => row),
      [2],
    ),
  ).toEqual([2]);
});

test("few items say nothing", () => {
  expect(
    tellingPrefixes(
      titled(["a1", "a2", "b1", "b2"], (row) => row >> 1),
      [1],
    ),
  ).toEqual([]);
});

test("the stock numbers of the demo's shop do", () => {
  const file = fileURLToPath(new URL("../../demo/data/catalogue.csv", import.meta.url));
  const rows: readonly Record<string, string>[] = parse(readFileSync(file), { columns: true });
  const items = rows.map(({ id, title, categories }) => ({
    item: id,
    title,
    categories: categories.split("|"),
  }));
  expect(tellingPrefixes(items, [3, 4])).toEqual([3, 4]);
});
