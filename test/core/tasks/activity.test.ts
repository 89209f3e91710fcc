import { randomFillSync } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { eventKinds, type TacitEvent } from "../../../core/events/event.ts";
import { seededRandom } from "../../../core/seeded.ts";
import { totalNoiseOf } from "../../../core/sum/estimate.ts";
import { clippedForRounding, decodeFixed, encodeFixed } from "../../../core/sum/fixedpoint.ts";
import { discreteGaussian } from "../../../core/sum/noise.ts";
import {
  type ActivitySettings,
  activityLayout,
  activityOf,
  activitySensitivity,
} from "../../../core/tasks/activity/contribution.ts";
import { activityEstimate } from "../../../core/tasks/activity/estimate.ts";
import { activity } from "../../../core/tasks/activity/kind.ts";
import { parseSettings } from "../../../core/tasks/task.ts";

const settings: ActivitySettings = {
  kinds: ["view", "purchase", "click"],
  fromMs: 1000,
  toMs: 9000,
  positions: 4,
  mostEvents: 5,
  mostPlaces: 3,
};
const layout = activityLayout(settings);
/** A clock on which every second is an hour. */
const local = (atMs: number) => ({ hour: Math.floor(atMs / 1000) % 24, weekday: Math.floor(atMs / 500) % 7 });
const fill = (bytes: Uint8Array) => void randomFillSync(bytes);
let ids = 0;
const event = (kind: TacitEvent["kind"], atMs: number, position?: number): TacitEvent => ({
  ...{ id: `e${ids++}`, kind, item: "a", atMs },
  ...(position === undefined ? {} : { position }),
});
const normOf = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

test("up to the most that count, events are counted as they are: by kind, local hour, weekday and place", () => {
  const events = [
    event("view", 999),
    event("view", 1000),
    event("view", 2500, 2),
    event("impression", 3000, 2),
    event("click", 4000, 4),
    event("impression", 5000, 5),
    event("dislike", 5000),
    event("purchase", 8999),
    event("purchase", 9000),
  ];
  const found = activityOf(settings, events, local);
  const expected = new Float64Array(layout.length);
  expected[0] = 1;
  expected.set([2 / 5, 1 / 5, 1 / 5], layout.kinds);
  for (const hour of [1, 2, 8, 4]) expected[layout.hours + hour] += 1 / 5;
  for (const weekday of [2, 5, 17 % 7, 8 % 7]) expected[layout.weekdays + weekday] += 1 / 5;
  // One place seen and one clicked; the fifth place is not asked for, a view stands in no list.
  expected[layout.seen + 1] = 1 / 3;
  expected[layout.clicked + 3] = 1 / 3;
  expect(found?.newest).toEqual(events[7]);
  expect(found?.values).toEqual(expected);
});

test("places are counted from the oldest impression on: no journal has clicks whose impressions were let go", () => {
  const placesOf = (events: readonly TacitEvent[]) => {
    const values = activityOf(settings, events, local)?.values ?? new Float64Array(layout.length);
    const sumOf = (from: number) =>
      values.subarray(from, from + settings.positions).reduce((sum, value) => sum + value, 0);
    return { seen: sumOf(layout.seen), clicked: sumOf(layout.clicked) };
  };
  const clicks = [2000, 3000, 4000, 5000].map((atMs) => event("click", atMs, 1));
  expect(placesOf(clicks)).toEqual({ seen: 0, clicked: 0 });
  const kept = [...clicks.slice(0, 2), event("impression", 3500, 1), ...clicks.slice(2)];
  expect(placesOf(kept)).toEqual({ seen: 1 / 3, clicked: 2 / 3 });
  // An impression from before the period: whatever was let go is older than that.
  expect(placesOf([event("impression", 500, 1), ...clicks])).toEqual({ seen: 0, clicked: 1 });
});

test("who did more is scaled down to the most that count, and nobody says nothing", () => {
  const events = Array.from({ length: 50 }, (_, k) => event(k % 5 === 0 ? "purchase" : "view", 2000, 1));
  const values = activityOf(settings, events, local)?.values ?? new Float64Array(0);
  expect(values[layout.kinds]).toBeCloseTo(0.8, 12);
  expect(values[layout.kinds + 1]).toBeCloseTo(0.2, 12);
  expect(activityOf(settings, [], local)).toBeNull();
  expect(activityOf(settings, [event("view", 999), event("search", 2000)], local)).toBeNull();
});

test("no journal, however hostile, makes a vector longer than the sensitivity, before rounding and after", () => {
  const number = fc.oneof(
    fc.constantFrom(Number.NaN, Infinity, -Infinity, -1, 0, 1, 1.5, 2, 4, 2 ** 53, 1e300),
    fc.integer({ min: 0, max: 10_000 }),
  );
  const hostile = fc.record({
    id: fc.string(),
    kind: fc.constantFrom(...eventKinds),
    atMs: number,
    position: number,
  });
  // One event repeated is the worst case, so it is drawn often.
  const journals = fc.oneof(
    fc.array(hostile, { maxLength: 40 }),
    fc.tuple(hostile, fc.integer({ min: 1, max: 300 })).map(([one, times]) => Array(times).fill(one)),
  );
  const clocks = fc.constantFrom(
    local,
    () => ({ hour: 3, weekday: 6 }),
    () => ({ hour: NaN, weekday: -1 }),
  );
  const asked = fc.record({
    positions: fc.integer({ min: 0, max: 5 }),
    mostEvents: fc.integer({ min: 1, max: 9 }),
    mostPlaces: fc.integer({ min: 1, max: 9 }),
  });
  const always = (bytes: Uint8Array) => void bytes.fill(0);
  fc.assert(
    fc.property(journals, clocks, asked, (events, clock, change) => {
      const own: ActivitySettings = { ...settings, ...change, kinds: [...eventKinds] };
      const values = activityOf(own, events, clock)?.values;
      if (values === undefined) return;
      const sensitivity = activitySensitivity(own);
      expect(normOf(values)).toBeLessThanOrEqual(sensitivity * (1 + 1e-12));
      const integers = encodeFixed(
        clippedForRounding(values, { sensitivity, fractionBits: 12 }),
        { fractionBits: 12 },
        always,
      );
      expect(normOf(Float64Array.from(integers))).toBeLessThanOrEqual(sensitivity * 2 ** 12);
    }),
    { numRuns: 500 },
  );
});

