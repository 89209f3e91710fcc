/**
 * Where tokens are asked for: what comes without a good one does not count, and who asks for many gets a
 * day's worth.
 */
import { randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex } from "../../../core/bytes.ts";
import type { Report } from "../../../core/wire/report.ts";
import { directoryPath, parseIssuerDirectory, tokenMedia } from "../../../core/wire/tokens.ts";
import { tokensPath } from "../../../server/http/issuer.ts";
import { Issuer } from "../../../server/tokens/issuer.ts";
import { IssuerKeys } from "../../../server/tokens/keys.ts";
import { begin } from "../../../worker/contribute/privacypass.ts";
import { randomValues, reportOf, type TestServer, temporaryDirectory, withSum } from "../harness.ts";
import { served } from "../sockets.ts";
import {
  type Fate,
  fire,
  type Ground,
  honestShot,
  openGround,
  refused,
  requireExact,
  type Shot,
  shotOf,
} from "./ground.ts";
import { wayNames } from "./ways.ts";

const required = (perDay: number) => ({ tokens: { required: true, issue: true, perDay } });

/** What the issuer of this server says of itself. */
function doorOf({ parts }: TestServer) {
  const named = parts.tokens?.inKeyList() ?? null;
  const issuer = parts.tokens?.issuer ?? null;
  if (named === null || issuer === null) throw new TypeError("expected a server that issues tokens");
  return { issuer, name: new URL(named.url).host, key: fromHex(named.keys[0]) };
}

/** A good token, as someone at an address of their own gets it. */
async function mint(server: TestServer): Promise<Uint8Array<ArrayBuffer>> {
  const { issuer, name, key } = doorOf(server);
  return tokenOf(issuer, await begin(name, key));
}

async function tokenOf(issuer: Issuer, pending: Awaited<ReturnType<typeof begin>>) {
  const address = `2001:db8:${randomBytes(2).toString("hex")}:${randomBytes(2).toString("hex")}::1`;
  const issued = await issuer.issue(pending.request, { address, headers: new Headers() });
  if (!issued.ok) throw new Error(`expected a token, got ${issued.why}`);
  return pending.finish(issued.response);
}

/** Somebody else's issuer, which calls itself by the same name. */
async function foreignToken(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(temporaryDirectory(), "issuer-keys.json");
  const keys = await IssuerKeys.open({ path, rotateMs: 1e9, overlapMs: 1e9, nowMs: Date.now });
  const issuer = new Issuer({ keys, gate: { admit: async () => ({ ok: true }) }, requestUri: tokensPath });
  const [{ bytes }] = await keys.current();
  return tokenOf(issuer, await begin(name, bytes));
}

interface Tokens {
  /** Sent with many reports that are refused for something else, and good to the end. */
  readonly kept: Uint8Array<ArrayBuffer>;
  readonly spent: Uint8Array<ArrayBuffer>;
  readonly foreign: Uint8Array<ArrayBuffer>;
  readonly otherChallenge: Uint8Array<ArrayBuffer>;
}

const faults = fc.record({
  task: fc.constantFrom("good", "good", "good", "unknown", "closed"),
  id: fc.constantFrom("new", "new", "new", "known"),
  block: fc.constantFrom("good", "good", "good", "good", "bad"),
  length: fc.constantFrom("good", "good", "good", "good", "bad"),
  key: fc.constantFrom("good", "good", "good", "good", "leader", "helper"),
  token: fc.constantFrom(
    "good",
    "good",
    "none",
    "tampered",
    "spent",
    "foreign",
    "foreign, renamed",
    "other challenge",
    "short",
    "noise",
  ),
  at: fc.nat(2 ** 31 - 1),
  mask: fc.integer({ min: 1, max: 255 }),
  way: fc.constantFrom(...wayNames),
});
type Faults = typeof faults extends fc.Arbitrary<infer T> ? T : never;

/** The first fault in the documented order decides. */
function fateOf({ task, id, block, length, key, token }: Faults, values: Int32Array): Fate {
  if (task === "unknown") return refused("unknown-task");
  if (id === "known") return { end: "duplicate" };
  if (task === "closed") return refused("task-closed");
  if (block === "bad") return refused("wrong-block");
  if (length === "bad") return refused("wrong-length");
  if (key !== "good") return refused("unknown-key");
  if (token === "none") return refused("no-token");
  if (token === "spent") return refused("token-spent");
  return token === "good" ? { end: "counted", values } : refused("bad-token");
}

