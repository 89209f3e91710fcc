/**
 * A device before a hostile pair of servers, which hold the keys that the site pinned: documents and parts
 * made hostile before they are signed and named by their hash, and answers made hostile as bytes. The page
 * gets its lists, or none, and is told of troubles in the project's own words; nothing is thrown where nobody
 * waits, and no report leaves but for a task that an honest pair might have asked.
 */
import { afterEach, test } from "vitest";
import { canonicalJson, type Json } from "../../core/json.ts";
import type { Edition } from "../../core/model/edition.ts";
import type { PrivacyPlan } from "../../core/sum/plan.ts";
import { taskJson } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import type { Recommendation } from "../../worker/api.ts";
import type { Fetch } from "../../worker/edges.ts";
import { named, type Publication, publish } from "../model.ts";
import { closeDevices, device, eventOf, troublesOf } from "../worker/device.ts";
import { fakeServer } from "../worker/fakeserver.ts";
import { HelperLog } from "../worker/helperlog.ts";
import {
  aggregators,
  editionAnswerOf,
  identities,
  keyListOf,
  production,
  signed,
  tasksAnswerOf,
} from "../worker/parties.ts";
import { activityTask, noonMs, shopModel, taskOn } from "../worker/shop.ts";
import { hostileBytes } from "./bytes.ts";
import { Fault, type Grammar, shownBytes, wage } from "./campaign.ts";
import type { Chance } from "./chance.ts";
import { anyGrammar } from "./messages.ts";
import { hostileJsonText } from "./values.ts";

afterEach(closeDevices);

const { leader, helper } = identities;
const model = shopModel({ items: 24, contentDim: 4, factorDim: 3 });
const published = publish(model);
const plan: PrivacyPlan = {
  version: 3,
  kinds: [
    { kind: "item-factors", rho: 0.04, reportsPer30Days: 4 },
    { kind: "activity", rho: 0.02, reportsPer30Days: 4 },
  ],
  rhoPer30Days: 0.24,
  issuedAtMs: noonMs - dayMs,
};
const { keys } = await aggregators();
const tasks = [taskOn(model, { minBatch: 50, sigma: 12 }), activityTask({ minBatch: 50, sigma: 12 })];

/** What is served beside the honest answers: a body for a path, or parts by their ids. */
interface Served {
  readonly answers: ReadonlyMap<string, Uint8Array>;
  readonly publication: Publication;
  readonly shown: string;
}

const jsonBytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** An honest log of what is published, and the answer about it: what is vouched for later goes on from there. */
function begun(edition = published.edition): { readonly log: HelperLog; readonly answer: Uint8Array } {
  const log = new HelperLog();
  const document = signed("edition", leader, JSON.parse(JSON.stringify(edition)));
  return { log, answer: jsonBytes(editionAnswerOf(document, keys, log)) };
}

/** Honest answers, but for those that are given. */
function served(
  changed: Readonly<Record<string, Uint8Array>>,
  { log, answer } = begun(),
): Omit<Served, "shown"> {
  const all = { "/v1/edition": answer, "/v1/tasks": tasksAnswer(log, {}), ...changed };
  return { answers: new Map(Object.entries(all)), publication: published };
}

/** The value as its signer would write it, hostile; signed as it is. */
function hostileSigned(
  chance: Chance,
  kind: "task" | "plan" | "keys" | "edition",
  by: typeof leader,
  value: Json,
): SignedDocument {
  const text = hostileJsonText(chance, value);
  return by.sign(kind, canonicalOr(text).replaceAll(/[^\x20-\x7e]/g, "?"));
}

function canonicalOr(text: string): string {
  try {
    return canonicalJson(JSON.parse(text));
  } catch {
    return text;
  }
}

/** In the log where it has a form that the log can name. */
function vouch(log: HelperLog, kind: "task" | "plan", document: SignedDocument): void {
  try {
    log.vouch(kind, document);
  } catch {
    // No kind to be read: then no helper could have vouched for it.
  }
}

function tasksAnswer(log: HelperLog, change: object): Uint8Array {
  const honest = tasksAnswerOf(keys, tasks, plan, log);
  const list = keyListOf("helper", keys, { origin: production.pins.helper, log: log.head });
  return jsonBytes({ ...honest, helper: signed("keys", helper, list), log: log.usual(), ...change });
}

