/** Downloads against a real HTTP server, by the platform's own fetch. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { modelLimits } from "../../core/model/limits.ts";
import { encodePart } from "../../core/model/part.ts";
import { downloadPart } from "../../worker/rank/download.ts";
import type { Chunk } from "../../worker/store/keptmodel.ts";
import { MemoryParts } from "../../worker/store/partstore.ts";
import {
  headOf,
  type NamedBytes,
  named,
  type Publication,
  partsOf,
  publicationOf,
  publish,
  settingsOf,
} from "../model.ts";
import { closeDevice, closeDevices, device, freshDatabase, strongFill, troublesOf, until } from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { HelperLog } from "./helperlog.ts";
import { editionAnswerOf, signedEdition } from "./parties.ts";
import { noonMs, shopModel } from "./shop.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await closeDevices();
  for (const close of closing.splice(0)) await close();
});

/** A server on this machine; `answer` is asked for every request. */
async function serving(answer: Answer): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("serving: expected a port, got none");
  return `http://127.0.0.1:${address.port}`;
}

const edges = {
  nowMs: () => noonMs,
  fill: strongFill,
  fetch: (url: string, init: RequestInit) => fetch(url, init),
};

const checkpointsIn = (store: MemoryParts, id: string) => ({
  chunks: () => store.chunks(id),
  keep: (chunk: Chunk) => store.keepChunk(id, chunk),
  drop: () => store.removePart(id),
});

/** A part of 3 MB that does not compress. */
function largePart(): NamedBytes {
  const bytes = new Uint8Array(3_000_000);
  for (let at = 0; at < bytes.length; at += 60_000) strongFill(bytes.subarray(at, at + 60_000));
  return named(bytes);
}

const rangeOf = ({ headers }: IncomingMessage): number =>
  Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);

/** Sends `bytes` from the range on, and cuts the connection after `most` of them. */
function sendCut(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array, most: number): void {
  const start = rangeOf(request);
  const rest = bytes.subarray(start);
  response.writeHead(start === 0 ? 200 : 206, { "content-length": rest.length });
  if (rest.length <= most) response.end(rest);
  else response.write(rest.subarray(0, most), () => setTimeout(() => response.destroy(), 20));
}