async function tokenFor(ground: Ground, { token, at, mask }: Faults, tokens: Tokens, counts: boolean) {
  const { kept, spent, foreign, otherChallenge } = tokens;
  switch (token) {
    case "good":
      return counts ? mint(ground.server) : kept;
    case "none":
      return new Uint8Array(0);
    case "tampered":
      return kept.map((byte, k) => (k === at % kept.length ? byte ^ mask : byte));
    case "spent":
      return spent;
    case "foreign":
      return foreign;
    case "foreign, renamed":
      // Names the key that the task asks for, and is signed by another.
      return Uint8Array.of(...foreign.subarray(0, 66), ...kept.subarray(66, 98), ...foreign.subarray(98));
    case "other challenge":
      return otherChallenge;
    case "short":
      return kept.subarray(0, 1 + (at % (kept.length - 1)));
    case "noise":
      return new Uint8Array(randomBytes(kept.length));
  }
}

async function faultyShot(ground: Ground, one: Faults, tokens: Tokens): Promise<Shot> {
  const current = one.task === "closed" ? ground.before.tasks : ground.tasks;
  const values = randomValues(current);
  const fate = fateOf(one, values);
  const known = one.task === "closed" ? ground.before.report.id : ground.book.counted[0].id;
  const report = await reportOf({
    tasks: current,
    block: one.block === "bad" ? 3 + one.at : one.at % 3,
    values: one.length === "bad" ? values.subarray(1 + (one.at % 40)) : values,
    id: one.id === "known" ? known : randomBytes(16),
    token: await tokenFor(ground, one, tokens, fate.end === "counted"),
  });
  const sent: Report = {
    ...(one.task === "unknown" ? withSum(report, { task: randomBytes(32).toString("hex") }) : report),
    leaderKey: report.leaderKey ^ (one.key === "leader" ? one.mask : 0),
    helperKey: report.helperKey ^ (one.key === "helper" ? one.mask : 0),
  };
  return shotOf(JSON.stringify(one), sent, fate);
}

test("of all that is wrong with a report the first in order is answered, and a token is spent by what is accepted alone", async () => {
  const ground = await openGround(required(1000), { token: mint });
  const { server } = ground;
  const { issuer, name, key } = doorOf(server);
  const tokens: Tokens = {
    kept: await mint(server),
    spent: await mint(server),
    foreign: await foreignToken(name),
    otherChallenge: await tokenOf(issuer, await begin(`other.${name}`, key)),
  };
  await fire(ground, await honestShot(ground, 0, tokens.spent), "direct");
  const counted = () => ground.book.counted.length;
  await fc.assert(
    fc.asyncProperty(fc.array(faults, { minLength: 25, maxLength: 25 }), async (all) => {
      const shots = await Promise.all(all.map((one) => faultyShot(ground, one, tokens)));
      await Promise.all(shots.map((shot, k) => fire(ground, shot, all[k].way)));
    }),
    { numRuns: 40, endOnFailure: true },
  );
  expect(new Set(ground.book.refused.keys())).toEqual(
    new Set([
      "unknown-task",
      "task-closed",
      "wrong-block",
      "wrong-length",
      "unknown-key",
      "no-token",
      "bad-token",
      "token-spent",
    ]),
  );
  const before = counted();
  await fire(ground, await honestShot(ground, 1, tokens.kept), "gateway");
  for (let k = 0; k < 12; k++) {
    await fire(ground, await honestShot(ground, k % 3, await mint(server)), wayNames[k % 2]);
  }
  expect(counted()).toBe(before + 13);
  await requireExact(ground);
}, 60_000);

