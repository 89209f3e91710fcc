import { randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { discreteGaussian } from "../../../core/sum/noise.ts";

interface Vectors {
  readonly sigma: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../../vectors/discrete-gaussian.json", import.meta.url), "utf8"),
);
const fill = (bytes: Uint8Array) => void randomFillSync(bytes);

test.each(Object.keys(vectors.sigma))(
  "noise of sigma %s follows the exact mass function (chi-square)",
  (sigma) => {
    const count = 40_000;
    const samples = discreteGaussian(count, Number(sigma), fill);
    const seen = new Map<number, number>();
    for (const sample of samples) seen.set(sample, (seen.get(sample) ?? 0) + 1);
    // Cells with an expectation of at least 10; all else is one cell.
    let chiSquare = 0;
    let cells = 0;
    let inCells = 0;
    let expectedInCells = 0;
    for (const [k, probability] of Object.entries(vectors.sigma[sigma])) {
      const expected = probability * count;
      if (expected < 10) continue;
      const observed = seen.get(Number(k)) ?? 0;
      chiSquare += (observed - expected) ** 2 / expected;
      cells++;
      inCells += observed;
      expectedInCells += expected;
    }
    const rest = count - expectedInCells;
    if (rest >= 10) chiSquare += (count - inCells - rest) ** 2 / rest;
    else expect(count - inCells).toBeLessThan(40);
    // Wilson-Hilferty: the 1 - 1e-6 point of chi-square with `cells` degrees of freedom (z = 4.75).
    const limit = cells * (1 - 2 / (9 * cells) + 4.75 * Math.sqrt(2 / (9 * cells))) ** 3;
    expect(chiSquare).toBeLessThan(limit);
  },
);

test("sigma is a standard deviation, not a variance", () => {
  const samples = discreteGaussian(20_000, 9, fill);
  const variance = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
  expect(Math.sqrt(variance)).toBeGreaterThan(8.6);
  expect(Math.sqrt(variance)).toBeLessThan(9.4);
});

test("no noise is no noise, and a negative sigma is refused", () => {
  expect([...discreteGaussian(3, 0, fill)]).toEqual([0, 0, 0]);
  expect(() => discreteGaussian(3, -1, fill)).toThrow("discreteGaussian: sigma must be a finite number");
});
