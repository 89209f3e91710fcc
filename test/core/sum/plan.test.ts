import { expect, test } from "vitest";
import { type PrivacyPlan, parsePlan, plannedRhoOf, requirePlanned } from "../../../core/sum/plan.ts";
import { dayMs } from "../../../core/time.ts";

const plan: PrivacyPlan = {
  version: 3,
  kinds: [
    { kind: "item-factors", rho: 0.1, reportsPer30Days: 2 },
    { kind: "activity", rho: 0.03, reportsPer30Days: 4 },
  ],
  rhoPer30Days: 0.32,
  issuedAtMs: 5,
};
const nowMs = 100 * dayMs;
const asked = { kind: "item-factors", rho: 0.1 };
const none = { contributed: [], nowMs };

test("a plan parses back, keys of the future left out; it costs each kind as often as it may be sent", () => {
  expect(parsePlan({ ...plan, later: true })).toEqual(plan);
  expect(plannedRhoOf(plan)).toBeCloseTo(2 * 0.1 + 4 * 0.03, 12);
  expect(plannedRhoOf({ kinds: [{ kind: "a", rho: null, reportsPer30Days: 1 }] })).toBe(Infinity);
  expect(parsePlan({ ...plan, rhoPer30Days: null }).rhoPer30Days).toBeNull();
});

test("a plan that contradicts itself is refused", () => {
  expect(() => parsePlan({ ...plan, rhoPer30Days: 0.31 })).toThrow(
    "parsePlan: all kinds together must fit in rhoPer30Days 0.31, got 0.32",
  );
  const twice = [plan.kinds[0], { ...plan.kinds[0], rho: 0.01 }];
  expect(() => parsePlan({ ...plan, kinds: twice })).toThrow(
    "parsePlan: each kind must be there once, got item-factors, item-factors",
  );
  const unbounded = [{ kind: "a", rho: null, reportsPer30Days: 1 }];
  expect(() => parsePlan({ ...plan, kinds: unbounded })).toThrow(
    "must fit in rhoPer30Days 0.32, got Infinity",
  );
  expect(() => parsePlan({ ...plan, version: 2 })).toThrow("parsePlan: version must be 3, got 2");
});

test("a plan refuses what it does not name, and what is dearer than it says", () => {
  expect(() => requirePlanned(plan, asked, none)).not.toThrow();
  expect(() => requirePlanned(plan, { ...asked, kind: "pairs" }, none)).toThrow(
    "plan: a task must be of a kind it names, got pairs",
  );
  expect(() => requirePlanned(plan, { ...asked, rho: 0.1001 }, none)).toThrow(
    "plan: a report of item-factors must cost at most rho 0.1, got 0.1001",
  );
  expect(() => requirePlanned(plan, { ...asked, rho: Infinity }, none)).toThrow("must cost at most rho 0.1");
});

test("a plan counts the reports of a kind within 30 days, to the moment, and no others", () => {
  const at = (ago: number, kind = "item-factors") => ({ kind, atMs: nowMs - ago });
  const refused = (contributed: readonly { kind: string; atMs: number }[]) => () =>
    requirePlanned(plan, asked, { contributed, nowMs });
  expect(refused([at(1), at(2)])).toThrow(
    "a device sends at most 2 reports of item-factors in 30 days, got 2",
  );
  expect(refused([at(1), at(30 * dayMs - 1)])).toThrow("got 2 sent");
  expect(refused([at(1), at(30 * dayMs)])).not.toThrow();
  expect(refused([at(1), at(2, "activity"), at(3, "activity")])).not.toThrow();
});
