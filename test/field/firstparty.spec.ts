/**
 * Kind: a shop's own server in front. Whichever it is, a visit gets what the Tacit server gives, and that
 * server is told nothing about who asks but an address.
 */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { type Asked, ask } from "../server/wire.ts";
import { inEveryEngine } from "./laws.ts";
import { type ProxyName, proxies, type Shop, versionOf } from "./proxies.ts";
import { html } from "./site.ts";
import { loaded, until } from "./visit.ts";

interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
}

/** Where it listens until the test is finished. */
async function addressOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A Tacit server that breaks off in the middle of each answer. */
async function breaker(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-length": "100000" }).write("{", () => response.destroy());
  });
  return addressOf(server);
}

/** A Tacit server that writes down what it hears, and says more than it should. */
async function listener(): Promise<{ readonly url: string; readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on("data", (piece) => {
      bytes += piece.length;
    });
    request.on("end", () => {
      heard.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, bytes });
      response.writeHead(200, {
        "set-cookie": "who=me",
        "strict-transport-security": "max-age=9; includeSubDomains",
        "content-type": "application/json",
        etag: 'W/"a"',
        "cache-control": "no-store",
      });
      response.end("{}");
    });
  });
  return { url: await addressOf(server), heard };
}

async function shopOf(name: ProxyName, tacit: string): Promise<Shop> {
  const shop = await proxies[name]({ tacit });
  onTestFinished(() => shop.stop());
  return shop;
}

const names = Object.keys(proxies) as readonly ProxyName[];
const report = { method: "POST", headers: { "content-type": "application/octet-stream" } };

