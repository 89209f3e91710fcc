/**
 * Documents and messages that were made hostile before the leader signed them, so that every signature holds: tasks,
 * plans, editions, chunks and closings at a helper. In the end the helper sums an honest batch, exactly.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Hono } from "hono";
import { expect, test } from "vitest";
import { canonicalJson, type Json } from "../../core/json.ts";
import { taskIdOf, taskJson } from "../../core/tasks/task.ts";
import type { VouchedKind } from "../../core/wire/log.ts";
import {
  encodeChunkRequest,
  encodeCloseRequest,
  parseChunkAnswer,
  parseCloseAnswer,
} from "../../core/wire/sums.ts";
import { sha256 } from "../../server/base/platform.ts";
import { baseApp } from "../../server/http/base.ts";
import { helperRoutes } from "../../server/http/helper.ts";
import { maskOf } from "../../server/tasks/mask.ts";
import { publish } from "../model.ts";
import { temporaryDirectory, testConfig } from "../server/harness.ts";
import { reportsFor } from "../server/offers.ts";
import { floors, type HelperWorld, helperWorld, laneSecret, startMs, task } from "../server/worlds.ts";
import { identities } from "../worker/parties.ts";
import { anyPlan, shopModel } from "../worker/shop.ts";
import { requireDecent, requireDecentLog } from "./answers.ts";
import { hostileBytes } from "./bytes.ts";
import { Fault, type Grammar, shownBytes, wage } from "./campaign.ts";
import type { Chance } from "./chance.ts";
import { anyGrammar } from "./messages.ts";
import { hostileJsonText } from "./values.ts";

const { leader } = identities;

interface Posted {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Of the message's digest, as tasks/helperwire.ts has it. */
function signedMessage(path: string, body: Uint8Array): Posted {
  const digest = createHash("sha256").update(body).digest();
  const { signature } = leader.sign("sum-request", JSON.stringify(digest.toString("hex")));
  const headers = {
    "content-digest": `sha-256=:${digest.toString("base64")}:`,
    "tacit-signature": signature,
  };
  return { path, headers, body };
}

/** As the leader would write it where it can be written so; else the text itself, signed all the same. */
function signedDocument(kind: VouchedKind, text: string): Posted {
  const document = canonicalOr(text).replaceAll(/[^\x20-\x7e]/g, "?");
  const body = new TextEncoder().encode(JSON.stringify({ kind, ...leader.sign(kind, document) }));
  return { path: "/v1/helper/documents", headers: {}, body };
}

function canonicalOr(text: string): string {
  try {
    return canonicalJson(JSON.parse(text));
  } catch {
    return text;
  }
}

