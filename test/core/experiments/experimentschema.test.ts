/** What an experiment may be: what an operator hears, and what a browser leaves out. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { twenty } from "../../../bench/assignment/world.ts";
import type { Experiment, Metric } from "../../../core/experiments/experiment.ts";
import {
  experimentLimits,
  parseExperiments,
  parseKnownExperiments,
} from "../../../core/experiments/experimentschema.ts";
import { experimentsKind, experimentsRef, mostExperimentsBytes } from "../../../core/experiments/ref.ts";
import { type Json, jsonToBytes } from "../../../core/json.ts";
import { modelRefs } from "../../../core/model/edition.ts";
import {
  encodeExperiments,
  parseExperimentsPart,
  parseKnownExperimentsPart,
} from "../../../core/model/experiments.ts";
import { encodePart } from "../../../core/model/part.ts";
import { armsOf, experimentOf } from "./experiments.ts";

const full: Experiment = experimentOf({
  layer: { name: "home", from: 0, to: 5_000 },
  coverage: 0.4,
  arms: [
    { name: "control", weight: 1 / 3 },
    { name: "joint", weight: 1 / 3, value: { text: "Größer", at: [1, null, true] } },
    {
      ...{ name: "varied", weight: 1 / 3 },
      ranking: { model: { alpha0: 0.4, pairWeight: 0.2 }, ranker: false, variety: 0.3, halfLifeDays: 30 },
    },
  ],
  audience: {
    ...{ devices: ["phone"], segments: [0, 3], returning: true, languages: ["de", "en-GB"] },
    ...{ facts: { size: "m", likes: ["tea", "coffee"] }, pages: ["/"] },
  },
  strata: { by: "segment", count: 4 },
  metrics: [
    { name: "clicks", of: { any: "click", list: "shelf" }, cap: 1, expected: 0.1, isAdjusted: true },
    { name: "ctr", of: { count: "click" }, cap: 20, per: { of: { count: "impression" }, cap: 100 } },
    { name: "orders", of: { orders: "purchase" }, cap: 5 },
    { name: "dwell", of: { seconds: "dwell" }, cap: 600 },
    { name: "revenue", of: { money: "purchase" }, cap: 200, isAdjusted: true },
  ],
});
const nested = (levels: number): Json => (levels === 0 ? 1 : [nested(levels - 1)]);
const arm = (change: object) =>
  [
    { name: "control", weight: 0.5 },
    { name: "b", weight: 0.5, ...change },
  ] as const;
const metric = (change: object): readonly Metric[] => [
  { name: "clicks", of: { count: "click" }, cap: 5, ...change },
];

test("what is read is what was written, and so through a part", () => {
  const all = [full, experimentOf({ name: "second", seed: "second" })];
  expect(parseExperiments(JSON.parse(JSON.stringify(all)))).toEqual(all);
  expect(parseExperimentsPart(encodeExperiments(all))).toEqual(all);
  expect(parseKnownExperimentsPart(encodeExperiments(all))).toEqual(all);
  expect(parseExperimentsPart(encodeExperiments(twenty))).toEqual(twenty);
  expect(parseExperimentsPart(encodeExperiments([]))).toEqual([]);
});

test("an audience is read whole or not at all, whatever its facts are called: nobody more is let in", () => {
  const names = fc.oneof(
    fc.constantFrom("__proto__", "constructor", "prototype", "toString", "valueOf", "plan"),
    fc.string({ minLength: 1, maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(names, { minLength: 1, maxLength: 4 }), (some) => {
      const facts = JSON.parse(`{${some.map((name) => `${JSON.stringify(name)}:"x"`).join(",")}}`);
      for (const { audience } of parseKnownExperiments([{ ...full, audience: { facts } }])) {
        expect(Object.keys(audience.facts ?? {}).toSorted()).toEqual(some.toSorted());
      }
    }),
  );
  for (const name of ["__proto__", "constructor", "prototype"]) {
    const facts = JSON.parse(`{"${name}":"x","plan":"gold"}`);
    expect(() => parseExperiments([{ ...full, audience: { facts } }])).toThrow("audience.facts must be");
  }
});

describe("refused, and told why:", () => {
  test.each<readonly [string, object, RegExp]>([
    ["an unknown key", { color: "red" }, /0\.color is not a known key/],
    ["of an arm", { arms: arm({ colour: 1 }) }, /0\.arms\.1\.colour is not a known key/],
    ["of an audience", { audience: { plan: "gold" } }, /0\.audience\.plan is not a known key/],
    ["of the ranking", { arms: arm({ ranking: { model: { beta: 1 } } }) }, /ranking\.model\.beta/],
    [
      "of settings that are the publisher's",
      { arms: arm({ ranking: { model: { choice: "x" } } }) },
      /choice/,
    ],
    ["a name with a space", { name: "a b" }, /0\.name must be .*letters, digits/],
    ["a seed with a slash", { seed: "a/1" }, /0\.seed must be/],
    ["a long name", { name: "a".repeat(experimentLimits.name + 1) }, /0\.name must be <=64/],
    ["one arm", { arms: armsOf(1) }, /0\.arms must be >=2/],
    [
      "arms of one name",
      { arms: [...arm({}), { name: "b", weight: 0 }] },
      /0\.arms must be of different names/,
    ],
    ["weights that sum to less", { arms: armsOf(0.5, 0.4999) }, /0\.arms must be of weights that sum to 1/],
    ["weights below 0", { arms: armsOf(1.5, -0.5) }, /weight must be/],
    ["coverage above 1", { coverage: 1.1 }, /0\.coverage must be <=1/],
    [
      "a share of a layer from its end",
      { layer: { name: "l", from: 5, to: 5 } },
      /0\.layer\.to must be above from/,
    ],
    [
      "buckets beyond the last",
      { layer: { name: "l", from: 0, to: 10_001 } },
      /0\.layer\.to must be <=10000/,
    ],
    ["too many strata", { strata: { by: "segment", count: 16 } }, /0\.strata must be at most 16/],
    ["a kind that nobody knows", { metrics: metric({ of: { count: "wink" } }) }, /0\.metrics\.0\.of must be/],
    ["no metric", { metrics: [] }, /0\.metrics must be >=1/],
    [
      "metrics of one name",
      { metrics: [...metric({}), ...metric({})] },
      /0\.metrics must be of different names/,
    ],
    ["a cap of 0", { metrics: metric({ cap: 0 }) }, /0\.metrics\.0\.cap must be >=0\.000001/],
    ["a cap whose square is 0", { metrics: metric({ cap: 1e-300 }) }, /0\.metrics\.0\.cap must be >=/],
    ["facts, and none of them", { audience: { facts: {} } }, /audience\.facts must be one to 16 facts/],
    [
      "a cap of whether there is any",
      { metrics: metric({ of: { any: "click" }, cap: 2 }) },
      /metrics\.0\.cap must be 1 where/,
    ],
    [
      "the same of what it is divided by",
      { metrics: metric({ per: { of: { any: "view" }, cap: 2 } }) },
      /metrics\.0\.per must be of cap 1/,
    ],
    ["a value with nothing in it", { arms: arm({ value: { at: undefined } }) }, /JSON of at most/],
    [
      "adjusted and a ratio",
      { metrics: metric({ isAdjusted: true, per: { of: { count: "view" }, cap: 3 } }) },
      /metrics\.0\.isAdjusted must be false/,
    ],
    [
      "adjusted by no days",
      { metrics: metric({ isAdjusted: true }), beforeDays: 0 },
      /0\.beforeDays must be above 0/,
    ],
    ["an end before the beginning", { fromMs: 5, toMs: 5 }, /0\.toMs must be later than fromMs/],
    ["a window of no day", { windowDays: 0 }, /0\.windowDays must be >=1/],
    ["a window of half days", { windowDays: 1.5 }, /0\.windowDays must be a whole number/],
    ["a long value", { arms: arm({ value: "x".repeat(4_095) }) }, /JSON of at most 4096 characters/],
    ["a deep value", { arms: arm({ value: nested(17) }) }, /JSON of at most/],
    ["a value that is no JSON", { arms: arm({ value: { at: Number.NaN } }) }, /JSON of at most/],
    ["a page that is no path", { audience: { pages: ["gifts/"] } }, /beginning of a path/],
    ["a language that is none", { audience: { languages: ["de_AT"] } }, /BCP 47/],
    ["an audience of no device", { audience: { devices: [] } }, /devices must be >=1/],
  ])("%s", (_, change, why) => {
    expect(() => parseExperiments([{ ...full, ...change }])).toThrow(why);
    expect(() => parseExperiments([{ ...full, ...change }])).toThrow(/^parseExperiments: 0\./);
    // By itself it is what a browser leaves out.
    expect(parseKnownExperiments([{ ...full, ...change }])).toEqual([]);
  });

  test("a deep value within its bounds, and weights with an error of binary, are none of that", () => {
    const arms = [...arm({ value: nested(16) })];
    expect(parseExperiments([experimentOf({ arms })])).toHaveLength(1);
    expect(parseExperiments([experimentOf({ arms: armsOf(...new Array(10).fill(0.1)) })])).toHaveLength(1);
  });

  test.each<readonly [string, readonly object[], RegExp]>([
    ["two of one name", [{}, { seed: "b" }], /names of experiments must be different/],
    ["two of one seed", [{}, { name: "b" }], /seeds of experiments must be different/],
    [
      "two of one layer that overlap by a bucket",
      [
        { layer: { name: "home", from: 4_000, to: 8_000 } },
        { name: "b", seed: "b", layer: { name: "home", from: 0, to: 4_001 } },
      ],
      /layer home must not overlap, got bucket 4000 twice/,
    ],
  ])("%s", (_, changes, why) => {
    const all = changes.map((change) => ({ ...experimentOf(), ...change }));
    expect(() => parseExperiments(all)).toThrow(why);
    expect(() => parseKnownExperiments(all)).toThrow(why);
  });

  test("more than there may be, and what is no list", () => {
    const many = Array.from({ length: 51 }, (_, k) => experimentOf({ name: `e${k}`, seed: `s${k}` }));
    expect(() => parseExperiments(many)).toThrow(/at most 50 experiments/);
    expect(parseKnownExperiments(many)).toEqual(many.slice(0, 50));
    for (const value of [null, {}, "x", 3]) {
      expect(() => parseExperiments(value)).toThrow(TypeError);
      expect(() => parseKnownExperiments(value)).toThrow(
        /^parseKnownExperiments: experiments must be a list/,
      );
    }
  });

  test("neighbours in a layer, and the same buckets of two layers, are none of that", () => {
    const share = (name: string, from: number) => ({ name, from, to: from + 5_000 });
    const all = [share("a", 5_000), share("a", 0), share("b", 0)].map((layer, k) =>
      experimentOf({ name: `e${k}`, seed: `s${k}`, layer }),
    );
    expect(parseExperiments(all)).toEqual(all);
  });
});

describe("a part", () => {
  const partOf = (value: unknown) =>
    encodePart({
      ...{ kind: experimentsKind, fields: {} },
      sections: [{ name: "experiments", type: "json", data: jsonToBytes(value) }],
    });

  test("with an experiment of a later version is a browser's without it, and no server's", () => {
    const bytes = partOf({ experiments: [experimentOf(), { ...full, holdout: 0.1 }], later: true });
    expect(parseKnownExperimentsPart(bytes)).toEqual([experimentOf()]);
    expect(() => parseExperimentsPart(bytes)).toThrow("parseExperimentsPart: 1.holdout is not a known key");
  });

  test("is not written beyond what is read", () => {
    const values = Array.from({ length: 40 }, (_, k) =>
      experimentOf({ name: `e${k}`, seed: `s${k}`, arms: [...arm({ value: "x".repeat(4_000) })] }),
    );
    expect(values.length * 4_000).toBeGreaterThan(mostExperimentsBytes);
    expect(() => encodeExperiments(values)).toThrow("encodeExperiments: expected at most 131072 bytes");
    expect(() => encodeExperiments([experimentOf({ coverage: 2 })])).toThrow("encodeExperiments: 0.coverage");
  });

  test("is found in an edition, whose model it is no part of, unless it is larger than any reader takes", () => {
    const ref = (bytes: number) => ({ kind: experimentsKind, id: "e".repeat(64), bytes });
    const edition = (bytes: number) => ({ parts: [{ ...ref(7), kind: "policy" }, ref(bytes)] });
    expect(experimentsRef(edition(mostExperimentsBytes))).toEqual(ref(mostExperimentsBytes));
    expect(experimentsRef(edition(mostExperimentsBytes + 1))).toBeNull();
    expect(experimentsRef({ parts: [] })).toBeNull();
    expect(modelRefs(edition(8)).map(({ kind }) => kind)).toEqual(["policy"]);
  });

  test("without a list, or of another kind, is refused", () => {
    for (const value of [null, 3, {}, { experiments: {} }]) {
      expect(() => parseKnownExperimentsPart(partOf(value))).toThrow("experiments must be a list");
    }
    const other = encodePart({ kind: "policy", fields: {}, sections: [] });
    expect(() => parseKnownExperimentsPart(other)).toThrow('kind must be "experiments"');
  });
});
