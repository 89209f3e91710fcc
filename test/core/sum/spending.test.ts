import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { productionLimits } from "../../../core/sum/limits.ts";
import {
  allSpent,
  type Cost,
  mergeSpending,
  newestMs,
  nothingSpent,
  parseSpending,
  requireBudget,
  spentBy,
  totalsOf,
} from "../../../core/sum/spending.ts";
import { dayMs } from "../../../core/time.ts";

const startMs = Date.UTC(2026, 0, 5, 9, 30);
const reportedAt = (day: number, rho: number | null = 0.04): Cost => ({ atMs: startMs + day * dayMs, rho });
const limits = productionLimits;
const refusal = (costs: readonly Cost[], rho: number, nowMs: number): string => {
  try {
    requireBudget({ before: nothingSpent, costs }, { rho, nowMs, limits });
    return "";
  } catch (error) {
    return error instanceof RangeError ? error.message : "another error";
  }
};

const costs = fc.array(
  fc.record({
    atMs: fc.integer({ min: 0, max: 120 }).map((hours) => startMs + hours * 12 * 3_600_000),
    rho: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
  }),
  { maxLength: 12 },
);

describe("the budget", () => {
  test("holds eight reports of an eighth, not a ninth, and the ninth fits when the first is 30 days old", () => {
    const eight = Array.from({ length: 8 }, (_, day) => reportedAt(day));
    for (let k = 0; k < 8; k++) expect(refusal(eight.slice(0, k), 0.04, startMs + k * dayMs)).toBe("");
    const message = "budget: a report must fit in the rho of 30 days, 0.32, got 0.32 spent and 0.04 to spend";
    expect(refusal(eight, 0.04, startMs + 8 * dayMs)).toBe(message);
    expect(refusal(eight, 0.04, startMs + 30 * dayMs - 1)).toBe(message);
    expect(refusal(eight, 0.04, startMs + 30 * dayMs)).toBe("");
  });

  test("of a lifetime is never given back", () => {
    const years = Array.from({ length: 26 }, (_, k) => reportedAt(100 * k));
    expect(refusal(years, 0.02, startMs + 5000 * dayMs)).toBe("");
    expect(refusal(years, 0.021, startMs + 5000 * dayMs)).toBe(
      "budget: a report must fit in the rho of a lifetime, 1.06, got 1.04 spent and 0.021 to spend",
    );
  });

  test("holds nothing that is without bound, and nothing after it", () => {
    expect(refusal([], Number.POSITIVE_INFINITY, startMs)).toContain("no bound to spend");
    expect(refusal([reportedAt(0, null)], 0.001, startMs + 900 * dayMs)).toContain("a lifetime");
  });

  test("is not freed by setting the clock back, whenever a report is then written", () => {
    fc.assert(
      fc.property(
        costs,
        fc.array(fc.integer({ min: -200, max: 200 }), { maxLength: 20 }),
        (written, clock) => {
          const all: Cost[] = [...written];
          for (const days of clock) {
            const nowMs = startMs + days * dayMs;
            const spent = { before: nothingSpent, costs: all };
            const atMs = newestMs(spent, nowMs);
            expect(spentBy(spent, nowMs)).toEqual(spentBy(spent, atMs));
            all.push({ atMs, rho: 0.01 });
          }
          // The times written never run backwards, so 30 days of them are 30 days that some clock really
          // showed.
          const added = all.slice(written.length).map(({ atMs }) => atMs);
          expect(added).toEqual([...added].sort((a, b) => a - b));
        },
      ),
    );
  });
});

describe("totals", () => {
  test("count for at least as long as the reports they are of, and for at most a day longer", () => {
    fc.assert(
      fc.property(costs, fc.integer({ min: 0, max: 100 }), (written, days) => {
        const erasedAtMs = newestMs({ before: nothingSpent, costs: written }, startMs);
        const before = totalsOf({ before: nothingSpent, costs: written }, erasedAtMs);
        const nowMs = erasedAtMs + days * dayMs;
        const exact = spentBy({ before: nothingSpent, costs: written }, nowMs);
        const later = spentBy({ before: nothingSpent, costs: written }, nowMs - dayMs);
        const kept = spentBy({ before, costs: [] }, nowMs);
        expect(kept.lifetime).toBeCloseTo(exact.lifetime, 9);
        expect(kept.last30Days).toBeGreaterThanOrEqual(exact.last30Days - 1e-9);
        if (days > 0) expect(kept.last30Days).toBeLessThanOrEqual(later.last30Days + 1e-9);
      }),
    );
  });

  test("erased twice are the totals of all", () => {
    fc.assert(
      fc.property(costs, costs, (first, second) => {
        const nowMs = newestMs({ before: nothingSpent, costs: [...first, ...second] }, startMs);
        const once = totalsOf({ before: nothingSpent, costs: [...first, ...second] }, nowMs);
        const before = totalsOf({ before: nothingSpent, costs: first }, nowMs);
        const twice = totalsOf({ before, costs: second }, nowMs);
        expect(twice.days.map(({ day }) => day)).toEqual(once.days.map(({ day }) => day));
        expect(twice.sinceDay).toBe(once.sinceDay);
        expect(twice.lifetime).toBeCloseTo(once.lifetime ?? Number.NaN, 9);
        // At most 31 days are kept, however long the history.
        expect(twice.days.length).toBeLessThanOrEqual(31);
      }),
    );
  });

  test("of two tabs are at least those of each, in either order, and their own when merged with themselves", () => {
    fc.assert(
      fc.property(costs, costs, (here, there) => {
        const nowMs = startMs + 61 * dayMs;
        const [a, b] = [here, there].map((of) => totalsOf({ before: nothingSpent, costs: of }, nowMs));
        const merged = mergeSpending(a, b);
        expect(mergeSpending(b, a)).toEqual(merged);
        expect(mergeSpending(a, a)).toEqual(a);
        expect(mergeSpending(a, nothingSpent)).toEqual(a);
        const of = spentBy({ before: merged, costs: [] }, nowMs);
        for (const each of [a, b]) {
          const own = spentBy({ before: each, costs: [] }, nowMs);
          expect(of.last30Days).toBeGreaterThanOrEqual(own.last30Days - 1e-9);
          expect(of.lifetime).toBeGreaterThanOrEqual(own.lifetime);
        }
      }),
    );
  });

  test("come back from JSON as they were, and nothing else comes back", () => {
    fc.assert(
      fc.property(costs, (written) => {
        const spent = totalsOf({ before: nothingSpent, costs: [...written, reportedAt(0, null)] }, startMs);
        expect(spent.lifetime).toBeNull();
        expect(parseSpending(JSON.parse(JSON.stringify(spent)))).toEqual(spent);
      }),
    );
    expect(parseSpending(allSpent)).toEqual(allSpent);
    const good = { days: [{ day: 3, rho: 0.1 }], lifetime: 0.1, sinceDay: 3 };
    expect(parseSpending(good)).toEqual(good);
    const bad: readonly unknown[] = [
      null,
      [],
      "spent",
      { ...good, days: [null] },
      { ...good, days: [{ day: 3.5, rho: 0.1 }] },
      { ...good, days: [{ day: 3, rho: -0.1 }] },
      { ...good, lifetime: "0.1" },
      { ...good, lifetime: -1 },
      { ...good, sinceDay: undefined },
    ];
    for (const value of bad) expect(parseSpending(value)).toBeNull();
  });
});
