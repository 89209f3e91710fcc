/**
 * Hostile reports, thousands of them, by both ways in: each gets its documented answer, the server goes on,
 * and the aggregates are exactly the sums of what may be counted. Nothing hostile is in them and nothing
 * honest is missing.
 */
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import { keyProblemType, requestOverheadBytes } from "../../core/wire/ohttp.ts";
import { encodeReport } from "../../core/wire/report.ts";
import { encapsulate, gatewayKeyOf, readRelayAnswer } from "../../worker/door/ohttp.ts";
import {
  exactSum,
  fire,
  type Ground,
  honestShot,
  openGround,
  requireExact,
  type Shot,
} from "./attacks/ground.ts";
import { kinds, makers } from "./attacks/shots.ts";
import { answeredIn, postSealed, type WayName, wayNames } from "./attacks/ways.ts";
import { laneIn, reportOf } from "./harness.ts";

const natural = fc.nat(2 ** 31 - 1);
const attack = fc.record({
  kind: fc.constantFrom(...kinds),
  a: natural,
  b: natural,
  way: fc.constantFrom(...wayNames),
});
/** The server keeps what it was sent, so a failure cannot be made smaller by sending less. */
const inOneWorld = { endOnFailure: true } as const;

async function fireAll(ground: Ground, volley: readonly (readonly [Shot, WayName])[]): Promise<void> {
  await Promise.all(volley.map(([shot, way]) => fire(ground, shot, way)));
}

/** Enough honest reports that every block is summed, in each of its lanes. */
async function honestCrowd(ground: Ground, perBlock: number): Promise<void> {
  const shots = Array.from({ length: 3 * perBlock }, (_, k) => honestShot(ground, k % 3));
  await fireAll(
    ground,
    (await Promise.all(shots)).map((shot, k) => [shot, wayNames[k % 2]] as const),
  );
}

test("whatever is sent, by either way, the answer is the documented one and the sums are exact", async () => {
  const ground = await openGround();
  await honestCrowd(ground, 2);
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(attack, { minLength: 50, maxLength: 50 }),
      fc.nat(2),
      fc.constantFrom(...wayNames),
      async (attacks, block, way) => {
        for (const { kind } of attacks) seen.set(kind, (seen.get(kind) ?? 0) + 1);
        const hostile = attacks.map(async ({ kind, a, b, way }) => {
          return [await makers[kind](ground, { a, b }), way] as const;
        });
        const volley = [...(await Promise.all(hostile)), [await honestShot(ground, block), way] as const];
        // In another order than they were made in: who comes first is chance.
        await fireAll(ground, volley.toReversed());
      },
    ),
    { numRuns: 60, ...inOneWorld },
  );
  expect([...seen.keys()].sort()).toEqual([...kinds].sort());
  expect(ground.book.shots).toBe(60 * 51 + 6);
  await requireExact(ground);
}, 180_000);

test("control: with one honest report fewer, or one hostile more, the sums that are expected are others", async () => {
  const ground = await openGround();
  await honestCrowd(ground, 24);
  const hostile = await makers["seed of another report"](ground, { a: 1, b: 0 });
  await fire(ground, hostile, "direct");
  const { task, aggregates } = await requireExact(ground);
  expect(aggregates.length).toBe(6);
  for (const { batch, sum } of aggregates) {
    const { counted } = ground.book;
    expect(sum).toEqual(exactSum(counted, batch, task));
    const missing = counted.findIndex(
      ({ id, block }) => block === batch.block && laneIn(task, id) === batch.lane,
    );
    expect(sum).not.toEqual(exactSum(counted.toSpliced(missing, 1), batch, task));
    const more = { ...counted[missing], values: counted[0].values };
    expect(sum).not.toEqual(exactSum([...counted, more], batch, task));
    const first = counted[missing];
    const off = { ...first, values: first.values.map((value, k) => (k === 0 ? value + 1 : value)) };
    expect(sum).not.toEqual(exactSum(counted.toSpliced(missing, 1, off), batch, task));
  }
});