describe.each(names)("behind %s", (name) => {
  let shop: Shop;
  const tacit = inject("tacitServer");
  beforeAll(async () => {
    shop = await proxies[name]({ tacit });
  });
  afterAll(() => shop?.stop());

  test("a visit has the bytes that the Tacit server gives", async () => {
    const { build }: { readonly build: string } = JSON.parse(
      (await ask(tacit, "/tacit/integrity.json")).bytes.toString(),
    );
    const { edition }: { readonly edition: { readonly document: string } } = JSON.parse(
      (await ask(tacit, "/v1/edition")).bytes.toString(),
    );
    const part = /"id":"([0-9a-f]{64})"/.exec(edition.document)?.[1] ?? "";
    expect(part).not.toBe("");
    const browser = { headers: { "accept-encoding": "gzip, deflate, br, zstd" } };
    const visit: readonly (readonly [path: string, direct: string, asked?: Asked])[] = [
      ["/s/main.js", "/tacit/tacit.js", browser],
      ["/s/main.js", "/tacit/tacit.js", { method: "HEAD" }],
      [`/s/${build}/main.js`, `/tacit/${build}/tacit.js`, browser],
      [`/s/${build}/worker.js`, `/tacit/${build}/worker.js`, browser],
      ["/s/0.0.1-0123456789ab/worker.js", "/tacit/0.0.1-0123456789ab/worker.js", browser],
      ["/s/worker.js", "/tacit/worker.js"],
      ["/s/integrity.json", "/tacit/integrity.json", browser],
      ["/s/v1/edition", "/v1/edition", browser],
      ["/s/v1/edition?who=me", "/v1/edition", browser],
      ["/s/v1/head", "/v1/head", browser],
      [`/s/v1/parts/${part}`, `/v1/parts/${part}`, browser],
      [`/s/v1/parts/${part}`, `/v1/parts/${part}`, { headers: { "accept-encoding": "gzip" } }],
      [`/s/v1/parts/${part}`, `/v1/parts/${part}`, { headers: { range: "bytes=5-99" } }],
      [`/s/v1/parts/${part}`, `/v1/parts/${part}`],
      ["/s/v1/tasks", "/v1/tasks", browser],
      ["/s/v1/log", "/v1/log", browser],
      ["/s/v1/reports", "/v1/reports", { ...report, body: new Uint8Array(90_000).fill(3) }],
    ];
    for (const [path, straight, asked] of visit) {
      const [through, direct] = [await ask(shop.url, path, asked), await ask(tacit, straight, asked)];
      expect([path, through.status]).toEqual([path, direct.status]);
      expect(through.bytes.equals(direct.bytes), path).toBe(true);
      const kept = [
        ...["content-encoding", "content-type", "content-range", "etag", "cache-control", "vary"],
        ...["content-security-policy", "cross-origin-embedder-policy", "x-content-type-options"],
      ];
      for (const header of kept)
        expect([path, header, through.headers[header]]).toEqual([path, header, direct.headers[header]]);
    }
    const tag = (await ask(shop.url, "/s/worker.js", browser)).headers.etag ?? "";
    const again = await ask(shop.url, "/s/worker.js", { headers: { "if-none-match": tag } });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
  });

  test("the Tacit server hears nothing about who asks but an address, and sets nothing", async () => {
    const { url, heard } = await listener();
    const front = await shopOf(name, url);
    const headers = {
      ...{ cookie: "session=1", authorization: "Basic eA==", referer: "https://shop.example/secret" },
      ...{
        "user-agent": "Somebody/1",
        "accept-language": "de-CH",
        dnt: "1",
        "sec-gpc": "1",
        accept: "image/x",
      },
      ...{ "x-forwarded-for": "203.0.113.5", "x-real-ip": "203.0.113.5", forwarded: "for=203.0.113.5" },
      ...{
        via: "1.1 home",
        "sec-ch-ua": '"Somebody"',
        "x-anything": "1",
        "x-forwarded-host": "mine.example",
      },
      ...{
        "accept-encoding": "br",
        "if-none-match": '"a"',
        range: "bytes=0-1",
        "if-range": '"a"',
        origin: "https://shop.example",
      },
    };
    const media = { ...headers, "content-type": "application/octet-stream" };
    const all = ["/s/v1/edition?a=b", "/s/main.js?a=b", "/.well-known/gpc.json?a=b"];
    const answers = [
      ...(await Promise.all(all.map((path) => ask(front.url, path, { headers })))),
      await ask(front.url, "/s/v1/reports?a=b", { method: "POST", headers: media, body: new Uint8Array(9) }),
    ];
    expect(heard.map(({ path }) => path).sort()).toEqual(
      ["/v1/edition", "/tacit/tacit.js", "/.well-known/gpc.json", "/v1/reports"].sort(),
    );
    const passing: Readonly<Record<string, unknown>> = {
      ...{ "if-none-match": '"a"', range: "bytes=0-1", "if-range": '"a"', origin: "https://shop.example" },
      ...{ "x-forwarded-for": "127.0.0.1", "content-type": "application/octet-stream" },
      // Of the connection, or of the program that asks.
      ...{ host: new URL(url).host, connection: expect.any(String), "content-length": "9" },
      ...{
        "transfer-encoding": "chunked",
        "accept-encoding": expect.stringMatching(/^(?:br|identity(?:, identity)?)$/),
      },
      ...{ "tacit-accept-encoding": "br", "user-agent": "node", "accept-language": "*", accept: "*/*" },
      ...{ "sec-fetch-mode": "cors", pragma: "no-cache", "cache-control": "no-cache" },
    };
    for (const { headers: came } of heard) {
      for (const [header, value] of Object.entries(came))
        expect([header, value]).toEqual([header, passing[header] ?? "none"]);
      for (const header of ["if-none-match", "if-range", "range", "origin", "x-forwarded-for"])
        expect(Object.keys(came)).toContain(header);
    }
    expect(heard.find(({ method }) => method === "POST")).toMatchObject({ bytes: 9 });
    for (const { status, headers: came } of answers) {
      expect([status, came["set-cookie"], came["strict-transport-security"]]).toEqual([
        200,
        undefined,
        undefined,
      ]);
      expect([came.etag, came["cache-control"]]).toEqual(['W/"a"', "no-store"]);
    }
  });

  test("no spelling of a path, and no other method, reaches anything else", async () => {
    const { url, heard } = await listener();
    const front = await shopOf(name, url);
    const paths = [
      ...["/s/../v1/admin/status", "/s/v1/admin/status", "/s/v1/%61dmin/status", "/s/v1%2fadmin%2fstatus"],
      ...[
        "/s/v1/edition/../admin/status",
        "/s/%2e%2e/v1/admin/status",
        "/s/v1/edition%2f..%2fadmin%2fstatus",
      ],
      ...[
        "//127.0.0.1/v1/admin/status",
        "/s//evil.example/v1/edition",
        "/s/v1/gateway",
        "/s/v1/relay",
        "/s/v1/helper",
      ],
      ...[
        "/s/health/ready",
        "/s/v1/parts/../admin/status",
        "/s/v1/parts/abc",
        "/s/..%5cv1%5cadmin",
        "/s/tacit/tacit.js",
      ],
      ...[
        "/s/v1/edition%00",
        "/s/v1/edition;/../../v1/admin",
        "/s/types/index.d.ts",
        "/s/.env",
        "/s/",
        "/v1/edition",
      ],
    ];
    for (const path of paths) {
      const { status } = await ask(front.url, path);
      expect([path, status < 400 ? status : "refused"]).toEqual([path, "refused"]);
    }
    for (const [method, path] of [
      ...["POST", "PUT", "DELETE", "PATCH", "OPTIONS"].map((one) => [one, "/s/v1/edition"]),
      ...["GET", "PUT", "DELETE"].map((one) => [one, "/s/v1/reports"]),
      ["POST", "/s/main.js"],
    ]) {
      const { status } = await ask(front.url, path, { method });
      expect([method, path, status]).toEqual([
        method,
        path,
        expect.toSatisfy((one) => one === 404 || one === 405),
      ]);
    }
    expect(heard).toEqual([]);
    // It does listen.
    expect((await ask(front.url, "/s/v1/edition")).status).toBe(200);
    expect(heard).toHaveLength(1);
  });

  test.each([
    ["reports", 1_048_576],
    ["tokens", 1024],
  ])("a body of %s has at most %i bytes; one that is longer does not arrive", async (route, most) => {
    const { url, heard } = await listener();
    const front = await shopOf(name, url);
    const sent = (bytes: number) =>
      ask(front.url, `/s/v1/${route}`, { ...report, body: new Uint8Array(bytes) }).then(
        ({ status }) => status,
        // Cut off while it sent.
        () => 413,
      );
    expect(await sent(most)).toBe(200);
    expect([413, 502]).toContain(await sent(most + 1));
    expect(heard.map(({ bytes }) => bytes)).toEqual([most]);
  });

  test("a Tacit server that is away is told as a problem", async () => {
    const front = await shopOf(name, "http://127.0.0.1:9");
    for (const asked of [{}, { ...report, body: new Uint8Array(9) }]) {
      const path = "method" in asked ? "/s/v1/reports" : "/s/v1/edition";
      const { status, headers, bytes } = await ask(front.url, path, asked);
      expect([status, headers["content-type"]]).toEqual([502, "application/problem+json"]);
      expect(JSON.parse(bytes.toString())).toMatchObject({
        type: "urn:tacit:problem:bad-gateway",
        status: 502,
      });
    }
  });
});

