/**
 * Reports and requests that were made hostile before they were sealed, so that every seal holds: both halves
 * of a report, what is around them, the binary HTTP request within an encapsulated one, and its answer at a
 * browser. A book says what must be in the sums in the end, element by element: what can be opened and lies
 * in the field, and nothing else.
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { fromHex, uint32FromBytes, uint32ToBytes } from "../../core/bytes.ts";
import { allInField, fromField, toField } from "../../core/sum/field.ts";
import { joinShares, seedBytes, splitShares } from "../../core/sum/share.ts";
import { taskIdOf } from "../../core/tasks/task.ts";
import { encodeRequest, encodeResponse, parseRequest, parseResponse } from "../../core/wire/bhttp.ts";
import { ohttpMedia } from "../../core/wire/ohttp.ts";
import {
  encodeReport,
  parseReport,
  parseReportAnswer,
  type Report,
  sealedAad,
} from "../../core/wire/report.ts";
import { recipientKey } from "../../server/base/hpke.ts";
import { sha256 } from "../../server/base/platform.ts";
import { openRequest } from "../../server/relay/encapsulation.ts";
import { maskOf } from "../../server/tasks/mask.ts";
import { encapsulate, gatewayKeyOf, readRelayAnswer, sealMessage } from "../../worker/door/ohttp.ts";
import {
  type Fate,
  type Ground,
  honestShot,
  openGround,
  requireRound,
  roundOf,
} from "../server/attacks/ground.ts";
import { postSealed } from "../server/attacks/ways.ts";
import { openTask, postRaw, randomValues, seal } from "../server/harness.ts";
import { requireDecent, requireDecentLog } from "./answers.ts";
import { hostileBytes } from "./bytes.ts";
import { Fault, type Grammar, shownBytes, wage } from "./campaign.ts";
import type { Chance } from "./chance.ts";
import { anyGrammar } from "./messages.ts";
import { isCoreRefusal, readOrRefused } from "./refusals.ts";

/** What was put into a report, and the bytes that are sent; of a halved one its two plaintexts. */
interface Sent {
  readonly bytes: Uint8Array;
  readonly made: Made;
}

interface Made {
  readonly report: Report;
  readonly share: Uint8Array;
  readonly seed: Uint8Array;
}

/** Both halves as chance made them of good ones, each sealed to whom it is for. */
async function madeBy(chance: Chance, { tasks }: Ground, isHostile: boolean): Promise<Made> {
  const [task] = tasks.tasks;
  const block = chance.below(task.blocks);
  const id = chance.bytes(16);
  const goodSeed = chance.bytes(seedBytes);
  const goodShare = uint32ToBytes(splitShares(toField(randomValues(tasks)), maskOf(goodSeed, task.length)));
  const [share, seed] = [goodShare, goodSeed].map((bytes) => {
    if (!isHostile || chance.happens(0.3)) return bytes;
    const hostile = hostileBytes(chance, [bytes]);
    // Most changes of length are turned away by it; those that are not must be opened.
    return chance.happens(0.3) ? hostile : fitted(hostile, bytes.length);
  });
  const name = await taskIdOf(task, sha256);
  const aad = sealedAad({ task: name, id, block });
  const report: Report = {
    id,
    leaderKey: tasks.keys.leader.id,
    helperKey: tasks.keys.helper.id,
    sums: [
      {
        task: name,
        block,
        leaderShare: await seal(tasks.keys.leader, "leader", share, aad),
        helperSeed: await seal(tasks.keys.helper, "helper", seed, aad),
      },
    ],
    token: new Uint8Array(0),
  };
  return { report, share, seed };
}

function fitted(bytes: Uint8Array, length: number): Uint8Array {
  const all = new Uint8Array(length);
  all.set(bytes.subarray(0, length));
  return all;
}