test("of many reports with one token, at once and by both ways, one is accepted and counted", async () => {
  const ground = await openGround(required(1000), { token: mint });
  for (let k = 0; k < 12; k++) {
    await fire(ground, await honestShot(ground, k % 3, await mint(ground.server)), "direct");
  }
  for (let round = 0; round < 8; round++) {
    const token = await mint(ground.server);
    const shots = await Promise.all(Array.from({ length: 25 }, (_, k) => honestShot(ground, k % 3, token)));
    const answers = await Promise.all(shots.map((shot, k) => ground.ways[wayNames[k % 2]](shot.bytes)));
    const accepted = shots.filter((_, k) => answers[k].answer.state === "accepted");
    expect(accepted).toHaveLength(1);
    for (const [k, shot] of shots.entries()) {
      if (shot !== accepted[0]) {
        expect(answers[k]).toMatchObject({ status: 409, answer: { state: "refused", why: "token-spent" } });
      }
      ground.book.enter(shot === accepted[0] ? shot : { ...shot, fate: refused("token-spent") });
    }
  }
  await requireExact(ground);
});

/** A POST from an address of this machine, under whatever other address its sender claims. */
function postFrom(localAddress: string, url: string, { body, type }: { body: Uint8Array; type: string }) {
  const headers = {
    "content-type": type,
    "content-length": body.length,
    "x-forwarded-for": `203.0.113.${randomBytes(1)[0]}`,
    forwarded: `for=203.0.113.${randomBytes(1)[0]}`,
  };
  return new Promise<{ readonly status: number; readonly body: Buffer }>((resolve, reject) => {
    const outgoing = httpRequest(
      url,
      { method: "POST", headers, localAddress, agent: false },
      async (answer) => {
        const pieces: Buffer[] = [];
        for await (const piece of answer) pieces.push(piece);
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(pieces) });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

test("a flood from one address gets a day's tokens and counts as often; the next address has its own", async () => {
  const perDay = 4;
  const ground = await openGround(required(perDay), { token: mint });
  const { server } = ground;
  const url = await served(server.app, server.parts.config);
  const directory = parseIssuerDirectory(await (await fetch(`${url}${directoryPath}`)).json());
  const key = new Uint8Array(Buffer.from(directory["token-keys"][0]["token-key"], "base64url"));
  const { name } = doorOf(server);

  /** Asks for so many tokens at once, then reports with what it got, each token several times. */
  const flood = async (address: string, requests: number, reports: number) => {
    const asked = await Promise.all(
      Array.from({ length: requests }, async () => {
        const pending = await begin(name, key);
        const question = { body: pending.request, type: tokenMedia.request };
        const { status, body } = await postFrom(address, `${url}${tokensPath}`, question);
        return status === 200 ? { status, token: await pending.finish(new Uint8Array(body)) } : { status };
      }),
    );
    const tokens = asked.flatMap(({ token }) => (token === undefined ? [] : [token]));
    expect(asked.filter(({ status }) => status === 429)).toHaveLength(requests - tokens.length);
    const shots = await Promise.all(
      Array.from({ length: reports }, (_, k) => honestShot(ground, k % 3, tokens[k % tokens.length])),
    );
    const answers = await Promise.all(
      shots.map(({ bytes }) =>
        postFrom(address, `${url}/v1/reports`, { body: bytes, type: "application/octet-stream" }),
      ),
    );
    for (const [k, { status, body }] of answers.entries()) {
      const answer = JSON.parse(body.toString());
      if (status === 200) expect(answer).toMatchObject({ sums: [{ state: "accepted" }] });
      else expect(answer).toMatchObject({ status: 409, sums: [{ why: "token-spent" }] });
      ground.book.enter(status === 200 ? shots[k] : { ...shots[k], fate: refused("token-spent") });
    }
    return { tokens: tokens.length, counted: answers.filter(({ status }) => status === 200).length };
  };

  expect(await flood("127.0.0.2", 120, 80)).toEqual({ tokens: perDay, counted: perDay });
  expect(await flood("127.0.0.3", 40, 30)).toEqual({ tokens: perDay, counted: perDay });
  // The first comes again: its day is not over.
  const again = await postFrom("127.0.0.2", `${url}${tokensPath}`, {
    body: (await begin(name, key)).request,
    type: tokenMedia.request,
  });
  expect(again.status).toBe(429);
  for (let k = 0; k < 12; k++) {
    await fire(ground, await honestShot(ground, k % 3, await mint(server)), "direct");
  }
  expect(ground.book.counted).toHaveLength(2 * perDay + 12);
  await requireExact(ground);
}, 60_000);
