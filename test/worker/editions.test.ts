import { createHash } from "node:crypto";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { canonicalJson } from "../../core/json.ts";
import { encodeCatalogue } from "../../core/model/catalogue.ts";
import { makeDelta } from "../../core/model/delta.ts";
import type { Edition } from "../../core/model/edition.ts";
import { encodeExperiments } from "../../core/model/experiments.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import { bytesToSign } from "../../core/wire/signed.ts";
import type { Prefetch, Prefetched } from "../../worker/api.ts";
import {
  headOf,
  type NamedBytes,
  named,
  type Publication,
  partsOf,
  publicationOf,
  publish,
  refOf,
  settingsOf,
} from "../model.ts";
import {
  closeDevice,
  closeDevices,
  type Device,
  device,
  eventOf,
  freshDatabase,
  troublesOf,
  until,
} from "./device.ts";
import { askedOf, type FakeServer, fakeServer, partResponse } from "./fakeserver.ts";
import { HelperLog } from "./helperlog.ts";
import { editionAnswerOf, identities, newIdentity, production, signed, signedEdition } from "./parties.ts";
import { itemId, shopModel } from "./shop.ts";

afterEach(closeDevices);

const older = shopModel({ change: { round: 3 } });
const newer = shopModel({ seed: 8, change: { round: 4 } });
const idOf = (edition: Edition): string =>
  createHash("sha256")
    .update(bytesToSign("edition", canonicalJson({ ...edition })))
    .digest("hex");
const olderEdition = publish(older, { sequence: 1, headItems: older.items });
const newerEdition = publish(newer, { sequence: 2, headItems: newer.items });
const inForce = async ({ worker }: Device) => (await worker.panel()).edition;
const idInForce = async (own: Device) => (await inForce(own))?.id ?? null;
const noticed = ({ notices }: Device) =>
  notices.flatMap((notice) =>
    notice.type === "edition" ? [{ id: notice.id, isWhole: notice.isWhole }] : [],
  );
const isWhole = (own: Device) => noticed(own).some((notice) => notice.isWhole);
/** The server, with another answer to GET /v1/head. */
const withHead = (server: FakeServer, head: () => Response): FakeServer => ({
  ...server,
  fetch: async (url, init) => (url.endsWith("/v1/head") ? head() : server.fetch(url, init)),
});
const bytesOfHead = ({ edition, parts }: Publication) => parts.get(edition.head.id) ?? new Uint8Array();
const askedParts = (server: FakeServer) =>
  askedOf(server).flatMap((asked) => /^GET \/v1\/parts\/(.*)$/.exec(asked)?.[1] ?? []);

/**
 * A device that was here before, with `older` kept, on whose next visit the server does as `misbehave` says.
 */
async function secondVisit(misbehave: (server: FakeServer) => void) {
  const database = freshDatabase();
  const server = fakeServer(older);
  const first = await device(server, { database });
  await until(() => isWhole(first));
  await closeDevice(first);
  server.requests.length = 0;
  misbehave(server);
  const second = await device(server, { database });
  return { database, server, second };
}

