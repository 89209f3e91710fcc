import fc from "fast-check";
import { expect, test } from "vitest";
import { settingsFrom } from "../../sdk/config.ts";
import { configKeys, glance } from "../../sdk/glance.ts";
import { files } from "./fakes.ts";

const address = "https://shop.example/family/bags?page=2";
const place = { address, files };
const key = "ab".repeat(32);

const address_ = fc.constantFrom<unknown>(
  ...[
    "/tacit/",
    "https://relay.example/carry/",
    "../x",
    "ftp://shop.example",
    "http://[",
    "",
    7,
    null,
    undefined,
  ],
);
const pins = fc.oneof(
  fc.constant(undefined),
  fc.record(
    {
      siteKey: fc.constantFrom<unknown>(key, key.toUpperCase(), "ab", 7),
      helper: fc.constantFrom<unknown>("https://helper.example/path", "/helper", 7),
      helperKey: fc.constantFrom<unknown>(key, `${key}0`, undefined),
      more: fc.constant(1),
    },
    { requiredKeys: [] },
  ),
  fc.constantFrom<unknown>(null, "none"),
);
const flag = fc.constantFrom<unknown>(true, false, undefined, 1);
const config = fc.record(
  {
    server: address_,
    worker: address_,
    relay: address_,
    consent: fc.record({ personalise: flag, contribute: flag, personalize: flag }, { requiredKeys: [] }),
    database: fc.constantFrom<unknown>("shop", "", 7, undefined),
    pins,
    automation: fc.constantFrom<unknown>("count", "counts", undefined),
    storage: fc.constantFrom<unknown>("device", "memory", "disk", undefined),
    defaults: fc.constantFrom<unknown>("2026-11-28", "2026-11-27", "", 7, undefined),
    onError: fc.constantFrom<unknown>(() => undefined, "x", undefined),
    relya: fc.constant("https://relay.example"),
  },
  { requiredKeys: [] },
);

/** What is right but for one word. */
const nearlyRight = fc
  .tuple(
    fc.record(
      {
        server: fc.constantFrom("/tacit/", "https://shop.example"),
        worker: fc.constantFrom("../worker.js", "https://cdn.example/v1/worker.js"),
        relay: fc.constant("https://relay.example/carry//"),
        consent: fc.record({ personalise: fc.boolean(), contribute: fc.boolean() }, { requiredKeys: [] }),
        database: fc.constant("shop"),
        pins: fc.constant({ siteKey: key, helper: "https://helper.example/path", helperKey: key }),
        automation: fc.constant("count"),
        storage: fc.constantFrom("device", "memory"),
      },
      { requiredKeys: [] },
    ),
    config,
    fc.constantFrom(...configKeys, "relya", "none"),
  )
  .map(([right, other, name]) => ({
    ...right,
    ...(Object.hasOwn(other, name) ? { [name]: Reflect.get(other, name) } : {}),
  }));

test("whatever the core reads at a glance the check reads alike, and what the check refuses the core does not read", () => {
  let read = 0;
  fc.assert(
    fc.property(fc.oneof(config, nearlyRight), (given) => {
      const seen = glance(given, place);
      if (seen === null) return;
      read += 1;
      expect(settingsFrom(given as never, place)).toMatchObject(seen);
    }),
    { seed: 3, numRuns: 5_000 },
  );
  expect(read).toBeGreaterThan(500);
});

test("an ordinary configuration is read at a glance, with pins, relay and all", () => {
  const whole = {
    server: "/tacit/",
    worker: "/static/worker.js",
    relay: "https://relay.example/carry/",
    consent: { contribute: true },
    database: "shop",
    pins: { siteKey: key, helper: "https://helper.example", helperKey: key },
    automation: "count",
    storage: "memory",
    defaults: "2026-11-28",
    onError: () => undefined,
  };
  expect(Object.keys(whole).sort()).toEqual([...configKeys].sort());
  expect(glance(whole, place)).toEqual({
    server: "https://shop.example/tacit",
    worker: "https://shop.example/static/worker.js",
    relay: "https://relay.example/carry",
    pages: ["https://shop.example/tacit/page.js", "https://shop.example/static/page.js"],
    database: "shop",
    consent: { contribute: true },
    storage: "memory",
  });
});

test.each([null, undefined, 7, { realy: "https://relay.example" }, { pins: { siteKey: key } }])(
  "of %j nothing is read: nothing is asked for before it was checked",
  (given) => expect(glance(given, place)).toBeNull(),
);

test("a date that is none is refused with the newest", () => {
  expect(() => settingsFrom({ defaults: "2025-01-01" as never }, place)).toThrow(
    'init: defaults must be a date there is, 2026-11-28 the newest, got "2025-01-01"',
  );
});
