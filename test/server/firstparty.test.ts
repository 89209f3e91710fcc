/** Tacit below a path of a site's own origin: what passes, what does not, what is told when nobody answers. */
import { readdirSync, readFileSync } from "node:fs";
import { createServer, request as httpRequest, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { brotliDecompressSync } from "node:zlib";
import { getRequestListener } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import fc from "fast-check";
import { Hono } from "hono";
import ts from "typescript";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseConfig } from "../../server/base/config.ts";
import {
  type FirstPartyOptions,
  firstParty,
  firstPartyMiddleware,
} from "../../server/firstparty/firstparty.ts";
import { answerHeaders, codingHeaders, requestHeaders } from "../../server/firstparty/headers.ts";
import { publishCatalogue } from "../../server/publishing/catalogue.ts";
import { Browser } from "./browsers.ts";
import { catalogueOf } from "./harness.ts";
import { limitedServer, served } from "./sockets.ts";
import { type Asked, ask } from "./wire.ts";

const shop = "https://shop.example";

/** A leader with a catalogue, on a socket. */
async function leader(more: Readonly<Record<string, unknown>> = {}) {
  const server = await limitedServer({ exempt: [] }, more);
  const { parts } = server;
  await publishCatalogue(parts.editions, catalogueOf(30), { contentDim: 8, dim: 3 });
  await parts.cycle.openNext();
  return { url: server.url.replace("localhost", "127.0.0.1"), parts };
}

/** A leader of the test's own making; what it was asked, and what it answers. */
function recorder(answer: (url: string, init: RequestInit) => Response | Promise<Response>) {
  const asked: { readonly url: URL; readonly headers: Headers; readonly init: RequestInit }[] = [];
  const fetch: NonNullable<FirstPartyOptions["fetch"]> = async (url, init) => {
    asked.push({ url: new URL(url), headers: new Headers(init.headers), init });
    return answer(url, init);
  };
  return { asked, fetch };
}

/** A free port that the server listens on until the test is finished. */
async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null)
    throw new TypeError("portOf: expected a port, got none");
  return address.port;
}

const tacit = (options: Partial<FirstPartyOptions> = {}) =>
  firstParty({ server: "https://tacit.internal", ...options });

