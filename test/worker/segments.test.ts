/** Segments on the device: what is contributed to them, which one the person is in, and what that changes. */
import { afterEach, describe, expect, test } from "vitest";
import type { TacitEvent } from "../../core/events/event.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import { encodeSegments, type SegmentsPart } from "../../core/model/segments.ts";
import {
  entriesFor,
  featureCount,
  featureKeys,
  featureVector,
  vectorEntries,
} from "../../core/profile/featurevector.ts";
import { imputedVector } from "../../core/profile/imputation.ts";
import { placeIn } from "../../core/profile/segments.ts";
import { type FeatureValues, features } from "../../core/profile/table.ts";
import { segmentContributionOf } from "../../core/tasks/segments/contribution.ts";
import { type SegmentsSettings, segments } from "../../core/tasks/segments/kind.ts";
import { dayMs } from "../../core/time.ts";
import { parseReport } from "../../core/wire/report.ts";
import type { Device as Handed } from "../../worker/contribute/kinds/contributor.ts";
import { segmentsContributor } from "../../worker/contribute/kinds/segments.ts";
import { headOf, named, partsOf, publicationOf, settingsOf } from "../model.ts";
import { segmentsPart } from "../segmentspart.ts";
import { closeDevices, device, eventOf, troublesOf, wholeDevice } from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { aggregators } from "./parties.ts";
import { anyPlan, noonMs, shopModel, taskOf } from "./shop.ts";

afterEach(closeDevices);

const { features: keys, center, axes, count, dim, centroids } = segmentsPart();
const settings: SegmentsSettings = {
  ...{ features: keys, center, axes, count, dim, centroids },
  ...{ clipL2: 1.5, countScale: 0.5, scatterScale: 0 },
};
const shop = shopModel({ items: 20 });

function valuesOf(given: Partial<FeatureValues>): FeatureValues {
  return { ...Object.fromEntries(features.map(({ name }) => [name, null])), ...given } as FeatureValues;
}

