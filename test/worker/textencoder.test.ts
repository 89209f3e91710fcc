/** Free text by an encoder on a device: when it is fetched, what it finds, and that there are words until it is there. */
import { createHash } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { CatalogueMeanings } from "../../core/encoder/cataloguemeanings.ts";
import { encodeMeanings, parseMeanings } from "../../core/encoder/meanings.ts";
import { encodePublished, parsePublished } from "../../core/encoder/published.ts";
import type { FactEvent, FactValue } from "../../core/events/fact.ts";
import { jsonToBytes } from "../../core/json.ts";
import { quantizeRows } from "../../core/model/quantize.ts";
import type { EncoderModule } from "../../worker/edges.ts";
import { readWords } from "../../worker/rank/words.ts";
import { type Publication, publish } from "../model.ts";
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

const file = { path: "f", sha256: "0".repeat(64) };
const encoderPart = encodePublished(encoderId, {
  manifest: jsonToBytes({
    ...{
      name: "toy",
      license: "MIT",
      dim,
      maxTokens: 8,
      pooling: "mean",
      inputs: ["input_ids"],
      output: "o",
    },
    files: { model: file, tokenizer: file },
  }),
  model: Uint8Array.of(1, 2, 3),
  tokenizer: jsonToBytes({}),
});

let sequence = 0;
function publication(without: readonly string[] = []): Publication {
  const model = shopModel();
  const cards = model.catalogue.filter(({ item }) => !without.includes(item));
  const items = cards.map(({ item }) => item);
  const { edition, parts } = publish(model, { sequence: ++sequence, headItems: model.items });
  const rows = quantizeRows(
    cards.flatMap(({ title }) => axis(topicOf(title))),
    items.length,
    dim,
  );
  const meanings = encodeMeanings({ items, dim, space: encoderId, rows });
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
const module: EncoderModule = {
  parsePublished,
  parseMeanings,
  openPublished: async () => {
    opened += 1;
    return {
      of: (items, meanings) => {
        const known = new CatalogueMeanings(items, meanings);
        return { answer: async (text, words) => known.answer(text, vectorOf(text), words) };
      },
      close: async () => undefined,
    };
  },
};
const config = { files: { "encoder.wasm": "https://shop.example/encoder.wasm" } };
const edgesWith = (
  load: () => Promise<unknown> = async () => module,
): NonNullable<DeviceOptions["edges"]> => ({
  loadFile: async (name) => (name === "encoder.js" ? load() : { readWords }),
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
  server.serve(publication([itemId(3)]));
  const next = await wholeDevice(server, { edges: edgesWith(), config, database });
  expect(titlesOf(await next.worker.search("hours", { count: 1 }))).toEqual(["Clock"]);
  expect(kindsAsked(server)).toBe(1);
});

test("until it is there words answer, at once; what it changes then is told as a change", async () => {
  let release = (): void => undefined;
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const edges = { ...edgesWith(async () => slow.then(() => module)), wait: async () => undefined };
  const own = await wholeDevice(shop(), { edges, config });
  await own.worker.append([said("interests", "hours")]);
  expect((await own.worker.forYou({ count: 1 }))[0].from).not.toBe("said");
  expect(await own.worker.search("a vessel", {})).toEqual([]);
  expect(titlesOf(await own.worker.search("clocks", { count: 1 }))).toEqual(["Clock"]);
  const changes = () => own.notices.filter(({ type }) => type === "change").length;
  const told = changes();
  release();
  await until(() => changes() > told);
  const [first] = await own.worker.forYou({ count: 1 });
  expect([first.from, first.title.split(" ")[0]]).toEqual(["said", "Clock"]);
  expect(first.reasons).toContainEqual(expect.objectContaining({ why: "said", said: "hours" }));
  expect(await own.worker.search("a vessel", {})).not.toEqual([]);
});

test("one that cannot be had leaves words, is told once, and asked for again a minute later", async () => {
  let tries = 0;
  let nowMs = noonMs;
  const broken = async () => {
    tries += 1;
    if (tries === 1) throw new Error("away");
    return module;
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
