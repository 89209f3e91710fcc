import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { topK } from "../../../core/ranking/topk.ts";

/** Few distinct values, so that ties are common. */
const tiedScores = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 60 });

/** The oracle: sort everything, best first, equal scores in catalogue order. */
function sortedTop(scores: readonly number[], k: number, exclude?: Uint8Array): number[] {
  return scores
    .map((_, item) => item)
    .filter((item) => exclude?.[item] !== 1)
    .sort((a, b) => scores[b] - scores[a] || a - b)
    .slice(0, k);
}

describe("topK", () => {
  test("finds what sorting everything finds, equal scores in catalogue order", () => {
    fc.assert(
      fc.property(tiedScores, fc.integer({ min: 1, max: 70 }), (scores, k) => {
        expect(Array.from(topK({ scores: Float64Array.from(scores), k }))).toEqual(sortedTop(scores, k));
      }),
      { numRuns: 400, seed: 1 },
    );
  });

  test("leaves out what the mask excludes and nothing else", () => {
    fc.assert(
      fc.property(tiedScores, fc.integer({ min: 1, max: 20 }), fc.integer(), (scores, k, salt) => {
        const exclude = Uint8Array.from(scores, (_, item) => ((item * 7 + salt) % 3 === 0 ? 1 : 0));
        const top = topK({ scores: Float32Array.from(scores), k, exclude });
        expect(Array.from(top)).toEqual(sortedTop(scores, k, exclude));
      }),
      { numRuns: 400, seed: 2 },
    );
  });

  test("keeps the best when every score beats all before it", () => {
    const scores = Float64Array.from({ length: 5000 }, (_, item) => item);
    expect(Array.from(topK({ scores, k: 3 }))).toEqual([4999, 4998, 4997]);
  });

  test("ranks minus infinity last and never ranks NaN", () => {
    const scores = Float64Array.of(Number.NaN, -Infinity, 2, Number.NaN, 5);
    expect(Array.from(topK({ scores, k: 5 }))).toEqual([4, 2, 1]);
  });

  test("refuses a k that is no count and a mask of another length", () => {
    const scores = Float64Array.of(1, 2);
    expect(() => topK({ scores, k: 0 })).toThrow("topK: k must be a positive integer, got 0");
    expect(() => topK({ scores, k: 1.5 })).toThrow("topK: k must be a positive integer, got 1.5");
    expect(() => topK({ scores, k: 1, exclude: new Uint8Array(3) })).toThrow(
      "topK: exclude must have 2 bytes, got 3",
    );
  });
});
