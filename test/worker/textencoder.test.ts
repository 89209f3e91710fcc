/**
 * Free text by an encoder on a device: when it is fetched, what it finds, and that there are words until it
 * is there.
 */
import { createHash } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { encodeMeanings } from "../../core/encoder/meanings.ts";
import { parsePublished } from "../../core/encoder/published.ts";
import type { FactEvent, FactValue } from "../../core/events/fact.ts";
import { quantizeRows } from "../../core/model/quantize.ts";
import type { EncoderProcess } from "../../worker/edges.ts";
import { textsOf } from "../../worker/texts/main.ts";
import { type Publication, publish } from "../model.ts";
import { toyEncoderPart } from "../toyencoder.ts";
import {
  closeDevice,
  closeDevices,
  type DeviceOptions,
  eventOf,
  freshDatabase,
  troublesOf,
  until,
  wholeDevice,
} from "./device.ts";
import { askedOf, type FakeServer, fakeServer } from "./fakeserver.ts";
import { itemId, noonMs, shopModel } from "./shop.ts";

afterEach(closeDevices);

/** Items of the shop by the first word of their title: what an encoder would know of them. */
const topics = ["Mugs", "Mug", "Clock"];
const dim = 3;
const encoderId = "e".repeat(64);
const topicOf = (title: string): number => (title.startsWith("Mug") ? 0 : title.startsWith("Clock") ? 1 : 2);
const axis = (at: number): readonly number[] => Array.from({ length: dim }, (_, k) => (k === at ? 1 : 0));

const encoderPart = toyEncoderPart(encoderId, dim);

interface PublicationOptions {
  readonly without?: readonly string[];
  /** Which encoder's the vectors say they are. */
  readonly space?: string;
}

let sequence = 0;
function publication({ without = [], space = encoderId }: PublicationOptions = {}): Publication {
  const model = shopModel();
  const cards = model.catalogue.filter(({ item }) => !without.includes(item));
  const items = cards.map(({ item }) => item);
  const { edition, parts } = publish(model, { sequence: ++sequence, headItems: model.items });
  const rows = quantizeRows(
    cards.flatMap(({ title }) => axis(topicOf(title))),
    items.length,
    dim,
  );
  const meanings = encodeMeanings({ items, dim, space, rows });
  const listed = [
    ["encoder", encoderPart],
    ["meanings", meanings],
  ] as const;
  return {
    edition: {
      ...edition,
      parts: [
        ...edition.parts,
        ...listed.map(([kind, bytes]) => ({ kind, id: idOf(bytes), bytes: bytes.length })),
      ],
    },
    parts: new Map([...parts, ...listed.map(([, bytes]) => [idOf(bytes), bytes] as const)]),
  };
}

function idOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** "Vessel" means mugs, "hours" clocks; neither word is anywhere. */
function vectorOf(text: string): Float32Array {
  return Float32Array.from(axis(/vessel/.test(text) ? 0 : /hours/.test(text) ? 1 : -1));
}

let opened = 0;
let stopped = 0;
/** What answers in the place of encoder.js: a worker of its own, which a test has none of. */
const toy = (wait: () => Promise<void> = async () => undefined): EncoderProcess => ({
  open: async (part, wasm) => {
    await wait();
    expect([parsePublished(part).id, wasm]).toEqual([encoderId, config.files["encoder.wasm"]]);
    opened += 1;
  },
  encode: async (text) => vectorOf(text),
  stop: () => {
    stopped += 1;
  },
});
const config = {
  files: {
    "encoder.js": "https://shop.example/encoder.js",
    "encoder.wasm": "https://shop.example/encoder.wasm",
  },
};
const nothingComesSoon = (ms: number): Promise<void> => (ms <= 1_500 ? Promise.resolve() : never());
/** Time passes as a test says. */
const never = (): Promise<void> => new Promise(() => undefined);
const edgesWith = (start: () => EncoderProcess = () => toy()): NonNullable<DeviceOptions["edges"]> => ({
  loadFile: async () => ({ textsOf }),
  startEncoder: start,
  wait: never,
});

function shop(): FakeServer {
  const server = fakeServer(null);
  server.serve(publication());
  return server;
}

const kindsAsked = (server: FakeServer): number =>
  askedOf(server).filter((path) => path.endsWith(idOf(encoderPart))).length;
const titlesOf = (list: readonly { readonly title: string }[]) =>
  list.map(({ title }) => title.split(" ")[0]);
let ids = 0;
const said = (fact: string, value: FactValue | null): FactEvent => {
  return { id: `said-${ids++}`, kind: "fact", fact, value, atMs: noonMs };
};

