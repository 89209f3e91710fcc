/** Free text on a device: what is fetched for it and when, what it finds, and what becomes of a lying word file. */
import { createHash } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { encodeWordFile } from "../../core/encoder/words/wordfile.ts";
import type { FactEvent, FactValue } from "../../core/events/fact.ts";
import { textsOf } from "../../worker/texts/main.ts";
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

/** "Beverage" is near to mugs, "timepiece" to clocks; titles are "Mugs of Kind bbbb" and so on. */
const groups = [["mug", "beverage", "mugs"], ["clock", "timepiece"], ["kitchen"]];
const dim = groups.length;
const words = groups.flat();
const vectors = Int8Array.from(
  groups.flatMap((group, at) => group.flatMap(() => groups.map((_, k) => (k === at ? 127 : 0)))),
);
const wordFile = encodeWordFile({ source: "made up", words, dim, vectors });

let sequence = 0;
/** A shop whose edition lists a word file, of which the server gives these bytes. */
function shopWith(listed: Uint8Array<ArrayBuffer> | null, given = listed): FakeServer {
  const server = fakeServer(null);
  server.serve(publicationWith(listed, given));
  return server;
}

function publicationWith(listed: Uint8Array<ArrayBuffer> | null, given = listed): Publication {
  const model = shopModel();
  const { edition, parts } = publish(model, { sequence: ++sequence, headItems: model.items });
  if (listed === null || given === null) return { edition, parts };
  const id = idOf(listed);
  return {
    edition: { ...edition, parts: [...edition.parts, { kind: "words", id, bytes: listed.length }] },
    parts: new Map([...parts, [id, given]]),
  };
}

let loads = 0;
const edges: DeviceOptions["edges"] = {
  loadFile: async () => {
    loads++;
    return { textsOf };
  },
};
const titlesOf = (list: readonly { readonly title: string }[]) =>
  list.map(({ title }) => title.split(" ")[0]);
const idOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
let ids = 0;
const said = (fact: string, value: FactValue | null, atMs = noonMs): FactEvent => {
  return { id: `said-${ids++}`, kind: "fact", fact, value, atMs };
};

