/** Who is in which arm: as GrowthBook has it, evenly, independently, and as before when coverage grows. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chiSquareP, uniformP } from "../../../bench/assignment/chisquare.ts";
import {
  deviceNumbers,
  independence,
  overlapping,
  tallied,
  uniformity,
} from "../../../bench/assignment/world.ts";
import { armOf, armShares, assign } from "../../../core/experiments/assignment.ts";
import { isOnPage, isOpenTo } from "../../../core/experiments/audience.ts";
import { type Audience, isBinary, strataCount } from "../../../core/experiments/experiment.ts";
import { bucketCount, hashBucket } from "../../../core/experiments/hash.ts";
import { stratumOf, type Visitor } from "../../../core/experiments/visitor.ts";
import { fnv1a } from "../../../core/fnv.ts";
import { anybody, armsOf, experimentOf } from "./experiments.ts";

interface Vectors {
  readonly hashes: readonly Readonly<Record<"seed" | "value", string> & Record<"fnv1a" | "bucket", number>>[];
  readonly arms: readonly {
    readonly weights: readonly number[];
    readonly coverage: number;
    /** Where an arm's run of buckets begins, and the arm; -1 for none. */
    readonly runs: readonly (readonly [number, number])[];
  }[];
  readonly people: {
    readonly weights: readonly number[];
    readonly coverage: number;
    readonly people: readonly { readonly seed: string; readonly number: string; readonly arm: number }[];
  };
}
const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../../vectors/experiments.json", import.meta.url), "utf8"),
);

describe("frozen vectors of GrowthBook's library", () => {
  test("hashes and buckets are theirs, of any text", () => {
    for (const { seed, value, fnv1a: hash, bucket } of vectors.hashes) {
      expect(fnv1a(seed + value)).toBe(hash);
      expect(hashBucket(seed, value)).toBe(bucket);
    }
    expect(vectors.hashes.length).toBeGreaterThan(100);
  });

  test("every bucket has their arm, whatever weights and coverage", () => {
    for (const { weights, coverage, runs } of vectors.arms) {
      const experiment = experimentOf({ coverage, arms: armsOf(...weights) });
      const expected = Array.from({ length: bucketCount }, (_, bucket) => {
        const arm = runs.findLast(([from]) => from <= bucket)?.[1] ?? -1;
        return arm < 0 ? null : arm;
      });
      expect(Array.from({ length: bucketCount }, (_, bucket) => armOf(experiment, bucket))).toEqual(expected);
    }
  });

  test("people are in their arms", () => {
    const { weights, coverage, people } = vectors.people;
    for (const { seed, number, arm } of people) {
      const experiment = experimentOf({ seed, coverage, arms: armsOf(...weights) });
      expect(assign(experiment, number, anybody)).toEqual(arm < 0 ? null : { arm, stratum: 0 });
    }
    expect(new Set(people.map(({ arm }) => arm))).toEqual(new Set([-1, 0, 1, 2]));
  });
});

describe("many devices over twenty experiments", () => {
  // A million of them: npm run bench:assignment.
  const tallies = tallied(40_000);

  test("are uniform over arms and none, in every stratum", () => {
    const found = uniformity(tallies);
    expect(found.length).toBeGreaterThan(20);
    // Of so many tests one is below 0.001 now and then, by chance alone.
    expect(found.filter(({ p }) => !(p > 0.001 / found.length))).toEqual([]);
    const even = new Array<number>(bucketCount).fill(1 / bucketCount);
    expect(uniformP(tallies.buckets, even)).toBeGreaterThan(0.001);
  });

  test("are in arms of different layers independently, and in one experiment of a layer at most", () => {
    const found = independence(tallies);
    expect(found).toHaveLength(190 - 9);
    expect(found.filter(({ p }) => !(p > 0.001 / found.length))).toEqual([]);
    expect(overlapping(tallies)).toBe(0);
  });

  test("of which one in fifty changed arms are found out", () => {
    const [counts] = tallies.byStratum[16];
    const shares = [0.6, 0.3, 0.1];
    const [first, second, third] = counts;
    expect(uniformP([first, second, third], shares)).toBeGreaterThan(0.001);
    const moved = first / 50;
    expect(uniformP([first - moved, second + moved, third], shares)).toBeLessThan(0.001);
  });
});

test("p is that of printed tables of the chi-square distribution", () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4.
  for (const [freedom, at05, at001] of [
    [1, 3.841, 10.828],
    [2, 5.991, 13.816],
    [3, 7.815, 16.266],
    [9, 16.919, 27.877],
    [10, 18.307, 29.588],
    [100, 124.342, 149.449],
  ]) {
    expect(chiSquareP(at05, freedom)).toBeCloseTo(0.05, 4);
    expect(chiSquareP(at001, freedom)).toBeCloseTo(0.001, 6);
  }
});

