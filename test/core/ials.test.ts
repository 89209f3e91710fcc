/** Independent results (numpy, float64) for fold-in, contribution, clipping and the private item step. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { foldIn } from "../../core/foldin.ts";
import { gramOf } from "../../core/linear.ts";
import { contributionOf } from "../../core/tasks/itemfactors/contribution.ts";
import { type BlockSums, blockSumsOf, itemStepInPlace } from "../../core/tasks/itemfactors/itemstep.ts";

interface Vectors {
  readonly parameters: {
    readonly alpha0: number;
    readonly lambda: number;
    readonly eta: number;
    readonly clipL2: number;
    readonly countScale: number;
    readonly dim: number;
    readonly items: number;
  };
  readonly itemFactors: readonly (readonly number[])[];
  readonly people: readonly { readonly items: readonly number[]; readonly weights: readonly number[] }[];
  readonly block: { readonly first: number; readonly count: number };
  readonly expected: {
    readonly people: readonly {
      readonly userVector: readonly number[];
      readonly contributionBeforeClip: readonly number[];
      readonly norm: number;
      readonly w: number;
    }[];
    readonly aggregate: {
      readonly g: readonly (readonly number[])[];
      readonly n: readonly number[];
      readonly H: readonly (readonly number[])[];
      readonly U: number;
    };
    readonly itemFactorsAfterPrivateStep: readonly (readonly number[])[];
  };
}

const vectors: Vectors = JSON.parse(readFileSync(new URL("../vectors/ials.json", import.meta.url), "utf8"));
const { alpha0, lambda, eta, clipL2, countScale, dim, items: count } = vectors.parameters;
const rows = Float64Array.from(vectors.itemFactors.flat());
const model = { rows, count, dim, gram: gramOf(rows, count, dim), alpha0, lambda };
const layout = { dim, blockSize: vectors.block.count };
const weightScale = 0.25;

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>) {
  expect(actual.length).toBe(expected.length);
  for (let k = 0; k < expected.length; k++) {
    expect(Math.abs(actual[k] - expected[k]), `number ${k}`).toBeLessThan(1e-9);
  }
}

const contributions = vectors.people.map((person) => {
  const { userVector } = foldIn(model, person);
  const scales = { countScale, weightScale };
  const input = { ...layout, ...scales, factors: rows, block: 0, ...person, userVector };
  return {
    userVector,
    unclipped: contributionOf({ ...input, clipL2: Number.POSITIVE_INFINITY }),
    clipped: contributionOf({ ...input, clipL2 }),
  };
});

test("fold-in, contribution and clip weight meet independent results to 1e-9", () => {
  for (const [p, expected] of vectors.expected.people.entries()) {
    const { userVector, unclipped, clipped } = contributions[p];
    expectClose(userVector, expected.userVector);
    expectClose(unclipped.values.subarray(0, -1), expected.contributionBeforeClip);
    expectClose([clipped.normBeforeClip, clipped.weight], [expected.norm, expected.w]);
    expectClose(
      clipped.values.subarray(0, -1),
      expected.contributionBeforeClip.map((value) => value * expected.w),
    );
  }
});

test("the sums of clipped contributions meet independent results to 1e-9", () => {
  const { g, n, h, u } = summed();
  const { aggregate } = vectors.expected;
  expectClose(g, aggregate.g.flat());
  expectClose(n, aggregate.n);
  expectClose(h, aggregate.H.flat());
  expectClose([u], [aggregate.U]);
});

test("the private item step meets independent results to 1e-9 and leaves other blocks alone", () => {
  const factors = rows.slice();
  itemStepInPlace(factors, {
    dim,
    first: 0,
    count: layout.blockSize,
    sums: summed(),
    alpha0,
    lambda,
    eta,
    noiseSigma: 0,
  });
  expectClose(
    factors.subarray(0, layout.blockSize * dim),
    vectors.expected.itemFactorsAfterPrivateStep.flat(),
  );
  expectClose(factors.subarray(layout.blockSize * dim), rows.subarray(layout.blockSize * dim));
});

function summed(): BlockSums {
  const sum = new Float64Array(contributions[0].clipped.values.length);
  for (const { clipped } of contributions) {
    for (let k = 0; k < sum.length; k++) sum[k] += clipped.values[k];
  }
  return blockSumsOf({ ...layout, countScale, weightScale }, sum);
}
