/**
 * Sums that stream: chunks and lanes between leader and helper, whatever of them counts and whatever lies.
 */
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { modulus } from "../../core/sum/field.ts";
import { encodeReport } from "../../core/wire/report.ts";
import { encodeCloseAnswer, parseChunkRequest, parseCloseRequest } from "../../core/wire/sums.ts";
import { type Aggregate, aggregatesOf, batchesOf } from "../../server/store/batches.ts";
import { chunkSizeFor } from "../../server/tasks/chunks.ts";
import type { HelperClient } from "../../server/tasks/helperclient.ts";
import { outcomeIn, plainSum, randomValues, reportOf } from "./harness.ts";
import { floors, type LeaderWorld, leaderWorld, task } from "./worlds.ts";

const quiet = { floors: { ...floors, noiseMultiplier: 0 } };

async function tasksIn({ current, keyList, helperKeys }: LeaderWorld) {
  const stored = await current();
  const helper = (await helperKeys.current())?.list;
  if (stored === undefined || helper === undefined) throw new Error("expected a task and the helper's keys");
  const newest = ({ document }: typeof helper) => JSON.parse(document).keys[0];
  const keys = { leader: newest(await keyList.current()), helper: newest(helper) };
  return { stored, tasks: [stored.task], keys };
}

interface Sent {
  readonly lane: number;
  readonly block: number;
  readonly values: Int32Array;
}

/** Sends a report that counts, or one that fails at one of the aggregators. */
async function send(
  world: LeaderWorld,
  { block = 1, spoil }: { block?: number; spoil?: "helper" | "leader" } = {},
): Promise<Sent> {
  const tasks = await tasksIn(world);
  const values = randomValues(tasks);
  const report = await reportOf({ tasks, block, values });
  // The leader opens its share and finds out from the helper alone; or it cannot open it at all.
  if (spoil === "helper") report.sums[0].helperSeed[40] ^= 1;
  if (spoil === "leader") report.sums[0].leaderShare[40] ^= 1;
  expect(outcomeIn(await world.intake.accept(encodeReport(report)))).toEqual({ state: "accepted" });
  const mac = createHmac("sha256", tasks.stored.laneSecret).update(report.id).digest();
  return { lane: Math.floor((mac[0] * tasks.stored.task.lanes) / 256), block, values };
}

/**
 * The aggregates that must come out of what was sent, by block and lane, those of too few reports left out.
 */
function expectedOf(sent: readonly Sent[], lanes: number, least = 5) {
  return [0, 1, 2].flatMap((block) =>
    Array.from({ length: lanes }, (_, lane) => lane).flatMap((lane) => {
      const theirs = sent.filter((one) => one.block === block && one.lane === lane);
      const sum = plainSum(
        theirs.map(({ values }) => values),
        task.length,
      );
      return theirs.length < least ? [] : [{ block, lane, counted: theirs.length, sum }];
    }),
  );
}

function flat(aggregates: readonly Aggregate[]) {
  return aggregates.map(({ batch: { block, lane, counted }, sum }) => ({ block, lane, counted, sum }));
}

const sealedRows = ({ store }: LeaderWorld) => store.selectFrom("reports").select("seq").execute();

test("each lane's aggregate is exactly the sum of its reports, whichever of them do not count", async () => {
  let lanesSummed = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(1, 2, 4),
      fc.integer({ min: 2, max: 9 }),
      fc.array(fc.constantFrom("good", "good", "good", "helper", "leader", "stream"), {
        minLength: 30,
        maxLength: 60,
      }),
      async (lanes, chunkSize, steps) => {
        const world = await leaderWorld({ ...quiet, task: { sigma: 0, lanes }, chunkSize });
        await world.nextTask();
        const sent: Sent[] = [];
        for (const step of steps) {
          if (step === "stream") await world.cycle.runIfDue();
          else if (step === "good") sent.push(await send(world, { block: sent.length % 7 === 0 ? 0 : 1 }));
          else await send(world, { spoil: step });
        }
        const { seq } = (await tasksIn(world)).stored;
        const expected = expectedOf(sent, lanes);
        const closed = await world.cycle.closeNow();
        if (closed) expect(flat(await aggregatesOf(world.store, seq))).toEqual(expected);
        else expect(expected).toEqual([]);
        lanesSummed += expected.length;
      },
    ),
    { numRuns: 6 },
  );
  expect(lanesSummed).toBeGreaterThan(5);
});