const numbers = fc.stringMatching(/^[0-9a-f]{32}$/);
const someWeights = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 10 })
  .filter((some) => some.some((one) => one > 0))
  .map((some) => some.map((one) => one / some.reduce((sum, other) => sum + other, 0)));
const shares = fc.integer({ min: 0, max: 1000 }).map((one) => one / 1000);

describe("an arm", () => {
  test("stays the same when coverage grows, for all that are in", () => {
    fc.assert(
      fc.property(someWeights, shares, shares, fc.nat(bucketCount - 1), (weights, one, other, bucket) => {
        const arms = armsOf(...weights);
        const narrow = armOf({ arms, coverage: Math.min(one, other) }, bucket);
        if (narrow !== null) expect(armOf({ arms, coverage: Math.max(one, other) }, bucket)).toBe(narrow);
      }),
    );
  });

  test("is one of those with a weight, and everybody has one at full coverage", () => {
    fc.assert(
      fc.property(someWeights, fc.nat(bucketCount - 1), (weights, bucket) => {
        const arm = armOf({ arms: armsOf(...weights), coverage: 1 }, bucket);
        // Sums of weights end a rounding error below 1.
        expect(arm).not.toBeNull();
        expect(weights[arm ?? -1]).toBeGreaterThan(0);
      }),
    );
  });

  test("has as large a share of those who are in as it has of their buckets, counted one by one", () => {
    fc.assert(
      fc.property(someWeights, shares, (weights, coverage) => {
        const experiment = { arms: armsOf(...weights), coverage };
        const counts = weights.map(() => 0);
        for (let bucket = 0; bucket < bucketCount; bucket++) {
          const arm = armOf(experiment, bucket);
          if (arm !== null) counts[arm] += 1;
        }
        const total = counts.reduce((sum, count) => sum + count, 0);
        expect(armShares(experiment)).toEqual(counts.map((count) => (total === 0 ? 0 : count / total)));
      }),
      { numRuns: 50 },
    );
    expect(armShares({ arms: armsOf(0.2, 0.8), coverage: 1 })).toEqual([0.2, 0.8]);
    // A bucket more, since 0.2 + 0.4 is above 0.6 in binary, there and here.
    expect(armShares({ arms: armsOf(0.2, 0.8), coverage: 0.5 })).toEqual([1000 / 5001, 4001 / 5001]);
    expect(armShares({ arms: armsOf(0.5, 0.5), coverage: 0 })).toEqual([0, 0]);
    // Three buckets and a third for each arm.
    expect(armShares({ arms: armsOf(1 / 3, 1 / 3, 1 / 3), coverage: 0.001 })).toEqual([0.4, 0.3, 0.3]);
  });

  test("is drawn apart for each stratum, and by the seed alone where there are none", () => {
    const next = deviceNumbers(3);
    const experiment = experimentOf({ strata: { by: "visitor" } });
    let same = 0;
    for (let k = 0; k < 1_000; k++) {
      const number = next();
      const [first, again] = [false, true].map((isReturning) =>
        assign(experiment, number, { ...anybody, isReturning }),
      );
      expect([first?.stratum, again?.stratum]).toEqual([0, 1]);
      expect(first?.arm).toBe(armOf(experiment, hashBucket("banner-1/0", number)));
      if (first?.arm === again?.arm) same += 1;
    }
    // Five standard deviations about a half.
    expect(Math.abs(same - 500)).toBeLessThan(80);
  });

  test("is nobody's whose bucket of the layer is outside the share", () => {
    fc.assert(
      fc.property(numbers, fc.nat(9_999), fc.integer({ min: 1, max: 10_000 }), (number, one, other) => {
        const [from, to] = [Math.min(one, other - 1), Math.max(one + 1, other)];
        const experiment = experimentOf({ layer: { name: "home", from, to } });
        const bucket = hashBucket("/home", number);
        expect(assign(experiment, number, anybody) !== null).toBe(bucket >= from && bucket < to);
      }),
    );
  });
});

test("a metric is 0 or 1 where it is whether there is any, and no ratio", () => {
  const per = { of: { any: "view" }, cap: 1 } as const;
  expect(isBinary({ of: { any: "click" } })).toBe(true);
  expect(isBinary({ of: { any: "click" }, per })).toBe(false);
  expect(isBinary({ of: { count: "click" } })).toBe(false);
});