describe("a page's visit through the site's origin", () => {
  test.each(["/s", "/", "/a/b/"])(
    "below %s has the bytes and headers that the leader gives",
    async (path) => {
      const { url, parts } = await leader();
      const app = new Hono();
      app.use(firstPartyMiddleware({ server: url, path }));
      const site = (await served(app, parts.config)) + path.replace(/\/$/, "");
      const handle = firstParty({ server: url, path });
      const part = parts.editions.inForce?.edition.parts[0].id ?? "";
      const visit: readonly (readonly [path: string, upstream: string, asked?: Asked])[] = [
        ["/main.js", "/tacit/tacit.js", { headers: { "accept-encoding": "gzip, br" } }],
        ["/main.js", "/tacit/tacit.js", { headers: { "accept-encoding": "gzip" }, method: "HEAD" }],
        ["/worker.js", "/tacit/worker.js"],
        ["/integrity.json", "/tacit/integrity.json"],
        ["/v1/edition", "/v1/edition"],
        ["/v1/head", "/v1/head", { headers: { "accept-encoding": "br" } }],
        [`/v1/parts/${part}`, `/v1/parts/${part}`, { headers: { "accept-encoding": "br;q=0.5, gzip" } }],
        [`/v1/parts/${part}`, `/v1/parts/${part}`, { headers: { range: "bytes=3-17" } }],
        [`/v1/parts/${part}`, `/v1/parts/${part}`, { headers: { range: "bytes=999999999-" } }],
        [`/v1/parts/${"0".repeat(64)}`, `/v1/parts/${"0".repeat(64)}`],
        ["/v1/tasks", "/v1/tasks"],
        ["/v1/log", "/v1/log"],
        ["/v1/reports", "/v1/reports", { method: "POST", body: new Uint8Array(700).fill(7) }],
        ["/v1/tokens", "/v1/tokens", { method: "POST", body: new Uint8Array(7) }],
      ];
      for (const [below, upstream, asked] of visit) {
        const direct = await ask(url, upstream, asked);
        const through = await ask(site, below, asked);
        expect([below, through.status, through.bytes]).toEqual([below, direct.status, direct.bytes]);
        for (const name of ["content-encoding", ...answerHeaders].filter((one) => one !== "vary"))
          expect([below, name, through.headers[name]]).toEqual([below, name, direct.headers[name]]);
        expect([below, through.headers.vary]).toEqual([below, direct.headers.vary]);
        // By a plain call, as where there is no Node.
        const { method = "GET", headers = {}, body } = asked ?? {};
        const plain = await handle(
          new Request(shop + new URL(site + below).pathname, { method, headers, ...(body && { body }) }),
        );
        expect([below, plain?.status]).toEqual([below, direct.status]);
        expect(new Uint8Array((await plain?.arrayBuffer()) ?? new ArrayBuffer(1))).toEqual(
          new Uint8Array(direct.bytes),
        );
      }
      const { headers, bytes } = await ask(site, "/main.js", { headers: { "accept-encoding": "br" } });
      expect(headers["content-encoding"]).toBe("br");
      const tag = headers.etag ?? "";
      const again = await ask(site, "/main.js", { headers: { "if-none-match": tag } });
      expect([again.status, again.bytes.length]).toEqual([304, 0]);
      expect(brotliDecompressSync(bytes).toString()).toBe(
        readFileSync(new URL("../../dist/sdk/tacit.js", import.meta.url), "utf8"),
      );
    },
  );

  test("the SDK's worker ranks, fetches a token and reports, and nothing is asked outside the path", async () => {
    // Of this machine, whom the SDK allows sums without noise; nobody listens there.
    const origin = "http://localhost:9";
    const publicUrl = `${origin}/s`;
    const round = { minBatch: 10, maxBatch: 60, batchSize: 1000, quietSeconds: 3600, roundSeconds: 86_400 };
    const { url, parts } = await leader({ publicUrl, round, tokens: { issue: true, required: true } });
    const app = new Hono();
    app.use(firstPartyMiddleware({ server: url }));
    app.get("*", (c) => c.text("the site's own"));
    const identities = parts.identities;
    const urls = { leader: publicUrl, helper: origin, relay: null };
    const browser = new Browser({ urls, identities }, [1, 4, 7], undefined, async (to, init) =>
      app.fetch(new Request(to, init)),
    );
    let sums: readonly string[] = [];
    const trouble: string[] = [];
    for (let visit = 0; visit < 8 && !sums.includes("accepted"); visit++) {
      const visited = await browser.visit({ stillMs: 200 });
      trouble.push(...visited.trouble);
      sums = visited.reports.flatMap((report) => report.sums).map(({ state }) => state);
    }
    expect(trouble).toEqual([]);
    expect(sums).toContain("accepted");
    const asked = [...browser.asked].map((request) => request.replace(/[0-9a-f]{64}/, "ID"));
    expect(new Set(asked)).toEqual(
      new Set([
        ...["edition", "head", "parts/ID", "tasks"].map((name) => `GET ${publicUrl}/v1/${name}`),
        `GET ${origin}/.well-known/private-token-issuer-directory`,
        `POST ${publicUrl}/v1/tokens`,
        `POST ${publicUrl}/v1/reports`,
      ]),
    );
  }, 60_000);
});

