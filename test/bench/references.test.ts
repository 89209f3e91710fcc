/** What others make of the same logs is what their own programs make of them (test/vectors/references.json). */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Person } from "../../bench/data.ts";
import { ease } from "../../bench/references/ease.ts";
import { itemKnn } from "../../bench/references/itemknn.ts";

interface Lists {
  readonly items: readonly number[];
  readonly weights: readonly number[];
}
const frozen = JSON.parse(readFileSync(new URL("../vectors/references.json", import.meta.url), "utf8")) as {
  readonly people: readonly Lists[];
  readonly items: number;
  readonly known: Lists;
  readonly ease: { readonly lambda: number; readonly scores: readonly number[] };
  readonly itemKnn: {
    readonly nearest: number;
    readonly k1: number;
    readonly b: number;
    readonly scores: readonly number[];
  };
};
const personOf = ({ items, weights }: Lists): Person => ({
  items: Uint32Array.from(items),
  weights: Float64Array.from(weights),
});
const people = frozen.people.map(personOf);
const known = personOf(frozen.known);

test("EASE scores as numpy does from its formulas", () => {
  const scores = ease(people, frozen.items, { lambda: frozen.ease.lambda, over: 0, steep: 0 })(known);
  // The inverse is held in single precision.
  for (const [item, score] of scores.entries()) expect(score).toBeCloseTo(frozen.ease.scores[item], 5);
});

test("nearest items by BM25 score as implicit's BM25Recommender does", () => {
  const scores = itemKnn(people, frozen.items, frozen.itemKnn)(known);
  for (const [item, score] of scores.entries()) expect(score).toBeCloseTo(frozen.itemKnn.scores[item], 4);
});
