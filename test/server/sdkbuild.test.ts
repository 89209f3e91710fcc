/** The SDK's files under names that are for ever, and what a site writes into its tag. */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { greeting } from "../../server/cli/greeting.ts";
import { isBuildName, sdkBuilds } from "../../server/http/sdkbuild.ts";
import { openServer, temporaryDirectory, testConfig } from "./harness.ts";
import { limitedServer } from "./sockets.ts";

const texts: Readonly<Record<string, string>> = {
  "tacit.js": "// tag",
  "worker.js": "// worker",
  "encoder.wasm": "\0asm",
};

async function sdkServer(more: Readonly<Record<string, string>> = { "version.json": '{"version":"1.2.3"}' }) {
  const directory = temporaryDirectory();
  const sdk = join(directory, "sdk");
  mkdirSync(join(sdk, "types"), { recursive: true });
  const files = { ...texts, "tacit.js.map": "{}", "LICENSES.txt": "MIT", "integrity.json": "{}", ...more };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(sdk, name), text);
  writeFileSync(join(sdk, "types", "index.d.ts"), "export {};");
  const { app } = await openServer(testConfig(join(directory, "data"), { sdk }));
  return { app, sdk };
}

interface Told {
  readonly version: string | null;
  readonly build: string;
  readonly files: Readonly<Record<string, { readonly path: string; readonly integrity: string }>>;
}

async function told(app: Hono): Promise<Told> {
  return (await app.request("/tacit/integrity.json")).json();
}

const forEver = "public, max-age=31536000, immutable";

