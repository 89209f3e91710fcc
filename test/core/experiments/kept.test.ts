/** What a device keeps of the experiments that it is in: once in an arm, in that arm, until there is a reason. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deviceNumbers, twenty } from "../../../bench/assignment/world.ts";
import { assign } from "../../../core/experiments/assignment.ts";
import type { Experiment } from "../../../core/experiments/experiment.ts";
import {
  armsInForce,
  assignmentsLeaving,
  assignmentsWith,
  type KeptAssignment,
  type KeptAssignments,
  keptAssignmentsIn,
} from "../../../core/experiments/kept.ts";
import { dayMs } from "../../../core/time.ts";
import { anybody, armsOf, experimentOf, fromMs } from "./experiments.ts";

const deviceNumber = "9f".repeat(16);
const nowMs = fromMs + dayMs;
const enter = (
  kept: KeptAssignments,
  experiments: readonly Experiment[],
  change: Partial<Parameters<typeof assignmentsWith>[1]> = {},
) => assignmentsWith(kept, { experiments, deviceNumber, visitor: anybody, nowMs, ...change });
const armIn = (kept: KeptAssignments, name = "banner") =>
  kept.find(({ experiment }) => experiment === name)?.arm;
const keptOf = (change: Partial<KeptAssignment> = {}): KeptAssignment => ({
  ...{ experiment: "banner", seed: "banner-1", arm: "big", stratum: 0, atMs: nowMs },
  ...{ propensity: 0.5, hasLeft: false },
  ...change,
});

describe("a device that is in", () => {
  test("is in the arm that it was dealt, at the odds that it had", () => {
    const experiment = experimentOf({ arms: armsOf(0.2, 0.3, 0.5), strata: { by: "visitor" } });
    const [one, ...others] = enter([], [experiment]);
    const dealt = assign(experiment, deviceNumber, anybody);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ arm: String(dealt?.arm), stratum: 0, atMs: nowMs, hasLeft: false });
    expect(one.propensity).toBeCloseTo([0.2, 0.3, 0.5][dealt?.arm ?? 0], 12);
  });

  test("stays in its arm over a reload, and whatever becomes of weights, coverage, audience and itself", () => {
    const change = fc.record({
      coverage: fc.constantFrom(0, 0.3, 1),
      weights: fc.constantFrom([1, 0], [0, 1], [0.3, 0.7]),
      strata: fc.constantFrom({ by: "nothing" } as const, { by: "device" } as const),
      audience: fc.constantFrom({}, { devices: ["tablet" as const] }, { returning: true }),
      layer: fc.constantFrom(null, { name: "home", from: 0, to: 1 }),
      atMs: fc.integer({ min: fromMs - dayMs, max: fromMs + 90 * dayMs }),
      device: fc.constantFrom(null, "phone" as const, "desktop" as const),
      segment: fc.option(fc.nat(5)),
    });
    fc.assert(
      fc.property(change, fc.stringMatching(/^[0-9a-f]{32}$/), (to, number) => {
        const before = enter([], [experimentOf()], { deviceNumber: number });
        const reloaded = keptAssignmentsIn(JSON.parse(JSON.stringify(before)));
        const { weights, atMs, device, segment, ...rest } = to;
        const [control, big] = experimentOf().arms;
        const arms = [
          { ...big, weight: weights[1] },
          { ...control, weight: weights[0] },
        ];
        const after = enter(reloaded, [experimentOf({ ...rest, arms })], {
          ...{ deviceNumber: number, nowMs: atMs, visitor: { ...anybody, device, segment } },
        });
        expect(after).toEqual(before);
        expect(after).toHaveLength(1);
      }),
    );
  });

  test("is in no arm any more once the experiment is gone, has another seed, or has lost the arm", () => {
    const kept = enter([], [experimentOf()]);
    expect(enter(kept, [], {})).toEqual([]);
    const closed = { nowMs: fromMs + 28 * dayMs };
    expect(enter(kept, [experimentOf({ seed: "banner-2" })], closed)).toEqual([]);
    const other = armIn(kept) === "big" ? "control" : "big";
    const without = [other, "third"].map((name) => ({ name, weight: 0.5 }));
    expect(enter(kept, [experimentOf({ arms: without })], closed)).toEqual([]);
    // While it runs it is dealt anew.
    expect(["third", other]).toContain(armIn(enter(kept, [experimentOf({ arms: without })])));
  });

  test("came in between its beginning and its end", () => {
    const { toMs } = experimentOf();
    const entered = [fromMs - 1, fromMs, toMs - 1, toMs].map(
      (atMs) => enter([], [experimentOf()], { nowMs: atMs }).length,
    );
    expect(entered).toEqual([0, 1, 1, 0]);
  });

  test("keeps the same list while nothing changes", () => {
    const kept = enter([], [experimentOf()]);
    expect(enter(kept, [experimentOf()], { nowMs: nowMs + dayMs })).toBe(kept);
    expect(enter(kept, [])).not.toBe(kept);
    const nothing: KeptAssignments = [];
    expect(enter(nothing, [experimentOf({ coverage: 0 })])).toBe(nothing);
  });
});

test("by what many devices keep, nobody changes arms when weights change and coverage grows, and others come in", () => {
  const next = deviceNumbers(5);
  const grown = twenty.map((one) => ({
    ...one,
    coverage: 1,
    arms: one.arms.map((arm, at) => ({ ...arm, weight: at === 0 ? 0.05 : 0.95 / (one.arms.length - 1) })),
  }));
  let [stayed, came] = [0, 0];
  for (let k = 0; k < 300; k++) {
    const entering = { deviceNumber: next(), visitor: anybody };
    const before = assignmentsWith([], { ...entering, experiments: twenty, nowMs: dayMs });
    const after = assignmentsWith(before, { ...entering, experiments: grown, nowMs: 2 * dayMs });
    expect(after.slice(0, before.length)).toEqual(before);
    stayed += before.length;
    came += after.length - before.length;
    // In each layer one.
    const inLayers = after.flatMap(
      ({ experiment }) => grown.find(({ name }) => name === experiment)?.layer?.name ?? [],
    );
    expect(new Set(inLayers).size).toBe(inLayers.length);
  }
  expect(stayed).toBeGreaterThan(1_000);
  expect(came).toBeGreaterThan(1_000);
});

describe("a person who leaves", () => {
  test("is never in it again, by whatever seed, though it was gone in between", () => {
    const left = assignmentsLeaving(enter([], [experimentOf()]), "banner");
    expect(armsInForce(left, [experimentOf()], "/")).toEqual([]);
    const again = enter(enter(left, []), [experimentOf({ seed: "banner-2" }), experimentOf({ name: "b" })]);
    expect(again.map(({ experiment, hasLeft }) => [experiment, hasLeft])).toEqual([
      ["banner", true],
      ["b", false],
    ]);
  });

  test("stays in the others", () => {
    const experiments = [experimentOf(), experimentOf({ name: "b", seed: "b" })];
    const left = assignmentsLeaving(enter([], experiments), "banner");
    expect(left.map(({ hasLeft }) => hasLeft)).toEqual([true, false]);
    expect(armsInForce(left, experiments, null).map(({ experiment }) => experiment.name)).toEqual(["b"]);
  });

  test("makes room in the layer", () => {
    const layer = (from: number) => ({ name: "home", from, to: from + 10_000 });
    const left = assignmentsLeaving(enter([], [experimentOf({ layer: layer(0) })]), "banner");
    const other = experimentOf({ name: "shelf", seed: "shelf-1", layer: layer(0) });
    expect(armIn(enter(left, [other]), "shelf")).toBeDefined();
  });

  test("is remembered to have left the newest two hundred", () => {
    const left = Array.from({ length: 230 }, (_, k) =>
      keptOf({ experiment: `e${k}`, atMs: nowMs + k, hasLeft: true }),
    );
    expect(enter(left, [])).toEqual(left.slice(30));
  });
});

describe("of a layer", () => {
  const home = { name: "home", from: 0, to: 10_000 };
  const shelf = experimentOf({ name: "shelf", seed: "shelf-1", layer: home });

  test("nobody enters a second experiment, whatever their buckets have become", () => {
    const kept = enter([], [experimentOf({ layer: home })]);
    const moved = experimentOf({ layer: { ...home, to: 1 } });
    expect(enter(kept, [moved, { ...shelf, layer: { ...home, from: 1 } }])).toBe(kept);
  });

  test("nobody enters two at once, though they overlap against the rules", () => {
    const kept = enter([], [experimentOf({ layer: home }), shelf]);
    expect(kept.map(({ experiment }) => experiment)).toEqual(["banner"]);
  });

  test("the first that was entered stays, where an edition moves a second into it", () => {
    const kept = enter(enter([], [{ ...shelf, layer: null }]), [{ ...shelf, layer: null }, experimentOf()], {
      nowMs: nowMs + 1,
    });
    expect(kept).toHaveLength(2);
    const both = [experimentOf({ layer: home }), shelf];
    expect(enter(kept, both).map(({ experiment }) => experiment)).toEqual(["shelf"]);
  });
});

test("through any editions and any time, what is kept is in one arm an experiment, in one experiment a layer, and changes for its reasons alone", () => {
  const edition = fc
    .array(
      fc.record({
        name: fc.constantFrom("a", "b", "c", "d"),
        seed: fc.constantFrom("1", "2"),
        layer: fc.constantFrom(null, "home", "shelf"),
        weights: fc.constantFrom([0.5, 0.5], [0, 1], [0.2, 0.3, 0.5]),
        coverage: fc.constantFrom(0.3, 1),
        day: fc.nat(4),
      }),
      { maxLength: 4 },
    )
    .map((some) => {
      const unique = [...new Map(some.map((one) => [one.name, one])).values()];
      return unique.map(({ name, seed, layer, weights, coverage, day }, k) =>
        experimentOf({
          ...{ name, seed: `${name}-${seed}`, coverage, arms: armsOf(...weights) },
          layer: layer === null ? null : { name: layer, from: 2_500 * k, to: 2_500 * k + 2_500 },
          ...{ fromMs: fromMs + day * dayMs, toMs: fromMs + (day + 3) * dayMs },
        }),
      );
    });
  const step = fc.record({ edition, hours: fc.nat(60), leaves: fc.constantFrom(null, null, "a", "b") });
  const stepping = fc.tuple(fc.stringMatching(/^[0-9a-f]{32}$/), fc.array(step, { maxLength: 8 }));
  fc.assert(
    fc.property(stepping, ([number, steps]) => {
      let kept: KeptAssignments = [];
      let atMs = fromMs;
      for (const { edition: experiments, hours, leaves } of steps) {
        atMs += hours * 3_600_000;
        const before = leaves === null ? kept : assignmentsLeaving(kept, leaves);
        kept = enter(before, experiments, { deviceNumber: number, nowMs: atMs });
        const listed = (one: KeptAssignment) => experiments.find(({ name }) => name === one.experiment);
        expect(new Set(kept.map(({ experiment }) => experiment)).size).toBe(kept.length);
        const inside = kept.filter(({ hasLeft }) => !hasLeft);
        const layers = inside.flatMap((one) => listed(one)?.layer?.name ?? []);
        expect(new Set(layers).size).toBe(layers.length);
        for (const one of before) {
          const is = listed(one);
          const holds = is?.seed === one.seed && is.arms.some(({ name }) => name === one.arm);
          const hasRoom = before.every(
            (other) =>
              other === one ||
              other.hasLeft ||
              is?.layer == null ||
              listed(other)?.layer?.name !== is.layer.name,
          );
          if (one.hasLeft || (holds && hasRoom)) expect(kept).toContain(one);
          else if (!holds) expect(kept).not.toContain(one);
        }
        for (const one of kept.filter((some) => !before.includes(some))) {
          const is = listed(one) ?? experimentOf();
          expect(one.atMs).toBe(atMs);
          expect(atMs >= is.fromMs && atMs < is.toMs).toBe(true);
          const { arm } = assign(is, number, anybody) ?? { arm: -1 };
          expect(one).toMatchObject({ seed: is.seed, arm: is.arms[arm]?.name, hasLeft: false });
          expect(one.propensity).toBeCloseTo(is.arms[arm].weight, 3);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("what holds on a page is the arm as the edition lists it now, on its pages alone", () => {
  const audience = { pages: ["/gifts/"] };
  const kept = enter([], [experimentOf({ audience })], { visitor: { ...anybody, path: "/gifts/" } });
  const arms = experimentOf().arms.map((arm) => ({ ...arm, value: `now ${arm.name}` }));
  const experiments = [experimentOf({ audience, arms })];
  expect(armsInForce(kept, experiments, "/")).toEqual([]);
  expect(armsInForce(kept, [], "/gifts/")).toEqual([]);
  const [one] = armsInForce(kept, experiments, "/gifts/mugs");
  expect(one).toMatchObject({ arm: { value: `now ${armIn(kept)}` }, kept: kept[0] });
});

test("of what is found in the store, what has another form counts as none", () => {
  const whole = keptOf();
  const faults: readonly Partial<Record<keyof KeptAssignment, unknown>>[] = [
    ...[{ experiment: 3 }, { seed: null }, { arm: undefined }, { stratum: -1 }, { stratum: 0.5 }],
    ...[{ atMs: "1" }, { atMs: Number.NaN }, { propensity: 0 }, { propensity: 1.1 }, { hasLeft: 1 }],
    ...[{ stratum: "0" }, { propensity: "0.5" }],
  ];
  const found = [whole, null, 7, "x", [], ...faults.map((fault) => ({ ...whole, ...fault }))];
  expect(keptAssignmentsIn(found)).toEqual([whole]);
  for (const other of [undefined, null, {}, "[]"]) expect(keptAssignmentsIn(other)).toEqual([]);
});

test("of one experiment kept twice, as two tabs may, the first counts; left in one, it is left", () => {
  const first = keptOf({ arm: "control", atMs: nowMs - 5 });
  expect(enter([keptOf(), first], [experimentOf()])).toEqual([first]);
  const left = keptOf({ hasLeft: true });
  expect(enter([first, left], [experimentOf()])).toEqual([left]);
});