test("what was hostile before it was signed is answered as documented, and an honest batch is summed exactly", async () => {
  const many = { tasksPerDay: 1e9, documentsPerDay: 1e9, taskKinds: 1e9 };
  const world = await helperWorld({
    leaderKey: leader.publicKey,
    floors: { ...floors, ...many },
    addNoise: async () => {},
  });
  const said: string[] = [];
  const log = (event: string, fields: object = {}) => void said.push(`${event} ${JSON.stringify(fields)}`);
  const config = testConfig(temporaryDirectory());
  const appOf = ({ helper }: HelperWorld): Hono => {
    const app = baseApp({ config, log, nowMs: () => startMs });
    return app.route("/v1/helper", helperRoutes({ helper, leader: leader.publicKey }));
  };
  const app = appOf(world);
  // A task ends where a later one of its kind is vouched for: messages are about one that stays.
  const other = await helperWorld({ leaderKey: leader.publicKey, floors, addNoise: async () => {} });
  const otherApp = appOf(other);
  const post = async ({ path, headers, body }: Posted, to = app) =>
    to.request(path, { method: "POST", headers, body: Uint8Array.from(body) });
  const runAt =
    (to: Hono) =>
    async (posted: Posted): Promise<string> => {
      const answer = await post(posted, to);
      const body = new Uint8Array(await answer.arrayBuffer());
      const type = answer.headers.get("content-type") ?? "";
      requireDecent({ status: answer.status, type, retryAfter: null, body, isText: type.includes("json") });
      const why = answer.status === 200 ? "" : ` ${JSON.parse(new TextDecoder().decode(body)).type}`;
      return `${posted.path.slice("/v1/helper/".length)} ${answer.status}${why.replace("urn:tacit:problem:", "")}`;
    };

  const vouched = await post(signedDocument("task", JSON.stringify(taskJson(task))));
  expect(vouched.status).toBe(200);
  expect((await post(signedDocument("task", JSON.stringify(taskJson(task))), otherApp)).status).toBe(200);
  const seeds = await reportsFor(other, { count: 9 });
  const id = await taskIdOf(task, sha256);
  const chunkOf = (chance: Chance, chunk: number) => {
    const name = {
      batch: chance.bytes(16),
      task: id,
      block: chance.below(3),
      lane: 0,
      number: chance.below(3),
    };
    const reports = seeds.slice(0, 1 + chance.below(9)).map((seed) => ({ ...seed, id: chance.bytes(16) }));
    return encodeChunkRequest({ ...name, chunk, reports });
  };
  const edition: Json = JSON.parse(JSON.stringify(publish(shopModel()).edition));
  const documents: Readonly<Record<VouchedKind, readonly Json[]>> = {
    task: [taskJson(task), taskJson({ ...task, round: 4 })],
    plan: [JSON.parse(JSON.stringify(anyPlan))],
    edition: [edition],
  };
  const documentGrammars = Object.entries(documents).map(([kind, values]) =>
    anyGrammar<Posted>({
      name: `signed: ${kind}`,
      make: (chance) => signedDocument(kind as VouchedKind, hostileJsonText(chance, chance.pick(values))),
      run: runAt(app),
      show: ({ body }) => shownBytes(body),
    }),
  );
  const messageGrammars: readonly Grammar<unknown>[] = [
    {
      name: "signed: chunk",
      make: (chance: Chance) => {
        const chunk = chunkOf(chance, chance.below(2));
        return signedMessage(
          "/v1/helper/chunks",
          chance.happens(0.7) ? hostileBytes(chance, [chunk]) : chunk,
        );
      },
      run: runAt(otherApp),
      show: ({ body }: Posted) => shownBytes(body),
    },
    {
      name: "signed: closing",
      make: (chance: Chance) => {
        const name = { batch: chance.bytes(16), task: id, block: chance.below(3), lane: 0, number: 0 };
        const closing = encodeCloseRequest({
          ...name,
          chunks: chance.below(3),
          counted: chance.below(9),
          laneSecret,
        });
        return signedMessage(
          "/v1/helper/closings",
          chance.happens(0.7) ? hostileBytes(chance, [closing]) : closing,
        );
      },
      run: runAt(otherApp),
      show: ({ body }: Posted) => shownBytes(body),
    },
  ].map(anyGrammar);
  await wage({ name: "signed", grammars: [...documentGrammars, ...messageGrammars], atOnce: 4 });
  requireDecentLog(said.join("\n"));

  // Of a task that nobody has touched, beside all that was vouched for.
  const own = { ...task, round: 77, expiresAtMs: task.expiresAtMs - 1 };
  const fresh = await post(signedDocument("task", JSON.stringify(taskJson(own))));
  if (fresh.status !== 200)
    throw new Fault(`expected an honest task to be vouched for, got ${await fresh.text()}`);
  const offered = await reportsFor(world, { of: own, count: 6 });
  const name = { batch: randomBytes(16), task: await taskIdOf(own, sha256), block: 1, lane: 0, number: 0 };
  const chunk = await post(
    signedMessage("/v1/helper/chunks", encodeChunkRequest({ ...name, chunk: 0, reports: offered })),
  );
  const { verdicts } = parseChunkAnswer(new Uint8Array(await chunk.arrayBuffer()));
  expect(verdicts).toEqual(offered.map(() => "counted"));
  const asked = { ...name, chunks: 1, counted: offered.length, laneSecret };
  const closed = await post(signedMessage("/v1/helper/closings", encodeCloseRequest(asked)));
  const { sum, counted } = parseCloseAnswer(new Uint8Array(await closed.arrayBuffer()));
  expect(counted).toBe(offered.length);
  const masks = offered.map(({ seed }) => maskOf(seed, own.length));
  expect(sum).toEqual(sumOf(masks, own.length));
}, 3_600_000);

/** Element by element, by the plainest means. */
function sumOf(masks: readonly Uint32Array[], length: number): Uint32Array {
  const q = 4_293_918_721n;
  return Uint32Array.from({ length }, (_, k) =>
    Number(masks.reduce((sum, mask) => sum + BigInt(mask[k]), 0n) % q),
  );
}