describe("on the first visit", () => {
  test("calls wait for the download, of which there is one: the edition with the head, then the rest", async () => {
    const server = fakeServer(older);
    let arrive = (): void => undefined;
    const underWay = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const first = await device({
      ...server,
      fetch: async (url, init) => {
        await underWay;
        return server.fetch(url, init);
      },
    });
    expect(await idInForce(first)).toBeNull();
    setTimeout(arrive, 5);
    const lists = await Promise.all([first.worker.trending({}), first.worker.forYou({})]);
    expect(lists.map((list) => list.length)).toEqual([12, 12]);
    await until(() => isWhole(first));
    const { edition } = olderEdition;
    expect(askedOf(server)).toEqual([
      "GET /v1/edition",
      "GET /v1/head",
      ...edition.parts.map(({ id }) => `GET /v1/parts/${id}`),
    ]);
    const id = idOf(edition);
    expect(noticed(first)).toEqual([
      { id, isWhole: false },
      { id, isWhole: true },
    ]);
  });

  test("the head ranks before the rest is there, and an item outside it is waited for", async () => {
    const server = fakeServer(null);
    const publication = publish(older, { headItems: 20 });
    server.serve(publication);
    let arrive = (): void => undefined;
    const rest = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const first = await device({
      ...server,
      fetch: async (url, init) => {
        if (url.includes("/v1/parts/")) await rest;
        return server.fetch(url, init);
      },
    });
    const shelf = await first.worker.trending({ count: 60 });
    expect(new Set(shelf.map(({ item }) => item))).toEqual(
      new Set(Array.from({ length: 20 }, (_, row) => itemId(row))),
    );
    expect(await inForce(first)).toMatchObject({ items: 20, isWhole: false });
    const outside = first.worker.similar(itemId(40), {});
    const explained = first.worker.explain(itemId(41), {});
    setTimeout(arrive, 5);
    expect(await outside).toHaveLength(12);
    expect(await explained).toMatchObject({ item: itemId(41), of: 60 });
    expect(await inForce(first)).toMatchObject({ items: 60, isWhole: true });
  });

  test("what goes with some items is waited for a little where the head knows one of them, and where none, as long as it takes", async () => {
    const server = fakeServer(null);
    server.serve(publish(older, { headItems: 20 }));
    let arrive = (): void => undefined;
    const rest = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const fetch: FakeServer["fetch"] = async (url, init) => {
      if (url.includes("/v1/parts/")) await rest;
      return server.fetch(url, init);
    };
    const waits: number[] = [];
    const wait = async (ms: number) => void waits.push(ms);
    const first = await device({ ...server, fetch }, { edges: { wait } });
    expect(await first.worker.goesWith([itemId(3)], {})).toHaveLength(12);
    expect(waits).toEqual([]);
    for (const other of [itemId(40), "gone"]) {
      expect(await first.worker.goesWith([itemId(3), other], { count: 60 })).toHaveLength(19);
    }
    expect(waits).toEqual([1_500, 1_500]);
    const outside = first.worker.goesWith([itemId(40), "gone"], { count: 60 });
    setTimeout(arrive, 5);
    expect(await outside).toHaveLength(59);
    expect(waits).toHaveLength(2);
  });

  test("a head that is not the one the edition lists is not read: that one is asked for by its name", async () => {
    const server = fakeServer(older);
    const first = await device(withHead(server, () => new Response(bytesOfHead(newerEdition))));
    expect(await first.worker.trending({})).toHaveLength(12);
    expect(askedParts(server)[0]).toBe(olderEdition.edition.head.id);
    expect(troublesOf(first)).toEqual([]);
  });

  test.each([
    ["nothing", null],
    ["an answer without end", () => new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(9_000)) })],
  ])("a head that comes as %s costs the short way and no more", async (_, body) => {
    const server = fakeServer(older);
    const first = await device(withHead(server, () => new Response(body === null ? null : body())));
    expect(await first.worker.trending({})).toHaveLength(12);
    expect(askedParts(server)[0]).toBe(olderEdition.edition.head.id);
    expect(troublesOf(first)).toEqual([]);
  });

  test("without a readable head the first shelf comes with the rest, and the fault is told", async () => {
    const server = fakeServer(older);
    const { id } = olderEdition.edition.head;
    server.onPart = (asked) => (asked === id ? new Response("lost", { status: 404 }) : undefined);
    const first = await device(server);
    expect(await first.worker.trending({})).toHaveLength(12);
    expect(troublesOf(first)).toEqual([expect.stringMatching(/^head: GET \/v1\/parts\/.*got status 404$/)]);
  });

  test("calls say what failed, and the next one asks again", async () => {
    const server = fakeServer(older);
    server.online = false;
    const first = await device(server);
    await expect(first.worker.trending({})).rejects.toThrow("fetch failed");
    expect(troublesOf(first)).toEqual(["edition: fetch failed"]);
    server.online = true;
    expect(await first.worker.trending({})).toHaveLength(12);
  });

  test("a server without an edition is named as such", async () => {
    const first = await device(fakeServer(null));
    await expect(first.worker.trending({})).rejects.toThrow("GET /v1/edition: expected status 200, got 404");
  });
});