test("a text finds what it means where no word of it is known, and the reason says so", async () => {
  const { worker } = await wholeDevice(shop(), { edges: edgesWith(), config });
  const found = await worker.search("a vessel", { count: 3 });
  expect(topics.slice(0, 2)).toEqual(expect.arrayContaining(titlesOf(found)));
  for (const { reasons, score, from } of found) {
    expect(from).toBe("search");
    expect(reasons).toEqual([{ why: "meaning", asked: "a vessel", contribution: expect.any(Number) }]);
    expect(reasons[0].contribution).toBeCloseTo(score, 12);
  }
  const both = await worker.search("clock hours", { count: 1 });
  expect(both[0].reasons.map(({ why }) => why)).toEqual(["meaning", "search"]);
  expect(await worker.search("xqzzy", {})).toEqual([]);
});

test("an encoder is fetched with the first text and once, over visits and editions; with none before", async () => {
  const server = shop();
  const database = freshDatabase();
  const first = await wholeDevice(server, { edges: edgesWith(), config, database });
  await first.worker.append([eventOf("view", 3), said("tier", 2)]);
  await first.worker.forYou({});
  const before = opened;
  expect(kindsAsked(server)).toBe(0);
  await Promise.all([first.worker.search("a vessel", {}), first.worker.search("hours", {})]);
  expect([kindsAsked(server), opened - before]).toEqual([1, 1]);
  await closeDevice(first);
  server.serve(publication({ without: [itemId(3)] }));
  const next = await wholeDevice(server, { edges: edgesWith(), config, database });
  expect(titlesOf(await next.worker.search("hours", { count: 1 }))).toEqual(["Clock"]);
  expect(kindsAsked(server)).toBe(1);
});

test("until it is there words answer, at once; what it changes then is told as a change", async () => {
  let release = (): void => undefined;
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const edges = { ...edgesWith(() => toy(() => slow)), wait: nothingComesSoon };
  const own = await wholeDevice(shop(), { edges, config });
  await own.worker.append([said("interests", "hours")]);
  expect((await own.worker.forYou({ count: 1 }))[0].from).not.toBe("said");
  expect(await own.worker.search("a vessel", {})).toEqual([]);
  expect(titlesOf(await own.worker.search("clocks", { count: 1 }))).toEqual(["Clock"]);
  const changes = () => own.notices.filter(({ type }) => type === "change").length;
  const told = changes();
  release();
  await until(() => changes() > told);
  await vi.waitUntil(async () => (await own.worker.forYou({ count: 1 }))[0].from === "said", 10_000);
  const [first] = await own.worker.forYou({ count: 1 });
  expect(first.title).toMatch(/^Clock/);
  expect(first.reasons).toContainEqual(expect.objectContaining({ why: "said", said: "hours" }));
  expect(await own.worker.search("a vessel", {})).not.toEqual([]);
});

test("one that cannot be had leaves words, is told once, and asked for again a minute later", async () => {
  let tries = 0;
  let nowMs = noonMs;
  const broken = (): EncoderProcess => {
    tries += 1;
    if (tries === 1) throw new Error("away");
    return toy();
  };
  const own = await wholeDevice(shop(), { edges: { ...edgesWith(broken), nowMs: () => nowMs }, config });
  for (let letter = 0; letter < 3; letter++) {
    expect(titlesOf(await own.worker.search("clock", { count: 1 }))).toEqual(["Clock"]);
  }
  expect(tries).toBe(1);
  expect(troublesOf(own).filter((text) => text === "encoder: away")).toHaveLength(1);
  nowMs += 60_000;
  expect(titlesOf(await own.worker.search("hours", { count: 1 }))).toEqual(["Clock"]);
});

test("who asked for as few bytes as possible has words alone", async () => {
  const server = shop();
  const edges = { ...edgesWith(), savesData: () => true };
  const { worker } = await wholeDevice(server, { edges, config });
  expect(await worker.search("a vessel", {})).toEqual([]);
  expect(titlesOf(await worker.search("clock", { count: 1 }))).toEqual(["Clock"]);
  expect(kindsAsked(server)).toBe(0);
});