test("full chunks are summed and their sealed reports deleted while the task is open; the rest waits for the close", async () => {
  const world = await leaderWorld({ ...quiet, task: { sigma: 0 }, chunkSize: 4 });
  await world.nextTask();
  const sent: Sent[] = [];
  for (let k = 0; k < 10; k++) sent.push(await send(world));
  await world.cycle.runIfDue();
  expect((await sealedRows(world)).length).toBe(2);
  expect(await batchesOf(world.store, 1)).toMatchObject([
    { state: "open", chunks: 2, reports: 8, offered: 8, counted: 8, leftOut: {} },
  ]);
  // Ids stay: a report that is in the sum is a duplicate.
  expect((await world.store.selectFrom("report_ids").selectAll().execute()).length).toBe(10);
  expect(await world.cycle.closeNow()).toBe(true);
  expect(await sealedRows(world)).toEqual([]);
  expect(flat(await aggregatesOf(world.store, 1))).toEqual(expectedOf(sent, 1));
});

test("a lane that is full goes on in a further batch, and each has all of its own reports", async () => {
  const world = await leaderWorld({ ...quiet, task: { sigma: 0, maxBatch: 8, minBatch: 5 }, chunkSize: 3 });
  await world.nextTask();
  const sent: Sent[] = [];
  for (let k = 0; k < 21; k++) {
    sent.push(await send(world));
    if (k % 5 === 4) await world.cycle.runIfDue();
  }
  await world.cycle.closeNow();
  const aggregates = await aggregatesOf(world.store, 1);
  expect(aggregates.map(({ batch }) => [batch.number, batch.counted])).toEqual([
    [0, 8],
    [1, 8],
    [2, 5],
  ]);
  for (const { batch, sum } of aggregates) {
    const theirs = sent.slice(8 * batch.number, 8 * batch.number + batch.counted);
    const vectors = theirs.map(({ values }) => values);
    expect(sum).toEqual(plainSum(vectors, task.length));
  }
});

test("reports are refused as batch-full while maxBatch of their block wait, and taken again when they are summed", async () => {
  const world = await leaderWorld({ ...quiet, task: { sigma: 0, maxBatch: 6 }, chunkSize: 6 });
  await world.nextTask();
  for (let k = 0; k < 6; k++) await send(world);
  const tasks = await tasksIn(world);
  const late = await reportOf({ tasks, block: 1, values: randomValues(tasks) });
  const answer = async () => outcomeIn(await world.intake.accept(encodeReport(late)));
  expect(await answer()).toMatchObject({ state: "refused", why: "batch-full" });
  await world.cycle.runIfDue();
  expect(await answer()).toEqual({ state: "accepted" });
});

/** The helper that lies in what it answers. */
function lying(lie: {
  readonly chunk?: (bytes: Uint8Array) => Uint8Array;
  readonly close?: (bytes: Uint8Array) => Uint8Array;
}): (helper: HelperClient) => HelperClient {
  const changed =
    (
      ask: HelperClient["chunk"],
      change: ((bytes: Uint8Array) => Uint8Array) | undefined,
    ): HelperClient["chunk"] =>
    async (request) => {
      const reply = await ask(request);
      return reply.ok && change !== undefined
        ? { ok: true, answer: change(Uint8Array.from(reply.answer)) }
        : reply;
    };
  return (helper) => ({
    ...helper,
    chunk: changed(helper.chunk, lie.chunk),
    close: changed(helper.close, lie.close),
  });
}

