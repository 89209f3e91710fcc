/** Bodies that leave in slices: the same bytes for every reader, and nothing left of one who went away. */
import { once } from "node:events";
import {
  type Agent,
  get,
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import { setImmediate as nextTurn, setTimeout as passed } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { Hono } from "hono";
import { expect, onTestFinished, test, vi } from "vitest";
import { seededRandom } from "../../core/seeded.ts";
import { incomingOf } from "../../server/http/incoming.ts";
import { partRoutes } from "../../server/http/parts.ts";
import { inSlices } from "../../server/http/slices.ts";
import { temporaryDirectory, testConfig } from "./harness.ts";
import { say, served } from "./sockets.ts";

const id = "a".repeat(64);

/** Half of them chance, so that a coding makes them smaller and still leaves many slices. */
function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  const random = seededRandom(7);
  return Uint8Array.from({ length }, (_, k) => (k % 2 === 0 ? 5 : Math.floor(random() * 256)));
}

const config = () => testConfig(temporaryDirectory());

const sizes = fc
  .tuple(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 0, max: 2000 }))
  .map(([least, more]) => ({ least, most: least + more }));

test("slices of any size, read at any speed, are the bytes themselves, in order, and no copy of them", async () => {
  const paces = fc.array(fc.constantFrom("at once", "a turn later", "later"), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 5000 }), sizes, paces, async (length, slice, pace) => {
      const bytes = bytesOf(length + 3).subarray(3);
      const reader = inSlices(bytes, slice).getReader();
      const got: Uint8Array[] = [];
      for (let k = 0; ; k++) {
        if (pace[k % pace.length] === "a turn later") await nextTurn();
        if (pace[k % pace.length] === "later") await passed(1);
        const { done, value } = await reader.read();
        if (done) break;
        expect(value.buffer).toBe(bytes.buffer);
        expect(value.length).toBeLessThanOrEqual(slice.most);
        got.push(value);
      }
      expect(Buffer.compare(Buffer.concat(got), bytes)).toBe(0);
      // All but the last are at least the least.
      expect(got.slice(0, -1).every(({ length }) => length >= slice.least)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test("of many who read at once, one gets a slice in each turn of the loop, each in its order", async () => {
  const readers = 20;
  const slicesEach = 10;
  let turn = 0;
  let counting = true;
  const count = () => {
    turn++;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  const taken: { readonly reader: number; readonly turn: number }[] = [];
  const read = async (reader: number): Promise<void> => {
    const slices = inSlices(new Uint8Array(3 * slicesEach), { most: 3, least: 3 });
    for await (const _slice of slices) taken.push({ reader, turn });
  };
  await Promise.all(Array.from({ length: readers }, (_, reader) => read(reader)));
  counting = false;
  expect(new Set(taken.map((slice) => slice.turn)).size).toBe(readers * slicesEach);
  expect(taken.map(({ reader }) => reader)).toEqual(
    Array.from({ length: readers * slicesEach }, (_, k) => k % readers),
  );
});

test("who reads alone gets the largest slices, and the more wait, the smaller they are", async () => {
  const firstOf = async (readers: number): Promise<readonly number[]> => {
    const streams = Array.from({ length: readers }, () =>
      inSlices(new Uint8Array(1000), { most: 900, least: 100 }).getReader(),
    );
    const reads = await Promise.all(streams.map((stream) => stream.read()));
    return reads.map(({ value }) => value?.length ?? 0);
  };
  expect(await firstOf(1)).toEqual([900]);
  expect(await firstOf(3)).toEqual([300, 450, 900]);
  expect((await firstOf(30))[0]).toBe(100);
});

test("nothing is sliced before somebody reads, nor after they went away", async () => {
  const alone = inSlices(new Uint8Array(1000), { most: 900, least: 100 }).getReader().read();
  // Asked for by HEAD, for one: it takes nobody's turn.
  inSlices(new Uint8Array(1000), { most: 900, least: 100 });
  expect((await alone).value?.length).toBe(900);
  const stream = inSlices(new Uint8Array(1000), { most: 10, least: 10 });
  const reader = stream.getReader();
  const first = reader.read();
  await reader.cancel();
  expect(await first).toEqual({ done: true, value: undefined });
  await nextTurn();
  expect(await reader.read()).toEqual({ done: true, value: undefined });
});

interface Received {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Reads with pauses of so many milliseconds after every so many bytes. */
async function receive(
  url: string,
  { headers, agent, pause }: { headers: Record<string, string>; agent: Agent; pause: Pause },
): Promise<Received> {
  const [response] = (await once(get(url, { headers, agent }), "response")) as [IncomingMessage];
  const pieces: Buffer[] = [];
  let sincePause = 0;
  for await (const piece of response) {
    pieces.push(piece);
    sincePause += piece.length;
    if (sincePause < pause.everyBytes) continue;
    sincePause = 0;
    await passed(pause.ms);
  }
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces) };
}

interface Pause {
  readonly everyBytes: number;
  readonly ms: number;
}

const plain = (body: Uint8Array) => body;

test("a part is the same for readers of any speed, in each coding and each range, and its length is told", async () => {
  const bytes = bytesOf(3_000_001);
  const brotli = new Uint8Array(
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  );
  const part = { id, kind: "content", bytes, brotli, gzip: new Uint8Array(gzipSync(bytes, { level: 1 })) };
  const url = `${await served(partRoutes({ part: async () => part }), config())}/parts/${id}`;
  const agent = new HttpAgent({ keepAlive: true, maxSockets: 2 });
  onTestFinished(() => agent.destroy());
  const codings = fc.constantFrom(
    { accepted: "identity", coded: bytes, decode: plain },
    { accepted: "gzip", coded: part.gzip, decode: gunzipSync },
    { accepted: "br", coded: brotli, decode: brotliDecompressSync },
  );
  const ranges = fc.option(
    fc
      .tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: bytes.length }))
      .map(([first, more]) => ({ first, last: Math.min(bytes.length - 1, first + more) })),
  );
  const pauses = fc.record({
    everyBytes: fc.constantFrom(65_536, 500_000, 4_000_000),
    ms: fc.integer({ min: 0, max: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(codings, ranges, pauses, async ({ accepted, coded, decode }, range, pause) => {
      const asked = range === null ? {} : { range: `bytes=${range.first}-${range.last}` };
      const headers = { "accept-encoding": accepted, ...asked };
      const got = await receive(url, { headers, agent, pause });
      const expected = range === null ? bytes : bytes.subarray(range.first, range.last + 1);
      const sent = range === null ? coded : expected;
      expect(got.status).toBe(range === null ? 200 : 206);
      expect(got.headers["content-length"]).toBe(String(sent.length));
      expect(got.headers["transfer-encoding"]).toBeUndefined();
      expect(got.body.length).toBe(sent.length);
      expect(Buffer.compare(range === null ? decode(got.body) : got.body, expected)).toBe(0);
    }),
    { numRuns: 40 },
  );
});

test("HEAD of a part has its length, no body, and leaves the connection to the next", async () => {
  const bytes = bytesOf(2_000_000);
  const part = { id, kind: "content", bytes, brotli: bytes, gzip: bytes };
  const url = await served(partRoutes({ part: async () => part }), config());
  const asked = (method: string, more: string) => `${method} /parts/${id} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;
  const ranged = asked("GET", "range: bytes=0-3\r\nconnection: close\r\n");
  const conversation = say(url, asked("HEAD", "") + ranged);
  await conversation.ended;
  const [head, next, body, ...more] = conversation.received().split("\r\n\r\n");
  expect(head).toMatch(/^HTTP\/1\.1 200 (?:.|\s)*content-length: 2000000/i);
  expect(next).toMatch(/^HTTP\/1\.1 206 (?:.|\s)*content-length: 4/i);
  expect([Buffer.from(body, "latin1"), more]).toEqual([Buffer.from(bytes.subarray(0, 4)), []]);
});

test("who ends its side after asking, once or twice on a connection, gets all of it, and the connection ends", async () => {
  const bytes = bytesOf(6_000_000);
  const part = { id, kind: "content", bytes, brotli: bytes, gzip: bytes };
  const url = await served(partRoutes({ part: async () => part }), config());
  for (const times of [1, 2]) {
    const conversation = say(url);
    conversation.socket.end(`GET /parts/${id} HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(times));
    await conversation.ended;
    expect(conversation.received().length).toBeGreaterThan(times * bytes.length);
    expect(conversation.received().match(/HTTP\/1\.1 200 /g)).toHaveLength(times);
  }
});

test("a reader that goes away in the middle leaves nothing: no body, no word, no failure", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const said = [
    vi.spyOn(console, "error"),
    vi.spyOn(console, "info"),
    vi.spyOn(console, "log"),
    vi.spyOn(console, "warn"),
  ];
  const failures: unknown[] = [];
  const note = (reason: unknown) => failures.push(reason);
  process.on("unhandledRejection", note);
  onTestFinished(() => {
    process.off("unhandledRejection", note);
    vi.restoreAllMocks();
  });
  const bodies: WeakRef<Uint8Array>[] = [];
  const part = async () => {
    const bytes = new Uint8Array(24_000_000);
    bodies.push(new WeakRef(bytes));
    return { id, kind: "content", bytes, brotli: bytes, gzip: bytes };
  };
  const url = await served(partRoutes({ part }), config());
  const ways = ["at once", "destroy", "reset", "end"] as const;
  await Promise.all(
    ways.map(async (way) => {
      const { socket, ended } = say(url, `GET /parts/${id} HTTP/1.1\r\nhost: x\r\n\r\n`);
      if (way === "at once") await once(socket, "connect");
      else await once(socket, "data");
      if (way === "reset") socket.resetAndDestroy();
      else if (way === "end") socket.pause().end(() => setTimeout(() => socket.destroy(), 50));
      else socket.destroy();
      await ended;
    }),
  );
  await vi.waitFor(
    () => {
      collect();
      expect(bodies.length).toBeGreaterThanOrEqual(ways.length - 1);
      expect(bodies.filter((body) => body.deref() !== undefined)).toEqual([]);
    },
    { timeout: 10_000, interval: 100 },
  );
  expect(failures).toEqual([]);
  for (const spy of said) expect(spy).not.toHaveBeenCalled();
});

test("a connection that carried many parts has no more listeners than one that carried two", async () => {
  const bytes = bytesOf(1_500_000);
  const part = { id, kind: "content", bytes, brotli: bytes, gzip: bytes };
  const listeners: number[] = [];
  const app = new Hono().use(async (c, next) => {
    const socket = incomingOf(c.env)?.socket;
    const names = socket?.eventNames() ?? [];
    listeners.push(names.reduce((sum, name) => sum + (socket?.listenerCount(name) ?? 0), 0));
    await next();
  });
  app.route("/", partRoutes({ part: async () => part }));
  const url = `${await served(app, config())}/parts/${id}`;
  const agent = new HttpAgent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const pause = { everyBytes: 500_000, ms: 1 };
  for (let k = 0; k < 20; k++) await receive(url, { headers: {}, agent, pause });
  expect(listeners.length).toBe(20);
  expect(listeners[1]).toBeGreaterThan(0);
  expect(new Set(listeners.slice(1)).size).toBe(1);
});
