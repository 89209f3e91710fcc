import { describe, expect, test } from "vitest";
import { quantizeRows } from "../../core/model/quantize.ts";
import { seededRandom } from "../../core/seeded.ts";
import {
  encodeLearned,
  parseLearned,
  popularityOf,
  unlearned,
} from "../../server/kinds/itemfactors/learned.ts";
import { shrunkenShares } from "../../server/kinds/itemfactors/smoothing.ts";
import { startingFactors } from "../../server/kinds/itemfactors/startingfactors.ts";

const items = 300;
/** Two families of content; the one is liked four times as often. */
const contentDim = 2;
const rows = Float64Array.from({ length: items * contentDim }, (_, at) =>
  Math.floor(at / 2) % 2 === at % 2 ? 1 : 0,
);
const publicItems = {
  catalogue: Array.from({ length: items }, (_, item) => ({ item: `item-${item}` })),
  content: quantizeRows(rows, items, contentDim),
  contentDim,
};
const random = seededRandom(4);
const truth = Float64Array.from(
  { length: items },
  (_, item) => (item % 2 === 0 ? 0.2 : 0.05) * (0.5 + random()),
);
const crowd = 1000;

function reported(sigma: number) {
  const noise = startingFactors({ count: items, dim: 1, random: seededRandom(6) });
  return {
    counts: truth.map((share, item) => share * crowd + 10 * sigma * noise[item]),
    people: new Float64Array(items).fill(crowd),
    countVariance: new Float64Array(items).fill(sigma * sigma),
  };
}
const errorOf = (shares: ArrayLike<number>) =>
  truth.reduce((sum, share, item) => sum + (share - shares[item]) ** 2, 0);

describe("shrunkenShares", () => {
  test("without noise a share is what was summed", () => {
    const shares = shrunkenShares(reported(0), publicItems);
    for (let item = 0; item < items; item++) expect(shares[item]).toBeCloseTo(truth[item], 12);
  });

  test.each([
    [30, 0.95],
    [100, 0.8],
    [400, 0.5],
  ])("counts with noise of sigma %d come closer to the truth, the more the noise", (sigma, part) => {
    const noisy = reported(sigma);
    const raw = noisy.counts.map((count) => count / crowd);
    expect(errorOf(shrunkenShares(noisy, publicItems))).toBeLessThan(part * errorOf(raw));
  });

  test("an item about which nobody reported has no share, whatever its content", () => {
    const noisy = reported(30);
    noisy.people[7] = 0;
    noisy.counts[7] = 0;
    expect(shrunkenShares(noisy, publicItems)[7]).toBe(0);
  });
});

describe("learned", () => {
  test("first factors are the leading numbers of content; where it says nothing they are small and not zero", () => {
    const content = quantizeRows(Float64Array.of(0.6, 0.8, 0, 0, 1, 0), 3, 2);
    const given = { catalogue: publicItems.catalogue.slice(0, 3), content, contentDim: 2 };
    const narrow = unlearned(given, 1).factors;
    expect(narrow[0]).toBeCloseTo(0.6, 2);
    expect(narrow[2]).toBeCloseTo(1, 2);
    expect(narrow[1]).not.toBe(0);
    const { factors } = unlearned(given, 4);
    for (const item of [0, 1, 2]) expect(factors.subarray(item * 4 + 2, item * 4 + 4)).not.toContain(0);
  });

  test("what is kept comes back, noise included; bytes from before noise was kept have none", () => {
    const learned = { ...unlearned(publicItems, 2), ...reported(30) };
    const bytes = encodeLearned(learned);
    expect(parseLearned(bytes)).toEqual(learned);
    const older = bytes.subarray(0, bytes.length - 8 * items);
    expect(parseLearned(older)).toEqual({ ...learned, countVariance: new Float64Array(items) });
  });

  test("popularity lies within 0..1 whatever noise does", () => {
    const shares = popularityOf({ ...unlearned(publicItems, 2), ...reported(2000) }, publicItems);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
  });
});