describe("a download that is cut", () => {
  test("goes on where it broke off, with a range of the part as it is, and never from the start", async () => {
    const part = largePart();
    const asked: { readonly range: string | undefined; readonly encoding: unknown }[] = [];
    const server = await serving((request, response) => {
      asked.push({ range: request.headers.range, encoding: request.headers["accept-encoding"] });
      sendCut(request, response, part.bytes, 1_000_000);
    });
    const store = new MemoryParts();
    const wanted = { id: part.id, bytes: part.bytes.length };
    const bytes = await downloadPart({ server, edges }, wanted, checkpointsIn(store, part.id));
    expect(named(new Uint8Array(bytes)).id).toBe(part.id);
    expect(asked.length).toBeGreaterThanOrEqual(3);
    const starts = asked.map(({ range }) => Number(/\d+/.exec(range ?? "0")?.[0]));
    expect(starts[0]).toBe(0);
    expect(starts.slice(1).every((start, k) => start > starts[k] && start <= (k + 1) * 1_000_000)).toBe(true);
    expect(asked.slice(1).every(({ encoding }) => encoding === "identity")).toBe(true);
  });

  test("by the end of the visit is taken up on the next, from what was noted", async () => {
    const part = largePart();
    const wanted = { id: part.id, bytes: part.bytes.length };
    const store = new MemoryParts();
    let isUp = true;
    const ranges: (string | undefined)[] = [];
    const server = await serving((request, response) => {
      ranges.push(request.headers.range);
      if (!isUp) return response.destroy();
      sendCut(request, response, part.bytes, 1_200_000);
      isUp = false;
    });
    const from = { server, edges };
    await expect(downloadPart(from, wanted, checkpointsIn(store, part.id))).rejects.toThrow();
    const noted = (await store.chunks(part.id)).reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(noted).toBeGreaterThan(500_000);
    expect(noted).toBeLessThanOrEqual(1_200_000);
    const again = await serving((request, response) => {
      ranges.push(request.headers.range);
      sendCut(request, response, part.bytes, Infinity);
    });
    const bytes = await downloadPart({ server: again, edges }, wanted, checkpointsIn(store, part.id));
    expect(named(new Uint8Array(bytes)).id).toBe(part.id);
    expect(ranges.at(-1)).toBe(`bytes=${noted}-`);
  });

  test("by a server without ranges begins again, and is whole in the end", async () => {
    const part = largePart();
    let requests = 0;
    const server = await serving((_request, response) => {
      requests += 1;
      response.writeHead(200, { "content-length": part.bytes.length });
      if (requests > 1) return response.end(part.bytes);
      response.write(part.bytes.subarray(0, 700_000), () => setTimeout(() => response.destroy(), 20));
    });
    const wanted = { id: part.id, bytes: part.bytes.length };
    const bytes = await downloadPart({ server, edges }, wanted, checkpointsIn(new MemoryParts(), part.id));
    expect(named(new Uint8Array(bytes)).id).toBe(part.id);
    expect(requests).toBe(2);
  });

  test("again and again is given up after five times, and what came is kept", async () => {
    const part = largePart();
    let requests = 0;
    const server = await serving((request, response) => {
      requests += 1;
      sendCut(request, response, part.bytes, 100_000);
    });
    const store = new MemoryParts();
    const wanted = { id: part.id, bytes: part.bytes.length };
    await expect(downloadPart({ server, edges }, wanted, checkpointsIn(store, part.id))).rejects.toThrow();
    expect(requests).toBe(5);
    expect((await store.chunks(part.id)).length).toBeGreaterThan(0);
  });

  test("is taken up from its checkpoints as far as they go without a gap, and from none beyond its end", async () => {
    const part = largePart();
    const wanted = { id: part.id, bytes: part.bytes.length };
    for (const [kept, from] of [
      [
        [
          [0, 100_000],
          [200_000, 300_000],
        ],
        100_000,
      ],
      [
        [
          [0, 100_000],
          [50_000, 150_000],
          [60_000, 90_000],
        ],
        150_000,
      ],
      [
        [
          [0, 100_000],
          [100_000, 3_000_001],
        ],
        100_000,
      ],
      [[[7, 100_000]], 0],
    ] as const) {
      const store = new MemoryParts();
      for (const [start, end] of kept) {
        const bytes = new Uint8Array(end - start);
        bytes.set(part.bytes.subarray(start, end));
        await store.keepChunk(part.id, { offset: start, bytes });
      }
      const starts: number[] = [];
      const server = await serving((request, response) => {
        starts.push(rangeOf(request));
        sendCut(request, response, part.bytes, Infinity);
      });
      const bytes = await downloadPart({ server, edges }, wanted, checkpointsIn(store, part.id));
      expect(named(new Uint8Array(bytes)).id).toBe(part.id);
      expect(starts).toEqual([from]);
    }
  });

  test("with checkpoints that are not of the part is told of, and they are dropped", async () => {
    const part = largePart();
    const server = await serving((request, response) => sendCut(request, response, part.bytes, Infinity));
    const store = new MemoryParts();
    await store.keepChunk(part.id, { offset: 0, bytes: new Uint8Array(500_000) });
    const wanted = { id: part.id, bytes: part.bytes.length };
    const load = () => downloadPart({ server, edges }, wanted, checkpointsIn(store, part.id));
    await expect(load()).rejects.toThrow(/expected bytes with that SHA-256/);
    expect(await store.chunks(part.id)).toEqual([]);
    expect(named(new Uint8Array(await load())).id).toBe(part.id);
  });
});

test("noted bytes that reach beyond what the server has (416) are dropped, and the whole is asked for, once", async () => {
  const part = largePart();
  const store = new MemoryParts();
  await store.keepChunk(part.id, { offset: 0, bytes: part.bytes.slice(0, 500_000) });
  const ranges: (string | undefined)[] = [];
  const server = await serving((request, response) => {
    ranges.push(request.headers.range);
    if (ranges.length === 1) return response.writeHead(416, { "content-range": "bytes */100" }).end();
    return sendCut(request, response, part.bytes, ranges.length === 2 ? 300_000 : Infinity);
  });
  const wanted = { id: part.id, bytes: part.bytes.length };
  const bytes = await downloadPart({ server, edges }, wanted, checkpointsIn(store, part.id));
  expect(named(new Uint8Array(bytes)).id).toBe(part.id);
  // The whole was cut before it reached what had been noted, and goes on from there all the same.
  expect(ranges).toEqual(["bytes=500000-", undefined, "bytes=300000-"]);
});

