/**
 * The kind `places` in one server: from reports of a crowd with lists on trial to the curve in force and
 * `tacit status`.
 */
import { expect, test } from "vitest";
import { chanceAt } from "../../core/lists/placecurve.ts";
import { placeBuckets } from "../../core/lists/trial.ts";
import { seededRandom } from "../../core/seeded.ts";
import { placesLayout } from "../../core/tasks/places/contribution.ts";
import { places } from "../../core/tasks/places/kind.ts";
import { settingsOf, type Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { describePlaces, learnedPlaceCurve } from "../../server/kinds/places/finding.ts";
import { storeFinding } from "../../server/store/findings.ts";
import {
  admin,
  openServer,
  postWhole,
  reportOfSums,
  type TestServer,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "./harness.ts";

const on = {
  training: { on: false },
  places: { on: true, days: 7, mostClicks: 512 },
  round: { minBatch: 3, maxBatch: 2000 },
};
const examined = (bucket: number) => (bucket + 2) ** -0.7;

async function openTask({ app }: TestServer): Promise<Task> {
  const task = (await tasksOf(app)).tasks.find(({ kind }) => kind === "places");
  if (task === undefined) throw new Error("expected an open task on places, got none");
  return task;
}

/** So many people who each clicked 20 times in lists on trial: as often at each place as it is looked at. */
async function report(server: TestServer, people: number, seed: number): Promise<void> {
  const tasks = await tasksOf(server.app);
  const task = await openTask(server);
  const { ends, mostClicks } = settingsOf(task, places);
  const layout = placesLayout({ ends });
  const random = seededRandom(seed);
  for (let person = 0; person < people; person++) {
    const values = new Int32Array(task.length);
    values[0] = 2 ** task.fractionBits;
    for (let click = 0; click < 20; click++) {
      const bucket = (20 * person + click) % ends.length;
      const isFirst = random() < 1 / (1 + examined(bucket));
      values[(isFirst ? layout.first : layout.other) + bucket] += 2 ** task.fractionBits / mostClicks;
    }
    const sums = [{ task, block: 0, values }];
    expect(await postWhole(server.app, await reportOfSums({ tasks, sums }))).toMatchObject({
      sums: [{ state: "accepted" }],
    });
  }
}

const roundOf = async ({ app }: TestServer) =>
  (await (await admin(app, "GET", "/status")).json()).rounds.find(
    ({ outcome }: { readonly outcome: string | null }) => outcome !== null,
  );

test.each([
  ["without noise", 0],
  ["with noise that moves every number of the sum", 0.2],
])(
  "%s the curve that people look along comes back, is kept, and is told in lines",
  async (_, noiseMultiplier) => {
    const config = testConfig(temporaryDirectory(), {
      ...on,
      places: { ...on.places, mostClicks: 32, noiseMultiplier },
    });
    const server = await openServer(config);
    expect(await learnedPlaceCurve(server.parts.leaderStore)).toBeNull();
    await report(server, 300, 3);
    await server.parts.cycle.closeNow("places");
    const { outcome } = await roundOf(server);
    expect(outcome).toMatch(/^learned: \d of 7 groups of places, from 300 people$/);
    const curve = await learnedPlaceCurve(server.parts.leaderStore);
    for (const [bucket, end] of placeBuckets.entries())
      expect(Math.abs(chanceAt(curve ?? [], end) - examined(bucket))).toBeLessThan(0.2);
    const [{ finding }] = (await (await admin(server.app, "GET", "/status")).json()).findings;
    const { values, noise } = finding.sum;
    const moved = values.filter((value: number) => !Number.isInteger(32 * value)).length;
    const lines = describePlaces(finding);
    if (noiseMultiplier === 0) {
      // People who reported are 300 to the bit, clicks whole.
      expect([moved, values[0], lines[0].endsWith(": 300 people")]).toEqual([0, 300, true]);
      expect(noise).toBeLessThan(0.001);
    } else {
      // One that is moved is whole clicks still once in a thousand times.
      expect(moved).toBeGreaterThan(12);
      expect(Math.abs(values[0] - 300)).toBeLessThan(6 * noise);
      // Of both aggregators.
      expect(noise).toBeCloseTo(Math.SQRT2 * noiseMultiplier * Math.SQRT2, 3);
      expect(lines[0]).toMatch(/ to \d{4}-\d\d-\d\d: \d+ \(\d+ to \d+\) people$/);
    }
    expect(lines[4]).toMatch(
      /^places 5 to 6 +clicks .* at the first place, .* here: looked at 0\.\d\d \(0\.\d\d to /,
    );
    expect(lines.at(-1)).toMatch(/^curve +to 1: 1\.00, to 2: 0\.\d\d/);
    await server.parts.close();
  },
  60_000,
);

test("too few clicks teach nothing, and the curve that was learned before stays in force", async () => {
  const clock = { nowMs: 1_800_000_000_000 };
  const server = await openServer(testConfig(temporaryDirectory(), on), { nowMs: () => clock.nowMs });
  const first = settingsOf(await openTask(server), places);
  expect(first).toEqual({
    ...{ fromMs: first.toMs - 7 * dayMs, toMs: Math.floor(clock.nowMs / dayMs) * dayMs },
    ...{ ends: [...placeBuckets], mostClicks: 512 },
  });
  await report(server, 4, 1);
  await server.parts.cycle.closeNow("places");
  expect((await roundOf(server)).outcome).toBe("nothing learned: too few clicks of 4 people");
  const { leaderStore, tasks } = server.parts;
  expect(await learnedPlaceCurve(leaderStore)).toBeNull();
  const curve = [
    { upTo: 1, chance: 1 },
    { upTo: 4, chance: 0.5 },
  ];
  const people = { value: 9, low: 9, high: 9 };
  const kept = (finding: unknown, round: number) =>
    tasks.change((transaction) =>
      storeFinding(transaction, {
        ...{ kind: "places", round, atMs: clock.nowMs },
        finding: typeof finding === "string" ? finding : JSON.stringify(finding),
      }),
    );
  const sum = { ends: [2], mostClicks: 1, values: [1, 2, 3], noise: 0 };
  const rest = { fromMs: 0, toMs: dayMs, sum, rounds: 1 };
  await kept({ ...rest, estimate: { people, buckets: [], curve } }, 7);
  expect(await learnedPlaceCurve(leaderStore)).toEqual(curve);
  // None of these says anything: no place was told, a curve that rises, another version's, no JSON.
  await kept({ ...rest, estimate: { people, buckets: [], curve: null } }, 8);
  await kept({ ...rest, estimate: { people, buckets: [], curve: [curve[1], curve[0]] } }, 9);
  await kept({ curve }, 10);
  await kept("{", 11);
  expect(await learnedPlaceCurve(leaderStore)).toEqual(curve);
  expect(describePlaces({ curve })).toEqual(["of another version"]);
  await server.parts.close();
});

test("rounds that ask the same are added up: what each has too few clicks for, they tell together", async () => {
  const clock = { nowMs: 1_800_000_000_000 };
  const server = await openServer(testConfig(temporaryDirectory(), on), { nowMs: () => clock.nowMs });
  const outcomes: string[] = [];
  for (let round = 0; round < 3; round++) {
    await report(server, 12, round);
    // The next is about days of its own.
    clock.nowMs += 7 * dayMs;
    await server.parts.cycle.closeNow("places");
    outcomes.push((await roundOf(server)).outcome);
  }
  const toldIn = outcomes.map((outcome) => Number(/learned: (\d) of 7/.exec(outcome)?.[1] ?? 0));
  expect(toldIn[2]).toBeGreaterThan(toldIn[0]);
  const [{ finding }] = (await (await admin(server.app, "GET", "/status")).json()).findings;
  expect(describePlaces(finding)[0]).toMatch(/: 36 people, in 3 rounds$/);
  await server.parts.close();
}, 30_000);

test("places are asked about where the settings say so, for what the plan says, and else not at all", async () => {
  const asked = await openServer(
    testConfig(temporaryDirectory(), { ...on, places: { on: true, days: 9, noiseMultiplier: 5 } }),
  );
  expect((await tasksOf(asked.app)).plan.kinds).toEqual([
    { kind: "places", rho: expect.closeTo(1 / 50, 12), reportsPer30Days: 4 },
  ]);
  const task = await openTask(asked);
  expect(task.sensitivity).toBe(Math.SQRT2);
  expect(task.expiresAtMs - settingsOf(task, places).toMs).toBeGreaterThanOrEqual(18 * dayMs);
  await asked.parts.close();
  const other = await openServer(testConfig(temporaryDirectory()));
  expect((await tasksOf(other.app)).tasks.map(({ kind }) => kind)).not.toContain("places");
  await other.parts.close();
});
