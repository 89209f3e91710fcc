/** The compiled-in limits: what they mean in epsilon, and that none contradicts another. */
import { expect, test } from "vitest";
import { epsilonOf } from "../../../core/sum/budget.ts";
import { developmentLimits, productionLimits, toldDelta } from "../../../core/sum/limits.ts";
import { rhoOf } from "../../../core/tasks/task.ts";

test.each([
  [productionLimits.rhoPerReport, 4.064],
  [productionLimits.rhoPer30Days, 4.064],
  [productionLimits.rhoLifetime, 8.034],
])("rho %f is epsilon %f, as the header says", (rho, epsilon) => {
  expect(epsilonOf({ rho, delta: toldDelta })).toBeCloseTo(epsilon, 3);
});

test("one report fits into a month, a month into a lifetime, and some task with noise fits all", () => {
  const { rhoPerReport, rhoPer30Days, rhoLifetime } = productionLimits;
  expect(rhoPerReport).toBeLessThanOrEqual(rhoPer30Days);
  expect(rhoPer30Days).toBeLessThanOrEqual(rhoLifetime);
  expect(rhoOf({ clipL2: 1, weightScale: 0.25, noiseMultiplier: 1.3 })).toBeLessThan(rhoPerReport);
});

test("development promises nothing: a report without noise has its place only there", () => {
  const rho = rhoOf({ clipL2: 1, weightScale: 0.25, noiseMultiplier: 0 });
  expect(rho).toBe(Number.POSITIVE_INFINITY);
  expect(rho <= developmentLimits.rhoPerReport).toBe(true);
  expect(rho <= productionLimits.rhoPerReport).toBe(false);
  expect(developmentLimits.minBatch).toBeGreaterThan(1);
});