/** What must become of a report that was accepted as it came. */
function fateOf(sent: Uint8Array, { report, share, seed }: Made): Fate {
  const came = parseReport(sent);
  const [sum, own] = [came.sums[0], report.sums[0]];
  const isBound = same(came.id, report.id) && sum.task === own.task && sum.block === own.block;
  if (!isBound || !same(sum.leaderShare, own.leaderShare)) return { end: "left-out", why: "unsealable" };
  const numbers = uint32FromBytes(share);
  if (!allInField(numbers)) return { end: "left-out", why: "outside-field" };
  if (!same(sum.helperSeed, own.helperSeed)) return { end: "left-out", why: "helper: bad-seal" };
  const values = fromField(joinShares(numbers, maskOf(seed, numbers.length)));
  return { end: "counted", values: Int32Array.from(values) };
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/** Enters what was accepted into the book. */
function book(ground: Ground, { bytes, made }: Sent, answer: unknown, way: string): string {
  const outcome = parseReportAnswer(answer);
  if (outcome.state === "refused") return `${way} refused: ${outcome.why}`;
  const [{ state, ...sum }] = outcome.sums;
  if (state !== "accepted") return `${way} ${state}${"why" in sum ? `: ${sum.why}` : ""}`;
  const { id, sums } = parseReport(bytes);
  const fate = fateOf(bytes, made);
  ground.book.enter({ id, block: sums[0].block, fate });
  return `${way} accepted, ${fate.end}${fate.end === "left-out" ? `: ${fate.why}` : ""}`;
}

const octets = [["content-type", "application/octet-stream"]] as const;

function grammarsOn(ground: Ground): readonly Grammar<unknown>[] {
  const { app } = ground.server;
  const config = gatewayKeyOf(fromHex(ground.tasks.lists.leader.gateway ?? ""));
  const direct = async (sent: Sent): Promise<string> => {
    const answer = await postRaw(app, sent.bytes);
    const body = new Uint8Array(await answer.arrayBuffer());
    const type = answer.headers.get("content-type") ?? "";
    requireDecent({ status: answer.status, type, retryAfter: null, body, isText: true });
    return book(ground, sent, JSON.parse(new TextDecoder().decode(body)), "report");
  };
  const halves: Grammar<Sent> = {
    name: "sealed: halves of a report",
    make: async (chance) => {
      const made = await madeBy(chance, ground, true);
      return { made, bytes: encodeReport(made.report) };
    },
    run: direct,
    show: ({ made: { share, seed } }) => `share ${shownBytes(share)}, seed ${shownBytes(seed)}`,
  };
  const around: Grammar<Sent> = {
    name: "sealed: a report around its halves",
    make: async (chance) => {
      const made = await madeBy(chance, ground, false);
      return { made, bytes: hostileBytes(chance, [encodeReport(made.report)]) };
    },
    run: direct,
    show: ({ bytes }) => shownBytes(bytes),
  };
  const inner: Grammar<Sent & { readonly message: Uint8Array }> = {
    name: "sealed: a request within",
    make: async (chance) => {
      const made = await madeBy(chance, ground, chance.happens(0.5));
      const bytes = encodeReport(made.report);
      const path = chance.pick([
        "/v1/reports",
        "/v1/reports",
        "/v1/tasks",
        "/v1/admin/status",
        "/v1/gateway",
        "//",
        "/%",
      ]);
      const message = encodeRequest({
        ...{
          method: chance.pick(["POST", "POST", "GET", "HEAD"]),
          scheme: "https",
          authority: "leader.example",
          path,
        },
        ...{ headers: octets, content: bytes },
      });
      return { made, bytes, message: chance.happens(0.7) ? hostileBytes(chance, [message]) : message };
    },
    run: async ({ made, message }) => {
      const sealed = await sealMessage({ config, message });
      const answer = await postSealed(app, sealed.body);
      if (answer.status !== 200) throw new Fault(`expected an answer in the seal, got ${answer.status}`);
      const opened = await sealed.open(new Uint8Array(await answer.arrayBuffer()));
      const { status, content, type } = openedAnswer(opened);
      requireDecent({ status, type, retryAfter: null, body: content, isText: true });
      const sent = contentOf(message);
      const isReport = sent !== null && /"state":/.test(new TextDecoder().decode(content));
      if (!isReport) return `request within ${status}`;
      return book(
        ground,
        { bytes: sent, made },
        JSON.parse(new TextDecoder().decode(content)),
        "request within:",
      );
    },
    show: ({ message }) => shownBytes(message),
  };
  return [anyGrammar(halves), anyGrammar(around), anyGrammar(inner), answerGrammar()];
}

function contentOf(message: Uint8Array): Uint8Array | null {
  try {
    return parseRequest(message).content;
  } catch {
    return null;
  }
}

function openedAnswer(message: Uint8Array) {
  const response = parseResponse(message);
  const type = response.headers.find(([name]) => name === "content-type")?.[1] ?? "";
  return { status: response.status, content: response.content, type };
}

/** A gateway that is hostile, or a leader behind it: answers made hostile before they were sealed. */
function answerGrammar(): Grammar<unknown> {
  const pair = generateKeyPairSync("x25519");
  const raw = {
    publicKey: pair.publicKey.export({ type: "spki", format: "der" }).subarray(-32),
    privateKey: pair.privateKey.export({ type: "pkcs8", format: "der" }).subarray(-32),
  };
  const key = recipientKey(raw);
  const config = { id: 7, publicKey: raw.publicKey, symmetric: [{ kdf: 1, aead: 1 }] };
  const request = {
    method: "POST",
    url: "https://leader.example/v1/reports",
    body: new Uint8Array(9),
  } as const;
  return anyGrammar<Uint8Array>({
    name: "sealed: an answer at a browser",
    make: (chance) => {
      const content = new TextEncoder().encode('{"state":"answered","sums":[]}');
      const status = chance.pick([200, 200, 204, 101, 199, 304, 400, 599]);
      const headers = [["content-type", "application/json"]] as const;
      return hostileBytes(chance, [encodeResponse({ status, headers, content }, { multiple: 256 })]);
    },
    run: async (message) => {
      const exchange = await encapsulate({ config, request });
      const opened = await openRequest(exchange.body, {
        pair: () => key,
        fill: (bytes) => bytes.set(randomBytes(bytes.length)),
      });
      if (opened.state !== "opened") throw new Fault(`expected an opened request, got ${opened.state}`);
      const answer = new Response(await opened.seal(message), {
        headers: { "content-type": ohttpMedia.response },
      });
      return `answer ${await readOrRefused(() => readRelayAnswer(exchange, answer), isCoreRefusal)}`;
    },
    show: shownBytes,
  });
}

test("what was hostile before it was sealed is answered as documented, and the sums are exact", async () => {
  const said: string[] = [];
  const log = (event: string, fields: object = {}) => void said.push(`${event} ${JSON.stringify(fields)}`);
  const round = {
    minBatch: 4,
    maxBatch: 60_000,
    batchSize: 1e9,
    quietSeconds: 1e6,
    roundSeconds: 1e6,
    chunkSize: 200,
  };
  const ground = await openGround({ round }, { log });
  for (let k = 0; k < 48; k++) {
    const shot = await honestShot(ground, k % 3);
    expect((await ground.ways.direct(shot.bytes)).answer.state).toBe("accepted");
    ground.book.enter(shot);
  }
  await wage({ name: "sealed", grammars: grammarsOn(ground), atOnce: 8 });
  requireDecentLog(said.join("\n"));
  const task = await openTask(ground.server);
  expect(await ground.server.parts.cycle.closeNow()).toBe(true);
  requireRound(await roundOf(ground.server.parts.leaderStore, task), ground.book);
}, 3_600_000);