describe("on later visits", () => {
  test("the kept edition ranks without the network, which is asked for nothing by a name of its own", async () => {
    const { server, second } = await secondVisit((own) => {
      own.online = false;
    });
    expect(await idInForce(second)).toBe(idOf(olderEdition.edition));
    expect(await second.worker.trending({})).toHaveLength(12);
    await until(() => troublesOf(second).length === 1);
    expect(server.requests).toHaveLength(1);
    const { url, init } = server.requests[0];
    expect(url).toBe("http://localhost/base/v1/edition");
    expect(init).toMatchObject({ credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" });
    expect(init.headers).toBeUndefined();
  });

  test("an unchanged edition stays, in silence, and no part is asked for", async () => {
    const { server, second } = await secondVisit(() => undefined);
    await closeDevice(second);
    expect(noticed(second)).toEqual([{ id: idOf(olderEdition.edition), isWhole: true }]);
    expect(troublesOf(second)).toEqual([]);
    expect(askedOf(server)).toEqual(["GET /v1/edition"]);
  });

  test("a new edition is put in force whole, and is the kept one from then on", async () => {
    const { database, server, second } = await secondVisit((own) => own.publish(newer));
    await until(() => noticed(second).length === 2);
    expect(noticed(second)).toEqual(
      [olderEdition, newerEdition].map(({ edition }) => ({ id: idOf(edition), isWhole: true })),
    );
    await closeDevice(second);
    server.online = false;
    const third = await device(server, { database });
    expect(await inForce(third)).toMatchObject({ id: idOf(newerEdition.edition), sequence: 2, round: 4 });
  });

  test("only the parts that changed are fetched, and those no longer listed are forgotten", async () => {
    const { factors } = newer;
    const relearned = { ...older, round: 4, factors };
    const { database, server, second } = await secondVisit((own) => own.publish(relearned));
    await until(() => noticed(second).length === 2);
    expect(askedParts(server)).toEqual([partsOf(relearned).factors.id]);
    await closeDevice(second);
    server.requests.length = 0;
    server.publish(older);
    const third = await device(server, { database });
    await until(() => noticed(third).length === 2);
    expect(askedParts(server)).toEqual([partsOf(older).factors.id]);
  });

  test("a part of a kind nobody here knows is neither asked for nor missed, and added keys are no fault", async () => {
    const { edition, parts } = newerEdition;
    const future = named(new TextEncoder().encode("a policy of a later version"));
    const { database, server, second } = await secondVisit((own) =>
      own.serve({
        edition: {
          ...edition,
          ...{ mood: { blue: true } },
          parts: [{ kind: "menu", id: future.id, bytes: 3e9, ...{ since: 4 } }, ...edition.parts],
        },
        parts,
      }),
    );
    await until(() => noticed(second).length === 2);
    expect(await inForce(second)).toMatchObject({ sequence: 2, round: 4, isWhole: true });
    expect(askedParts(server)).not.toContain(future.id);
    expect(troublesOf(second)).toEqual([]);
    await closeDevice(second);
    server.online = false;
    expect(await inForce(await device(server, { database }))).toMatchObject({ sequence: 2 });
  });

  test("of experiments, which no model is made of, what is kept stays as long as they are listed", async () => {
    const part = named(encodeExperiments([]));
    const withThem = (publication: Publication): Publication => ({
      edition: { ...publication.edition, parts: [...publication.edition.parts, refOf("experiments", part)] },
      parts: new Map([...publication.parts, [part.id, part.bytes]]),
    });
    const { database, server } = await visited();
    await keepPart(database, part);
    const ways = [withThem(newerEdition), publish(older, { sequence: 3 })];
    const kept: number[] = [];
    for (const way of ways) {
      server.serve(way);
      const own = await device(server, { database });
      await until(() => noticed(own).length === 2);
      expect(await inForce(own)).toMatchObject({ sequence: way.edition.sequence, isWhole: true });
      expect(troublesOf(own)).toEqual([]);
      await closeDevice(own);
      kept.push((await keptIn(database)).parts);
    }
    expect(askedParts(server)).not.toContain(part.id);
    // A head, four parts of a model, and the experiments.
    expect(kept).toEqual([6, 5]);
  });

  test("a kept part that decayed is dropped and fetched again", async () => {
    const { database, server, id } = await visited();
    await decay(database, id);
    server.requests.length = 0;
    const second = await device(server, { database });
    await until(() => troublesOf(second).length > 1);
    expect(troublesOf(second)).toEqual([
      expect.stringMatching(/^kept part: expected bytes with SHA-256/),
      expect.stringMatching(/^kept edition: part .*expected it to be kept/),
    ]);
    await until(() => isWhole(second));
    expect(askedParts(server)).toEqual([olderEdition.edition.head.id, id]);
    await closeDevice(second);
    server.online = false;
    expect(await idInForce(await device(server, { database }))).toBe(idOf(olderEdition.edition));
  });

  test.each(["part", "edition"])(
    "a kept %s that the database cannot give any more is fetched again, and kept",
    async (what) => {
      const { database, server, id: part } = await visited();
      damage(what === "part" ? part : "edition");
      onTestFinished(() => void vi.restoreAllMocks());
      const second = await device(server, { database });
      await until(() => isWhole(second));
      expect(await second.worker.trending({ count: 3 })).toHaveLength(3);
      expect(troublesOf(second).filter((trouble) => !/^kept (part|edition): /.test(trouble))).toEqual([]);
      await closeDevice(second);
      server.online = false;
      const third = await device(server, { database });
      expect(await third.worker.trending({ count: 3 })).toHaveLength(3);
    },
  );
});

/** What stands under a key cannot be read until something else is put there, or it is deleted. */
function damage(damaged: IDBValidKey): void {
  const { get, put, delete: remove } = IDBObjectStore.prototype;
  let isDamaged = true;
  vi.spyOn(IDBObjectStore.prototype, "get").mockImplementation(function (this: IDBObjectStore, key) {
    if (isDamaged && key === damaged)
      throw new DOMException("Failed to read large IndexedDB value", "DataError");
    return get.call(this, key);
  });
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, value, key) {
    if (key === damaged) isDamaged = false;
    return put.call(this, value, key);
  });
  vi.spyOn(IDBObjectStore.prototype, "delete").mockImplementation(function (this: IDBObjectStore, key) {
    if (key === damaged) isDamaged = false;
    return remove.call(this, key);
  });
}

