/** Features of a row, worked out by hand: what each of them says of a person, an item and the moment. */
import { expect, test } from "vitest";
import type { TacitEvent } from "../../../../core/events/event.ts";
import { JournalProfile } from "../../../../core/ranking/journalprofile.ts";
import { rankingModel } from "../../../../core/ranking/model.ts";
import { profileOfTastes } from "../../../../core/ranking/profile.ts";
import { type RankerFeature, rankerFeatures } from "../../../../core/ranking/ranker/features.ts";
import { Inputs, type Moment } from "../../../../core/ranking/ranker/inputs.ts";
import { denseRows } from "../../../../core/rows.ts";
import { dayMs } from "../../../../core/time.ts";

const nowMs = Date.UTC(2026, 5, 6, 18);
const ago = (days: number): number => nowMs - days * dayMs;
const cards = [
  { item: "mug", categories: ["kitchen"], price: 4, publishedAt: new Date(ago(400)).toISOString() },
  { item: "jug", categories: ["kitchen", "gifts"], price: 16, publishedAt: new Date(ago(20)).toISOString() },
  { item: "lamp", categories: ["lights"], price: 8 },
  { item: "card", categories: [] },
];
const model = rankingModel({
  cards,
  shares: [0.01, 0.002, 0.05, 0],
  // Cosines: mug and jug 0.6, mug and lamp 0, jug and lamp 0.8.
  jointRows: () => denseRows(Float64Array.of(2, 0, 0.6, 0.8, 0, 3, 0, 0), 4, 2),
  ...{ alpha0: 0.3, lambda: 0.01 },
  recent: { weight: 0.2, shares: [0.03, 0.002, 0.01, 0.004], floor: 0.001, units: null },
});
const scores = { joint: Float64Array.of(1.5, 3, -3, 0), pairs: Float64Array.of(0, 6, 0, 30) };
const purchase = (item: string, days: number): TacitEvent => {
  return { id: `${item} ${days}`, kind: "purchase", item, atMs: ago(days) };
};

/** Values before they are standardised; 0 where they are held, NaN (shown as null) where x is 0. */
function featuresOf(row: number, events: readonly TacitEvent[], moment: Moment | null) {
  const profile = new JournalProfile(model, { events, nowMs });
  const inputs = new Inputs({ model, profile, scores, told: profile.told, moment });
  return valuesOf(inputs, row);
}

function valuesOf(inputs: Inputs, row: number): Readonly<Record<RankerFeature, number>> {
  const x = new Float64Array(rankerFeatures.length);
  inputs.into(row, x);
  return Object.fromEntries(
    rankerFeatures.map(({ name, centre, width }, place) => [name, centre + width * x[place]]),
  ) as Record<RankerFeature, number>;
}

const near = (value: number) => expect.closeTo(value, 9);
const events = [purchase("mug", 95), purchase("mug", 35), purchase("lamp", 15), purchase("mug", 5)];
const moment = { nowMs, local: { hour: 18, weekday: 5 } };

test("of what was bought: how often, how long ago, on how many orders since, and whether it is due", () => {
  // Bought 95, 35 and 5 days ago: 45 days between. Tastes halve in 90 days.
  const taste = 2 ** (-95 / 90) + 2 ** (-35 / 90) + 2 ** (-5 / 90);
  expect(featuresOf(0, events, moment)).toMatchObject({
    ...{ bought: 1, again: near(Math.sqrt(taste)), timesBought: near(Math.log(4)) },
    ...{ sinceBought: near(Math.log(6)), boughtRate: near(3 / 4), inLastOrder: 1, ordersSince: 0 },
    due: near(Math.log(6 / 46)),
  });
  expect(featuresOf(2, events, moment)).toMatchObject({
    ...{ bought: 1, timesBought: near(Math.log(2)), boughtRate: near(1 / 4), inLastOrder: 0 },
    ...{ ordersSince: near(Math.log(2)), due: 0 },
  });
  const never = { bought: 0, again: 0, timesBought: 0, sinceBought: 0, boughtRate: 0, inLastOrder: 0 };
  expect(featuresOf(1, events, moment)).toMatchObject(never);
});

test("of the item: how many want it, always and lately, and how long it is there", () => {
  const floor = 0.0025;
  expect(featuresOf(0, events, moment)).toMatchObject({
    ...{ lately: near(Math.log(1 + 0.03 / floor)), always: near(Math.log(1 + 0.01 / floor)) },
    ...{ trend: near(Math.log(0.034 / 0.014)), age: near(Math.log(401)) },
  });
  // That nobody wants it is known; when it came is not, and stands at the centre.
  expect(featuresOf(3, events, moment)).toMatchObject({ always: 0, age: 4.5 });
});

test("of both: scores within their bounds, likeness to the last visit, categories and price", () => {
  const tastes = [2 ** (-95 / 90) + 2 ** (-35 / 90) + 2 ** (-5 / 90), 2 ** (-15 / 90)];
  const whole = tastes[0] + tastes[1];
  const mean = (tastes[0] * Math.log(4) + tastes[1] * Math.log(8)) / whole;
  const square = (tastes[0] * Math.log(4) ** 2 + tastes[1] * Math.log(8) ** 2) / whole;
  const deviation = Math.sqrt(square - mean ** 2);
  expect(featuresOf(1, events, moment)).toMatchObject({
    // The last visit is the mug of five days ago.
    ...{ joint: near(3), pairs: near(6), similar: near(0.6) },
    ...{ category: near(tastes[0] / whole), sinceCategory: near(Math.log(6)) },
    price: near((Math.log(16) - mean) / deviation),
  });
  expect(featuresOf(3, events, moment)).toMatchObject({
    ...{ pairs: near(12), category: 0.25, sinceCategory: 3, price: 0 },
  });
});

test("of the person and the moment: orders, the hour, and how far into a visit", () => {
  expect(featuresOf(0, events, moment)).toMatchObject({
    ...{ items: near(Math.log(3)), orders: near(Math.log(5)), sinceOrder: near(Math.log(6)) },
    ...{ weekend: 1, evening: 1, position: 0 },
  });
  const view: TacitEvent = { id: "v", kind: "view", item: "lamp", atMs: nowMs - 600_000 };
  const monday = { nowMs, local: { hour: 16, weekday: 0 } };
  expect(featuresOf(0, [...events, view], monday)).toMatchObject({
    ...{ weekend: 0, evening: 0, position: near(Math.log(2)), similar: 0 },
  });
});

test("where tastes are all that is known, what needs a journal or a time stands at its centre", () => {
  const profile = profileOfTastes(model, { items: [0], weights: [2] });
  const inputs = new Inputs({ model, profile, scores, told: null, moment: null });
  expect(valuesOf(inputs, 0)).toMatchObject({
    ...{ bought: 1, again: near(Math.SQRT2), timesBought: 0, sinceBought: 0, due: 0, similar: 0 },
    ...{ sinceCategory: 3, category: near(1) },
    ...{ age: 4.5, orders: near(1.4), sinceOrder: near(3.4), weekend: 0, items: near(Math.log(2)) },
  });
});
