/** Files of a site and of the SDK: found, compressed, cached, and nothing outside their directories. */
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openServer, temporaryDirectory, testConfig } from "./harness.ts";

const page = `<!doctype html><title>shop</title>${"<p>hello</p>".repeat(100)}`;

async function siteServer() {
  const directory = temporaryDirectory();
  const site = join(directory, "site");
  const sdk = join(directory, "sdk");
  mkdirSync(join(site, "assets"), { recursive: true });
  mkdirSync(sdk);
  writeFileSync(join(site, "index.html"), page);
  writeFileSync(join(site, "assets", "main-Ab3_d9xZ.js"), "export {};");
  writeFileSync(join(sdk, "tacit.js"), "// tag");
  writeFileSync(join(directory, "secret.txt"), "for nobody");
  const { app } = await openServer(testConfig(join(directory, "data"), { site, sdk }));
  return { app, site };
}

test("a site is served with types, a policy, and without guessing; its pages fall back to index.html", async () => {
  const { app } = await siteServer();
  for (const path of ["/", "/index.html", "/product/12"]) {
    const response = await app.request(path, { headers: { accept: "text/html", "accept-encoding": "br" } });
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(response.headers.get("content-encoding")).toBe("br");
    expect(brotliDecompressSync(new Uint8Array(await response.arrayBuffer())).toString()).toBe(page);
  }
  expect((await app.request("/missing.js", { headers: { accept: "*/*" } })).status).toBe(404);
  expect((await app.request("/v1/nothing", { headers: { accept: "text/html" } })).status).toBe(404);
});

test("pages show pictures of any origin that has TLS; all else stays of their own", async () => {
  const { app } = await siteServer();
  const policy = (await app.request("/")).headers.get("content-security-policy") ?? "";
  const directives = policy.split("; ");
  expect(directives).toContain("img-src 'self' https:");
  expect(directives.filter((directive) => directive.includes("https:"))).toHaveLength(1);
});

test("an icon that nobody drew is no error", async () => {
  const { app, site } = await siteServer();
  const none = await app.request("/favicon.ico", { headers: { accept: "image/*" } });
  expect([none.status, await none.text()]).toEqual([204, ""]);
  writeFileSync(join(site, "favicon.ico"), "icon");
  expect(await (await app.request("/favicon.ico")).text()).toBe("icon");
});

test("hashed assets are kept for ever, others revalidated; the SDK may be loaded by any site", async () => {
  const { app } = await siteServer();
  const asset = await app.request("/assets/main-Ab3_d9xZ.js");
  expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(asset.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  const sdk = await app.request("/tacit/tacit.js");
  expect(await sdk.text()).toBe("// tag");
  expect(sdk.headers.get("access-control-allow-origin")).toBe("*");
  expect(sdk.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
  const tag = sdk.headers.get("etag") ?? "";
  expect((await app.request("/tacit/tacit.js", { headers: { "if-none-match": tag } })).status).toBe(304);
});

describe("a file", () => {
  const long = `// ${"word ".repeat(900)}`;

  test.each([
    ["its own tag", (tag: string) => tag, 304],
    ["it as a proxy weakens it", (tag: string) => `W/${tag}`, 304],
    ["a list with it", (tag: string) => `"x", W/${tag}, "y"`, 304],
    ["any", () => "*", 304],
    ["another", () => '"x"', 200],
    ["a piece of it", (tag: string) => tag.slice(0, 9), 200],
    ["nothing", () => "", 200],
  ])("is sent again unless the reader has it: told %s", async (_what, written, status) => {
    const { app, site } = await siteServer();
    writeFileSync(join(site, "long.js"), long);
    const tag = (await app.request("/long.js")).headers.get("etag") ?? "";
    const headers = { "if-none-match": written(tag) };
    expect((await app.request("/long.js", { headers })).status).toBe(status);
  });

  test.each([
    ["gzip, br", "br"],
    ["GZIP", "gzip"],
    ["gzip;q=0.5, br;q=0", "gzip"],
    ["br;q=0, gzip;q=0", null],
    ["deflate", null],
    ["*", "br"],
  ])("is packed as %j takes it, and HEAD says what GET would", async (accepted, coding) => {
    const { app, site } = await siteServer();
    writeFileSync(join(site, "long.js"), long);
    const headers = { "accept-encoding": accepted };
    const whole = await app.request("/long.js", { headers });
    const head = await app.request("/long.js", { headers, method: "HEAD" });
    expect([whole.headers.get("content-encoding"), whole.headers.get("vary")]).toEqual([
      coding,
      expect.stringMatching(/accept-encoding/),
    ]);
    const bytes = (await whole.arrayBuffer()).byteLength;
    expect([whole, head].map(({ headers: got }) => got.get("content-length"))).toEqual([
      String(bytes),
      String(bytes),
    ]);
    expect((await head.arrayBuffer()).byteLength).toBe(0);
  });
});

test("a file that changes is served changed", async () => {
  const { app, site } = await siteServer();
  expect(await (await app.request("/")).text()).toBe(page);
  writeFileSync(join(site, "index.html"), "new");
  utimesSync(join(site, "index.html"), 2_000_000_000, 2_000_000_000);
  expect(await (await app.request("/")).text()).toBe("new");
});

test.each([
  "/../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "/tacit/..%2f..%2fsecret.txt",
  "/%00",
  "/%ff",
  "/assets/..%5c..%5csecret.txt",
])("%s leads nowhere outside", async (path) => {
  const { app } = await siteServer();
  const response = await app.request(`http://localhost${path}`);
  expect(response.status).toBe(404);
  expect(await response.text()).not.toContain("for nobody");
});