describe("a contribution to segments", () => {
  const known = valuesOf({ visits: 12, actsPerVisit: 4, orders: 3, spent: 80 });
  const handed = (events: readonly TacitEvent[], values: FeatureValues | null = known): Handed => ({
    ...{
      events,
      factors: null,
      pairs: null,
      trials: [],
      experiments: { participations: [], told: new Set(), priceOf: null },
      nowMs: noonMs,
      features: () => values,
    },
    localTimeOf: () => ({ hour: 1, weekday: 1 }),
    ranking: () => {
      throw new Error("expected no ranking in a contribution to segments, got one asked for");
    },
    fill: () => {
      throw new Error("expected no chance in a contribution to segments, got some");
    },
  });
  const contribution = (of: Handed, asked: Partial<SegmentsSettings> = {}) =>
    segmentsContributor.contribute(taskOf(segments, { ...settings, ...asked }), of, []);
  const acts = [eventOf("view", 1), eventOf("purchase", 2), eventOf("impression", 3)];

  test("is the clipped way of the person's features from the nearest centroid, based on the newest act", () => {
    const found = contribution(handed(acts));
    const place = placeIn(settings, featureVector(known, settings.center));
    expect(found).toEqual({
      ...{ block: 0, basedOn: acts[1].id },
      values: segmentContributionOf(settings, place, settings),
    });
    expect(found?.values.filter((value) => value !== 0).length).toBeGreaterThan(1);
  });

  test.each<[string, Handed, Partial<SegmentsSettings>]>([
    ["nothing was done", handed([]), {}],
    ["things were only shown", handed([acts[2]]), {}],
    ["fewer than three acts are known", handed(acts, valuesOf({ visits: 2, actsPerVisit: 1 })), {}],
    ["the catalogue has not come", handed(acts, null), {}],
    [
      "the task is about a feature that this table has otherwise",
      handed(acts),
      { features: [...featureKeys.slice(0, -1), "priceLevel log 0 1 unknown"] },
    ],
  ])("is none where %s", (_, of, asked) => {
    expect(contribution(of, asked)).toBeNull();
  });

  test("takes what could not be measured from the rest, where the task says how people differ", () => {
    const at = (name: string) => vectorEntries.findIndex(({ feature }) => feature.name === name);
    // Whoever comes often looks long, and high prices go with neither.
    const axes = new Array<number>(featureCount).fill(0);
    for (const name of ["visits", "dwell"]) axes[at(name)] = 2;
    const shape = { spreads: new Array<number>(featureCount).fill(Math.SQRT1_2 / 2), deviations: [1] };
    const asked = { axes, shape, ...{ count: 1, dim: 1, centroids: [0] } };
    const wayOf = (values: Partial<FeatureValues>, more: Partial<SegmentsSettings> = asked) =>
      contribution(handed(acts, valuesOf({ actsPerVisit: 4, ...values })), more)?.values[0] ?? Number.NaN;
    const [few, some, many] = [1, 31, 1_000].map((visits) => wayOf({ visits }));
    expect(few).toBeLessThan(some);
    expect(some).toBeLessThan(many);
    const entries = entriesFor(keys) ?? [];
    const vector = imputedVector(
      { center, axes, ...shape },
      valuesOf({ actsPerVisit: 4, visits: 60 }),
      entries,
    );
    expect(vector[at("dwell")]).toBeGreaterThan(0.01);
    expect(vector[at("priceLevel")]).toBe(0);
    expect(wayOf({ visits: 60 })).toBeCloseTo(2 * (vector[at("visits")] + vector[at("dwell")]), 12);
    const { shape: _, ...without } = asked;
    expect(wayOf({ visits: 60 }, without)).toBeCloseTo(2 * vector[at("visits")], 12);
    // What was measured stays, whatever the rest says.
    const dwell = (2 * Math.log1p(60)) / Math.log1p(600) - 1;
    expect(wayOf({ visits: 60, dwell: 60 })).toBeCloseTo(2 * (vector[at("visits")] + dwell), 12);
  });

  test("leaves in a report like those of other kinds, once, and costs what the task says", async () => {
    const { keys: sealed, opened } = await aggregators();
    const server = fakeServer(shop, sealed);
    server.plan = {
      ...anyPlan,
      kinds: [...anyPlan.kinds, { kind: "segments", rho: null, reportsPer30Days: 6 }],
    };
    const task = taskOf(segments, settings);
    server.tasks = [task];
    const own = await device(server);
    await own.worker.append([eventOf("view", 2), eventOf("purchase", 2), eventOf("view", 3)]);
    await own.worker.contribute();
    await own.worker.contribute();
    expect(troublesOf(own)).toEqual([]);
    expect(server.bodies).toHaveLength(1);
    const vector = await opened(parseReport(server.bodies[0]), task, 0);
    const panel = await own.worker.panel();
    const values = valuesOf(
      Object.fromEntries(panel.profile.features.map(({ name, value }) => [name, value])),
    );
    const place = placeIn(settings, featureVector(values, settings.center));
    const plain = segmentContributionOf(settings, place, settings);
    for (const [at, value] of plain.entries()) expect(vector[at]).toBeCloseTo(value, 2);
    const [sum] = panel.reports.flatMap(({ sums }) => sums);
    expect(sum).toMatchObject({ kind: "segments", state: "accepted" });
    expect(sum.rho).toBeCloseTo(task.sensitivity ** 2 / (2 * task.sigma ** 2), 12);
  });
});

test("whoever wants to be in no segment is in none, and in no sum of them", async () => {
  const { keys: sealed } = await aggregators();
  for (const value of ["none", null]) {
    const server = fakeServer(shop, sealed);
    server.plan = {
      ...anyPlan,
      kinds: [...anyPlan.kinds, { kind: "segments", rho: null, reportsPer30Days: 6 }],
    };
    server.tasks = [taskOf(segments, settings)];
    const own = await device(server);
    const fact = { id: "said", kind: "fact" as const, fact: "segment", value, atMs: noonMs };
    await own.worker.append([eventOf("view", 2), eventOf("purchase", 2), eventOf("view", 3), fact]);
    await own.worker.contribute();
    expect(server.bodies).toHaveLength(value === null ? 1 : 0);
    expect((await own.worker.panel()).segment).toEqual({
      ...{ state: "unknown", why: value === null ? "no-segments" : "declined" },
    });
  }
});

/** A shop that publishes these segments. */
function serverWith(part: SegmentsPart | null, model: JoinedModel = shop) {
  const server = fakeServer(null);
  const all = Object.entries(partsOf(model)).map(([kind, bytes]) => ({ kind, ...bytes }));
  const more = part === null ? [] : [{ kind: "segments", ...named(encodeSegments(part)) }];
  const head = headOf(model, 12);
  server.serve(publicationOf({ head, parts: [...all, ...more], model: settingsOf(model), sequence: 1 }));
  return server;
}

const many = Array.from({ length: 40 }, (_, at) => eventOf("view", at % 5, noonMs - (at + 1) * dayMs));

