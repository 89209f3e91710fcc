/** The compiled-in limits: what they mean in epsilon, and that none contradicts another. */
import { expect, test } from "vitest";
import { epsilonOf } from "../../../core/sum/budget.ts";
import { developmentLimits, productionLimits, reportedDelta } from "../../../core/sum/limits.ts";
import { rhoOf } from "../../../core/tasks/task.ts";

test.each([
  [productionLimits.rhoPerSum, 4.064],
  [productionLimits.rhoPer30Days, 4.064],
  [productionLimits.rhoLifetime, 8.034],
])("rho %f is epsilon %f, as the header says", (rho, epsilon) => {
  expect(epsilonOf({ rho, delta: reportedDelta })).toBeCloseTo(epsilon, 3);
});

test("one sum fits into a month, a month into a lifetime, and some task with noise fits all", () => {
  const { rhoPerSum, rhoPer30Days, rhoLifetime } = productionLimits;
  expect(rhoPerSum).toBeLessThanOrEqual(rhoPer30Days);
  expect(rhoPer30Days).toBeLessThanOrEqual(rhoLifetime);
  expect(rhoOf({ sensitivity: 1, sigma: 1.3 })).toBeLessThan(rhoPerSum);
});

test("the most that a sum may cost is the floor of its noise: 1.25 times the sensitivity", () => {
  const { rhoPerSum } = productionLimits;
  expect(rhoOf({ sensitivity: 3, sigma: 3 * 1.2501 })).toBeLessThan(rhoPerSum);
  expect(rhoOf({ sensitivity: 3, sigma: 3 * 1.2499 })).toBeGreaterThan(rhoPerSum);
});

test("development promises nothing: a report without noise has its place only there", () => {
  const rho = rhoOf({ sensitivity: 1, sigma: 0 });
  expect(rho).toBe(Number.POSITIVE_INFINITY);
  expect(rho <= developmentLimits.rhoPerSum).toBe(true);
  expect(rho <= productionLimits.rhoPerSum).toBe(false);
  expect(developmentLimits.minBatch).toBeGreaterThan(1);
});
