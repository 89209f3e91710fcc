/** What a text means beside what its words say, held against the plain formula; and the parts that carry it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TextAnswer } from "../../../core/encoder/answer.ts";
import { CatalogueMeanings, meaningOptions } from "../../../core/encoder/cataloguemeanings.ts";
import { encodeMeanings, type MeaningsPart, parseMeanings } from "../../../core/encoder/meanings.ts";
import { encodePublished, parsePublished } from "../../../core/encoder/published.ts";
import { noTextRefs, textPartIds, textRefs } from "../../../core/encoder/ref.ts";
import { jsonToBytes } from "../../../core/json.ts";
import { modelLimits } from "../../../core/model/limits.ts";
import { quantizeRows } from "../../../core/model/quantize.ts";
import { toyManifest } from "../../toyencoder.ts";

const dim = 4;
const direction = fc
  .array(fc.integer({ min: -9, max: 9 }), { minLength: dim, maxLength: dim })
  .filter((numbers) => numbers.some((number) => number !== 0));
const unit = (numbers: readonly number[]): number[] => {
  const length = Math.hypot(...numbers);
  return numbers.map((number) => number / length);
};
const cosineOf = (a: readonly number[], b: readonly number[]): number =>
  unit(a).reduce((sum, number, k) => sum + number * unit(b)[k], 0);

function partOf(vectors: ReadonlyMap<string, readonly number[]>): MeaningsPart {
  const rows = [...vectors.values()].flatMap(unit);
  return {
    items: [...vectors.keys()],
    dim,
    space: "e".repeat(64),
    rows: quantizeRows(rows, vectors.size, dim),
  };
}

function wordsOf(scores: readonly number[]): TextAnswer {
  return {
    scores: Float64Array.from(scores),
    matchesOf: (row) => [{ asked: "cup", found: "mug", contribution: scores[row] }],
  };
}

describe("what a text means", () => {
  test("scores each item by the cosine of vectors, beside its words, as the formula says; reasons sum to it", () => {
    const item = fc.record({
      vector: fc.option(direction, { nil: null }),
      words: fc.option(fc.double({ min: 0.02, max: 1, noNaN: true }), { nil: Number.NaN }),
    });
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 1, maxLength: 8 }),
        direction,
        fc.boolean(),
        (items, asked, byWords) => {
          const catalogue = items.map((_, at) => ({ item: `i${at}` }));
          // The part has its own order, and an item that the catalogue has no more.
          const known = items.flatMap(({ vector }, at) =>
            vector === null ? [] : [[`i${at}`, vector] as const],
          );
          const part = partOf(new Map([["gone", [1, 0, 0, 0]], ...known.toReversed()]));
          const words = byWords ? wordsOf(items.map((one) => one.words)) : null;
          const answer = new CatalogueMeanings(catalogue, part).answer(
            "a cup",
            Float32Array.from(unit(asked)),
            words,
          );
          const { leastCosine, wordWeight } = meaningOptions;
          const expected = items.map(({ vector, words: byWord }) => {
            const cosine = vector === null ? 0 : cosineOf(vector, asked);
            // Rounding to eight bits decides what is within it of the least.
            if (Math.abs(cosine - leastCosine) < 0.02) return null;
            const said = words === null || Number.isNaN(byWord) ? Number.NaN : wordWeight * byWord;
            if (cosine < leastCosine && Number.isNaN(said)) return Number.NaN;
            return ((cosine < leastCosine ? 0 : cosine) + (Number.isNaN(said) ? 0 : said)) / (1 + wordWeight);
          });
          if (answer === null) {
            expect(expected.every((score) => score === null || Number.isNaN(score))).toBe(true);
            return;
          }
          for (const [row, score] of expected.entries()) {
            if (score === null) continue;
            if (Number.isNaN(score)) {
              expect(answer.scores[row]).toBeNaN();
              continue;
            }
            expect(Math.abs(answer.scores[row] - score)).toBeLessThan(0.01);
            const matches = answer.matchesOf(row);
            const sum = matches.reduce((total, { contribution }) => total + contribution, 0);
            expect(sum).toBeCloseTo(answer.scores[row], 12);
            expect(matches.map(({ contribution }) => contribution)).toEqual(
              matches.map(({ contribution }) => contribution).toSorted((a, b) => b - a),
            );
          }
        },
      ),
    );
  });

  test("is an answer to nothing where no item is near, and shows of a long text the beginning", () => {
    const known = new CatalogueMeanings([{ item: "a" }], partOf(new Map([["a", [1, 0, 0, 0]]])));
    expect(known.answer("x", Float32Array.of(0, 1, 0, 0), null)).toBeNull();
    expect(known.answer("x", Float32Array.of(0, 0, 0, 0), null)).toBeNull();
    const long = "a".repeat(200);
    const [match] = known.answer(long, Float32Array.of(1, 0, 0, 0), null)?.matchesOf(0) ?? [];
    expect(match).toMatchObject({ found: null, asked: `${"a".repeat(79)}…` });
  });
});

describe("the parts", () => {
  test("are read back as they were written", () => {
    const part = partOf(
      new Map([
        ["a", [1, 2, 3, 4]],
        ["b", [4, 3, 2, 1]],
      ]),
    );
    expect(parseMeanings(encodeMeanings(part))).toEqual(part);
    const manifest = toyManifest(dim);
    const files = {
      manifest: jsonToBytes(manifest),
      model: Uint8Array.of(1, 2, 3),
      tokenizer: jsonToBytes({}),
    };
    const read = parsePublished(encodePublished("e".repeat(64), files));
    expect(read).toMatchObject({ id: "e".repeat(64), manifest });
    expect([read.model, read.tokenizer].map((bytes) => [...bytes])).toEqual([
      [1, 2, 3],
      [123, 125],
    ]);
    const large = { ...files, model: new Uint8Array(modelLimits.partBytes) };
    expect(() => encodePublished("e".repeat(64), large)).toThrow(/at most 41943040 bytes/);
  });

  test("count together: an encoder without its catalogue's vectors, or larger than any reader takes, is none", () => {
    const ref = (kind: string, bytes = 10) => ({ kind, id: kind.padEnd(64, "0"), bytes });
    const [words, encoder, meanings] = ["words", "encoder", "meanings"].map((kind) => ref(kind));
    expect(textRefs({ parts: [] })).toEqual(noTextRefs);
    expect(textRefs({ parts: [encoder, words] })).toEqual({ words, encoder: null });
    expect(textRefs({ parts: [ref("encoder", modelLimits.partBytes + 1), meanings] })).toEqual(noTextRefs);
    const all = textRefs({ parts: [encoder, meanings, words] });
    expect(all).toEqual({ words, encoder: { ref: encoder, meanings } });
    expect(textPartIds(all)).toEqual([words.id, encoder.id, meanings.id]);
  });
});
