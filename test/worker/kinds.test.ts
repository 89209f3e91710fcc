/**
 * Kinds of sums: several in one report, each settled for itself, and a new one that needs no change
 * elsewhere.
 */
import * as v from "valibot";
import { afterEach, describe, expect, test } from "vitest";
import { productionLimits } from "../../core/sum/limits.ts";
import { activityLayout, activityOf } from "../../core/tasks/activity/contribution.ts";
import { activity } from "../../core/tasks/activity/kind.ts";
import type { TaskKind } from "../../core/tasks/kind.ts";
import { settingsOf, type Task, taskIdOf } from "../../core/tasks/task.ts";
import { dayMs, hourMs } from "../../core/time.ts";
import { parseReport } from "../../core/wire/report.ts";
import { reportsFor } from "../../worker/contribute/due.ts";
import { type Contributor, contributorOf } from "../../worker/contribute/kinds/contributor.ts";
import { contributors } from "../../worker/contribute/kinds/registry.ts";
import { sha256 } from "../../worker/digest.ts";
import { deviceLocalTime } from "../../worker/edges.ts";
import { closeDevices, type Device, device, eventOf, troublesOf } from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { aggregators } from "./parties.ts";
import { activityTask, anyPlan, noonMs, shopModel, taskOf, taskOn } from "./shop.ts";

afterEach(closeDevices);

// One block, so that nothing but rounding is of chance.
const published = shopModel({ items: 20 });
const { keys, opened } = await aggregators();
const liking = () => [
  eventOf("purchase", 3),
  eventOf("like", 11, noonMs - dayMs - 3 * hourMs),
  { ...eventOf("impression", 4, noonMs - dayMs - hourMs), position: 2, list: "for-you" },
  { ...eventOf("click", 4), position: 2, list: "for-you" },
];
const localTimeOf = (atMs: number) => ({ hour: Math.floor(atMs / hourMs) % 24, weekday: 2 });
const sumsOf = async ({ worker }: Device) => (await worker.panel()).reports.flatMap(({ sums }) => sums);

async function contributed(rounds: readonly (readonly Task[])[], contributorsOf = contributors) {
  const server = fakeServer(published, keys);
  server.plan = {
    ...anyPlan,
    kinds: [...anyPlan.kinds, { kind: "toy-count", rho: null, reportsPer30Days: 9 }],
  };
  const own = await device(server, { edges: { localTimeOf }, contributors: contributorsOf });
  await own.worker.append(liking());
  for (const tasks of rounds) {
    server.tasks = tasks;
    await own.worker.contribute();
  }
  return { server, own, reports: server.bodies.map(parseReport) };
}

/** What all reports of a world add to the sum of a task. */
async function summed(world: Awaited<ReturnType<typeof contributed>>, task: Task): Promise<Float64Array> {
  const id = await taskIdOf(task, sha256);
  const total = new Float64Array(task.length);
  for (const report of world.reports) {
    for (const [place, sum] of report.sums.entries()) {
      if (sum.task !== id) continue;
      for (const [k, value] of (await opened(report, task, place)).entries()) total[k] += value;
    }
  }
  return total;
}