// Byte 8 is the batch id's first; of verdicts, the chunk stands at 24, their number at 28; of sums, counted
// at 24, the sum at 32.
test.each([
  ["another batch", { chunk: (bytes: Uint8Array) => bytes.fill(bytes[8] ^ 1, 8, 9) }],
  ["another chunk", { chunk: (bytes: Uint8Array) => bytes.fill(1, 24, 25) }],
  ["half of the verdicts", { chunk: (bytes: Uint8Array) => bytes.fill(3, 28, 29).subarray(0, 35) }],
  ["no verdict", { chunk: (bytes: Uint8Array) => bytes.fill(99, 32, 33) }],
  ["another batch's sum", { close: (bytes: Uint8Array) => bytes.fill(bytes[8] ^ 1, 8, 9) }],
  ["another count", { close: (bytes: Uint8Array) => bytes.fill(5, 24, 25) }],
  ["numbers outside the field", { close: (bytes: Uint8Array) => bytes.fill(255, 32, 36) }],
  ["half of a sum", { close: (bytes: Uint8Array) => bytes.subarray(0, 60) }],
] as const)("a helper that answers with %s is not believed, and asked again", async (_, lie) => {
  let lies = true;
  const through = lying({
    ...("chunk" in lie ? { chunk: (bytes) => (lies ? lie.chunk(bytes) : bytes) } : {}),
    ...("close" in lie ? { close: (bytes) => (lies ? lie.close(bytes) : bytes) } : {}),
  });
  const world = await leaderWorld({ ...quiet, task: { sigma: 0 }, throughHelper: through });
  await world.nextTask();
  const sent: Sent[] = [];
  for (let k = 0; k < 6; k++) sent.push(await send(world));
  await expect(world.cycle.closeNow()).rejects.toThrow(RangeError);
  lies = false;
  expect(await world.cycle.closeNow()).toBe(true);
  expect(flat(await aggregatesOf(world.store, 1))).toEqual(expectedOf(sent, 1));
});

test("the leader asks for no sum of fewer than minBatch reports, though a helper would give it", async () => {
  const closings: Uint8Array[] = [];
  const willing = (helper: HelperClient): HelperClient => ({
    ...helper,
    // A helper of a lower floor than the task's.
    close: async (request) => {
      closings.push(request);
      const { batch, counted } = parseCloseRequest(request);
      return { ok: true, answer: encodeCloseAnswer({ batch, counted, sum: new Uint32Array(task.length) }) };
    },
  });
  const world = await leaderWorld({ ...quiet, task: { sigma: 0 }, throughHelper: willing });
  await world.nextTask();
  // Enough reports to close a round with, of which one does not count.
  for (let k = 0; k < 4; k++) await send(world);
  await send(world, { spoil: "helper" });
  expect(await world.cycle.closeNow()).toBe(true);
  expect(closings).toEqual([]);
  expect(await batchesOf(world.store, 1)).toMatchObject([
    { state: "dropped", reports: 5, counted: 4, leftOut: { "too-few": 4, "helper: bad-seal": 1 } },
  ]);
  expect(await aggregatesOf(world.store, 1)).toEqual([]);
});

test("a batch that the helper refuses is dropped with all that is left of its lane; other lanes are summed", async () => {
  const refusing = (helper: HelperClient): HelperClient => ({
    ...helper,
    chunk: async (request) => {
      const { lane, chunk } = parseChunkRequest(request);
      return lane === 0 && chunk === 1
        ? { ok: false, why: "other-request", detail: "for the test" }
        : helper.chunk(request);
    },
  });
  const world = await leaderWorld({
    ...quiet,
    task: { sigma: 0, lanes: 2 },
    chunkSize: 4,
    throughHelper: refusing,
  });
  await world.nextTask();
  const sent: Sent[] = [];
  const inLane = (lane: number) => sent.filter((one) => one.lane === lane);
  while (inLane(0).length < 11 || inLane(1).length < 5) sent.push(await send(world));
  expect(await world.cycle.closeNow()).toBe(true);
  expect(flat(await aggregatesOf(world.store, 1))).toEqual(expectedOf(inLane(1), 2));
  const [dropped] = await batchesOf(world.store, 1);
  expect(dropped).toMatchObject({ lane: 0, state: "dropped", counted: 4 });
  expect(dropped.leftOut).toEqual({ "helper: other-request": 4, "batch dropped": inLane(0).length - 8 });
  expect(await sealedRows(world)).toEqual([]);
});