/** A device that has been at the shop: its database, and the id of the content part in it. */
async function visited() {
  const database = freshDatabase();
  const server = fakeServer(older);
  const first = await device(server, { database });
  await until(() => isWhole(first));
  await closeDevice(first);
  return { database, server, id: partsOf(older).content.id };
}

/** As the file that asks for variants leaves it. */
async function keepPart(database: string, { id, bytes }: NamedBytes): Promise<void> {
  const open = indexedDB.open(database);
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    open.onsuccess = () => resolve(open.result);
    open.onerror = () => reject(open.error);
  });
  const put = db.transaction("parts", "readwrite").objectStore("parts").put(bytes, id);
  await new Promise<void>((resolve, reject) => {
    put.onsuccess = () => resolve();
    put.onerror = () => reject(put.error);
  });
  db.close();
}

/** One bit of a kept part flips on the disk. */
async function decay(database: string, part: string): Promise<void> {
  const open = indexedDB.open(database);
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    open.onsuccess = () => resolve(open.result);
    open.onerror = () => reject(open.error);
  });
  const store = db.transaction("parts", "readwrite").objectStore("parts");
  await new Promise<void>((resolve, reject) => {
    const get = store.get(part);
    get.onerror = () => reject(get.error);
    get.onsuccess = () => {
      const bytes: Uint8Array = get.result;
      bytes[bytes.length - 1] ^= 1;
      const put = store.put(bytes, part);
      put.onsuccess = () => resolve();
      put.onerror = () => reject(put.error);
    };
  });
  db.close();
}

