/**
 * Contributing on the production set-up, small: real worker, leader, helper, issuer and relay, and visits of three
 * minutes in nine seconds.
 */
import { expect, test } from "vitest";
import { FastClock } from "../../bench/visits/clock.ts";
import { production } from "../../bench/visits/setup.ts";
import { Visitor } from "../../bench/visits/visitor.ts";
import { seededRandom } from "../../core/seeded.ts";

test("a first visit of three minutes sends its report, of one page and of many, and asks the leader for nothing", async () => {
  const set = await production({ port: 18_470, items: 60 });
  const clock = new FastClock(20);
  try {
    const pages = [() => 180_000, (draw: () => number) => 15_000 + draw() * 45_000];
    const visitors = [0, 1, 2, 3].map((k) => {
      const options = { name: `small-${k}`, address: "203.0.113.7", clock, draw: seededRandom(k) };
      return new Visitor(set, options);
    });
    const visits = await Promise.all(visitors.map((visitor, k) => visitor.visit(180_000, pages[k % 2])));
    for (const [k, { acceptedAtMs, trouble }] of visits.entries()) {
      // What is due in the last seconds of a visit may be left for the next.
      const isThrough = acceptedAtMs ?? (await visitors[k].visit(60_000, pages[0])).acceptedAtMs;
      expect(isThrough, trouble.join("; ")).not.toBeNull();
    }
    expect(visits.filter(({ acceptedAtMs }) => acceptedAtMs !== null).length).toBeGreaterThanOrEqual(3);
    for (const { asked } of visitors) {
      expect(asked.filter((url) => url.includes(set.server))).toEqual([]);
      const tasks = asked.filter((url) => url.endsWith("/v1/tasks")).length;
      expect(tasks).toBeLessThanOrEqual(3);
      expect(asked.filter((url) => url.endsWith("/v1/tokens")).length).toBeLessThanOrEqual(3);
    }
  } finally {
    await set.stop();
  }
}, 120_000);