describe("the person's segment", () => {
  const segmentAfter = async (part: SegmentsPart | null, events: readonly TacitEvent[]) => {
    const { worker } = await wholeDevice(serverWith(part));
    await worker.append(events);
    const [panel, exported] = [await worker.panel(), await worker.exportData()];
    expect(exported.segment).toEqual(panel.segment);
    return panel.segment;
  };

  test("is the nearest one, with its name, its share and what sets it apart", async () => {
    expect(await segmentAfter(segmentsPart(), many)).toEqual({
      ...{ state: "known", name: "many visits", share: 0.25, of: 2, people: 1_234, origin: "crowd" },
      differs: [
        { feature: "visits", title: "Visits", deviation: 2 },
        { feature: "orders", title: "Orders", deviation: 1 },
      ],
    });
    const few = await segmentAfter(segmentsPart(), many.slice(0, 3));
    expect(few).toMatchObject({ state: "known", name: "few visits", differs: [{ deviation: -4 }, {}] });
  });

  test.each<[string, SegmentsPart | null, readonly TacitEvent[], string]>([
    ["the site publishes none", null, many, "no-segments"],
    ["nothing was done", segmentsPart(), [], "too-few-acts"],
    ["hardly anything was done", segmentsPart(), many.slice(0, 2), "too-few-acts"],
    [
      "it is told by features that this version does not have",
      segmentsPart({ features: [...featureKeys.slice(1), "age linear 0 120 unknown"] }),
      many,
      "other-features",
    ],
  ])("is none yet where %s", async (_, part, events, why) => {
    expect(await segmentAfter(part, events)).toEqual({ state: "unknown", why });
  });

  test("is told by fewer features than this version has, where the site has only those", async () => {
    const part = segmentsPart();
    const keep = [5, 0];
    const pick = (numbers: readonly number[]) => keep.map((f) => numbers[f]);
    const rows = [part.axes.slice(0, featureCount), part.axes.slice(featureCount)];
    const smaller = segmentsPart({
      ...{ features: keep.map((f) => featureKeys[f]), center: pick(part.center) },
      ...{ axes: rows.flatMap(pick), spreads: pick(part.spreads) },
    });
    expect(await segmentAfter(smaller, many)).toEqual(await segmentAfter(part, many));
  });

  test("is told by the rest where something could not be measured", async () => {
    // Visits and the time with a product go together, and segments differ in that time alone.
    const at = (name: string) => vectorEntries.findIndex(({ feature }) => feature.name === name);
    const only = (name: string, value: number) =>
      Array.from({ length: featureCount }, (_, f) => (f === at(name) ? value : 0));
    const both = only("visits", 2).map((value, f) => value + only("dwell", 2)[f]);
    const part = segmentsPart({
      ...{ axes: [...both, ...only("dwell", 1)], spreads: new Array(featureCount).fill(Math.SQRT1_2 / 2) },
      ...{ deviations: [1, 0], dim: 2, centroids: [0, 0.3, 0, -0.3] },
    });
    const often = Array.from({ length: 80 }, (_, k) => eventOf("view", k % 5, noonMs - (k + 1) * dayMs));
    expect(await segmentAfter(part, often)).toMatchObject({ name: "many visits" });
    expect(await segmentAfter(part, many.slice(0, 3))).toMatchObject({ name: "few visits" });
  });

  test("says how fast its people's acts count less, in rank and export alike", async () => {
    const short = segmentsPart();
    const halfLifeDays = 5;
    const changed = segmentsPart({
      segments: [{ ...short.segments[0], halfLifeDays }, short.segments[1]],
    });
    const weights = async (part: SegmentsPart, events: readonly TacitEvent[]) => {
      const { worker } = await wholeDevice(serverWith(part));
      await worker.append(events);
      const { tastes, userVector } = await worker.exportData();
      const [best] = await worker.forYou({ includeSeen: true });
      return { tastes: new Map(tastes.map(({ item, weight }) => [item, weight])), userVector, best };
    };
    const old = eventOf("purchase", 9, noonMs - 45 * dayMs);
    const [usual, fast] = [await weights(short, [...many, old]), await weights(changed, [...many, old])];
    expect(usual.tastes.get("item-9")).toBeCloseTo(2 ** (-45 / 90), 9);
    expect(fast.tastes.get("item-9")).toBeCloseTo(2 ** (-45 / halfLifeDays), 9);
    expect(fast.userVector).not.toEqual(usual.userVector);
    expect(usual.best.item).toBe("item-9");
    expect(fast.best.item).not.toBe("item-9");
    // Whoever is in a segment that says nothing of it is ranked for as before.
    const few = many.slice(0, 4);
    expect(await weights(changed, few)).toEqual(await weights(short, few));
  });
});