test("each aggregator draws noise once for each sum that is released, whatever is asked again", async () => {
  const drawn: number[] = [];
  const addNoise = async (sum: Uint32Array, sigma: number) => {
    drawn.push(sigma);
    sum[0] = (sum[0] + 1) % modulus;
  };
  let dies = 2;
  const dying = (helper: HelperClient): HelperClient => ({
    ...helper,
    close: async (request) => {
      const reply = await helper.close(request);
      if (dies-- > 0) throw new Error("the answer is lost");
      return reply;
    },
  });
  const world = await leaderWorld({ task: { lanes: 2 }, addNoise, throughHelper: dying });
  await world.nextTask();
  const sent: Sent[] = [];
  while ([0, 1].some((lane) => sent.filter((one) => one.lane === lane).length < 5))
    sent.push(await send(world));
  for (let k = 0; k < 2; k++) await expect(world.cycle.closeNow()).rejects.toThrow("the answer is lost");
  expect(await world.cycle.closeNow()).toBe(true);
  const sigma = 0.8 * 2 ** 15;
  expect(drawn).toEqual([sigma, sigma, sigma, sigma]);
  const noisy = expectedOf(sent, 2).map(({ sum, ...rest }) => {
    const moved = Uint32Array.from(sum);
    moved[0] = (moved[0] + 2) % modulus;
    return { ...rest, sum: moved };
  });
  expect(flat(await aggregatesOf(world.store, 1))).toEqual(noisy);
});

test("what is offered is on disk before: the same chunk byte for byte after a death, whatever has come since", async () => {
  const requests: Uint8Array[] = [];
  let dies = true;
  const dying = (helper: HelperClient): HelperClient => ({
    ...helper,
    chunk: async (request) => {
      requests.push(Uint8Array.from(request));
      const reply = await helper.chunk(request);
      if (dies) throw new Error("the leader dies here");
      return reply;
    },
  });
  const world = await leaderWorld({ ...quiet, task: { sigma: 0 }, chunkSize: 5, throughHelper: dying });
  await world.nextTask();
  const sent: Sent[] = [];
  for (let k = 0; k < 5; k++) sent.push(await send(world));
  await expect(world.cycle.runIfDue()).rejects.toThrow("the leader dies here");
  for (let k = 0; k < 4; k++) sent.push(await send(world));
  dies = false;
  await world.cycle.closeNow();
  expect(toHex(requests[1])).toBe(toHex(requests[0]));
  expect(requests.map((request) => parseChunkRequest(request).reports.length)).toEqual([5, 5, 4]);
  expect(flat(await aggregatesOf(world.store, 1))).toEqual(expectedOf(sent, 1));
});

test("a chunk is as large as told, but no larger than what all lanes together may keep waiting", () => {
  const of = (change: Partial<typeof task>) => chunkSizeFor({ task: { ...task, ...change } }, 256);
  expect(of({})).toBe(256);
  // 137 kB shares: one lane may wait for a whole chunk, 64 lanes of 4 blocks may not.
  expect(of({ length: 34_321, blocks: 4, lanes: 1 })).toBe(256);
  expect(of({ length: 34_321, blocks: 4, lanes: 4 })).toBe(122);
  expect(of({ length: 34_321, blocks: 4, lanes: 64 })).toBe(16);
  expect(chunkSizeFor({ task }, 7)).toBe(7);
});
