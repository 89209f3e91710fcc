import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { describe, expect, test, vi } from "vitest";
import { configFromAttributes, type Host, install } from "../../sdk/install.ts";
import type { Tacit } from "../../sdk/types.ts";
import { FakeApi, FakePage, FakeWorker, recommendation } from "./fakes.ts";

const stubSource = readFileSync(new URL("../../sdk/stub.js", import.meta.url), "utf8");

function tagOn(
  host: Host,
  dataset: Readonly<Record<string, string>> = {},
  src = "https://cdn.shop.example/tacit/tacit.js",
) {
  const api = new FakeApi();
  const page = new FakePage({ makeWorker: () => new FakeWorker(api) });
  install({ host, script: { src, dataset }, page });
  return { api, page, tacit: host.tacit as Tacit };
}

describe("the script tag", () => {
  test("without attributes uses the origin it came from and the worker beside it", async () => {
    const { api, page, tacit } = tagOn({});
    await tacit.recommend();
    expect(page.urls).toEqual(["https://cdn.shop.example/tacit/worker.js"]);
    expect(api.config?.server).toBe("https://cdn.shop.example");
    expect(api.config?.files).toMatchObject({
      "ranking.js": "https://cdn.shop.example/tacit/ranking.js",
      "tokens.js": "https://cdn.shop.example/tacit/tokens.js",
      "encoder.wasm": "https://cdn.shop.example/tacit/encoder.wasm",
    });
  });

  test("takes its attributes, resolved against the page, and tacitConfig before them", async () => {
    const host = { tacitConfig: { database: "from config" } };
    const { api, page, tacit } = tagOn(host, {
      tacitServer: "/",
      tacitWorker: "/static/worker.js",
      tacitDatabase: "from attribute",
      tacitConsent: "contribute",
    });
    await tacit.recommend();
    expect(page.urls).toEqual(["https://shop.example/static/worker.js"]);
    expect(api.config).toMatchObject({
      server: "https://shop.example",
      database: "from config",
      consent: { personalise: false, contribute: true },
    });
  });

  test("where the element is not known, a module or a copy, it takes the page's origin", async () => {
    const api = new FakeApi();
    const page = new FakePage({ makeWorker: () => new FakeWorker(api) });
    const host: Host = {};
    install({ host, script: null, page });
    await (host.tacit as Tacit).recommend();
    expect(api.config?.server).toBe("https://shop.example");
    expect(page.urls).toEqual(["https://shop.example/family/worker.js"]);
  });

  test("included twice, the first one stays and no second worker starts", async () => {
    const host: Host = {};
    const first = tagOn(host);
    await first.tacit.recommend();
    const second = tagOn(host);
    expect(host.tacit).toBe(first.tacit);
    expect(second.page.workers).toHaveLength(0);
  });

  test("answers what was called on the stub, with its time and in its order", async () => {
    const host: Host & { tacit?: unknown } = {};
    runInNewContext(stubSource, {
      window: host,
      setTimeout,
      Date: { now: () => 1_700_000_000_000 },
      Promise,
    });
    const stub = host.tacit as Tacit;
    stub.track("view", { item: "a" });
    const list = stub.recommend({ count: 2 });
    const { api } = tagOn(host);
    expect(await list).toEqual([recommendation]);
    expect(api.argsOf("append")).toMatchObject([[[{ item: "a", atMs: 1_700_000_000_000 }]]]);
    expect(api.argsOf("forYou")).toEqual([[{ count: 2 }]]);
  });

  test("hands over even to who kept the stub", async () => {
    const host: Host & { tacit?: unknown } = {};
    runInNewContext(stubSource, { window: host });
    const kept = host.tacit as Tacit;
    tagOn(host);
    expect(await kept.trending()).toEqual([recommendation]);
  });

  test("a stub call of an unknown name is told and harms no other", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const answered: unknown[] = [];
    const answer = (value: unknown) => answered.push(value);
    const host: Host = {
      tacit: {
        calls: [
          { name: "constructor", args: [], atMs: 7, answer },
          { name: "trending", args: [], atMs: 7, answer },
        ],
      },
    };
    tagOn(host);
    expect(warn).toHaveBeenCalledOnce();
    expect(await answered[0]).toEqual([recommendation]);
    warn.mockRestore();
  });
});

describe("pins", () => {
  const attributes = {
    tacitSiteKey: "ab".repeat(32),
    tacitHelper: "https://helper.example",
    tacitHelperKey: "cd".repeat(32),
  };

  test("in the attributes reach the worker, and so does the relay", async () => {
    const { api, tacit } = tagOn({}, { ...attributes, tacitRelay: "https://relay.example" });
    await tacit.recommend();
    expect(api.config).toMatchObject({
      pins: {
        siteKey: attributes.tacitSiteKey,
        helper: attributes.tacitHelper,
        helperKey: attributes.tacitHelperKey,
      },
      relay: "https://relay.example",
    });
  });

  test.each(Object.keys(attributes))("without %s nothing starts, and the page is told", async (missing) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { page } = tagOn({}, { ...attributes, [missing]: "" });
    expect(page.workers).toHaveLength(0);
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });
});

describe("an attribute that means nothing", () => {
  test.each([
    ["tacitRealy", "got realy: relay is meant?"],
    ["tacitSever", "got sever: server is meant?"],
    ["tacitDatabse", "got databse: database is meant?"],
    ["tacitSomething", "got something"],
  ])("%s starts nothing, and the page is told", (name, said) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { page } = tagOn({}, { [name]: "https://relay.example" });
    expect(page.workers).toHaveLength(0);
    expect(String(warn.mock.calls[0][1])).toContain(said);
    warn.mockRestore();
  });

  test("of somebody else's is theirs", async () => {
    const { api, tacit } = tagOn({}, { turboTrack: "reload", tacitus: "x" });
    await tacit.recommend();
    expect(api.config?.server).toBe("https://cdn.shop.example");
  });
});

describe("consent words", () => {
  test.each([
    ["personalise, contribute", { personalise: true, contribute: true }],
    ["personalise,contribute", { personalise: true, contribute: true }],
    ["", { personalise: false, contribute: false }],
    ["personalise", { personalise: true, contribute: false }],
    [" contribute\n personalise ", { personalise: true, contribute: true }],
  ])("%j: what is not named does not hold", (words, consent) => {
    expect(configFromAttributes({ tacitConsent: words })).toEqual({ consent });
  });

  test("no attribute says nothing", () => {
    expect(configFromAttributes({ somethingElse: "x" })).toEqual({});
  });
});
