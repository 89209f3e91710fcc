/** Rounds on places: which earlier sums a round takes in, what noise it reckons with, and which lanes it takes. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { totalNoiseOf } from "../../core/sum/estimate.ts";
import { toField } from "../../core/sum/field.ts";
import { type PlacesSettings, placesLayout } from "../../core/tasks/places/contribution.ts";
import { placesEstimate } from "../../core/tasks/places/estimate.ts";
import { places as shape } from "../../core/tasks/places/kind.ts";
import { settingsOf, type Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import type { KindParts } from "../../server/kinds/kind.ts";
import { earlierSums, type PlacesFinding, type RoundSum } from "../../server/kinds/places/finding.ts";
import { places } from "../../server/kinds/places/kind.ts";
import { findingsOf, storeFinding } from "../../server/store/findings.ts";
import { type LeaderStore, openLeaderStore } from "../../server/store/leaderstore.ts";
import type { Consumed } from "../../server/tasks/kind.ts";
import { taskOf } from "../../server/tasks/taskof.ts";
import { temporaryDirectory, testConfig } from "./harness.ts";

const today = 20_000;
const ends = [2, 4];
const asked: PlacesSettings = {
  ...{ fromMs: today * dayMs, toMs: (today + 7) * dayMs },
  ...{ ends, mostClicks: 4 },
};

function openStore(): LeaderStore {
  const store = openLeaderStore(join(temporaryDirectory(), "leader.sqlite"));
  onTestFinished(() => store.destroy());
  return store;
}

/** A finding of these days, whose first number names it; days are counted from the asked period's first. */
function findingOf(name: number, days: readonly [from: number, to: number], change: Partial<RoundSum> = {}) {
  const sum: RoundSum = { ends, mostClicks: 4, values: [name, 1, 1, 1, 1], noise: 1, ...change };
  const [fromMs, toMs] = days.map((day) => (today + day) * dayMs);
  const settings = { ...sum, fromMs, toMs };
  const finding: PlacesFinding = {
    ...{ fromMs, toMs, sum, rounds: 1 },
    estimate: placesEstimate(settings, new Float64Array(placesLayout(settings).length), 1),
  };
  return finding;
}

/** Names of the findings that a round takes in, of these, stored the oldest first. */
async function takenIn(...findings: readonly PlacesFinding[]): Promise<readonly number[]> {
  const store = openStore();
  for (const [round, finding] of findings.entries())
    await storeFinding(store, { kind: shape.name, round, atMs: 0, finding: JSON.stringify(finding) });
  return (await earlierSums(store, asked)).map(({ values }) => values[0]);
}

test("a round takes in the sums of the days before its own, the newest first, each day once", async () => {
  expect(await takenIn(findingOf(1, [-14, -7]), findingOf(2, [-7, 0]))).toEqual([2, 1]);
  // Of its own days, and of some of them.
  expect(await takenIn(findingOf(1, [0, 7]), findingOf(2, [-6, 1]), findingOf(3, [-7, 0]))).toEqual([3]);
  // Of two that share days the newer counts; the one before both does too.
  expect(await takenIn(findingOf(1, [-21, -14]), findingOf(2, [-14, -7]), findingOf(3, [-8, -1]))).toEqual([
    3, 1,
  ]);
  expect(await takenIn(findingOf(1, [-7, 0]), findingOf(2, [-7, 0]))).toEqual([2]);
});

test("a round takes in those alone that asked the same: as many clicks that count in full, and the same buckets", async () => {
  const days = [-7, 0] as const;
  expect(await takenIn(findingOf(1, days, { mostClicks: 5 }))).toEqual([]);
  expect(await takenIn(findingOf(1, days, { ends: [2, 5] }))).toEqual([]);
  expect(await takenIn(findingOf(1, days, { ends: [2], values: [1, 1, 1] }))).toEqual([]);
  expect(await takenIn(findingOf(1, days, { values: [1, 1, 1, 1] }))).toEqual([]);
  // What does not count takes no days from what does.
  expect(await takenIn(findingOf(1, days), findingOf(2, days, { mostClicks: 5 }))).toEqual([1]);
});

test("a round takes in what began up to ninety days before it, and nothing older", async () => {
  expect(await takenIn(findingOf(1, [-91, -84]), findingOf(2, [-90, -83]))).toEqual([2]);
  expect(await takenIn(findingOf(1, [-91, -84]))).toEqual([]);
});