describe("what is not as promised is refused: the edition in force stays, in memory and in store", () => {
  const { factors } = partsOf(newer);
  const flipped = new Uint8Array(factors.bytes);
  flipped[flipped.length - 1] ^= 1;
  const onFactors = (answer: () => Response) => (server: FakeServer) => {
    server.publish(newer);
    server.onPart = (id) => (id === factors.id ? answer() : undefined);
  };
  const served = (change: (publication: Publication) => Publication) => (server: FakeServer) =>
    server.serve(change(newerEdition));
  test.each([
    { what: "a part with one bit flipped", misbehave: onFactors(() => new Response(flipped)) },
    {
      what: "a part one byte too long",
      misbehave: onFactors(() => new Response(new Uint8Array(factors.bytes.length + 1))),
    },
    {
      what: "a part that ends half-way, each time",
      misbehave: onFactors(() => new Response(factors.bytes.slice(0, 99))),
    },
    { what: "a part that is not there", misbehave: onFactors(() => new Response("gone", { status: 404 })) },
    { what: "a part that fails", misbehave: onFactors(() => new Response("oops", { status: 500 })) },
    {
      what: "an edition without a catalogue",
      misbehave: served(({ edition, parts }) => ({
        edition: { ...edition, parts: edition.parts.slice(1) },
        parts,
      })),
    },
    {
      what: "an edition that asks for a regularisation of 0",
      misbehave: served(({ edition, parts }) => ({
        edition: { ...edition, model: { ...edition.model, lambda: 0 } },
        parts,
      })),
    },
    {
      what: "an edition with the smallest regularisation that is a number",
      misbehave: served(({ edition, parts }) => ({
        edition: { ...edition, model: { ...edition.model, lambda: 5e-324 } },
        parts,
      })),
    },
    {
      what: "an edition whose rows are too long to fold in on",
      misbehave: served(({ edition, parts }) => ({
        edition: { ...edition, model: { ...edition.model, lambda: 1e-9, alpha0: 1e-9, contentScale: 1e9 } },
        parts,
      })),
    },
  ])("$what", async ({ misbehave }) => {
    const { database, server, second } = await secondVisit(misbehave);
    await until(() => troublesOf(second).length === 1);
    expect(troublesOf(second)[0]).toMatch(/^edition: .*(?:expected|must be)/);
    expect(await idInForce(second)).toBe(idOf(olderEdition.edition));
    await closeDevice(second);
    server.online = false;
    expect(await idInForce(await device(server, { database }))).toBe(idOf(olderEdition.edition));
  });

  test("bytes with the right hash that are no part", async () => {
    const portal = named(new TextEncoder().encode("<html>captive portal</html>"));
    const listed = Object.entries(partsOf(newer)).map(([kind, part]) => ({ kind, ...part }));
    const publication = publicationOf({
      head: headOf(newer, 12),
      parts: [{ kind: "catalogue", ...portal }, ...listed.slice(1)],
      model: settingsOf(newer),
      sequence: 2,
    });
    const { second } = await secondVisit((own) => own.serve(publication));
    await until(() => troublesOf(second).length === 1);
    expect(troublesOf(second)[0]).toBe('edition: parseCatalogue: magic must be "TCTP", got 0x6d74683c');
    expect(await idInForce(second)).toBe(idOf(olderEdition.edition));
  });
});

describe("an edition's signature", () => {
  const visit = async (sign: (edition: Edition) => SignedDocument) => {
    // All else is as an honest server answers it: the helper would vouch even for this.
    const answerWith = (edition: SignedDocument) => editionAnswerOf(edition);
    const server = fakeServer(older);
    const own: FakeServer = {
      ...server,
      fetch: async (url, init) =>
        url.endsWith("/v1/edition")
          ? Response.json(answerWith(sign(olderEdition.edition)))
          : server.fetch(url, init),
    };
    return device(own, { config: production });
  };

  test("is the pinned leader's, or the edition is refused", async () => {
    const honest = await visit((edition) => signed("edition", identities.leader, { ...edition }));
    expect(await honest.worker.trending({})).toHaveLength(12);
    for (const sign of [
      (edition: Edition) => signed("edition", newIdentity(), { ...edition }),
      // The helper's, or the leader's under another kind of document, is another signature.
      (edition: Edition) => signed("edition", identities.helper, { ...edition }),
      (edition: Edition) => signed("task", identities.leader, { ...edition }),
    ]) {
      const deceived = await visit(sign);
      await expect(deceived.worker.trending({})).rejects.toThrow(
        "openSigned: a edition document must be signed by",
      );
      expect(await inForce(deceived)).toBeNull();
    }
  });

  test("does not bring an older edition back where a leader is pinned; a development server may begin again", async () => {
    for (const pinned of [true, false]) {
      const database = freshDatabase();
      const config = pinned ? production : {};
      const server = fakeServer(null);
      server.serve(newerEdition);
      const first = await device(server, { database, config });
      await until(() => isWhole(first));
      await closeDevice(first);
      server.serve(olderEdition);
      const second = await device(server, { database, config });
      await until(() => troublesOf(second).length + noticed(second).length === 2);
      expect(await inForce(second)).toMatchObject({ sequence: pinned ? 2 : 1 });
      expect(troublesOf(second)).toEqual(
        pinned ? ["edition: GET /v1/edition: sequence must be at least 2, which is in force, got 1"] : [],
      );
    }
  });
});

