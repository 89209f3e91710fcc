import { afterEach, describe, expect, test } from "vitest";
import type { Bundle } from "../../core/model/bundle.ts";
import {
  closeDevice,
  closeDevices,
  type Device,
  device,
  type FakeServer,
  fakeServer,
  freshDatabase,
  published,
  shopBundle,
  troublesOf,
  until,
} from "./world.ts";

afterEach(closeDevices);

const older = shopBundle({ change: { round: 3 } });
const newer = shopBundle({ seed: 8, change: { round: 4 } });
const idInForce = async ({ worker }: Device) => (await worker.panel()).bundle?.id ?? null;
const noticedIds = ({ notices }: Device) =>
  notices.flatMap((notice) => (notice.type === "bundle" ? [notice.id] : []));

/** A device that was here before, with `older` kept, on whose next visit the server does as `misbehave` says. */
async function secondVisit(misbehave: (server: ReturnType<typeof fakeServer>) => void) {
  const database = freshDatabase();
  const server = fakeServer(older);
  const first = await device(server, { database });
  await first.worker.trending({});
  await closeDevice(first);
  server.requests.length = 0;
  misbehave(server);
  const second = await device(server, { database });
  return { database, server, second };
}

describe("on the first visit", () => {
  test("calls wait for the download, of which there is one", async () => {
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
    expect(server.requests.map(({ url }) => url)).toEqual(["http://localhost/base/v1/bundle"]);
    expect(noticedIds(first)).toEqual([published(older).id]);
  });

  test("calls say what failed, and the next one asks again", async () => {
    const server = fakeServer(older);
    server.online = false;
    const first = await device(server);
    await expect(first.worker.trending({})).rejects.toThrow("fetch failed");
    expect(troublesOf(first)).toEqual(["bundle: fetch failed"]);
    server.online = true;
    expect(await first.worker.trending({})).toHaveLength(12);
  });

  test("a server without a bundle is named as such", async () => {
    const first = await device(fakeServer(null));
    await expect(first.worker.trending({})).rejects.toThrow("GET /v1/bundle: expected status 200, got 404");
  });
});

describe("on later visits", () => {
  test("the kept bundle ranks without the network, which is asked by its id", async () => {
    const { server, second } = await secondVisit((own) => {
      own.online = false;
    });
    expect(await idInForce(second)).toBe(published(older).id);
    expect(await second.worker.trending({})).toHaveLength(12);
    await until(() => troublesOf(second).length === 1);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0].init).toMatchObject({
      headers: { "if-none-match": `"${published(older).id}"` },
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
  });

  test("an unchanged bundle stays, in silence", async () => {
    const { second } = await secondVisit(() => undefined);
    await closeDevice(second);
    expect(noticedIds(second)).toEqual([published(older).id]);
    expect(troublesOf(second)).toEqual([]);
  });

  test("a new bundle is put in force whole, and is the kept one from then on", async () => {
    const { database, server, second } = await secondVisit((own) => own.publish(newer));
    await until(() => noticedIds(second).length === 2);
    expect(noticedIds(second)).toEqual([older, newer].map((bundle: Bundle) => published(bundle).id));
    await closeDevice(second);
    server.online = false;
    const third = await device(server, { database });
    expect(await third.worker.panel()).toMatchObject({ bundle: { id: published(newer).id, round: 4 } });
  });

  test("an ETag made weak by compression on the way is understood", async () => {
    const { id, bytes } = published(newer);
    const { second } = await secondVisit((own) => own.serve(`W/"${id}"`, bytes));
    await until(() => noticedIds(second).includes(id));
  });

  const { id, bytes } = published(newer);
  const flipped = new Uint8Array(bytes);
  flipped[flipped.length - 1] ^= 1;
  test.each([
    { what: "a download that ends half-way", etag: `"${id}"`, sent: bytes.slice(0, bytes.length / 2) },
    { what: "a bundle with one bit flipped", etag: `"${id}"`, sent: flipped },
    { what: "an ETag that is no hash", etag: '"v2"', sent: bytes },
    { what: "the hash of something else", etag: `"${"0".repeat(64)}"`, sent: bytes },
  ])("$what is refused: the one in force stays, in memory and in store", async ({ etag, sent }) => {
    const { database, server, second } = await secondVisit((own) => own.serve(etag, sent));
    await until(() => troublesOf(second).length === 1);
    expect(troublesOf(second)[0]).toMatch(/^bundle: .*expected|must be/);
    expect(await idInForce(second)).toBe(published(older).id);
    await closeDevice(second);
    server.online = false;
    expect(await idInForce(await device(server, { database }))).toBe(published(older).id);
  });

  test("bytes with the right hash that are no bundle are refused too", async () => {
    const text = new TextEncoder().encode("<html>captive portal</html>");
    const hash = Buffer.from(await crypto.subtle.digest("SHA-256", text)).toString("hex");
    const { second } = await secondVisit((own) => own.serve(`"${hash}"`, text));
    await until(() => troublesOf(second).length === 1);
    expect(troublesOf(second)[0]).toBe('bundle: parseBundle: magic must be "TCTB", got 0x6d74683c');
    expect(await idInForce(second)).toBe(published(older).id);
  });
});

test("a download that an erasure overtakes leaves nothing in the store", async () => {
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
  server.online = false;
  expect(await idInForce(await device(server, { database }))).toBeNull();
});
