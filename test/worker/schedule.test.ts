/** Laws of the kept schedule: drawn once, standing still while nobody is here, never at the time of a page. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../core/seeded.ts";
import { dayMs, hourMs } from "../../core/time.ts";
import { atOnce, paceFor, unhurried } from "../../worker/contribute/pace.ts";
import {
  at,
  currentOf,
  drawnAt,
  dueAtMs,
  emptyAt,
  failedAt,
  heartbeatMs,
  longestRestMs,
  onTo,
} from "../../worker/contribute/schedule.ts";
import type { Schedule } from "../../worker/store/keptschedule.ts";

const startMs = 1_700_000_000_000;

function chance(seed: number, nowMs = startMs, pace = unhurried) {
  const random = seededRandom(seed);
  const fill = (bytes: Uint8Array) => {
    for (let k = 0; k < bytes.length; k++) bytes[k] = Math.floor(random() * 256);
  };
  return { pace, fill, nowMs };
}

const drawn = (seed: number) => drawnAt(chance(seed));

test("a report's time is uniform over three minutes of the visit: every tenth of it has its tenth", () => {
  const { leastMs, mostMs } = unhurried.report;
  const tenths = new Array<number>(10).fill(0);
  for (let seed = 0; seed < 4000; seed++) {
    const into = drawn(seed).atMs.report - startMs - leastMs;
    expect(into).toBeGreaterThanOrEqual(0);
    tenths[Math.floor((10 * into) / (mostMs - leastMs))] += 1;
  }
  // 400 each, of standard deviation 19.
  for (const count of tenths) expect(Math.abs(count - 400)).toBeLessThan(5 * 19);
});

test("asking and fetching are over in twelve seconds, whenever the report is", () => {
  for (let seed = 0; seed < 500; seed++) {
    const { ask, token } = drawn(seed).atMs;
    expect(ask).toBeGreaterThanOrEqual(startMs + unhurried.ask.leastMs);
    expect(token).toBeGreaterThan(ask);
    expect(token).toBeLessThanOrEqual(startMs + 12_000);
  }
});

describe("over pages and visits", () => {
  const look = (kept: Schedule | null, nowMs: number, isFirstLook = true) =>
    currentOf(kept, { ...chance(5, nowMs), isFirstLook });

  test("the next page finds the times of the one before", () => {
    const first = look(null, startMs);
    expect(look(first, startMs + 3_000)).toEqual({ ...first, seenAtMs: startMs + 3_000 });
  });

  test("they stand still while nobody is here, for hours or days, and go on from there", () => {
    fc.assert(
      fc.property(fc.integer({ min: 60_000, max: 20 * dayMs }), (awayMs) => {
        const first = look(null, startMs);
        const back = look(first, startMs + awayMs);
        expect(dueAtMs(back) - dueAtMs(first)).toBe(awayMs - heartbeatMs);
        if (first.state !== "drawn" || back.state !== "drawn") throw new Error("expected drawn times");
        expect(back.atMs.report - first.atMs.report).toBe(awayMs - heartbeatMs);
      }),
    );
  });

  test("visits of three seconds, hours apart, add up: the report leaves in one of them", () => {
    for (let seed = 0; seed < 30; seed++) {
      let kept: Schedule = { ...onTo(drawn(seed), "report") };
      let visits = 0;
      let nowMs = startMs;
      do {
        nowMs += hourMs;
        kept = currentOf(kept, { ...chance(seed + 100 * visits, nowMs), isFirstLook: true });
        visits += 1;
      } while (dueAtMs(kept) > nowMs + 3_000 && visits < 1000);
      expect(visits).toBeLessThan(200);
    }
  });

  test("a report that fell between two pages gets a time of its own, as a step that nobody sees does not", () => {
    const times = new Set<number>();
    for (let seed = 0; seed < 50; seed++) {
      const kept = onTo({ ...drawn(seed), seenAtMs: startMs + 190_000 }, "report");
      const nowMs = startMs + 200_000;
      const next = currentOf(kept, { ...chance(seed, nowMs), isFirstLook: true });
      expect(dueAtMs(next)).toBeGreaterThanOrEqual(nowMs);
      expect(dueAtMs(next)).toBeLessThanOrEqual(nowMs + unhurried.missed.mostMs);
      times.add(dueAtMs(next));
      // In the page that was open all the while it is due.
      const later = currentOf(kept, { ...chance(seed, nowMs), isFirstLook: false });
      expect(dueAtMs(later)).toBeLessThanOrEqual(nowMs);
      const asking = { ...kept, next: "ask" as const };
      expect(dueAtMs(currentOf(asking, { ...chance(seed, nowMs), isFirstLook: true }))).toBeLessThan(nowMs);
    }
    expect(times.size).toBeGreaterThan(45);
  });

  test("nothing is due while it rests, and a visit is drawn once that is over, or a clock says nonsense", () => {
    const resting: Schedule = { state: "resting", untilMs: startMs + 6 * hourMs, why: "round" };
    expect(look(resting, startMs + 6 * hourMs - 1)).toEqual(resting);
    expect(look(resting, startMs + 6 * hourMs).state).toBe("drawn");
    expect(look(resting, startMs - longestRestMs).state).toBe("drawn");
    const first = look(null, startMs);
    const back = look(first, startMs - dayMs);
    expect(dueAtMs(back)).toBeLessThan(startMs - dayMs + 60_000);
  });
});

describe("a step that fails", () => {
  test("waits for as long again as it has been failing, at least 15 s and at most an hour", () => {
    let kept = drawn(1);
    const waits: number[] = [];
    let nowMs = startMs;
    for (let k = 0; k < 14; k++) {
      kept = failedAt(kept, "server", chance(k, nowMs));
      waits.push(dueAtMs(kept) - nowMs);
      nowMs = dueAtMs(kept);
    }
    expect(waits.slice(0, 4)).toEqual([15_000, 15_000, 30_000, 60_000]);
    expect(waits.slice(-3)).toEqual([hourMs, hourMs, hourMs]);
    expect(onTo(kept, "token").failingSinceMs).toBeNull();
  });

  test("moves the report behind what it needs, and never before its own time", () => {
    const kept = drawn(2);
    for (const delayMs of [0, 10_000, 500_000]) {
      const moved = at(kept, "token", startMs + delayMs);
      expect(moved.atMs.report).toBe(Math.max(kept.atMs.report, startMs + delayMs));
    }
  });
});

test("with nothing to say it looks again within the visit, and less and less often for who never says a thing", () => {
  let kept = onTo(drawn(3), "report");
  let nowMs = dueAtMs(kept);
  const waits: number[] = [];
  for (let k = 0; k < 30; k++) {
    kept = emptyAt(kept, "events", chance(k, nowMs));
    waits.push(dueAtMs(kept) - nowMs);
    nowMs = dueAtMs(kept);
  }
  for (const wait of waits.slice(0, 4)) expect(wait).toBeLessThanOrEqual(unhurried.empty.mostMs);
  for (const wait of waits.slice(-3)) {
    expect(wait).toBeGreaterThanOrEqual(32 * unhurried.empty.leastMs);
    expect(wait).toBeLessThanOrEqual(32 * unhurried.empty.mostMs);
  }
});

test("only a developer's own server is answered at once: pins, a relay or another host take their time", () => {
  const local = "http://localhost:8787";
  const pins = { siteKey: "", helper: "", helperKey: "" };
  expect(paceFor({ server: local })).toBe(atOnce);
  for (const set of [{ pins }, { relay: "http://localhost:8789" }, { server: "https://shop.example" }]) {
    expect(paceFor({ server: local, ...set })).toBe(unhurried);
  }
});