test.each(["nginx", "Caddy"] as const)("%s writes down nobody who asks for what is Tacit's", async (name) => {
  console.log(`${name}: ${versionOf(name)}`);
  const { url } = await listener();
  const servers = [url, await breaker(), "http://127.0.0.1:9"];
  const sites = await Promise.all(servers.map((server) => shopOf(name, server)));
  const who = {
    from: "127.0.0.77",
    headers: { "user-agent": "Somebody/7", referer: "https://shop.example/7" },
  };
  for (const { url: site } of sites) {
    for (const path of [
      ...["/s/v1/edition", "/s/v1/tasks", "/s/main.js", "/s/v1/admin/status", "/s/nothing", "/s/"],
      ...["/.well-known/gpc.json", "/.well-known/private-token-issuer-directory"],
    ]) {
      await ask(site, `${path}?person=7`, who).catch(() => undefined);
    }
    await ask(site, "/s/v1/edition?person=7", { ...who, method: "DELETE" });
    for (const bytes of [9, 2000, 1_200_000]) {
      for (const route of ["reports", "tokens"]) {
        const asked = { ...who, ...report, headers: { ...who.headers, ...report.headers } };
        const body = new Uint8Array(bytes);
        await ask(site, `/s/v1/${route}?person=7`, { ...asked, body }).catch(() => undefined);
      }
    }
    // The shop's own visits are written, so that this would be.
    await ask(site, "/mine.html?person=8", { ...who, from: "127.0.0.78" });
  }
  for (const shop of sites) {
    await shop.stop();
    expect(shop.written()).toContain("person=8");
    expect(shop.written()).toContain("127.0.0.78");
    for (const trace of ["person=7", "127.0.0.77", "/s/"]) expect(shop.written()).not.toContain(trace);
  }
});

inEveryEngine((law) => {
  for (const name of names)
    law(`behind ${name} a page that asks its own origin alone ranks`, {}, async ({ tab }) => {
      const tacit = inject("tacitServer");
      const { build, files } = (await (await fetch(`${tacit}/tacit/integrity.json`)).json()) as {
        readonly build: string;
        readonly files: Readonly<Record<string, { readonly integrity: string }>>;
      };
      const { integrity } = files["tacit.js"];
      const tag = {
        src: `/s/${build}/main.js`,
        "data-tacit-server": "/s",
        integrity,
        crossorigin: "anonymous",
      };
      const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'";
      const head = `<meta http-equiv="content-security-policy" content="${policy}">`;
      const page = html({ head, tag, stub: false });
      const shop = await proxies[name]({ tacit, pages: { "/case.html": page } });
      try {
        await tab.goto(`${shop.url}/case.html`);
        await loaded(tab);
        const count = () => tab.run(async () => (await window.tacit?.recommend({ count: 6 }))?.length ?? 0);
        await until(tab, "six items", async () => (await count()) === 6);
        const asked = await tab.run(() =>
          performance.getEntriesByType("resource").map(({ name: url }) => url),
        );
        expect(asked).toContain(`${shop.url}/s/${build}/main.js`);
        expect(asked.filter((url) => !url.startsWith(shop.url) || url.includes("tacit"))).toEqual([]);
      } finally {
        await shop.stop();
      }
    });
});