describe("a build", () => {
  test("is named by its version and what is in it; each file's path is beside the list, and its integrity true", async () => {
    const { app } = await sdkServer();
    const answer = await app.request("/tacit/integrity.json");
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    const { version, build, files }: Told = await answer.json();
    expect([version, build]).toEqual(["1.2.3", expect.stringMatching(/^1\.2\.3-[0-9a-f]{12}$/)]);
    expect(Object.keys(files).sort()).toEqual(Object.keys(texts).sort());
    for (const [name, { path, integrity }] of Object.entries(files)) {
      const response = await app.request(new URL(path, "http://localhost/tacit/integrity.json").pathname);
      const bytes = new Uint8Array(await response.arrayBuffer());
      expect(Buffer.from(bytes).toString()).toBe(texts[name]);
      expect(integrity).toBe(`sha384-${createHash("sha384").update(bytes).digest("base64")}`);
      expect(response.headers.get("cache-control")).toBe(forEver);
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(response.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    }
    // Files of the same names without it are asked for again.
    expect((await app.request("/tacit/tacit.js")).headers.get("cache-control")).toBe("no-cache");
  });

  test("has another name when any of its files has changed, and the old name is none", async () => {
    const { app, sdk } = await sdkServer();
    const before = await told(app);
    writeFileSync(join(sdk, "worker.js"), "// other!");
    utimesSync(join(sdk, "worker.js"), 2_000_000_000, 2_000_000_000);
    const after = await told(app);
    expect(after.build).not.toBe(before.build);
    expect(after.files["tacit.js"].integrity).toBe(before.files["tacit.js"].integrity);
    const gone = await app.request(`/tacit/${before.build}/tacit.js`);
    expect([gone.status, gone.headers.get("cache-control")]).toEqual([404, "no-store"]);
    expect(await gone.json()).toMatchObject({
      type: "urn:tacit:problem:other-build",
      present: after.build,
      detail: expect.stringContaining(after.build),
    });
    expect((await app.request(`/tacit/${after.build}/worker.js`)).status).toBe(200);
  });

  test("that does not say its version is named by what is in it alone", async () => {
    for (const more of [{}, { "version.json": "{" }, { "version.json": '{"version":"../x"}' }]) {
      const { app } = await sdkServer({ ...more });
      const { version, build } = await told(app);
      expect([version, build]).toEqual([null, expect.stringMatching(/^[0-9a-f]{12}$/)]);
      expect((await app.request(`/tacit/${build}/tacit.js`)).status).toBe(200);
    }
  });

  test("that the operator kept is served for ever, if it is what its name says", async () => {
    const { app, sdk } = await sdkServer();
    const { build } = await told(app);
    cpSync(sdk, join(sdk, "..", "kept"), { recursive: true });
    cpSync(join(sdk, "..", "kept"), join(sdk, build), { recursive: true });
    writeFileSync(join(sdk, "tacit.js"), "// a newer tag");
    expect((await told(app)).build).not.toBe(build);
    const kept = await app.request(`/tacit/${build}/tacit.js`);
    expect([kept.status, await kept.text(), kept.headers.get("cache-control")]).toEqual([
      200,
      "// tag",
      forEver,
    ]);
    writeFileSync(join(sdk, build, "worker.js"), "// somebody else's");
    expect((await app.request(`/tacit/${build}/tacit.js`)).status).toBe(404);
    rmSync(join(sdk, build), { recursive: true });
    expect((await app.request(`/tacit/${build}/tacit.js`)).status).toBe(404);
  });

  test("gives out what runs and what is for debuggers, and nothing else", async () => {
    const { app } = await sdkServer();
    const { build } = await told(app);
    const statuses: Record<string, readonly [number, string | null]> = {};
    for (const name of [
      "tacit.js.map",
      "LICENSES.txt",
      "integrity.json",
      "types",
      "nothing.js",
      "..%2ftacit.js",
    ]) {
      const { status, headers } = await app.request(`/tacit/${build}/${name}`);
      statuses[name] = [status, headers.get("cache-control")];
    }
    expect(statuses).toEqual({
      "tacit.js.map": [200, "no-cache"],
      "LICENSES.txt": [200, "no-cache"],
      ...Object.fromEntries(
        ["integrity.json", "types", "nothing.js", "..%2ftacit.js"].map((name) => [name, [404, "no-store"]]),
      ),
    });
    expect((await app.request("/tacit/types/index.d.ts")).status).toBe(200);
  });
});

test("a folder without files is no build, and names that are none are not looked up", async () => {
  expect(await sdkBuilds()(temporaryDirectory())).toBeNull();
  expect(["0.1.0-0123456789ab", "0.2.0-beta.1-0123456789ab", "0123456789ab"].every(isBuildName)).toBe(true);
  expect(
    ["", "types", "..", "0.1.0", "0.1.0-0123456789a", "../0123456789ab", "-0123456789ab"].some(isBuildName),
  ).toBe(false);
});

test.each([
  ["https://tacit.shop.example", "https://tacit.shop.example/tacit/NAME/tacit.js"],
  ["https://shop.example/s", "https://shop.example/s/NAME/main.js"],
])("a server at %s prints a tag that is written once", async (publicUrl, src) => {
  const server = await limitedServer({}, { publicUrl });
  const build = { version: "0.1.0", name: "0.1.0-0123456789ab", integrity: { "tacit.js": "sha384-abc" } };
  const lines = greeting(server.url, server, build);
  const at = lines.findIndex((line) => line.startsWith("  script tag"));
  const end = lines.findIndex((line) => line.endsWith("></script>"));
  const written = lines.slice(at, end + 1).map((line) => line.slice(16).trim());
  expect(written.slice(0, 4).join(" ")).toBe(
    `<script async src="${src.replace("NAME", build.name)}" integrity="sha384-abc" crossorigin ` +
      `data-tacit-server="${publicUrl}"`,
  );
  expect(written.join(" ").match(/<script|><\/script>$/g)).toHaveLength(2);
  expect(greeting(server.url, server, null).join("\n")).not.toContain("integrity");
});

describe("/.well-known/gpc.json", () => {
  const path = "/.well-known/gpc.json";

  test("says nothing before the operator has said since when, and then just that", async () => {
    const silent = await openServer(testConfig(temporaryDirectory()));
    expect((await silent.app.request(path)).status).toBe(404);
    const { app } = await openServer(testConfig(temporaryDirectory(), { gpc: { since: "2026-11-28" } }));
    const answer = await app.request(path);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await answer.json()).toEqual({ gpc: true, lastUpdate: "2026-11-28" });
  });

  test.each(["yesterday", "2026-13-01", "28.11.2026", "2026-11-28T00:00:00Z"])("%j is no day", (since) => {
    expect(() => testConfig(temporaryDirectory(), { gpc: { since } })).toThrow(/gpc\.since.*a day such as/);
  });
});