describe("a delta", () => {
  const cheaper = {
    ...older,
    catalogue: older.catalogue.map((card, row) => (row % 30 === 4 ? { ...card, price: 1 } : card)),
  };
  const [from, to] = [partsOf(older).catalogue, partsOf(cheaper).catalogue];
  const published = (deltaBytes: Uint8Array<ArrayBuffer>) => {
    const delta = { ...named(deltaBytes), from: from.id, to: to.id };
    const parts = Object.entries(partsOf(cheaper)).map(([kind, part]) => ({ kind, ...part }));
    const listed = {
      head: headOf(cheaper, 60),
      parts,
      deltas: [delta],
      model: settingsOf(cheaper),
      sequence: 2,
    };
    return { delta, publication: publicationOf(listed) };
  };

  test("from the kept catalogue is all that a change of prices takes", async () => {
    const { delta, publication } = published(makeDelta(from, to));
    const { database, server, second } = await secondVisit((own) => own.serve(publication));
    await until(() => noticed(second).length === 2);
    expect(askedParts(server)).toEqual([delta.id]);
    const [first] = await second.worker.similar(itemId(3), { count: 1, exclude: [] });
    expect(first.item).not.toBe(itemId(3));
    await closeDevice(second);
    server.online = false;
    const third = await device(server, { database });
    const shelf = await third.worker.trending({ count: 60 });
    expect(shelf.find(({ item }) => item === itemId(34))?.price).toBe(1);
    expect(await inForce(third)).toMatchObject({ sequence: 2, isWhole: true });
  });

  test("that gives something else is told of, and the whole catalogue fetched instead", async () => {
    const other = named(encodeCatalogue({ cards: older.catalogue.slice(0, 20) }));
    const { delta, publication } = published(makeDelta(from, other));
    const { server, second } = await secondVisit((own) => own.serve(publication));
    await until(() => noticed(second).length === 2);
    expect(askedParts(server)).toEqual([delta.id, to.id]);
    expect(troublesOf(second)).toEqual([expect.stringMatching(/^delta: expected it to give/)]);
    expect(await inForce(second)).toMatchObject({ sequence: 2 });
  });

  test("from a catalogue that is not here is left alone", async () => {
    const { publication } = published(makeDelta(from, to));
    const server = fakeServer(null);
    server.serve(publication);
    const own = await device(server);
    await until(() => isWhole(own));
    expect(askedParts(server)).toContain(to.id);
  });
});

describe("erased meanwhile", () => {
  test("a download leaves nothing in the store", async () => {
    const database = freshDatabase();
    const server = fakeServer(older);
    const { fetch } = server;
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: FakeServer = { ...server, fetch: (url, init) => gate.then(() => fetch(url, init)) };
    const first = await device(slow, { database });
    await first.worker.erase();
    release();
    await first.worker.trending({});
    await closeDevice(first);
    expect(await keptIn(database)).toEqual({ kv: 0, parts: 0, chunks: 0 });
    server.online = false;
    expect(await idInForce(await device(server, { database }))).toBeNull();
  });

  test("in the middle of its parts, a download writes no more of them", async () => {
    const database = freshDatabase();
    const server = fakeServer(older);
    const { id } = partsOf(older).factors;
    const slow: FakeServer = {
      ...server,
      fetch: async (url, init) => {
        if (url.endsWith(id)) await first.worker.erase();
        return server.fetch(url, init);
      },
    };
    const first = await device(slow, { database });
    await until(() => isWhole(first));
    await closeDevice(first);
    expect(await keptIn(database)).toEqual({ kv: 0, parts: 0, chunks: 0 });
  });
});