describe("a stratum", () => {
  test("is one of those that are counted, and the last where it is not known", () => {
    const visitors = fc.record({
      device: fc.constantFrom(null, "phone", "tablet", "desktop"),
      segment: fc.option(fc.nat(70)),
      isReturning: fc.boolean(),
    });
    const strata = fc.oneof(
      fc.constantFrom("nothing" as const, "device" as const, "visitor" as const).map((by) => ({ by })),
      fc.record({ by: fc.constant("segment" as const), count: fc.integer({ min: 1, max: 64 }) }),
    );
    fc.assert(
      fc.property(strata, visitors, (of, about) => {
        const stratum = stratumOf(of, { ...anybody, ...about } as Visitor);
        expect(stratum).toBeGreaterThanOrEqual(0);
        expect(stratum).toBeLessThan(strataCount(of));
      }),
    );
    expect(stratumOf({ by: "segment", count: 3 }, { ...anybody, segment: 2 })).toBe(2);
    for (const segment of [null, 3, 9]) {
      expect(stratumOf({ by: "segment", count: 3 }, { ...anybody, segment })).toBe(3);
    }
    const devices = ["phone", "tablet", "desktop", null] as const;
    expect(devices.map((device) => stratumOf({ by: "device" }, { ...anybody, device }))).toEqual([
      0, 1, 2, 3,
    ]);
  });
});

describe("an audience", () => {
  const known: Visitor = {
    ...{ device: "phone", segment: 2, isReturning: true, language: "de-AT", path: "/gifts/mugs" },
    facts: new Map<string, string | number | boolean | readonly string[]>([
      ["size", "m"],
      ["likes", ["tea", "coffee"]],
      ["club", true],
      ["children", 2],
    ]),
  };
  const holding: Required<Audience> = {
    ...{ devices: ["tablet", "phone"], segments: [1, 2], returning: true, languages: ["fr", "DE"] },
    ...{ facts: { size: ["s", "m"], likes: "tea", club: "true", children: "2" }, pages: ["/a/", "/gifts/"] },
  };
  const failing: Required<Audience> = {
    ...{ devices: ["desktop"], segments: [3], returning: false, languages: ["d", "de-CH", "at"] },
    ...{ facts: { size: "m", likes: ["cocoa"] }, pages: ["/gifts/mugs/"] },
  };
  const keys = ["devices", "segments", "returning", "languages", "facts", "pages"] as const;

  test("is whoever all that it names holds for, and everybody where it names nothing", () => {
    const each = fc.constantFrom("absent", "holding", "failing");
    fc.assert(
      fc.property(fc.tuple(each, each, each, each, each, each), (chosen) => {
        const audience: Audience = Object.fromEntries(
          keys.flatMap((key, at) => {
            const from = chosen[at] === "holding" ? holding : failing;
            return chosen[at] === "absent" ? [] : [[key, from[key]]];
          }),
        );
        expect(isOpenTo(audience, known)).toBe(!chosen.includes("failing"));
      }),
    );
  });

  test.each(keys.filter((key) => key !== "returning"))("with %s is nobody of whom it is not known", (key) => {
    expect(isOpenTo({ [key]: holding[key] }, known)).toBe(true);
    expect(isOpenTo({ [key]: holding[key] }, anybody)).toBe(false);
  });

  test("with a language has that of any place, itself, and no other that begins alike", () => {
    const speaking = (language: string) => isOpenTo({ languages: ["de", "en-GB"] }, { ...known, language });
    expect(["de", "DE", "de-AT", "en-gb"].map(speaking)).toEqual([true, true, true, true]);
    expect(["den", "d", "en", "en-US"].map(speaking)).toEqual([false, false, false, false]);
  });

  test("with a fact has who said just that, not a part of it, and nobody who said nothing", () => {
    const sized = (size: string) => isOpenTo({ facts: { size } }, known);
    expect(["m", "medium", "", "M"].map(sized)).toEqual([true, false, false, false]);
    expect(isOpenTo({ facts: { size: "undefined" } }, anybody)).toBe(false);
  });

  test("with pages is on those alone", () => {
    expect(isOnPage({ pages: ["/gifts/"] }, "/gifts/")).toBe(true);
    expect(isOnPage({ pages: ["/gifts/"] }, "/gifts")).toBe(false);
    expect(isOnPage({ pages: ["/gifts/"] }, null)).toBe(false);
    expect(isOnPage({}, null)).toBe(true);
  });

  test("decides who is in, before any draw", () => {
    const experiment = experimentOf({ audience: { devices: ["desktop"] } });
    expect(assign(experiment, "0".repeat(32), known)).toBeNull();
    expect(assign(experiment, "0".repeat(32), { ...known, device: "desktop" })).not.toBeNull();
  });
});
