/** What goes well with some items, against the formula written out, and what it must not depend on. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { patternOfPairs, placeOf } from "../../../core/model/pairlist.ts";
import { type RankingModel, rankingModel } from "../../../core/ranking/model.ts";
import type { WeighedPairs } from "../../../core/ranking/pairs.ts";
import { rank } from "../../../core/ranking/pipeline.ts";
import { denseRows } from "../../../core/rows.ts";
import { seededRandom } from "../../../core/seeded.ts";

const count = 24;
const dim = 5;
const random = seededRandom(3);
/** The last item has no content and no factors. */
const joint = Float64Array.from({ length: count * dim }, (_, at) =>
  at < (count - 1) * dim ? random() - 0.5 : 0,
);

function modelOf(pairs?: WeighedPairs, rows = joint): RankingModel {
  return rankingModel({
    cards: Array.from({ length: count }, (_, row) => ({ item: `item-${row}` })),
    shares: new Float64Array(count),
    jointRows: () => denseRows(rows, count, dim),
    alpha0: 0.3,
    lambda: 0.01,
    pairs,
  });
}

/** A list in another order than the catalogue's, without every fifth item. */
const listedRows = Array.from({ length: count }, (_, row) => count - 1 - row).filter((row) => row % 5 !== 0);
const pattern = patternOfPairs(
  listedRows.slice(4).flatMap((_, at) => [1, 2, 4].map((step) => [at, at + step] as const)),
  listedRows.length,
);
const pairs: WeighedPairs = {
  pattern,
  values: Int8Array.from(pattern.neighbours, () => Math.floor(200 * random()) - 60),
  scales: Float32Array.from(listedRows, () => 0.01 * random()),
  listed: Int32Array.from({ length: count }, (_, row) => listedRows.indexOf(row)),
  rows: Int32Array.from(listedRows),
  weight: 0.2,
};
const [paired, bare] = [modelOf(pairs), modelOf()];

const asked = fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { minLength: 1, maxLength: 6 });

function cosine(a: number, b: number): number {
  const inner = (x: number, y: number) =>
    Array.from({ length: dim }, (_, k) => joint[x * dim + k] * joint[y * dim + k]).reduce(
      (sum, p) => sum + p,
      0,
    );
  const norms = Math.sqrt(inner(a, a) * inner(b, b));
  return norms === 0 ? 0 : inner(a, b) / norms;
}

function said(source: number, row: number): number {
  const [item, other] = [pairs.listed[source], pairs.listed[row]];
  const place = item < 0 || other < 0 ? -1 : placeOf(pattern, item, other);
  return place < 0 ? 0 : pairs.values[place] * pairs.scales[item];
}

/** Scaled to a standard deviation of 1; zeros where all are the same. */
function scaled(scores: readonly number[]): readonly number[] {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length);
  return scores.map((score) => (deviation < 1e-12 ? 0 : score / deviation));
}

const rowsOf = Array.from({ length: count }, (_, row) => row);
const sumOver = (sources: readonly number[], of: (source: number, row: number) => number) =>
  rowsOf.map((row) => sources.reduce((sum, source) => sum + of(source, row), 0));

describe("what goes well with some items", () => {
  test("is half by the cosines with them and half by what pairs say, each in its own deviation", () => {
    fc.assert(
      fc.property(asked, (rows) => {
        const [byCosine, byPairs] = [scaled(sumOver(rows, cosine)), scaled(sumOver(rows, said))];
        const { scores } = rank({ model: paired, by: "together", rows });
        for (const row of rowsOf) expect(scores[row]).toBeCloseTo((byCosine[row] + byPairs[row]) / 2, 9);
      }),
    );
  });

  test("is by cosines alone where there are no pairs, and of one item what is similar to it", () => {
    fc.assert(
      fc.property(asked, (rows) => {
        const { scores } = rank({ model: bare, by: "together", rows });
        const oracle = sumOver(rows, cosine);
        for (const row of rowsOf) expect(scores[row]).toBeCloseTo(oracle[row], 12);
        const one = rank({ model: bare, by: "together", rows: rows.slice(0, 1) });
        expect(one.scores).toEqual(rank({ model: bare, by: "similar", row: rows[0] }).scores);
      }),
    );
  });

  test("is by pairs alone where nothing else tells items apart", () => {
    const model = modelOf(pairs, new Float64Array(count * dim));
    fc.assert(
      fc.property(asked, (rows) => {
        const { scores } = rank({ model, by: "together", rows });
        const oracle = scaled(sumOver(rows, said));
        for (const row of rowsOf) expect(scores[row]).toBeCloseTo(oracle[row] / 2, 9);
      }),
    );
  });

  test("does not depend on the order of the items, nor on which rows are candidates", () => {
    fc.assert(
      fc.property(asked, fc.array(fc.boolean(), { minLength: count, maxLength: count }), (rows, bits) => {
        const { scores } = rank({ model: paired, by: "together", rows });
        const turned = rank({ model: paired, by: "together", rows: rows.toReversed() }).scores;
        const candidates = Uint8Array.from(bits, Number);
        const some = rank({ model: paired, by: "together", rows, candidates }).scores;
        for (const row of rowsOf) {
          expect(turned[row]).toBeCloseTo(scores[row], 9);
          expect(some[row]).toBe(bits[row] ? scores[row] : Number.NaN);
        }
      }),
    );
  });

  test("has each item asked about as a reason, what speaks for it first; beyond `most` they are one", () => {
    fc.assert(
      fc.property(asked, fc.integer({ min: 0, max: count - 1 }), (rows, row) => {
        const { scores, reasonsOf } = rank({ model: paired, by: "together", rows });
        const [all] = reasonsOf([row]);
        expect(all.map((reason) => (reason.why === "together" ? reason.row : -1)).sort()).toEqual(
          rows.toSorted(),
        );
        const parts = all.map(({ contribution }) => contribution);
        expect(parts).toEqual(parts.toSorted((a, b) => b - a));
        for (const most of [1, 2, 3]) {
          const [named] = reasonsOf([row], most);
          expect(named).toHaveLength(Math.min(most, rows.length));
          expect(named.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(scores[row], 9);
          if (rows.length <= most) expect(named).toEqual(all);
          else expect(named.at(-1)).toMatchObject({ why: "others", acts: rows.length - most + 1 });
        }
      }),
    );
  });
});