test("a download that only drips is given up, however long it would go on", async () => {
  vi.useFakeTimers();
  try {
    const drip = async (_url: string, { signal }: RequestInit) => {
      let timer: ReturnType<typeof setInterval> | undefined;
      const body = new ReadableStream<Uint8Array>({
        start: (stream) => {
          timer = setInterval(() => stream.enqueue(new Uint8Array(1)), 1000);
          signal?.addEventListener("abort", () => stream.error(signal.reason));
        },
        cancel: () => clearInterval(timer),
      });
      signal?.addEventListener("abort", () => clearInterval(timer));
      return new Response(body);
    };
    const wanted = { id: "ab".repeat(32), bytes: 1_000_000 };
    const from = { server: "http://localhost", edges: { ...edges, fetch: drip } };
    const download = downloadPart(from, wanted, checkpointsIn(new MemoryParts(), wanted.id));
    const refused = expect(download).rejects.toThrow(/expected 4096 bytes within 15 s, got 1\d$/);
    // Five times at most, as something comes each time.
    await vi.advanceTimersByTimeAsync(5 * 31_000);
    await refused;
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test("a download from which nothing comes is given up after half a minute", async () => {
  vi.useFakeTimers();
  try {
    const silent = (_url: string, { signal }: RequestInit) =>
      new Promise<Response>((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
      });
    const wanted = { id: "ab".repeat(32), bytes: 100 };
    const from = { server: "http://localhost", edges: { ...edges, fetch: silent } };
    const download = downloadPart(from, wanted, checkpointsIn(new MemoryParts(), wanted.id));
    const refused = expect(download).rejects.toThrow(
      "download: expected 4096 bytes within 15 s, got nothing",
    );
    await vi.advanceTimersByTimeAsync(29_000);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    await refused;
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

const older = shopModel({ change: { round: 3 } });
/** 96 MiB of zeros in 98 kB; gzip may be a row of such members (RFC 1952, 2.2). */
const zeros = gzipSync(new Uint8Array(96 * 2 ** 20), { level: 9 });

/** Sends 3 GiB of zeros, gzipped, for as long as someone takes them. */
function bomb(response: ServerResponse): void {
  response.writeHead(200, { "content-encoding": "gzip", "content-type": "application/octet-stream" });
  Readable.from(Array.from({ length: 32 }, () => zeros)).pipe(response);
}

interface Shop {
  readonly server: string;
  publication: Publication;
  /** Answers instead of the shop, when it answers at all. */
  instead: (path: string, ...exchange: Parameters<Answer>) => boolean;
}

/** An honest server of editions and parts, gzipped, over real HTTP. */
async function shop(publication: Publication): Promise<Shop> {
  const log = new HelperLog();
  const own: { -readonly [key in keyof Shop]: Shop[key] } = { server: "", publication, instead: () => false };
  own.server = await serving((request, response) => {
    const path = request.url ?? "";
    if (own.instead(path, request, response)) return;
    const { edition, parts } = own.publication;
    if (path === "/v1/edition") {
      response.setHeader("content-type", "application/json");
      return response.end(JSON.stringify(editionAnswerOf(signedEdition(edition), undefined, log)));
    }
    const bytes = parts.get(path.slice("/v1/parts/".length));
    if (bytes === undefined) return response.writeHead(404).end();
    if (request.headers.range !== undefined) return sendCut(request, response, bytes, Infinity);
    response.setHeader("content-encoding", "gzip");
    response.end(gzipSync(bytes));
  });
  return own;
}

async function visited(own: Shop) {
  const database = freshDatabase();
  const config = { server: own.server };
  const visit = () => device(fakeServer(null), { database, config, edges });
  const first = await visit();
  await until(() => first.notices.some((notice) => notice.type === "edition" && notice.isWhole));
  await closeDevice(first);
  return visit;
}

describe("a hostile part is refused, told of, and the model in force stays", () => {
  const honest = publish(older, { sequence: 1 });
  const newer = shopModel({ seed: 8, change: { round: 4 } });
  const withPart = (kind: "catalogue" | "content" | "factors", part: NamedBytes): Publication => {
    const parts = { ...partsOf(newer), [kind]: part };
    const listed = Object.entries(parts).map(([each, bytes]) => ({ kind: each, ...bytes }));
    return publicationOf({ head: headOf(newer, 12), parts: listed, model: settingsOf(newer), sequence: 2 });
  };
  const floats = (...values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);
  const text = (value: string) => new TextEncoder().encode(value);
  const factors = (dim: number, scale: number, ids: string) =>
    named(
      encodePart({
        kind: "factors",
        fields: { items: 2, dim, round: 4 },
        sections: [
          { name: "values", type: "i8", data: new Uint8Array(2 * dim) },
          { name: "scales", type: "f32", data: floats(1, scale) },
          { name: "items", type: "json", data: text(ids) },
        ],
      }),
    );
  const catalogue = named(
    encodePart({
      kind: "catalogue",
      fields: { items: 1 },
      sections: [
        {
          name: "cards",
          type: "json",
          data: text(
            `${JSON.stringify({ item: "a", title: "A", categories: [], url: "javascript:alert(1)" })}\n`,
          ),
        },
      ],
    }),
  );
  const served = (publication: Publication) => (own: Shop) => {
    own.publication = publication;
  };
  const { content } = partsOf(newer);
  const bombAt =
    (target: string): Shop["instead"] =>
    (path, _request, response) => {
      if (path !== target) return false;
      bomb(response);
      return true;
    };
  test.each<{ what: string; misbehave: (own: Shop) => void; fault: RegExp }>([
    {
      what: "NaN",
      misbehave: served(withPart("factors", factors(6, Number.NaN, '["a","b"]'))),
      fault: /scale/,
    },
    {
      what: "infinity",
      misbehave: served(withPart("factors", factors(6, Infinity, '["a","b"]'))),
      fault: /scale/,
    },
    {
      what: "an id twice",
      misbehave: served(withPart("factors", factors(6, 1, '["a","a"]'))),
      fault: /unique/,
    },
    {
      what: "dimension 12,000",
      misbehave: served(withPart("factors", factors(12_000, 1, '["a","b"]'))),
      fault: /dim/,
    },
    { what: "a javascript: address", misbehave: served(withPart("catalogue", catalogue)), fault: /url/ },
    {
      what: "lambda 0",
      misbehave: (own) => {
        const { edition, parts } = publish(newer, { sequence: 2 });
        own.publication = { edition: { ...edition, model: { ...edition.model, lambda: 0 } }, parts };
      },
      fault: /lambda/,
    },
    {
      what: "3 GB of zeros for a part of some kB",
      misbehave: (own) => {
        own.publication = publish(newer, { sequence: 2 });
        own.instead = bombAt(`/v1/parts/${content.id}`);
      },
      fault: /expected \d+ bytes, got more/,
    },
    {
      what: "3 GB of zeros for a part as large as one may be",
      misbehave: (own) => {
        const { edition, parts } = publish(newer, { sequence: 2 });
        const large = edition.parts.map((part) =>
          part.kind === "content" ? { ...part, bytes: modelLimits.partBytes } : part,
        );
        own.publication = { edition: { ...edition, parts: large }, parts };
        own.instead = bombAt(`/v1/parts/${content.id}`);
      },
      fault: /expected \d+ bytes, got more/,
    },
    {
      what: "3 GB of zeros for an edition",
      misbehave: (own) => {
        own.instead = bombAt("/v1/edition");
      },
      fault: /expected \d+ bytes at most, got more/,
    },
  ])("$what", async ({ misbehave, fault }) => {
    const own = await shop(honest);
    const visit = await visited(own);
    misbehave(own);
    const before = process.memoryUsage();
    let most = 0;
    const watch = setInterval(() => {
      const now = process.memoryUsage();
      most = Math.max(most, now.rss - before.rss);
    }, 5);
    const cpuBefore = process.cpuUsage();
    const second = await visit();
    await until(() => troublesOf(second).length > 0);
    // Of the processor, which others use too; it includes the server's own work.
    const { user, system } = process.cpuUsage(cpuBefore);
    clearInterval(watch);
    expect(troublesOf(second)).toEqual([expect.stringMatching(fault)]);
    expect((await second.worker.panel()).edition).toMatchObject({
      sequence: 1,
      round: 3,
      items: 60,
      isWhole: true,
    });
    expect(await second.worker.trending({})).toHaveLength(12);
    expect(most / 1e6).toBeLessThan(200);
    expect((user + system) / 1e6).toBeLessThan(1);
    await closeDevice(second);
    own.publication = honest;
    own.instead = () => false;
    const third = await visit();
    expect((await third.worker.panel()).edition).toMatchObject({ sequence: 1 });
  });
});

test("a device fetches from a real server with the real fetch, and later only what is new", async () => {
  const asked: string[] = [];
  const own = await shop(publish(older, { sequence: 1 }));
  own.instead = (path) => {
    asked.push(path);
    return false;
  };
  const visit = await visited(own);
  asked.length = 0;
  const learned = shopModel({ seed: 8, change: { round: 4 } });
  const next = { ...older, round: 4, factors: learned.factors };
  own.publication = publish(next, { sequence: 2 });
  const second = await visit();
  await until(() => second.notices.filter(({ type }) => type === "edition").length === 2);
  expect(asked).toEqual(["/v1/edition", `/v1/parts/${partsOf(next).factors.id}`]);
  expect((await second.worker.panel()).edition).toMatchObject({ sequence: 2, round: 4 });
});
