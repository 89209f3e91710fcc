/**
 * Segments end to end: leader, helper and relay as three processes, real workers that report through the relay
 * in six rounds, the leader killed between two of them and with reports in it; in the end each device knows its
 * segment.
 */

import * as v from "valibot";
import { expect, test } from "vitest";
import { Browser } from "./browsers.ts";
import { temporaryDirectory } from "./harness.ts";
import { askAdmin, roles, setUpParties, until } from "./processes.ts";

const items = 30;
const rounds = 6;
const statusSchema = v.object({
  rounds: v.array(v.object({ kind: v.string(), round: v.number(), outcome: v.nullable(v.string()) })),
});

test("a crowd of browsers finds its segments in six rounds, over deaths of the leader", async () => {
  const parties = await setUpParties({
    ...{ directory: temporaryDirectory(), port: 18_431, items },
    leader: {
      catalogue: { contentDim: 8 },
      training: { on: false, dim: 3 },
      segments: { on: true, count: 2, days: 5 },
      round: { minBatch: 10, maxBatch: 500, quietSeconds: 3600 },
    },
  });
  const { processes, urls } = parties;
  for (const role of roles) await processes[role].start();
  // Half of them bought three things, half of them nearly everything.
  const browsers = Array.from({ length: 12 }, (_, at) => {
    const count = at % 2 === 0 ? 3 : 24;
    return new Browser(
      parties,
      Array.from({ length: count }, (__, k) => (at + k) % items),
    );
  });
  const outcomes = async () => {
    const answer = v.safeParse(statusSchema, await askAdmin(urls.leader, "GET", "/status"));
    return answer.success ? answer.output.rounds.filter(({ kind }) => kind === "segments") : [];
  };
  for (let round = 1; round <= rounds; round++) {
    await until("the round is open", async () =>
      (await outcomes()).some((one) => one.round === round && one.outcome === null),
    );
    for (const [at, browser] of browsers.entries()) {
      await until(`report ${at} of round ${round} is sent`, async () => {
        const { reports } = await browser.visit();
        const sums = reports.flatMap((report) => report.sums);
        return sums.filter(({ state }) => state === "accepted").length === round;
      });
      if (round === 3 && at === 5) {
        await processes.leader.kill();
        await processes.leader.start();
      }
    }
    await until("the round is over", async () => {
      await askAdmin(urls.leader, "POST", "/rounds/close");
      return (await outcomes()).some((one) => one.round === round && one.outcome !== null);
    });
    if (round === 4) {
      await processes.leader.kill();
      await processes.leader.start();
    }
  }
  const [last] = await outcomes();
  expect(last).toMatchObject({ round: 6, outcome: "published: 2 segments of 12 people" });
  const panels = await Promise.all(
    browsers.map(async (browser) => {
      await until("the segments have come", async () => (await browser.panel()).segment.state === "known");
      return browser.panel();
    }),
  );
  const names = panels.map(({ segment }) => (segment.state === "known" ? segment.name : segment.why));
  expect(new Set(names).size).toBe(2);
  for (const [at, name] of names.entries()) expect(name).toBe(names[at % 2]);
  for (const { segment, reports } of panels) {
    expect(segment).toMatchObject({ of: 2, people: 12, origin: "crowd" });
    // Each of twelve counts is rounded by chance.
    expect(segment.state === "known" ? segment.share : 0).toBeCloseTo(0.5, 2);
    expect(reports.flatMap(({ sums }) => sums).every(({ kind }) => kind === "segments")).toBe(true);
    expect(reports).toHaveLength(rounds);
  }
}, 300_000);
