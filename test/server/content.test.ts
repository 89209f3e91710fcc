import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { contentVectors, tfIdf } from "../../server/publishing/import/content.ts";
import { type SparseRows, truncatedSvd } from "../../server/publishing/import/svd.ts";
import { type ContentItem, tokensOf, wordsOf } from "../../server/publishing/import/tokens.ts";

const colours = ["red", "blue", "green", "pink", "ivory"];
const things = ["mug", "lantern", "apron", "clock", "doormat", "teapot"];
const items: readonly ContentItem[] = colours.flatMap((colour, c) =>
  things.map((thing, t) => ({ item: `${t}${t}${c}00`, title: `${colour} vintage ${thing}` })),
);

function dense({ starts, columns, values, columnCount }: SparseRows): Matrix {
  const matrix = Matrix.zeros(starts.length - 1, columnCount);
  for (let row = 0; row + 1 < starts.length; row++) {
    for (let at = starts[row]; at < starts[row + 1]; at++) matrix.set(row, columns[at], values[at]);
  }
  return matrix;
}

function cosine(vectors: Float32Array, dim: number, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < dim; k++) sum += vectors[i * dim + k] * vectors[j * dim + k];
  return sum;
}

describe("words and tokens", () => {
  test("words are lower case, split at what is no letter or digit, without a plural s", () => {
    expect(wordsOf("SET OF 3 CAKE TINS, Pantry-Design: glass Émaux bus")).toEqual([
      "set",
      "of",
      "3",
      "cake",
      "tin",
      "pantry",
      "design",
      "glass",
      "émaux",
      "bus",
    ]);
  });

  test("metadata tokens never meet words", () => {
    const tokens = tokensOf(
      { item: "22423", title: "Red category", categories: ["Red"] },
      { idPrefixes: [2, 9], pairs: false },
    );
    expect(tokens).toEqual(["red", "category", "category:red", "id:22"]);
  });
});

describe("truncatedSvd", () => {
  const matrix = tfIdf(items, { dim: 4, idPrefixes: [2] });

  test("singular values and the projection equal those of the dense eigenproblem", () => {
    const a = dense(matrix);
    const eigen = new EigenvalueDecomposition(a.mmul(a.transpose()), { assumeSymmetric: true });
    const squares = [...eigen.realEigenvalues].sort((x, y) => y - x);
    const { u, singularValues, rank } = truncatedSvd(matrix, { rank: 6 });
    expect(rank).toBe(6);
    for (let k = 0; k < rank; k++) expect(singularValues[k] ** 2).toBeCloseTo(squares[k], 8);
    // A A^T u = s^2 u for each column, which are orthonormal.
    const left = new Matrix(
      Array.from({ length: items.length }, (_, i) => Array.from(u.slice(i * rank, (i + 1) * rank))),
    );
    const image = a.mmul(a.transpose()).mmul(left);
    for (let i = 0; i < items.length; i++) {
      for (let k = 0; k < rank; k++)
        expect(image.get(i, k)).toBeCloseTo(singularValues[k] ** 2 * left.get(i, k), 6);
    }
    const gram = left.transpose().mmul(left);
    expect(Matrix.sub(gram, Matrix.eye(rank)).norm()).toBeLessThan(1e-9);
  });

  test("the rank is never more than the matrix has", () => {
    const repeated = tfIdf([...items.slice(0, 2), ...items.slice(0, 2)], { dim: 9, idPrefixes: [] });
    expect(truncatedSvd(repeated, { rank: 9 }).rank).toBe(2);
  });

  test("the entry of largest magnitude of each vector is positive", () => {
    const { u, rank } = truncatedSvd(matrix, { rank: 5 });
    for (let k = 0; k < rank; k++) {
      const column = Array.from({ length: items.length }, (_, i) => u[i * rank + k]);
      expect(Math.max(...column)).toBeGreaterThanOrEqual(-Math.min(...column) * (1 - 1e-6));
    }
  });
});

describe("contentVectors", () => {
  const dim = 10;
  const vectors = contentVectors(items, { dim, idPrefixes: [2] });

  test("the same catalogue gives the same vectors", () => {
    expect(contentVectors([...items], { dim, idPrefixes: [2] })).toEqual(vectors);
  });

  test("every row has length 1, and 0 without a token that another item shares", () => {
    for (let i = 0; i < items.length; i++) expect(cosine(vectors, dim, i, i)).toBeCloseTo(1, 5);
    const lonely = contentVectors([...items, { item: "zzzzz", title: "unheard" }], { dim });
    expect(cosine(lonely, dim, items.length, items.length)).toBe(0);
  });

  test("items that share words are nearer than items that share none", () => {
    const mug = items.findIndex(({ title }) => title === "red vintage mug");
    const sameThing = items.findIndex(({ title }) => title === "blue vintage mug");
    const other = items.findIndex(({ title }) => title === "pink vintage clock");
    expect(cosine(vectors, dim, mug, sameThing)).toBeGreaterThan(cosine(vectors, dim, mug, other) + 0.1);
  });

  test("a catalogue smaller than the dimension fills the rest with zeros, an empty one gives none", () => {
    const few = contentVectors(items.slice(0, 4), { dim: 64 });
    expect(few).toHaveLength(4 * 64);
    for (let i = 0; i < 4; i++) expect(cosine(few, 64, i, i)).toBeCloseTo(1, 5);
    expect(contentVectors([], { dim: 8 })).toHaveLength(0);
  });
});