test("a text finds what it means, with reasons that name both words and sum to the score", async () => {
  const { worker } = await wholeDevice(shopWith(wordFile), { edges });
  const found = await worker.search("a beverage, please", { count: 3 });
  expect(new Set(titlesOf(found))).toEqual(new Set(["Mugs", "Mug"]));
  for (const { reasons, score, from } of found) {
    expect(from).toBe("search");
    expect(reasons[0]).toMatchObject({ why: "search", asked: "beverage" });
    expect(reasons.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(score, 12);
  }
  const without = await worker.search("timepiece", { count: 50, exclude: [itemId(3)] });
  expect(new Set(titlesOf(without))).toEqual(new Set(["Clock"]));
  expect(without.map(({ item }) => item)).not.toContain(itemId(3));
  expect(await worker.search("xqzzy", {})).toEqual([]);
  expect(await worker.search("", {})).toEqual([]);
});

test("nothing of it is fetched before there is a text, and once in all then, over visits too", async () => {
  const server = shopWith(wordFile);
  const database = freshDatabase();
  const before = loads;
  const first = await wholeDevice(server, { edges, database });
  await first.worker.append([eventOf("view", 3), said("tier", 2), said("categories", ["Kitchen"])]);
  await first.worker.forYou({});
  await first.worker.trending({});
  const asked = (): number => askedOf(server).filter((path) => path.endsWith(idOf(wordFile))).length;
  expect([asked(), loads - before]).toEqual([0, 0]);
  await Promise.all([first.worker.search("timepiece", {}), first.worker.search("mug", {})]);
  expect([asked(), loads - before]).toEqual([1, 1]);
  await closeDevice(first);
  const next = await wholeDevice(server, { edges, database });
  expect(titlesOf(await next.worker.search("timepiece", { count: 1 }))).toEqual(["Clock"]);
  expect(asked()).toBe(1);
});

test("a word file that is kept outlives a new edition that lists it, and goes with one that does not", async () => {
  const server = shopWith(wordFile);
  const database = freshDatabase();
  const visit = async (doing: "searches" | "looks"): Promise<number> => {
    const before = server.requests.length;
    const own = await wholeDevice(server, { edges, database });
    if (doing === "searches") await own.worker.search("mug", {});
    await closeDevice(own);
    return askedOf(server)
      .slice(before)
      .filter((path) => path.endsWith(idOf(wordFile))).length;
  };
  expect(await visit("searches")).toBe(1);
  server.serve(publicationWith(wordFile));
  expect(await visit("looks")).toBe(0);
  expect(await visit("searches")).toBe(0);
  server.serve(publicationWith(null));
  expect(await visit("looks")).toBe(0);
  server.serve(publicationWith(wordFile));
  expect(await visit("looks")).toBe(0);
  expect(await visit("searches")).toBe(1);
});

test("without a word file the catalogue's own words are found", async () => {
  const { worker } = await wholeDevice(shopWith(null), { edges });
  expect(new Set(titlesOf(await worker.search("clocks", { count: 50 })))).toEqual(new Set(["Clock"]));
  expect(await worker.search("timepiece", {})).toEqual([]);
});

test("a word file that is not what the edition lists is told; the catalogue's own words answer until it is asked for again", async () => {
  const lie = wordFile.slice();
  lie[lie.length - 70] ^= 1;
  const server = shopWith(wordFile, lie);
  let nowMs = noonMs;
  const own = await wholeDevice(server, { edges: { ...edges, nowMs: () => nowMs } });
  for (let letter = 0; letter < 3; letter++) {
    expect(titlesOf(await own.worker.search("mug", { count: 1 }))).toEqual(["Mug"]);
  }
  expect(await own.worker.search("timepiece", {})).toEqual([]);
  const told = troublesOf(own).filter((text) => /^words: .*expected bytes with that SHA-256/.test(text));
  expect(told).toHaveLength(1);
  server.onPart = (id) => (id === idOf(wordFile) ? new Response(wordFile) : undefined);
  nowMs += 60_000;
  expect(titlesOf(await own.worker.search("timepiece", { count: 1 }))).toEqual(["Clock"]);
});

test("a part that is listed as a word file and is none is told in words", async () => {
  const own = await wholeDevice(shopWith(new Uint8Array(500).fill(7)), { edges });
  expect(titlesOf(await own.worker.search("clock", { count: 1 }))).toEqual(["Clock"]);
  expect(troublesOf(own).join()).toMatch(/words: parseWordFile: magic must be "TCTP"/);
});

test("a word file that takes its time holds up no search", async () => {
  let release = (): void => undefined;
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = shopWith(wordFile);
  const fetch: typeof server.fetch = async (url, init) => {
    if (url.endsWith(idOf(wordFile))) await slow;
    return server.fetch(url, init);
  };
  const own = await wholeDevice(server, { edges: { ...edges, fetch, wait: async () => undefined } });
  expect(titlesOf(await own.worker.search("clock", { count: 1 }))).toEqual(["Clock"]);
  const changes = () => own.notices.filter(({ type }) => type === "change").length;
  const before = changes();
  release();
  await until(() => changes() > before);
  expect(titlesOf(await own.worker.search("timepiece", { count: 1 }))).toEqual(["Clock"]);
});

test("what somebody wrote shapes the first shelf, says so, fades with what is done, and is gone when taken back", async () => {
  const { worker } = await wholeDevice(shopWith(wordFile), { edges });
  const popular = titlesOf(await worker.forYou({ count: 4 }));
  await worker.append([said("interests", "a timepiece for the wall")]);
  const shelf = await worker.forYou({ count: 4 });
  expect(titlesOf(shelf)[0]).toBe("Clock");
  expect(shelf[0].reasons).toContainEqual({
    why: "said",
    fact: "interests",
    said: "timepiece",
    contribution: expect.any(Number),
  });
  const shareOf = async (): Promise<number> => {
    const { reasons } = await worker.explain(itemId(3), {});
    const size = (why: string) =>
      reasons.reduce((sum, reason) => sum + (reason.why === why ? Math.abs(reason.contribution) : 0), 0);
    return size("said") / (size("said") + size("event"));
  };
  expect(await shareOf()).toBe(1);
  await worker.append([eventOf("purchase", 0)]);
  const afterOne = await shareOf();
  expect(afterOne).toBeLessThan(1);
  await worker.append([1, 2, 5, 6, 7, 10, 11].map((row) => eventOf("purchase", row)));
  expect(await shareOf()).toBeLessThan(afterOne);
  const other = await wholeDevice(shopWith(wordFile), { edges });
  await other.worker.append([said("interests", "a timepiece")]);
  await other.worker.append([said("interests", null, noonMs + 1)]);
  expect(titlesOf(await other.worker.forYou({ count: 4 }))).toEqual(popular);
});

test("where what it takes cannot be had, what was written says nothing, and the page is told", async () => {
  const broken = { loadFile: async () => Promise.reject(new Error("words: away")) };
  const own = await wholeDevice(shopWith(wordFile), { edges: broken });
  await own.worker.append([said("interests", "a timepiece")]);
  expect(await own.worker.forYou({ count: 4 })).toHaveLength(4);
  expect(troublesOf(own)).toContain("interests: words: away");
  await expect(own.worker.search("mug", {})).rejects.toThrow("words: away");
});

test("a shelf waits a little for what it takes; what comes later is told as a change", async () => {
  let release = (): void => undefined;
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const own = await wholeDevice(shopWith(wordFile), {
    edges: { loadFile: async () => slow.then(() => ({ textsOf })), wait: async () => undefined },
  });
  await own.worker.append([said("interests", "a timepiece")]);
  const before = await own.worker.forYou({ count: 1 });
  expect(before[0].reasons.some(({ why }) => why === "said")).toBe(false);
  const changes = () => own.notices.filter(({ type }) => type === "change").length;
  const told = changes();
  release();
  await until(() => changes() > told);
  // Its code first, with the catalogue's own words; then the word file.
  await vi.waitUntil(async () => (await own.worker.forYou({ count: 1 }))[0].from === "said", 10_000);
});
