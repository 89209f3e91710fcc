/**
 * Whatever a round's sums say, it ends with an outcome and the next task opens; what the disk does is tried
 * again.
 */
import fc from "fast-check";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { modulus, toField } from "../../core/sum/field.ts";
import { contributionLayout } from "../../core/tasks/itemfactors/contribution.ts";
import { JobCut } from "../../server/base/jobs.ts";
import { itemFactors } from "../../server/kinds/itemfactors/kind.ts";
import type { KindSetup } from "../../server/kinds/kind.ts";
import { StoreFailure } from "../../server/store/failure.ts";
import type { Consumed, ServerKind, Summed } from "../../server/tasks/kind.ts";
import {
  admin,
  inForceOf,
  itemSettings,
  openServer,
  openTask,
  post,
  reportOf,
  type TestServer,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "./harness.ts";

/** Numbers of a report on 30 items of 3 numbers in one block. */
const itemLength = contributionLayout({ dim: 3, blockSize: 30 }).length;

/** Reports of four people in a block. */
async function reports(server: TestServer, block: number, valuesOf: () => Int32Array): Promise<void> {
  const tasks = await tasksOf(server.app);
  for (let k = 0; k < 4; k++) {
    const report = await reportOf({ tasks, block, values: valuesOf() });
    expect(await post(server.app, report)).toEqual({ state: "accepted" });
  }
}

/** The same, and the round closed. */
async function round(...[server, ...rest]: Parameters<typeof reports>): Promise<Response> {
  await reports(server, ...rest);
  return admin(server.app, "POST", "/rounds/close");
}

async function roundsOf({ app }: TestServer) {
  const { rounds } = await (await admin(app, "GET", "/status")).json();
  return rounds;
}

test.each([
  [1, 30, 1],
  [1, 30, 1000],
  [3, 10, 1],
  [3, 10, 1000],
])(
  "a first round of %i blocks whose reports name no item ends, and the next one opens",
  async (blocks, blockLimit, people) => {
    const config = testConfig(temporaryDirectory(), { training: { dim: 3, blockLimit } });
    const server = await openServer(config);
    const { parts } = inForceOf(server);
    const { tasks } = await tasksOf(server.app);
    const { weight } = contributionLayout(itemSettings({ tasks }));
    const values = new Int32Array(tasks[0].length);
    values[weight] = people;
    for (let block = 1; block < blocks; block++) await reports(server, block, () => values);
    expect((await round(server, 0, () => values)).status).toBe(200);
    expect((await openTask(server)).round).toBe(2);
    expect((await roundsOf(server)).at(-1).outcome).toBe("nothing learned: no factors would be left");
    expect(inForceOf(server).parts.factors.ref).toEqual(parts.factors.ref);
  },
);

/** A server whose rounds on items go through `between`. */
async function openThrough(
  between: (summed: Summed, kind: ServerKind) => Promise<Consumed>,
): Promise<TestServer> {
  const setup: KindSetup = {
    ...itemFactors,
    open: (parts) => {
      const kind = itemFactors.open(parts);
      return { ...kind, consume: (summed) => between(summed, kind) };
    },
  };
  const config = testConfig(temporaryDirectory(), { training: { dim: 3, blockLimit: 30 } });
  return openServer(config, { kinds: [setup] });
}

test("any sums end in an outcome, and the next round opens", async () => {
  let sum = new Uint32Array();
  const server = await openThrough(({ aggregates, ...rest }, kind) =>
    kind.consume({ ...rest, aggregates: aggregates.map(({ batch }) => ({ batch, sum })) }),
  );
  const { length, counts, weight } = contributionLayout(itemSettings(await tasksOf(server.app)));
  const sparse = (values: Readonly<Record<number, number>>) => Object.assign(new Uint32Array(length), values);
  const half = (modulus - 1) / 2;
  const element = fc.oneof(fc.nat(modulus - 1), fc.constantFrom(0, 1, half, half + 1, modulus - 1));
  const small = fc.integer({ min: -(2 ** 15), max: 2 ** 15 });
  const people = fc.integer({ min: 1, max: 2 ** 15 });
  const place = fc.nat(length - 1);
  const sums = fc.oneof(
    fc.uint32Array({ minLength: length, maxLength: length, max: modulus - 1 }),
    fc
      .array(small, { minLength: length, maxLength: length })
      .map((values) => toField(Int32Array.from(values))),
    fc.tuple(place, element).map(([at, value]) => sparse({ [at]: value })),
    people.map((value) => sparse({ [weight]: value })),
    fc.tuple(place, small, people).map(([at, value, all]) => {
      const values = new Int32Array(length);
      values[at] = value;
      values[weight] = all;
      return toField(values);
    }),
    fc.tuple(fc.nat(29), people).map(([item, all]) => sparse({ [counts + item]: 3277, [weight]: all })),
  );
  await fc.assert(
    fc.asyncProperty(sums, async (asked) => {
      sum = Uint32Array.from(asked);
      const { round: before } = await openTask(server);
      const values = new Int32Array(length);
      expect((await round(server, 0, () => values)).status).toBe(200);
      expect((await openTask(server)).round).toBe(before + 1);
      expect((await roundsOf(server)).find((row: { round: number }) => row.round === before)).toMatchObject({
        state: "finished",
        outcome: expect.stringMatching(/^(nothing learned|published|refused)/),
      });
    }),
    { numRuns: 20 },
  );
});

test("sums that a kind cannot stand end the round with the reason", async () => {
  const server = await openThrough(async () => {
    throw new TypeError("no number");
  });
  expect((await round(server, 0, () => new Int32Array(itemLength))).status).toBe(200);
  expect((await openTask(server)).round).toBe(2);
  expect((await roundsOf(server)).at(-1)).toMatchObject({
    round: 1,
    state: "finished",
    outcome: "nothing learned: the sums are unusable: no number",
  });
});

test.each([
  ["the store", new StoreFailure("disk full")],
  ["the disk", Object.assign(new Error("EIO: i/o error"), { code: "EIO", syscall: "write" })],
])("a failure of %s while sums are read is tried again", async (_what, failure) => {
  let failures = 1;
  const server = await openThrough(async (summed, kind) => {
    if (failures-- > 0) throw failure;
    return kind.consume(summed);
  });
  expect((await round(server, 0, () => new Int32Array(itemLength))).status).toBe(500);
  await server.parts.cycle.runIfDue();
  expect((await openTask(server)).round).toBe(2);
});

test("a round whose work is cut off is tried again, and ends with the reason where it is cut off each time", async () => {
  let cuts = 3;
  const server = await openThrough(async (summed, kind) => {
    if (cuts-- > 0) throw new JobCut("job step: expected an answer of its thread, got exit code 1");
    return kind.consume(summed);
  });
  expect((await round(server, 0, () => new Int32Array(itemLength))).status).toBe(500);
  for (let again = 0; again < 2; again++) await expect(server.parts.cycle.runIfDue()).rejects.toThrow(/exit/);
  await server.parts.cycle.runIfDue();
  expect((await openTask(server)).round).toBe(2);
  expect((await roundsOf(server)).at(-1).outcome).not.toContain("unusable");

  cuts = Number.POSITIVE_INFINITY;
  expect((await round(server, 0, () => new Int32Array(itemLength))).status).toBe(500);
  for (let again = 0; again < 2; again++) await expect(server.parts.cycle.runIfDue()).rejects.toThrow(/exit/);
  await server.parts.cycle.runIfDue();
  expect((await openTask(server)).round).toBe(3);
  expect((await roundsOf(server)).find((row: { round: number }) => row.round === 2)).toMatchObject({
    state: "finished",
    outcome: expect.stringContaining("the sums are unusable: job step"),
  });
});

test("a store that fails says so by one class", async () => {
  const { leaderStore } = (await openServer(testConfig(temporaryDirectory()))).parts;
  const broken = sql`SELECT * FROM nothing_of_this_name`.execute(leaderStore);
  await expect(broken).rejects.toBeInstanceOf(StoreFailure);
});