async function keptIn(database: string): Promise<Record<string, number>> {
  const open = indexedDB.open(database);
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    open.onsuccess = () => resolve(open.result);
    open.onerror = () => reject(open.error);
  });
  const counts: Record<string, number> = {};
  for (const name of ["kv", "parts", "chunks"]) {
    const count = db.transaction(name).objectStore(name).count();
    counts[name] = await new Promise((resolve, reject) => {
      count.onsuccess = () => resolve(count.result);
      count.onerror = () => reject(count.error);
    });
  }
  db.close();
  return counts;
}

test("an edition published while its parts are fetched is fetched instead", async () => {
  const server = fakeServer(older);
  const { id } = partsOf(older).factors;
  server.onPart = (asked) => {
    if (asked !== id) return undefined;
    server.publish(newer);
    return new Response("pruned", { status: 404 });
  };
  const own = await device(server);
  await until(() => isWhole(own));
  expect(await inForce(own)).toMatchObject({ id: idOf(newerEdition.edition), isWhole: true });
  expect(troublesOf(own)).toEqual([]);
});

describe("in two tabs", () => {
  test("each gets the whole edition, and one copy is kept", async () => {
    const database = freshDatabase();
    const server = fakeServer(older);
    const tabs = await Promise.all([device(server, { database }), device(server, { database })]);
    await until(() => tabs.every(isWhole));
    for (const tab of tabs) expect(await tab.worker.trending({})).toHaveLength(12);
    for (const tab of tabs) await closeDevice(tab);
    expect(await keptIn(database)).toEqual({ kv: 1, parts: 5, chunks: 0 });
    expect(tabs.flatMap(troublesOf)).toEqual([]);
  });

  test("one that is late with an older edition does not replace the newer one that the other kept", async () => {
    const database = freshDatabase();
    const [slowServer, server] = [fakeServer(older), fakeServer(null)];
    server.serve(newerEdition);
    server.log = slowServer.log;
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const last = partsOf(older).popularity.id;
    const late = await device(
      {
        ...slowServer,
        fetch: async (url, init) => {
          if (url.endsWith(last)) await gate;
          return slowServer.fetch(url, init);
        },
      },
      { database },
    );
    const quick = await device(server, { database });
    await until(() => isWhole(quick));
    await closeDevice(quick);
    release();
    await until(() => isWhole(late));
    await closeDevice(late);
    server.online = false;
    expect(await inForce(await device(server, { database }))).toMatchObject({ sequence: 2 });
  });
});

test("what is asked for does not depend on the person", async () => {
  const asked: string[][] = [];
  for (const liked of [[], [3, 31, 5], [7]]) {
    const server = fakeServer(older);
    const own = await device(server);
    await own.worker.append(liked.map((row) => eventOf("purchase", row)));
    await own.worker.forYou({});
    await until(() => isWhole(own));
    asked.push([...askedOf(server)]);
  }
  expect(asked[1]).toEqual(asked[0]);
  expect(asked[2]).toEqual(asked[0]);
});

test("a range from an honest server is the rest of the part", async () => {
  const bytes = Uint8Array.from([1, 2, 3, 4]);
  const response = partResponse(bytes, { headers: { range: "bytes=3-" } });
  expect([response.status, ...new Uint8Array(await response.arrayBuffer())]).toEqual([206, 4]);
});