test("a report that is played again, at once and by both ways, is accepted once and counted once", async () => {
  const ground = await openGround();
  await honestCrowd(ground, 16);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(2),
      fc.array(fc.constantFrom(...wayNames), { minLength: 2, maxLength: 12 }),
      fc.boolean(),
      async (block, ways, exactly) => {
        const first = await honestShot(ground, block);
        // The same id, once with the same bytes and once each time sealed again around other values.
        const shots = await Promise.all(
          ways.map(async () => {
            if (exactly) return first;
            const values = (await honestShot(ground, block)).fate;
            return values.end === "counted" ? resealed(ground, first, values.values) : first;
          }),
        );
        const answers = await Promise.all(shots.map((shot, k) => ground.ways[ways[k]](shot.bytes)));
        const accepted = answers.flatMap(({ answer }, k) => (answer.state === "accepted" ? [shots[k]] : []));
        expect(accepted).toHaveLength(1);
        expect(answers.filter(({ answer }) => answer.state === "duplicate")).toHaveLength(ways.length - 1);
        ground.book.enter(accepted[0]);
      },
    ),
    { numRuns: 40, ...inOneWorld },
  );
  await requireExact(ground);
});

async function resealed({ tasks }: Ground, { id, block }: Shot, values: Int32Array): Promise<Shot> {
  const bytes = encodeReport(await reportOf({ tasks, block, values, id }));
  return { name: "resealed", bytes, id, block, fate: { end: "counted", values } };
}

describe("the gateway itself", () => {
  test("an encapsulated report that was changed anywhere, cut or lengthened is refused in the open", async () => {
    const ground = await openGround();
    await honestCrowd(ground, 16);
    const { app } = ground.server;
    const { bytes } = await honestShot(ground, 0);
    const { body } = await encapsulated(ground, bytes);
    const spoiling = fc.oneof(
      fc.record({
        how: fc.constant("changed" as const),
        at: fc.nat(body.length - 1),
        mask: fc.integer({ min: 1, max: 255 }),
      }),
      fc.record({ how: fc.constant("cut" as const), at: fc.nat(body.length - 1), mask: fc.constant(0) }),
      fc.record({ how: fc.constant("longer" as const), at: fc.nat(3000), mask: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(spoiling, { minLength: 20, maxLength: 20 }), async (all) => {
        await Promise.all(
          all.map(async ({ how, at, mask }) => {
            const spoilt =
              how === "cut"
                ? body.subarray(0, at)
                : how === "longer"
                  ? Buffer.concat([body, randomBytes(1 + at)])
                  : Uint8Array.from(body, (byte, k) => (k === at ? byte ^ mask : byte));
            const response = await postSealed(app, spoilt);
            expect(response.status).toBe(400);
            expect(response.headers.get("content-type")).toBe("application/problem+json");
            // Too short for a request is no request; whatever else does not open may be sealed to another key.
            const isTooShort = spoilt.length < requestOverheadBytes;
            const type = isTooShort ? "urn:tacit:problem:malformed" : keyProblemType;
            expect(await response.json()).toMatchObject({ type, status: 400 });
          }),
        );
      }),
      { numRuns: 50, ...inOneWorld },
    );
    expect((await postSealed(app, body, "application/octet-stream")).status).toBe(415);
    expect((await postSealed(app, new Uint8Array(2_000_000))).status).toBe(413);
    await requireExact(ground);
  });

  test("an encapsulated report that is played again is a duplicate inside the seal", async () => {
    const ground = await openGround();
    await honestCrowd(ground, 16);
    const shot = await honestShot(ground, 1);
    const exchange = await encapsulated(ground, shot.bytes);
    const states = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const read = await readRelayAnswer(exchange, await postSealed(ground.server.app, exchange.body));
        return read.state === "answered" ? (await answeredIn(read.response)).answer.state : read.state;
      }),
    );
    expect(states.filter((state) => state === "accepted")).toHaveLength(1);
    expect(states.filter((state) => state === "duplicate")).toHaveLength(29);
    ground.book.enter(shot);
    await requireExact(ground);
  });
});

function encapsulated({ tasks }: Ground, body: Uint8Array) {
  const config = gatewayKeyOf(fromHex(tasks.lists.leader.gateway ?? ""));
  const url = "https://leader.example/v1/reports";
  const headers = { "content-type": "application/octet-stream" };
  return encapsulate({ config, request: { method: "POST", url, headers, body } });
}
