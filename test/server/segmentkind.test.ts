/**
 * Segments from the first round to the part that browsers read: over a whole server, with restarts in between,
 * and rounds that come to nothing.
 */
import { describe, expect, test } from "vitest";
import { knownCrowd } from "../../bench/segments/crowd.ts";
import { adjustedRand } from "../../bench/segments/rand.ts";
import { parseSegments, type SegmentsPart } from "../../core/model/segments.ts";
import { entriesFor, featureVector } from "../../core/profile/featurevector.ts";
import { placeIn, segmentOf } from "../../core/profile/segments.ts";
import type { FeatureValues } from "../../core/profile/table.ts";
import { clippedForRounding, encodeFixed } from "../../core/sum/fixedpoint.ts";
import { plannedRhoOf } from "../../core/sum/plan.ts";
import { segmentContributionOf } from "../../core/tasks/segments/contribution.ts";
import { segments } from "../../core/tasks/segments/kind.ts";
import { rhoOf, settingsOf, type Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { describeKnown } from "../../server/kinds/segments/stored.ts";
import { importFrom } from "../../server/publishing/catalogue.ts";
import { publishSegments } from "../../server/publishing/segmentrounds.ts";
import { listFindings, storeFinding } from "../../server/store/findings.ts";
import {
  admin,
  catalogueOf,
  inForceOf,
  openServer,
  postWhole,
  reportOfSums,
  type TestServer,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "./harness.ts";

const configIn = (data: string, more: object = {}) =>
  testConfig(data, {
    training: { on: false, dim: 3, blockLimit: 10 },
    segments: { on: true, count: 4, days: 7, repeatDays: 90, ...more },
    round: { minBatch: 4, maxBatch: 2_000 },
  });

const crowd = knownCrowd({ people: 90, groups: 4, seed: 41 });

async function taskOf({ app }: Pick<TestServer, "app">): Promise<Task | undefined> {
  return (await tasksOf(app)).tasks.find(({ kind }) => kind === segments.name);
}

async function openTask(server: Pick<TestServer, "app">): Promise<Task> {
  const task = await taskOf(server);
  if (task === undefined) throw new Error("expected an open task on segments, got none");
  return task;
}

/** Everybody reports as a browser would, on what is open. */
async function contribute(
  server: TestServer,
  people: readonly FeatureValues[] = crowd.people,
): Promise<void> {
  const tasks = await tasksOf(server.app);
  const task = await openTask(server);
  const settings = settingsOf(task, segments);
  for (const person of people) {
    const entries = entriesFor(settings.features);
    if (entries === null) throw new Error("expected features of this table, got others");
    const place = placeIn(settings, featureVector(person, settings.center, entries));
    const values = clippedForRounding(segmentContributionOf(settings, place, settings), task);
    const encoded = encodeFixed(values, task, (bytes) => bytes.fill(0x7f));
    const report = await reportOfSums({ tasks, sums: [{ task, block: 0, values: encoded }] });
    expect(await postWhole(server.app, report)).toMatchObject({ sums: [{ state: "accepted" }] });
  }
}

async function outcomesOf({ app }: TestServer): Promise<readonly string[]> {
  const { rounds } = await (await admin(app, "GET", "/status")).json();
  return rounds
    .filter(({ kind }: { readonly kind: string }) => kind === segments.name)
    .map(({ outcome }: { readonly outcome: string | null }) => outcome ?? "open");
}

function partOf(server: TestServer): SegmentsPart {
  const { segments: named } = inForceOf(server).parts;
  if (named === null) throw new Error("expected a part of segments, got none");
  return named.part;
}

const groupsBy = (part: SegmentsPart) =>
  crowd.people.map((person) =>
    segmentOf(part, featureVector(person, part.center, entriesFor(part.features) ?? [])),
  );

describe("a site that asks about segments", () => {
  test("learns them in six rounds over six restarts, publishes them, and rests until they are due again", async () => {
    const data = temporaryDirectory();
    const clock = { nowMs: 1_800_000_000_000 };
    const options = { nowMs: () => clock.nowMs };
    let server = await openServer(configIn(data), options);
    for (let round = 0; round < 6; round++) {
      expect(inForceOf(server).parts.segments).toBeNull();
      await contribute(server);
      const task = await openTask(server);
      // Killed with reports in it, and once more between two rounds.
      await server.parts.close();
      server = await openServer(configIn(data), options);
      expect(await openTask(server)).toEqual(task);
      expect(await server.parts.cycle.closeNow(segments.name)).toBe(true);
      const next = await taskOf(server);
      await server.parts.close();
      server = await openServer(configIn(data), options);
      expect(await taskOf(server)).toEqual(next);
    }
    expect(await outcomesOf(server)).toEqual([
      "published: 4 segments of 90 people",
      "learned from 90 people: refine; next: refine",
      "learned from 90 people: explore; next: refine",
      "learned from 90 people: explore; next: explore",
      "learned from 90 people: spread; next: explore",
      "learned from 90 people: locate; next: spread",
    ]);
    const part = partOf(server);
    expect(adjustedRand(groupsBy(part), crowd.groups)).toBeGreaterThan(0.7);
    const shares = part.segments.map(({ share }) => share);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4);
    const sizes = groupsBy(part).reduce((counts, j) => {
      counts[j] += 1;
      return counts;
    }, new Array(4).fill(0));
    for (const [j, size] of sizes.entries()) expect(Math.abs(shares[j] - size / 90)).toBeLessThan(0.12);
    const served = await server.app.request(`/v1/parts/${inForceOf(server).parts.segments?.ref.id}`);
    expect(parseSegments(new Uint8Array(await served.arrayBuffer()))).toEqual(part);
    // It rests.
    expect(await taskOf(server)).toBeUndefined();
    clock.nowMs += 90 * dayMs - 1;
    await server.parts.cycle.runIfDue();
    expect(await taskOf(server)).toBeUndefined();
    clock.nowMs += 1;
    await server.parts.cycle.runIfDue();
    const again = settingsOf(await openTask(server), segments);
    expect(again).toMatchObject({ centroids: part.centroids, axes: part.axes, scatterScale: 0 });
    for (let round = 0; round < 2; round++) {
      await contribute(server);
      await server.parts.cycle.closeNow(segments.name);
    }
    expect((await outcomesOf(server))[0]).toBe("published: 4 segments of 90 people");
    expect(partOf(server).axes).toEqual(part.axes);
    expect(partOf(server).centroids).not.toEqual(part.centroids);
    expect(await taskOf(server)).toBeUndefined();
  });

  test("asks the same again where too few people report, and where noise would hide them", async () => {
    const clock = { nowMs: 1_800_000_000_000 };
    const server = await openServer(configIn(temporaryDirectory(), { noiseMultiplier: 5 }), {
      nowMs: () => clock.nowMs,
    });
    const settings = settingsOf(await openTask(server), segments);
    await contribute(server, crowd.people.slice(0, 3));
    const task = await openTask(server);
    clock.nowMs += 13 * dayMs;
    await server.parts.cycle.runIfDue();
    // It waits for more as long as the task lives.
    expect(await openTask(server)).toEqual(task);
    clock.nowMs += dayMs;
    await server.parts.cycle.runIfDue();
    expect((await outcomesOf(server)).slice(1)).toEqual(["nothing learned: no batch could be summed"]);
    expect(settingsOf(await openTask(server), segments)).toEqual(settings);
    await contribute(server, crowd.people.slice(0, 20));
    await server.parts.cycle.closeNow(segments.name);
    expect((await outcomesOf(server))[1]).toMatch(
      /^nothing learned: 20 people, where noise hides \d+; asked again$/,
    );
    expect(settingsOf(await openTask(server), segments)).toEqual(settings);
    expect(await listFindings(server.parts.leaderStore, 9)).toEqual([]);
  });

  test("promises what its rounds cost: none more than planned, those with a smaller part less", async () => {
    const noiseMultiplier = 2.5;
    const server = await openServer(configIn(temporaryDirectory(), { noiseMultiplier, days: 5 }));
    const { plan } = await tasksOf(server.app);
    const planned = plan.kinds.find(({ kind }) => kind === segments.name);
    expect(planned).toEqual({
      ...{ kind: segments.name, reportsPer30Days: 6 },
      rho: 1 / (2 * noiseMultiplier ** 2),
    });
    expect(plannedRhoOf(plan)).toBeCloseTo(6 / (2 * noiseMultiplier ** 2), 12);
    const costs: number[] = [];
    for (let round = 0; round < 6; round++) {
      const task = await openTask(server);
      costs.push(rhoOf(task));
      await contribute(server);
      await server.parts.cycle.closeNow(segments.name);
    }
    const most = planned?.rho ?? 0;
    for (const [round, part] of [1 / 3, 1, 1, 1, 1 / 2, 1 / 2].entries()) {
      expect(costs[round]).toBeCloseTo(most * part, 12);
    }
    expect(partOf(server).count).toBe(4);
  });

  test("tells the operator after each round how far it is, and who the segments are", async () => {
    const server = await openServer(configIn(temporaryDirectory()));
    const told: string[] = [];
    for (let round = 0; round < 6; round++) {
      await contribute(server);
      await server.parts.cycle.closeNow(segments.name);
      const [{ finding }] = await listFindings(server.parts.leaderStore, 1);
      told.push(...describeKnown(JSON.parse(finding)).slice(0, 1));
      if (round === 5) expect(describeKnown(JSON.parse(finding))).toHaveLength(5);
    }
    expect(told[0]).toBe(
      "run 1: 90 reports on where people stand on average; next: how far they are from that",
    );
    expect(told[5]).toBe("run 1: 90 reports on the middles of the segments; 4 segments are published");
  });

  test("keeps segments over an import, and begins with nothing where another number of them is wanted", async () => {
    const data = temporaryDirectory();
    const clock = { nowMs: 1_800_000_000_000 };
    const first = await openServer(configIn(data), { nowMs: () => clock.nowMs });
    for (let round = 0; round < 6; round++) {
      await contribute(first);
      await first.parts.cycle.closeNow(segments.name);
    }
    const before = partOf(first);
    await importFrom(
      first.parts.editions,
      { from: "items", items: catalogueOf(33) },
      { contentDim: 8, dim: 3 },
    );
    expect(partOf(first)).toEqual(before);
    // Another number of segments is no refinement of those in force.
    await first.parts.close();
    clock.nowMs += 91 * dayMs;
    const other = await openServer(configIn(data, { count: 3 }), { nowMs: () => clock.nowMs });
    await other.parts.cycle.runIfDue();
    expect(settingsOf(await openTask(other), segments)).toMatchObject({ count: 1, scatterScale: 0 });
  });

  test("loses one lane of four to a liar who is out of bounds by far, and learns from the others", async () => {
    const server = await openServer(configIn(temporaryDirectory(), { lanes: 4 }));
    const task = await openTask(server);
    await contribute(server);
    const values = new Int32Array(task.length);
    values[2] = -(2 ** 30);
    const tasks = await tasksOf(server.app);
    await postWhole(server.app, await reportOfSums({ tasks, sums: [{ task, block: 0, values }] }));
    await server.parts.cycle.closeNow(segments.name);
    const { leftOut } = await (await admin(server.app, "GET", "/status")).json();
    const lost = leftOut["lane too-long"];
    expect(Object.keys(leftOut)).toEqual(["lane too-long"]);
    expect(lost).toBeGreaterThan(4);
    expect(lost).toBeLessThan(60);
    expect((await outcomesOf(server))[1]).toBe(`learned from ${91 - lost} people: locate; next: spread`);
    // The next round is about the honest people's mean, within the range of features.
    for (const place of settingsOf(await openTask(server), segments).center) {
      expect(Math.abs(place)).toBeLessThan(1);
    }
  });

  test("begins anew where what is kept was written by another version", async () => {
    const data = temporaryDirectory();
    const server = await openServer(configIn(data));
    const first = settingsOf(await openTask(server), segments);
    await contribute(server, crowd.people.slice(0, 10));
    await server.parts.cycle.closeNow(segments.name);
    expect(settingsOf(await openTask(server), segments)).not.toEqual(first);
    await storeFinding(server.parts.leaderStore, {
      ...{ kind: segments.name, round: 9, atMs: 1, finding: JSON.stringify({ stage: "later" }) },
    });
    await server.parts.close();
    const next = await openServer(configIn(data));
    await contribute(next, crowd.people.slice(0, 10));
    await next.parts.cycle.closeNow(segments.name);
    expect((await outcomesOf(next))[1]).toBe("nothing learned: other centroids are asked about by now");
    expect(settingsOf(await openTask(next), segments)).toEqual(first);
  });

  test("refines what is in force in two rounds, keeps what was set for it, and begins with nothing every fourth time", async () => {
    const clock = { nowMs: 1_800_000_000_000 };
    const server = await openServer(configIn(temporaryDirectory(), { count: 2, repeatDays: 30 }), {
      nowMs: () => clock.nowMs,
    });
    const run = async (rounds: number, few = crowd.people.slice(0, 12)) => {
      for (let round = 0; round < rounds; round++) {
        await contribute(server, few);
        await server.parts.cycle.closeNow(segments.name);
      }
      expect(await taskOf(server)).toBeUndefined();
      clock.nowMs += 30 * dayMs;
      await server.parts.cycle.runIfDue();
    };
    await run(6);
    const before = partOf(server);
    const halfLifeDays = 12;
    await publishSegments(server.parts.editions, {
      ...before,
      segments: before.segments.map((about, at) => (at === 1 ? { ...about, halfLifeDays } : about)),
    });
    for (let more = 0; more < 3; more++) {
      expect(settingsOf(await openTask(server), segments)).toMatchObject({ count: 2, axes: before.axes });
      await run(2);
      expect(partOf(server).segments.map((about) => about.halfLifeDays)).toEqual([undefined, 12]);
    }
    expect(settingsOf(await openTask(server), segments)).toMatchObject({ count: 1 });
    // In another space nobody knows which segment was which.
    await run(6, crowd.people.slice(12, 24));
    expect(partOf(server).segments.map((about) => about.halfLifeDays)).toEqual([undefined, undefined]);
  });

  test("does not learn from a lane that no honest reports can make, and says so", async () => {
    const server = await openServer(configIn(temporaryDirectory(), { noiseMultiplier: 0.2 }));
    const task = await openTask(server);
    await contribute(server, crowd.people.slice(0, 12));
    const values = new Int32Array(task.length);
    values[0] = 2 ** 30;
    const tasks = await tasksOf(server.app);
    const report = await reportOfSums({ tasks, sums: [{ task, block: 0, values }] });
    expect(await postWhole(server.app, report)).toMatchObject({ sums: [{ state: "accepted" }] });
    await server.parts.cycle.closeNow(segments.name);
    expect((await outcomesOf(server))[1]).toBe("nothing learned: no lane was within bounds");
    const { leftOut } = await (await admin(server.app, "GET", "/status")).json();
    expect(leftOut).toEqual({ "lane too-long": 13 });
  });
});