describe("what the page has asked for before the worker ran", () => {
  /** The page's answers by path, and which of them were taken. */
  function pageWith(answers: Readonly<Record<string, (() => Response) | undefined>>) {
    const taken: string[] = [];
    const prefetch: Prefetch = async (path) => {
      const { status, body } = answers[path]?.() ?? new Response(null);
      if (body === null || taken.includes(path)) return null;
      taken.push(path);
      return { status, body };
    };
    return { taken, prefetch };
  }
  const answerTo = (edition: Edition) => () =>
    Response.json(editionAnswerOf(signedEdition(edition), undefined, new HelperLog()));
  const headOf = (publication: Publication) => () => new Response(bytesOfHead(publication));

  test("is taken instead of asking, and only the rest is asked for", async () => {
    const server = fakeServer(older);
    const { edition } = olderEdition;
    const { taken, prefetch } = pageWith({
      "/v1/edition": answerTo(edition),
      "/v1/head": headOf(olderEdition),
    });
    const first = await device(server, { prefetch });
    await until(() => isWhole(first));
    expect(taken).toEqual(["/v1/edition", "/v1/head"]);
    expect(askedOf(server)).toEqual(edition.parts.map(({ id }) => `GET /v1/parts/${id}`));
    expect(troublesOf(first)).toEqual([]);
  });

  test("is judged like what the worker asks for: no JSON, a refusal, a foreign head, too many bytes", async () => {
    const server = fakeServer(older);
    for (const [answer, trouble] of [
      [() => new Response("<html>"), /^edition: /],
      [
        () => new Response("busy", { status: 503 }),
        /^edition: GET \/v1\/edition: expected status 200, got 503$/,
      ],
    ] as const) {
      const misled = await device(server, { prefetch: pageWith({ "/v1/edition": answer }).prefetch });
      await until(() => troublesOf(misled).length > 0);
      expect(troublesOf(misled)[0]).toMatch(trouble);
    }
    expect(askedOf(server)).not.toContain("GET /v1/edition");
    for (const head of [headOf(newerEdition), () => new Response(new Uint8Array(200_000))]) {
      const page = pageWith({ "/v1/head": head });
      const first = await device(server, { prefetch: page.prefetch });
      await until(() => isWhole(first));
      expect(page.taken).toEqual(["/v1/head"]);
      expect(troublesOf(first)).toEqual([]);
      expect((await inForce(first))?.items).toBe(60);
    }
  });

  test("that fails, or was given away before, is asked for by the worker", async () => {
    for (const prefetch of [() => Promise.reject(new Error("the page is gone")), async () => null]) {
      const server = fakeServer(older);
      const lost = await device(server, { prefetch });
      await until(() => isWhole(lost));
      expect(askedOf(server).slice(0, 2)).toEqual(["GET /v1/edition", "GET /v1/head"]);
    }
  });

  test("is waited for ten seconds; then the worker asks, and what comes after all is let go", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const server = fakeServer(older);
      let late = 0;
      const answers: ((answer: Prefetched) => void)[] = [];
      const waiting = await device(server, {
        prefetch: () => new Promise((resolve) => answers.push(resolve)),
      });
      const shelf = waiting.worker.trending({});
      // What ranks is there by then, and waits.
      for (let turn = 0; turn < 300; turn++) await new Promise((resolve) => setImmediate(resolve));
      await vi.advanceTimersByTimeAsync(9_900);
      expect(askedOf(server)).toEqual([]);
      await vi.advanceTimersByTimeAsync(200);
      expect(await shelf).toHaveLength(12);
      expect(askedOf(server).slice(0, 2)).toEqual(["GET /v1/edition", "GET /v1/head"]);
      for (const answer of answers) {
        const body = new ReadableStream<Uint8Array>({
          cancel: () => {
            late++;
          },
        });
        answer({ status: 200, body });
      }
      await vi.advanceTimersByTimeAsync(10);
      expect(late).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  test("is asked for no head once a model ranks: a later question that fails asks for the edition alone", async () => {
    const server = fakeServer(null);
    server.serve(publish(older, { headItems: 20 }));
    server.onPart = (id) =>
      id === publish(older, { headItems: 20 }).edition.head.id
        ? undefined
        : new Response("", { status: 500 });
    const first = await device(server);
    expect((await first.worker.trending({})).length).toBeGreaterThan(0);
    await until(() => troublesOf(first).length > 0);
    server.requests.length = 0;
    await first.worker.similar(itemId(50), {}).catch(() => undefined);
    expect(askedOf(server).filter((asked) => asked.endsWith("/v1/head"))).toEqual([]);
    expect(askedOf(server)).toContain("GET /v1/edition");
  });
});
