import fc from "fast-check";
import { expect, test } from "vitest";
import { deltaOf, epsilonOf, rhoWithin } from "../../../core/sum/budget.ts";

/** rho -> epsilon at delta 1e-5, 1e-6, 1e-8; computed independently from the same formula. */
const table: readonly (readonly [number, number, number, number])[] = [
  [0.01, 0.5457, 0.6217, 0.7523],
  [0.1, 1.9142, 2.1419, 2.5384],
  [0.5, 4.7284, 5.2215, 6.0862],
  [1, 7.0772, 7.7662, 8.9772],
  [2, 10.7248, 11.6886, 13.3861],
];

test.each(table)("rho %d converts as in the reference table, to 4 digits", (rho, ...epsilons) => {
  for (const [k, delta] of [1e-5, 1e-6, 1e-8].entries()) {
    expect(epsilonOf({ rho, delta })).toBeCloseTo(epsilons[k], 4);
  }
});

test.each([
  [0.5, 0.00664],
  [1, 0.02436],
  [2, 0.08815],
  [4, 0.31106],
  [8, 1.05236],
])("epsilon %d at delta 1e-6 allows rho %d", (epsilon, rho) => {
  expect(rhoWithin({ epsilon, delta: 1e-6 })).toBeCloseTo(rho, 5);
});

test("epsilon, delta and rho invert each other", () => {
  const exponents = fc.double({ min: -4, max: 1, noNaN: true });
  fc.assert(
    fc.property(exponents, fc.double({ min: -10, max: -3, noNaN: true }), (logRho, logDelta) => {
      const rho = 10 ** logRho;
      const delta = 10 ** logDelta;
      const epsilon = epsilonOf({ rho, delta });
      expect(rhoWithin({ epsilon, delta }) / rho).toBeCloseTo(1, 6);
      expect(Math.log10(deltaOf({ rho, epsilon }))).toBeCloseTo(logDelta, 5);
    }),
    { numRuns: 100, seed: 3 },
  );
});

test("the conversion is never better than the exact Gaussian mechanism, and no minimum over orders is missed", () => {
  const grid = Array.from({ length: 200_000 }, (_, k) => 1 + 10 ** (-6 + (k * 14) / 200_000));
  for (const rho of [0.003, 0.3, 3]) {
    const delta = 1e-6;
    const least = Math.min(
      ...grid.reduce<number[]>((found, a) => {
        const at = a * rho - (Math.log(delta) - a * Math.log1p(-1 / a) + Math.log(a - 1)) / (a - 1);
        return found.length === 0 || at < found[0] ? [at] : found;
      }, []),
    );
    expect(epsilonOf({ rho, delta })).toBeLessThanOrEqual(least + 1e-9);
    expect(epsilonOf({ rho, delta })).toBeGreaterThan(least - 1e-4);
  }
  // Exact discrete Gaussian at sensitivity 1: sigma^2 = 1 and 9, epsilon 1.
  expect(deltaOf({ rho: 1 / 2, epsilon: 1 })).toBeGreaterThan(0.141351);
  expect(deltaOf({ rho: 1 / 18, epsilon: 1 })).toBeGreaterThan(2.17783e-4);
});

test("nothing costs nothing, no noise costs everything, and nonsense is refused", () => {
  expect(epsilonOf({ rho: 0, delta: 1e-6 })).toBe(0);
  expect(epsilonOf({ rho: Number.POSITIVE_INFINITY, delta: 1e-6 })).toBe(Number.POSITIVE_INFINITY);
  expect(() => epsilonOf({ rho: -1, delta: 1e-6 })).toThrow("epsilonOf: rho must be at least 0, got -1");
  expect(() => epsilonOf({ rho: 1, delta: 0 })).toThrow("epsilonOf: delta must lie between 0 and 1, got 0");
});