describe("what passes", () => {
  const token = fc.stringMatching(/^[a-z][a-z-]{0,20}$/);
  const known = fc.constantFrom(
    ...["cookie", "authorization", "referer", "user-agent", "accept-language", "dnt", "sec-gpc", "forwarded"],
    ...[
      "x-forwarded-for",
      "x-real-ip",
      "cf-connecting-ip",
      "via",
      "sec-ch-ua",
      "sec-ch-ua-platform",
      "accept",
    ],
    ...[
      "set-cookie",
      "strict-transport-security",
      "server",
      "alt-svc",
      "nel",
      "report-to",
      "clear-site-data",
    ],
    ...[
      "link",
      "location",
      "x-request-id",
      codingHeaders.accept,
      codingHeaders.content,
      "proxy-authorization",
    ],
    ...requestHeaders,
    ...answerHeaders,
  );
  const headers = fc.dictionary(
    fc
      .oneof(token, known)
      .filter((name) => !["content-length", "transfer-encoding", "connection"].includes(name)),
    fc.stringMatching(/^[!-~]{1,30}$/),
    { maxKeys: 25 },
  );

  test("of a request these headers and no other; of an answer likewise", async () => {
    const passing = [...requestHeaders, "accept-encoding", codingHeaders.accept, "x-forwarded-for"];
    const coming = new Set<string>([...answerHeaders, "content-encoding"]);
    await fc.assert(
      fc.asyncProperty(headers, headers, fc.ipV4(), async (given, answered, address) => {
        const { asked, fetch } = recorder(() => new Response("x", { headers: answered }));
        const handle = tacit({ fetch, addressOf: () => address });
        const answer = await handle(new Request(`${shop}/s/v1/edition?who=me#there`, { headers: given }));
        const [{ url, headers: sent }] = asked;
        expect(url.href).toBe("https://tacit.internal/v1/edition");
        for (const [name, value] of sent) {
          expect(passing).toContain(name);
          if (name === "x-forwarded-for") expect(value).toBe(address);
          else if (name === "accept-encoding") expect(value).toBe("identity");
          else
            expect(value).toBe(
              name === codingHeaders.accept ? (given["accept-encoding"] ?? "identity") : given[name],
            );
        }
        for (const name of requestHeaders) expect(sent.get(name)).toBe(given[name] ?? null);
        for (const [name, value] of answer?.headers ?? []) {
          expect(coming).toContain(name);
          const from = name === "content-encoding" ? codingHeaders.content : name;
          if (name !== "vary")
            expect(value).toBe(from === "content-type" ? (answered[from] ?? value) : answered[from]);
        }
        for (const name of answerHeaders)
          if (name in answered && name !== "vary") expect(answer?.headers.get(name)).toBe(answered[name]);
      }),
    );
  });

  test("an address that is none is not passed on, and without addressOf there is none", async () => {
    for (const addressOf of [
      undefined,
      () => null,
      () => "a, 192.0.2.1",
      () => "192.0.2.1\r\nx: y",
      () => "",
    ]) {
      const { asked, fetch } = recorder(() => new Response("{}"));
      const headers = { "x-forwarded-for": "192.0.2.7" };
      await tacit({ fetch, ...(addressOf && { addressOf }) })(new Request(`${shop}/s/v1/tasks`, { headers }));
      expect(asked[0].headers.get("x-forwarded-for")).toBeNull();
    }
  });

  test("with the visitor's address the leader's limits are the visitor's, and with none everybody's", async () => {
    const limits = { requestsPerMinute: 3, exempt: [], trustProxy: 1 };
    const server = await limitedServer(limits);
    const statuses = async (
      addressOf: (nth: number) => string | null,
    ): Promise<readonly (number | undefined)[]> => {
      let nth = 0;
      const options = { server: server.url, addressOf: () => addressOf(nth++) };
      const handle = firstParty(options);
      const asked = Array.from({ length: 5 }, () => handle(new Request(`${shop}/s/v1/tasks`)));
      return (await Promise.all(asked)).map((answer) => answer?.status);
    };
    expect(await statuses((nth) => `192.0.2.${nth}`)).not.toContain(429);
    expect(await statuses(() => "198.51.100.1")).toContain(429);
    expect(await statuses(() => null)).toContain(429);
  });

  test("Hono's middleware hands its context to addressOf, and leaves what is not Tacit's to the site", async () => {
    const { asked, fetch } = recorder(() => new Response("{}"));
    const app = new Hono();
    app.use(
      firstPartyMiddleware({
        server: "https://tacit.internal",
        fetch,
        addressOf: (_request, c: Parameters<typeof getConnInfo>[0]) => getConnInfo(c).remote.address,
      }),
    );
    app.get("*", (c) => c.text("the site's own"));
    const site = await served(app, parseConfig({}));
    await ask(site, "/s/v1/edition", { headers: { "x-forwarded-for": "203.0.113.9" } });
    expect(asked[0].headers.get("x-forwarded-for")).toBe("127.0.0.1");
    for (const path of ["/", "/v1/edition", "/tacit/tacit.js", "/sales", "/s"])
      expect((await ask(site, path)).bytes.toString()).toBe("the site's own");
    expect(asked).toHaveLength(1);
  });
});