/** What a server makes of sums of lanes, each with the reports that it counts. */
async function world(noiseMultiplier: number, lanes: 1 | 2) {
  const store = openStore();
  const clock = { nowMs: (today + 7) * dayMs };
  const config = testConfig(temporaryDirectory(), {
    places: { on: true, days: 7, mostClicks: 4, noiseMultiplier, lanes },
  });
  // Of all that kinds may look at this one looks at these.
  const parts = { config, store, nowMs: () => clock.nowMs } as KindParts;
  const kind = places.open(parts);
  const roundOf = async (
    round: number,
    sums: readonly { readonly reports: number; readonly values: readonly number[] }[],
  ): Promise<{
    readonly task: Task;
    readonly consumed: Consumed;
    readonly finding: PlacesFinding | null;
  }> => {
    const question = kind.next(clock.nowMs);
    if (question === null) throw new Error("expected a question, got none");
    const laneSecret = new Uint8Array(32);
    const ground = { kind: kind.name, question, round, laneSecret, tokenKey: null, atMs: clock.nowMs };
    const task = await taskOf(ground);
    const aggregates = sums.map(({ reports, values }, lane) => {
      const integers = Int32Array.from({ length: task.length }, (_, k) =>
        Math.round((values[k] ?? 0) * 2 ** task.fractionBits),
      );
      return {
        batch: {
          ...{ id: new Uint8Array(16), task: 1, block: 0, lane, number: 0, state: "summed" as const },
          ...{ chunks: 1, reports, offered: reports, counted: reports, leftOut: {} },
        },
        sum: toField(integers),
      };
    });
    const record = {
      ...{ seq: round, id: "00".repeat(16), kind: kind.name, round, state: "closed" as const },
      ...{ openedAtMs: clock.nowMs, outcome: null },
    };
    const consumed = await kind.consume({ record, task, aggregates });
    await consumed.store?.(store);
    const [newest] = await findingsOf(store, kind.name, 1);
    return { task, consumed, finding: newest === undefined ? null : JSON.parse(newest.finding) };
  };
  return { clock, roundOf };
}

/** So many people and clicks at each place, in the units of the vector. */
const clicked = (people: number, clicks: number): readonly number[] => [
  people,
  ...new Array(14).fill(clicks),
];

test("what a round estimates of several rounds has the noise of all of them, and their clicks", async () => {
  const { clock, roundOf } = await world(1, 1);
  const [few, many] = [clicked(50, 20), clicked(200, 30)];
  await roundOf(1, [{ reports: 50, values: few }]);
  clock.nowMs += 7 * dayMs;
  const { task, finding } = await roundOf(2, [{ reports: 200, values: many }]);
  const noises = [50, 200].map((reports) => totalNoiseOf(task, { sums: 1, reports }));
  const total = few.map((value, k) => value + many[k]);
  expect(finding).toMatchObject({ rounds: 2, sum: { noise: noises[1], values: many } });
  const expected = placesEstimate(settingsOf(task, shape), total, Math.hypot(...noises));
  expect(finding?.estimate).toEqual(JSON.parse(JSON.stringify(expected)));
  const { low, high } = finding?.estimate.people ?? { low: 0, high: 0 };
  expect((high - low) / (2 * 1.96 * noises[1])).toBeCloseTo(Math.SQRT2, 2);
});

test("a lane is within bounds up to what honest reports and the noise of both aggregators can be", async () => {
  const { roundOf } = await world(4, 1);
  const reports = 5;
  // Both add theirs: the noise of one alone is sqrt 2 times less.
  const longest = (sigma: number) => Math.SQRT2 * reports + sigma * (Math.sqrt(15) + 10);
  const { task, consumed } = await roundOf(1, [{ reports, values: [1.2 * longest(4 * Math.SQRT2)] }]);
  expect(1.2 * longest(task.sigma)).toBeLessThan(longest(Math.SQRT2 * task.sigma));
  expect(consumed).toMatchObject({ leftOut: [], outcome: "nothing learned: too few clicks of 5 people" });
  const beyond = await roundOf(2, [{ reports, values: [1.01 * longest(Math.SQRT2 * task.sigma)] }]);
  expect(beyond.consumed.leftOut).toMatchObject([{ leftOut: { "lane too-long": reports } }]);
});

test("a lane out of bounds is left out with its reports and its noise", async () => {
  const { roundOf } = await world(1, 2);
  const honest = { reports: 40, values: clicked(40, 10) };
  const { task, consumed, finding } = await roundOf(1, [{ reports: 30, values: clicked(9000, 0) }, honest]);
  expect(consumed.leftOut).toMatchObject([{ batch: { lane: 0 }, leftOut: { "lane too-long": 30 } }]);
  expect(finding?.sum).toMatchObject({
    values: honest.values,
    noise: totalNoiseOf(task, { sums: 1, reports: 40 }),
  });
});

test("where no lane is within bounds nothing is learned and nothing is kept", async () => {
  const { roundOf } = await world(1, 2);
  const wild = { reports: 30, values: clicked(9000, 0) };
  const { consumed, finding } = await roundOf(1, [wild, wild]);
  expect(consumed.outcome).toBe("nothing learned: no lane was within bounds");
  expect(consumed.leftOut).toHaveLength(2);
  expect([consumed.store, finding]).toEqual([undefined, null]);
});