describe("two kinds", () => {
  const likes = taskOn(published);
  const histograms = activityTask();

  test("in one report and in two give the same sums", async () => {
    const together = await contributed([[likes, histograms]]);
    const apart = await contributed([[likes], [histograms]]);
    expect(together.reports.map(({ sums }) => sums.length)).toEqual([2]);
    expect(apart.reports.map(({ sums }) => sums.length)).toEqual([1, 1]);
    for (const task of [likes, histograms]) {
      const [one, two] = [await summed(together, task), await summed(apart, task)];
      // Each is rounded by chance, to the step next above or below.
      for (let k = 0; k < task.length; k++) {
        expect(Math.abs(one[k] - two[k])).toBeLessThan(2 ** -task.fractionBits * 1.001);
      }
      expect(one.some((value) => value !== 0)).toBe(true);
    }
    const expected = activityOf(settingsOf(histograms, activity), liking(), localTimeOf);
    const found = await summed(together, histograms);
    for (const [k, value] of (expected?.values ?? new Float64Array(0)).entries()) {
      expect(found[k]).toBeCloseTo(value, 3);
    }
    // The click was at the second place.
    expect(found[activityLayout({ kinds: ["a", "b", "c", "d"], positions: 5 }).clicked + 1]).toBeCloseTo(
      0.1,
      3,
    );
  });

  test("in one report are settled each by its own outcome, and what has one is not settled again", async () => {
    const server = fakeServer(published, keys);
    server.tasks = [likes, histograms];
    server.refusals.set(await taskIdOf(histograms, sha256), "batch-full");
    const own = await device(server);
    await own.worker.append(liking());
    await own.worker.contribute();
    await own.worker.contribute();
    expect(server.bodies).toHaveLength(1);
    expect(await sumsOf(own)).toMatchObject([
      { kind: "item-factors", state: "accepted" },
      { kind: "activity", state: "refused", why: "batch-full" },
    ]);
    expect((await sumsOf(own))[0].why).toBeUndefined();
  });

  test("in one report wait as long as one of them has no outcome, and the other's outcome stays", async () => {
    const server = fakeServer(published, keys);
    server.tasks = [likes, histograms];
    const [likesId, histogramsId] = [await taskIdOf(likes, sha256), await taskIdOf(histograms, sha256)];
    const answers = [
      [{ task: likesId, state: "accepted" }],
      [
        { task: likesId, state: "refused", why: "task-closed", detail: "" },
        { task: histogramsId, state: "duplicate" },
      ],
    ];
    const { fetch } = server;
    const own = await device({
      ...server,
      fetch: async (url, init) => {
        const answer = await fetch(url, init);
        return init.method === "POST" ? Response.json({ state: "answered", sums: answers.shift() }) : answer;
      },
    });
    await own.worker.append(liking());
    await own.worker.contribute();
    expect((await sumsOf(own)).map(({ state }) => state)).toEqual(["accepted", "sending"]);
    await own.worker.contribute();
    expect((await sumsOf(own)).map(({ state }) => state)).toEqual(["accepted", "accepted"]);
    expect(server.bodies).toHaveLength(2);
    expect(server.bodies[0]).toEqual(server.bodies[1]);
  });

  test("refused as a whole are both refused", async () => {
    const server = fakeServer(published, keys);
    server.tasks = [likes, histograms];
    server.refusal = { state: "refused", why: "bad-token", detail: "" };
    const own = await device(server);
    await own.worker.append(liking());
    await own.worker.contribute();
    expect(await sumsOf(own)).toMatchObject([
      { state: "refused", why: "bad-token" },
      { state: "refused", why: "bad-token" },
    ]);
  });

  test("leave in as many reports as their size asks for", () => {
    const sum = (length: number, tokenKey: string | null = null) => ({
      ...{ task: { ...likes, length, tokenKey }, taskId: `${length}${tokenKey}`, block: 0 },
      ...{ values: new Float64Array(0), basedOn: "e" },
    });
    const sizes = (lengths: readonly number[]) =>
      reportsFor(
        lengths.map((length) => sum(length)),
        productionLimits.reportBytes,
      ).map((sums) => sums.map(({ task }) => task.length));
    expect(sizes([41_000, 41_000, 100])).toEqual([[41_000, 100], [41_000]]);
    expect(sizes([80_000, 100, 2_000])).toEqual([[80_000, 100], [2_000]]);
    expect(sizes(Array(17).fill(10)).map((report) => report.length)).toEqual([16, 1]);
    const keyed = reportsFor([sum(1, "a"), sum(2, "b"), sum(3, "a"), sum(4)], 9_999_999);
    expect(keyed.map((sums) => sums.map(({ task }) => task.length))).toEqual([[1, 3], [2], [4]]);
  });
});

describe("activity", () => {
  test("is reported once its period is over, and not before", async () => {
    const running = activityTask({}, { toMs: noonMs + 1 });
    const early = await contributed([[running]]);
    expect(early.reports).toEqual([]);
    early.own.clock.nowMs += 1;
    await early.own.worker.contribute();
    expect(early.server.bodies).toHaveLength(1);
  });

  test("of nobody who did nothing within it, and of what is erased, is reported", async () => {
    const before = await contributed([[activityTask({}, { fromMs: 5, toMs: 6 })]]);
    expect(before.reports).toEqual([]);
    await before.own.worker.erase();
    before.server.tasks = [activityTask()];
    await before.own.worker.contribute();
    expect(before.server.bodies).toEqual([]);
    expect(troublesOf(before.own)).toEqual([]);
  });

  test("is of the device's own time", () => {
    const date = new Date(2026, 2, 29, 15, 30);
    expect(deviceLocalTime(date.getTime())).toEqual({ hour: 15, weekday: 6 });
    const monday = new Date(2026, 2, 30, 0, 5);
    expect(deviceLocalTime(monday.getTime())).toEqual({ hour: 0, weekday: 0 });
  });
});

/** A whole kind: how many people have liked at least `least` items. */
const toyCount: TaskKind<{ readonly least: number }> = {
  name: "toy-count",
  schema: v.object({ least: v.number() }),
  layoutOf: () => ({ length: 2, blocks: 1, sensitivity: Math.SQRT2 }),
  words: { title: "counting", what: "How many people like much." },
};
const toyContributor: Contributor<{ readonly least: number }> = {
  kind: toyCount,
  contribute: ({ least }, { events }) => {
    const likes = events.filter(({ kind }) => kind === "like");
    const newest = events.at(-1);
    if (newest === undefined) return null;
    return {
      block: 0,
      values: Float64Array.of(1, likes.length >= least ? 1 : 0),
      basedOn: newest.id,
    };
  },
};

test("a new kind is a contributor handed in: it is summed beside the others, in the same report", async () => {
  const task = taskOf(toyCount, { least: 1 });
  const world = await contributed(
    [[taskOn(published), task]],
    [...contributors, contributorOf(toyContributor)],
  );
  expect(world.reports.map(({ sums }) => sums.length)).toEqual([2]);
  expect([...(await summed(world, task))].map((value) => Math.round(value * 100) / 100)).toEqual([1, 1]);
  expect((await world.own.worker.panel()).plan?.kinds.at(-1)?.title).toBe("counting");
  // Who does not know it leaves it alone.
  const other = await contributed([[taskOn(published), task]]);
  expect(other.reports.map(({ sums }) => sums.length)).toEqual([1]);
  expect(troublesOf(other.own)).toEqual([]);
});