describe("paths", () => {
  const allowed =
    /^\/(?:v1\/(?:edition|head|tasks|log|reports|tokens|parts\/[0-9a-f]{64})|tacit\/(?:(?:[0-9A-Za-z][0-9A-Za-z.+-]*-)?[0-9a-f]{12}\/)?[A-Za-z][\w-]*(?:\.[a-z]+)+|\.well-known\/(?:private-token-issuer-directory|gpc\.json))$/;
  const piece = fc.constantFrom(
    ...[
      "/",
      "//",
      "\\",
      "..",
      ".",
      "%2e%2e",
      "%2f",
      "%5c",
      "%00",
      "%252f",
      "s",
      "v1",
      "admin",
      "status",
      "health",
    ],
    ...[
      "live",
      "parts",
      "helper",
      "gateway",
      "relay",
      "reports",
      "edition",
      "tacit",
      "tacit.js",
      "integrity.json",
    ],
    ...[
      "constructor",
      "__proto__",
      "evil.example",
      ":80",
      "@",
      "?",
      "#",
      ";",
      "a".repeat(64),
      "types",
      ".env",
    ],
    ...["0.1.0-abcdefabcdef", "abcdefabcdef", ".well-known", "gpc.json"],
  );

  test("no path reaches another route or another host, wherever Tacit is mounted", async () => {
    const pieces = fc.array(piece, { maxLength: 6 }).map((all) => all.join(""));
    const good = fc.constantFrom(
      "v1/edition",
      "main.js",
      `v1/parts/${"0".repeat(64)}`,
      "v1/reports",
      "edition",
    );
    const paths = fc.oneof(
      pieces,
      good,
      fc.tuple(pieces, good).map((all) => all.join("")),
    );
    let reached = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("/s", "/", "/a/b"),
        fc.constantFrom("/s/", "//", "/", "/a/b/", "/s/v1/", "/v1/", "/s/../"),
        paths,
        fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"),
        async (path, start, rest, method) => {
          const { asked, fetch } = recorder(() => new Response(null, { status: 404 }));
          const url = shop + start + rest;
          if (!URL.canParse(url)) return;
          await tacit({ path, fetch })(new Request(url, { method }));
          for (const { url: to, init } of asked) {
            reached++;
            expect([to.origin, to.search, to.hash]).toEqual(["https://tacit.internal", "", ""]);
            expect(to.pathname).toMatch(allowed);
            expect(["GET", "HEAD", "POST"]).toContain(init.method);
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect(reached).toBeGreaterThan(30);
  });

  test.each([
    ...[
      "/s/../v1/admin/status",
      "/s/v1/admin/status",
      "/s/v1/%61dmin/status",
      "/s/v1%2fadmin",
      "/s/v1/../health/live",
    ],
    ...[
      "/s//v1/edition",
      "//tacit.internal/v1/admin/status",
      "/s/v1/parts/../admin/status",
      "/s/v1/helper/keys",
    ],
    ...["/s/v1/gateway", "/s/v1/relay", "/s/health/ready", "/s/v1/constructor", "/s/%2e%2e/v1/admin/status"],
  ])("%s is asked of no leader", async (path) => {
    const { asked, fetch } = recorder(() => new Response("{}"));
    const answer = await tacit({ fetch })(new Request(shop + path));
    expect(asked).toEqual([]);
    expect([404, undefined]).toContain(answer?.status);
  });

  test("a path of the server's own address stays, and a name of the site's own stands for a file", async () => {
    const { asked, fetch } = recorder(() => new Response("{}"));
    const server = "https://inside.example/tacit/";
    const names = { "app.js": "tacit.js", "app-two.js": "worker.js" };
    const handle = tacit({ fetch, server, names });
    for (const path of ["app.js", "0.1.0-0123456789ab/app-two.js", "tokens.js", "v1/edition"])
      await handle(new Request(`${shop}/s/${path}`));
    expect(asked.map(({ url }) => url.href)).toEqual([
      `${server}tacit/tacit.js`,
      `${server}tacit/0.1.0-0123456789ab/worker.js`,
      `${server}tacit/tokens.js`,
      `${server}v1/edition`,
    ]);
  });

  test("a method that is not for the path is refused, and told which is", async () => {
    const { asked, fetch } = recorder(() => new Response("{}"));
    for (const [method, path, allow] of [
      ["POST", "v1/edition", "GET, HEAD"],
      ["GET", "v1/reports", "POST"],
      ["DELETE", "main.js", "GET, HEAD"],
    ]) {
      const answer = await tacit({ fetch })(new Request(`${shop}/s/${path}`, { method }));
      expect([answer?.status, answer?.headers.get("allow")]).toEqual([405, allow]);
    }
    expect(asked).toEqual([]);
  });

  test("what is well-known is the site's own where the leader has none", async () => {
    for (const path of ["/.well-known/gpc.json", "/.well-known/private-token-issuer-directory"]) {
      const none = recorder(() => new Response("{}", { status: 404 }));
      expect(await tacit({ fetch: none.fetch })(new Request(shop + path))).toBeNull();
      const some = recorder(() => new Response("{}"));
      expect((await tacit({ fetch: some.fetch })(new Request(shop + path)))?.status).toBe(200);
      expect(some.asked[0].url.href).toBe(`https://tacit.internal${path}`);
    }
    expect(await tacit()(new Request(`${shop}/.well-known/security.txt`))).toBeNull();
  });
});

test("on an origin of Tacit's own, what the leader does not have is left to whatever else is there", async () => {
  const { asked, fetch } = recorder(() => new Response("{}", { status: 404 }));
  const handle = tacit({ path: "/", fetch });
  for (const path of ["/assets.js", "/v1/nothing", "/", "/about"])
    expect(await handle(new Request(shop + path))).toBeNull();
  expect(asked.map(({ url }) => url.pathname)).toEqual(["/tacit/assets.js"]);
  // Below a path of its own nothing else is.
  for (const path of ["/s/assets.js", "/s/v1/nothing", "/s/", `/s/v1/parts/${"0".repeat(64)}`])
    expect((await tacit({ fetch })(new Request(shop + path)))?.status).toBe(404);
});

describe("a leader", () => {
  const report = (body: BodyInit, headers = {}) =>
    new Request(`${shop}/s/v1/reports`, { method: "POST", body, headers, duplex: "half" } as RequestInit);
  const problemOf = async (answer: Response | null) => ({
    status: answer?.status,
    media: answer?.headers.get("content-type"),
    ...((await answer?.json()) as object),
  });

  test("that is away is told as a problem", async () => {
    const handle = firstParty({ server: "http://127.0.0.1:9" });
    for (const request of [new Request(`${shop}/s/v1/edition`), report("x")])
      expect(await problemOf(await handle(request))).toMatchObject({
        status: 502,
        media: "application/problem+json",
        type: "urn:tacit:problem:bad-gateway",
      });
  });

  test("that sends elsewhere is not followed", async () => {
    for (const status of [301, 302, 307, 308]) {
      const headers = { location: "https://evil.example/", "set-cookie": "a=b" };
      const { asked, fetch } = recorder(() => new Response(null, { status, headers }));
      const answer = await tacit({ fetch })(new Request(`${shop}/s/v1/edition`));
      expect([answer?.status, answer?.headers.get("location"), asked.length]).toEqual([502, null, 1]);
      expect(asked[0].init.redirect).toBe("manual");
    }
  });

  test("that says nothing for long is given up, before it answers and in the middle", async () => {
    const silent = createServer((request, response) => {
      if (request.url?.endsWith("head")) response.write("a");
    });
    const port = await portOf(silent);
    const handle = firstParty({ server: `http://127.0.0.1:${port}`, timeoutMs: 150 });
    expect(await problemOf(await handle(new Request(`${shop}/s/v1/edition`)))).toMatchObject({
      status: 504,
      type: "urn:tacit:problem:gateway-timeout",
    });
    const begun = await handle(new Request(`${shop}/s/v1/head`));
    expect(begun?.status).toBe(200);
    await expect(begun?.text()).rejects.toThrow();
  });

  test("is waited for as long as something moves, in either direction", async () => {
    const slowly = () => {
      let left = 5;
      return new ReadableStream<Uint8Array>({
        pull: async (c) => {
          await new Promise((resolve) => setTimeout(resolve, 60));
          if (left-- > 0) c.enqueue(new Uint8Array(3));
          else c.close();
        },
      });
    };
    const { fetch } = recorder(async (_url, init) => {
      const sent = await new Response(init.body as ReadableStream<Uint8Array>).arrayBuffer();
      if (init.signal?.aborted) throw new Error("aborted");
      expect(sent.byteLength).toBe(15);
      return new Response(slowly());
    });
    const answer = await tacit({ fetch, timeoutMs: 200 })(report(slowly()));
    expect([answer?.status, (await answer?.arrayBuffer())?.byteLength]).toEqual([200, 15]);
  });

  test("hears when a browser's connection ends", async () => {
    let ended: (() => void) | undefined;
    const isEnded = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const { fetch, asked } = recorder((_url, { signal }) => {
      signal?.addEventListener("abort", () => ended?.());
      return new Promise(() => undefined);
    });
    const app = new Hono();
    app.use(firstPartyMiddleware({ server: "https://tacit.internal", fetch }));
    const server = createServer(getRequestListener(app.fetch));
    const port = await portOf(server);
    const leaving = httpRequest(`http://127.0.0.1:${port}/s/v1/head`);
    leaving.on("error", () => undefined);
    leaving.end();
    while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    leaving.destroy();
    await isEnded;
  });

  test("hears when the browser goes away, before its answer and in the middle", async () => {
    for (const isBegun of [false, true]) {
      const leaving = new AbortController();
      let signal: AbortSignal | null | undefined;
      const { fetch } = recorder((_url, init) => {
        signal = init.signal;
        if (isBegun) return new Response(new ReadableStream({ start: (c) => c.enqueue(new Uint8Array(1)) }));
        return new Promise((_resolve, reject) =>
          signal?.addEventListener("abort", () => reject(new Error("ended"))),
        );
      });
      const asked = tacit({ fetch })(new Request(`${shop}/s/v1/head`, { signal: leaving.signal }));
      if (isBegun) await (await asked)?.body?.cancel();
      else leaving.abort();
      await asked;
      expect(signal?.aborted).toBe(true);
    }
  });

  test("gets a report in pieces, and no more of it than the limit", async () => {
    const piece = () => new Uint8Array(400).fill(5);
    const pieces = (count: number) =>
      new ReadableStream<Uint8Array>({
        start: (c) => {
          for (let k = 0; k < count; k++) c.enqueue(piece());
          c.close();
        },
      });
    let got = 0;
    const { asked, fetch } = recorder(async (_url, init) => {
      got = 0;
      for await (const bytes of init.body as unknown as AsyncIterable<Uint8Array>) got += bytes.length;
      return new Response("{}");
    });
    const handle = tacit({ fetch, reportBytes: 1000 });
    expect((await handle(report(pieces(2))))?.status).toBe(200);
    expect(got).toBe(800);
    expect(await problemOf(await handle(report(pieces(3))))).toMatchObject({
      status: 413,
      type: "urn:tacit:problem:too-long",
    });
    expect(got).toBe(800);
    expect(asked).toHaveLength(2);
    // Announced, it is not even asked.
    const announced = await handle(report(pieces(1), { "content-length": "1001" }));
    expect([announced?.status, asked.length]).toEqual([413, 2]);
    const withBody = new Request(`${shop}/s/v1/tokens`, { method: "POST", body: new Uint8Array(2000) });
    expect((await tacit({ fetch })(withBody))?.status).toBe(413);
  });

  test("that something packs on the way is passed on unpacked, and said to be", async () => {
    const packing = createServer((_request, response) => {
      const bytes = Buffer.from("H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==", "base64");
      response.writeHead(200, { "content-encoding": "gzip", "content-length": bytes.length }).end(bytes);
    });
    const port = await portOf(packing);
    const handle = firstParty({ server: `http://127.0.0.1:${port}` });
    const answer = await handle(new Request(`${shop}/s/v1/edition`));
    expect([answer?.headers.get("content-encoding"), answer?.headers.get("content-length")]).toEqual([
      null,
      null,
    ]);
    expect(await answer?.text()).toMatch(/^hello?/);
  });
});

test.each<[Partial<FirstPartyOptions>, RegExp]>([
  [{ server: "tacit.internal" }, /server must be an http\(s\) address/],
  [{ server: "ftp://tacit.internal" }, /server must be/],
  [{ server: "https://a:b@tacit.internal" }, /server must be/],
  [{ server: "https://tacit.internal/?x" }, /server must be/],
  [{ path: "s" }, /path must be one such as "\/s", got "s"/],
  [{ path: "/../s" }, /path must be/],
  [{ path: "//s" }, /path must be/],
  [{ names: { "../a.js": "tacit.js" } }, /names must be of files/],
  [{ names: { "a.js": "v1/admin" } }, /names must be of files/],
  [{ timeoutMs: 0 }, /timeoutMs must be a positive whole number, got 0/],
  [{ reportBytes: Number.NaN }, /reportBytes must be/],
])("%j is refused when the site starts", (options, because) => {
  expect(() => tacit(options)).toThrow(because);
});

test("it needs nothing but the web's own: no package, no API of Node's", async () => {
  const folder = fileURLToPath(new URL("../../server/firstparty", import.meta.url));
  const files = readdirSync(folder);
  const importsOf = (file: string) =>
    ts
      .preProcessFile(readFileSync(`${folder}/${file}`, "utf8"))
      .importedFiles.map(({ fileName }) => fileName);
  expect(files.flatMap(importsOf).filter((from) => !from.startsWith("./"))).toEqual([]);
  // All of it as one script, in a world that has these and no other globals.
  const script = files
    .map((file) => readFileSync(`${folder}/${file}`, "utf8").replaceAll(/^import [^;]+;$/gm, ""))
    .map((text) => ts.transpile(text, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }))
    .map((text) =>
      text.replaceAll(/^export (?=const|function|async)/gm, "").replaceAll(/^export \{\};$/gm, ""),
    )
    .join("\n");
  const web = { AbortController, Headers, ReadableStream, Request, Response, URL, clearTimeout, setTimeout };
  const { fetch, asked } = recorder(() => new Response("{}"));
  const world = createContext({ ...web, fetch });
  const handle: (request: Request) => Promise<Response | null> = runInContext(
    `${script}\nfirstParty({ server: "https://tacit.internal" })`,
    world,
  );
  const answer = await handle(new Request(`${shop}/s/v1/reports`, { method: "POST", body: "x" }));
  expect([answer?.status, asked[0].url.href]).toEqual([200, "https://tacit.internal/v1/reports"]);
});