test("the bound is attained: by one event that is counted, at one place, again and again", () => {
  const events = Array.from({ length: 20 }, () => event("impression", 2000, 2));
  const own = { ...settings, kinds: ["impression"] };
  const norm = normOf(activityOf(own, events, local)?.values ?? new Float64Array(0));
  expect(norm).toBeCloseTo(Math.sqrt(5), 12);
  expect(activitySensitivity({ positions: 0 })).toBe(2);
});

test("the server reads from a noisy sum what people did, and 95 % of its intervals hold the truth", () => {
  const chance = seededRandom(5);
  const people = 400;
  const fractionBits = 10;
  const sigma = 3;
  const lanes = 2;
  const truth = new Float64Array(layout.length);
  const rounded = new Float64Array(layout.length);
  for (let person = 0; person < people; person++) {
    const events = Array.from({ length: 1 + Math.floor(chance() * 8) }, () =>
      event(
        (["view", "purchase", "impression", "click"] as const)[Math.floor(chance() * 4)],
        chance() * 9000,
        1,
      ),
    );
    const values = activityOf(settings, events, local)?.values;
    if (values === undefined) continue;
    const decoded = decodeFixed(encodeFixed(values, { fractionBits }, fill), { fractionBits });
    for (let k = 0; k < truth.length; k++) {
      truth[k] += values[k];
      rounded[k] += decoded[k];
    }
  }
  const noise = totalNoiseOf({ sigma, fractionBits }, { sums: lanes, reports: people });
  const unit = 2 ** -fractionBits;
  let held = 0;
  let asked = 0;
  for (let draw = 0; draw < 60; draw++) {
    // Both aggregators' noise on each lane.
    const drawn = Array.from({ length: 2 * lanes }, () => discreteGaussian(truth.length, sigma / unit, fill));
    const sum = rounded.map((value, k) => drawn.reduce((total, noises) => total + noises[k] * unit, value));
    const { kinds, hours, weekdays, places } = activityEstimate(settings, sum, noise);
    const events = [...kinds.map((kind) => kind.events), ...hours, ...weekdays];
    for (const [k, { low, high }] of events.entries()) {
      const [from, to] = [low / settings.mostEvents, high / settings.mostEvents];
      if (from <= truth[1 + k] && truth[1 + k] <= to) held++;
      asked++;
    }
    expect(places).toHaveLength(4);
  }
  // 2,040 intervals: four standard errors below 95 % is 93.1 %; without one aggregator's noise it would be 83
  // %.
  expect(held / asked).toBeGreaterThan(0.93);
  const exact = activityEstimate(settings, truth, 0);
  expect(exact.people.value).toBe(truth[0]);
  expect(exact.kinds.map(({ kind }) => kind)).toEqual(settings.kinds);
  const ofKinds = exact.kinds.reduce((sum, { events }) => sum + events.value, 0);
  const ofHours = exact.hours.reduce((sum, events) => sum + events.value, 0);
  expect(ofKinds).toBeCloseTo(ofHours, 9);
  expect(ofKinds).toBeGreaterThan(people);
});

test("an interval is no wider than 95 % asks for: noise of 3 reaches 5.88 to each side", () => {
  const sum = new Float64Array(layout.length).fill(100);
  const { people, places } = activityEstimate(settings, sum, 3);
  expect(people.low).toBeCloseTo(100 - 5.8799, 3);
  expect(people.high).toBeCloseTo(100 + 5.8799, 3);
  expect(places[0].seen.value).toBe(300);
  expect(() => activityEstimate(settings, new Float64Array(3), 1)).toThrow(
    `activityEstimate: the sum must have ${layout.length} numbers, got 3`,
  );
});

test("total noise: both aggregators' on every lane, and what rounding moves", () => {
  expect(totalNoiseOf({ sigma: 3, fractionBits: 24 }, { sums: 4, reports: 9 })).toBeCloseTo(Math.sqrt(72), 6);
  expect(totalNoiseOf({ sigma: 0, fractionBits: 3 }, { sums: 4, reports: 9 })).toBeCloseTo(3 / 16, 12);
});

test("settings: unknown keys are ignored, a kind twice and an empty period are refused", () => {
  expect(parseSettings(activity, { ...settings, colour: "red" })).toEqual(settings);
  expect(() => parseSettings(activity, { ...settings, kinds: ["view", "view"] })).toThrow(
    /^activity: kinds must be different kinds, got Array$/,
  );
  expect(() => parseSettings(activity, { ...settings, toMs: 1000 })).toThrow(
    /^activity: the value must be a period that ends after it begins, got Object$/,
  );
  expect(() => parseSettings(activity, { ...settings, mostEvents: 0 })).toThrow(/activity: mostEvents/);
});