const tampered: Readonly<Record<string, (chance: Chance) => Served>> = {
  "a signed task": (chance) => {
    const start = begun();
    const { log } = start;
    const document = hostileSigned(chance, "task", leader, taskJson(chance.pick(tasks)));
    vouch(log, "task", document);
    const answer = tasksAnswer(log, { tasks: [document] });
    return { ...served({ "/v1/tasks": answer }, start), shown: document.document };
  },
  "a signed plan": (chance) => {
    const start = begun();
    const { log } = start;
    tasksAnswerOf(keys, tasks, plan, log);
    const document = hostileSigned(chance, "plan", leader, { ...plan, issuedAtMs: noonMs });
    vouch(log, "plan", document);
    return {
      ...served({ "/v1/tasks": tasksAnswer(log, { plan: document }) }, start),
      shown: document.document,
    };
  },
  "a signed key list": (chance) => {
    const start = begun();
    const { log } = start;
    tasksAnswerOf(keys, tasks, plan, log);
    const role = chance.pick(["leader", "helper"] as const);
    const list = keyListOf(
      role,
      keys,
      role === "helper" ? { origin: production.pins.helper, log: log.head } : {},
    );
    const document = hostileSigned(chance, "keys", identities[role], { ...list });
    return {
      ...served({ "/v1/tasks": tasksAnswer(log, { [role]: document }) }, start),
      shown: document.document,
    };
  },
  "a signed edition": (chance) => {
    const edition: Json = JSON.parse(JSON.stringify(published.edition));
    const document = hostileSigned(chance, "edition", leader, edition);
    const log = new HelperLog();
    const answer = jsonBytes(editionAnswerOf(document, keys, log));
    return { ...served({}, { log, answer }), shown: document.document };
  },
  "a part of an edition": (chance) => {
    const publication = hostilePart(chance);
    return {
      ...served({}, begun(publication.edition)),
      publication,
      shown: JSON.stringify(publication.edition),
    };
  },
  "an answer of bytes": (chance) => {
    const path = chance.pick(["/v1/edition", "/v1/tasks", "/v1/head", "/v1/log", "/v1/reports"]);
    const start = begun();
    const { log } = start;
    const seeds: Readonly<Record<string, Uint8Array>> = {
      "/v1/edition": start.answer,
      "/v1/tasks": tasksAnswer(log, {}),
      "/v1/head": published.parts.get(published.edition.head.id) ?? new Uint8Array(0),
      "/v1/log": jsonBytes(log.tail(0)),
      "/v1/reports": jsonBytes({ state: "answered", sums: [{ task: "ab".repeat(32), state: "accepted" }] }),
    };
    const seed = seeds[path];
    const asText = new TextDecoder().decode(seed);
    const body =
      asText.startsWith("{") && chance.happens(0.6)
        ? new TextEncoder().encode(hostileJsonText(chance, JSON.parse(asText)))
        : hostileBytes(chance, [seed]);
    return { ...served({ [path]: body }, start), shown: `${path} ${shownBytes(body)}` };
  },
};

/** One part, or the head, hostile within; its hash and length are as the edition says. */
function hostilePart(chance: Chance): Publication {
  const { edition, parts } = published;
  const old = chance.pick([edition.head, ...edition.parts]);
  const bytes = parts.get(old.id) ?? new Uint8Array(0);
  const next = named(chance.happens(0.6) ? withHeader(chance, bytes) : hostileBytes(chance, [bytes]));
  const ref = { ...old, id: next.id, bytes: next.bytes.length };
  const changed: Edition = {
    ...edition,
    head: old === edition.head ? ref : edition.head,
    parts: edition.parts.map((part) => (part === old ? ref : part)),
  };
  return { edition: changed, parts: new Map([...parts, [next.id, next.bytes]]) };
}

const fixedBytes = 16;
const alignment = 64;
const aligned = (length: number) => Math.ceil(length / alignment) * alignment;

/** A part whose header is hostile JSON, and whose sections stand where they stood. */
function withHeader(chance: Chance, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(fixedBytes, fixedBytes + length)));
  const text = Buffer.from(hostileJsonText(chance, header).replaceAll(/[^\x20-\x7e]/g, "?"), "latin1");
  const rest = bytes.subarray(aligned(fixedBytes + length));
  const all = new Uint8Array(aligned(fixedBytes + text.length) + rest.length);
  all.set(bytes.subarray(0, fixedBytes));
  new DataView(all.buffer).setUint32(8, text.length, true);
  all.set(text, fixedBytes);
  all.set(rest, aligned(fixedBytes + text.length));
  return all;
}

/** What an engine says where nobody looked. */
const engines =
  /Maximum call|Cannot (?:read|destructure|convert|set|mix)|is not (?:a function|iterable|an object|a constructor)|Invalid (?:array|typed|string|count)|of (?:undefined|null)\b|out of bounds|allocation failed/;
const mostTrouble = 1_000;

/** What a page is told where there is no model yet, and why, is a list of nothing. */
async function listed(asked: Promise<readonly Recommendation[]>): Promise<readonly Recommendation[]> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && !engines.test(error.message)) return [];
    throw error;
  }
}

async function visit({ answers, publication }: Served): Promise<string> {
  const server = fakeServer(model, keys);
  server.tasks = tasks;
  server.plan = plan;
  server.serve(publication);
  const { fetch } = server;
  const hostile: Fetch = async (url, init) => {
    const body = answers.get(new URL(url).pathname.replace(/^\/base/, ""));
    return body === undefined ? fetch(url, init) : new Response(Uint8Array.from(body));
  };
  const own = await device(Object.assign(server, { fetch: hostile }), { config: production });
  await own.worker.append([eventOf("purchase", 3), eventOf("like", 7)]);
  await own.worker.contribute();
  const list = await listed(own.worker.forYou({ count: 5 }));
  const popular = await listed(own.worker.trending({ count: 5 }));
  await own.worker.panel();
  await closeDevices();
  for (const trouble of troublesOf(own)) {
    if (engines.test(trouble))
      throw new Fault(`expected a trouble in words of its own, got ${trouble.slice(0, 300)}`);
    if (trouble.length > mostTrouble)
      throw new Fault(`expected a short trouble, got ${trouble.length} characters: ${trouble.slice(0, 200)}`);
  }
  if (server.bodies.length > 1) throw new Fault(`expected one report at most, got ${server.bodies.length}`);
  const scores = [...list, ...popular].map(({ score }) => score);
  if (!scores.every(Number.isFinite))
    throw new Fault(`expected scores that are numbers, got ${scores.join(", ")}`);
  return `device: ${list.length > 0 ? "a list" : "no list"}, ${server.bodies.length} reports, ${troublesOf(own).length > 0 ? "troubles" : "none"}`;
}

function grammarOf([name, make]: readonly [string, (chance: Chance) => Served]): Grammar<unknown> {
  return anyGrammar<Served>({ name: `device: ${name}`, make, run: visit, show: ({ shown }) => shown });
}

test("whatever a device is answered, the page goes on, and hears of it in the project's own words", async () => {
  await wage({ name: "devices", grammars: Object.entries(tampered).map(grammarOf) });
}, 3_600_000);