test("one that dies while it is asked leaves words, and is started again a minute later", async () => {
  let nowMs = noonMs;
  let starts = 0;
  const dying = (): EncoderProcess => {
    starts += 1;
    return starts > 1 ? toy() : { ...toy(), encode: async () => Promise.reject(new Error("gone")) };
  };
  const own = await wholeDevice(shop(), { edges: { ...edgesWith(dying), nowMs: () => nowMs }, config });
  expect(titlesOf(await own.worker.search("clock", { count: 1 }))).toEqual(["Clock"]);
  expect(troublesOf(own)).toContain("encoder: gone");
  expect(await own.worker.search("hours", {})).toEqual([]);
  nowMs += 60_000;
  expect(titlesOf(await own.worker.search("hours", { count: 1 }))).toEqual(["Clock"]);
  expect(starts).toBe(2);
});

test("without a text for a while its memory is given back; the next text has it again", async () => {
  const rests: (() => void)[] = [];
  const wait = (ms: number): Promise<void> =>
    ms < 60_000 ? never() : new Promise((resolve) => rests.push(resolve));
  const { worker } = await wholeDevice(shop(), { edges: { ...edgesWith(), wait }, config });
  const before = { opened, stopped };
  for (const text of ["hours", "vessel", "hours"]) await worker.search(text, {});
  // One timer, however many texts.
  expect(rests).toHaveLength(1);
  rests[0]();
  await until(() => rests.length === 2);
  expect([opened - before.opened, stopped - before.stopped]).toEqual([1, 0]);
  rests[1]();
  await until(() => stopped > before.stopped);
  expect(titlesOf(await worker.search("hours", { count: 1 }))).toEqual(["Clock"]);
  expect([opened - before.opened, stopped - before.stopped]).toEqual([2, 1]);
});

test("memory is given back also where nothing was asked after it came, and by erasing", async () => {
  const rests: (() => void)[] = [];
  const wait = async (ms: number): Promise<void> => {
    if (ms > 60_000) await new Promise<void>((resolve) => rests.push(resolve));
    else if (ms > 1_500) await never();
  };
  const own = await wholeDevice(shop(), { edges: { ...edgesWith(), wait }, config });
  const before = { opened, stopped };
  await own.worker.search("hours", {});
  await until(() => opened > before.opened);
  await until(() => rests.length === 1);
  rests[0]();
  await until(() => stopped > before.stopped);
  await own.worker.search("hours", {});
  await until(() => opened > before.opened + 1);
  await own.worker.erase();
  await until(() => stopped > before.stopped + 1);
});

test("what a person wrote is understood anew once an encoder that failed is there", async () => {
  let nowMs = noonMs;
  let starts = 0;
  const failing = (): EncoderProcess => {
    starts += 1;
    return starts > 1 ? toy() : { ...toy(), open: async () => Promise.reject(new Error("no memory")) };
  };
  const own = await wholeDevice(shop(), { edges: { ...edgesWith(failing), nowMs: () => nowMs }, config });
  await own.worker.append([said("interests", "hours")]);
  expect((await own.worker.forYou({ count: 1 }))[0].from).not.toBe("said");
  await own.worker.forYou({ count: 1 });
  expect(starts).toBe(1);
  nowMs += 60_000;
  const [first] = await own.worker.forYou({ count: 1 });
  expect([first.from, first.title.split(" ")[0]]).toEqual(["said", "Clock"]);
});

test("an erasure while its parts come leaves none of them on the device", async () => {
  const server = fakeServer(null);
  const made = publication();
  server.serve(made);
  const meanings = made.edition.parts.find(({ kind }) => kind === "meanings")?.id ?? "";
  const database = freshDatabase();
  let release = (): void => undefined;
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const asked: string[] = [];
  server.onPart = (id) => {
    asked.push(id);
    return undefined;
  };
  const fetch: typeof server.fetch = async (url, init) => {
    const answer = await server.fetch(url, init);
    if (url.endsWith(meanings)) await slow;
    return answer;
  };
  const own = await wholeDevice(server, {
    edges: { ...edgesWith(), fetch, wait: nothingComesSoon },
    config,
    database,
  });
  await own.worker.search("hours", {});
  await until(() => asked.includes(meanings));
  await own.worker.erase();
  const before = opened;
  release();
  // What is to be kept is kept before it is opened.
  await until(() => opened > before);
  await closeDevice(own);
  const next = await wholeDevice(server, { edges: edgesWith(), config, database });
  await next.worker.search("hours", {});
  // It was not there any more.
  expect(kindsAsked(server)).toBe(2);
});

test("vectors of another encoder than the one that is listed are refused", async () => {
  const server = fakeServer(null);
  server.serve(publication({ space: "f".repeat(64) }));
  const own = await wholeDevice(server, { edges: edgesWith(), config });
  expect(await own.worker.search("hours", {})).toEqual([]);
  expect(troublesOf(own).join()).toMatch(/encoder: expected meanings of eeee.*got 3 of ffff/);
});
