/**
 * What a device contributes to a sum of pairs: by the list that the task names, and by which of its items are
 * liked.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { TacitEvent } from "../../core/events/event.ts";
import { patternOfPairs } from "../../core/model/pairlist.ts";
import { pairContributionOf } from "../../core/tasks/itempairs/contribution.ts";
import { type ItemPairsSettings, itemPairs } from "../../core/tasks/itempairs/kind.ts";
import type { Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import type { Device } from "../../worker/contribute/kinds/contributor.ts";
import { itemPairsContributor } from "../../worker/contribute/kinds/itempairs.ts";
import { taskOf } from "./shop.ts";

const count = 9;
const nowMs = 1_800_000_000_000;
const items = Array.from({ length: count }, (_, row) => `listed-${row}`);
const pattern = patternOfPairs(
  items
    .flatMap((_, b) => items.slice(0, b).map((_, a) => [a, b] as const))
    .filter(([a, b]) => (a + b) % 3 > 0),
  count,
);
const listed = { id: "a".repeat(64), rowOf: new Map(items.map((item, row) => [item, row])), pattern };
const scales = { clipL2: 2, countScale: 0.7, recentScale: 1.5, weightScale: 0.1 };
const recentDays = 14;

function taskOn(changed: Partial<ItemPairsSettings>): Task {
  const list = { pairs: listed.id, items: count, pairCount: pattern.pairCount };
  return taskOf(itemPairs, { ...list, ...scales, recentDays, ...changed });
}

const deviceOf = (events: readonly TacitEvent[], pairs: Device["pairs"] = listed): Device => ({
  ...{ events, pairs, factors: null, nowMs },
  trials: [],
  experiments: { participations: [], told: new Set(), priceOf: null },
  localTimeOf: () => ({ hour: 1, weekday: 1 }),
  ranking: () => {
    throw new Error("expected no ranking in a contribution to pairs, got one asked for");
  },
  features: () => {
    throw new Error("expected no features in a contribution to pairs, got some");
  },
  fill: () => {
    throw new Error("expected no chance in a contribution to pairs, got some");
  },
});

const contribution = (events: readonly TacitEvent[]) =>
  itemPairsContributor.contribute(taskOn({}), deviceOf(events), []);

const acts = fc.record({
  id: fc.uuid(),
  kind: fc.constantFrom("view", "click", "purchase", "like", "search", "impression", "share"),
  item: fc.constantFrom(...items, "elsewhere-1", "elsewhere-2"),
  atMs: fc.oneof(
    fc.integer({ min: nowMs - 700 * dayMs, max: nowMs }),
    fc.integer({ min: nowMs - 2 * recentDays * dayMs, max: nowMs }),
  ),
  query: fc.constant("anything"),
}) satisfies fc.Arbitrary<TacitEvent>;

test("it is of which listed items are liked, which of them lately, and of nothing else that a journal says", () => {
  fc.assert(
    fc.property(fc.array(acts, { maxLength: 12 }), fc.array(acts, { maxLength: 6 }), (events, others) => {
      const says = events.filter(({ kind }) => kind !== "search" && kind !== "impression");
      const liked = items.flatMap((item, row) => (says.some((event) => event.item === item) ? [row] : []));
      const said = contribution(events);
      if (liked.length < 2) {
        expect(said).toBeNull();
        return;
      }
      const late = says.filter(({ atMs }) => atMs >= nowMs - recentDays * dayMs);
      const recent = liked.filter((row) => late.some(({ item }) => item === items[row]));
      const { places, values } = pairContributionOf(pattern, { items: liked, recent }, scales);
      const whole = new Float64Array(pattern.pairCount + 2 * count + 1);
      for (const [at, place] of places.entries()) whole[place] = values[at];
      expect(said?.values).toEqual(whole);
      expect(liked.map((row) => items[row])).toContain(events.find(({ id }) => id === said?.basedOn)?.item);
      // The same items by other acts, as lately, in another order, beside what is not on the list.
      const apart = others.map((event) => ({ ...event, item: "elsewhere-1" }));
      const again = liked.map((row, k) => ({
        ...apart[0],
        id: `${k}`,
        kind: "like" as const,
        item: items[row],
        atMs: recent.includes(row) ? nowMs - recentDays * dayMs : k,
      }));
      expect(contribution([...apart, ...again.reverse()])?.values).toEqual(whole);
    }),
  );
});

test("what speaks against an item, however lately, makes it none of lately", () => {
  const at = (row: number, kind: TacitEvent["kind"], days: number) => ({
    ...{ id: `${kind}${row}`, kind, item: items[row], atMs: nowMs - days * dayMs },
  });
  const liked = [at(1, "like", 30), at(3, "like", 30)];
  const returned = [...liked, at(5, "like", 3), at(1, "cart_remove", 1)];
  const expected = contribution([...liked, at(5, "like", 3)]);
  expect(contribution(returned)?.values).toEqual(expected?.values);
  expect(contribution([...returned, at(1, "view", 2)])?.values).not.toEqual(expected?.values);
});

test("what a clock that is far ahead wrote is liked, and not lately", () => {
  const liked = [1, 3].map((row) => ({
    ...{ id: `${row}`, kind: "like" as const, item: items[row] },
    atMs: nowMs - (recentDays + 1) * dayMs,
  }));
  const ahead = { ...liked[1], atMs: nowMs + 400 * dayMs };
  expect(contribution([liked[0], ahead])?.values).toEqual(contribution(liked)?.values);
  expect(contribution([liked[0], { ...ahead, atMs: nowMs + dayMs / 2 }])?.values).not.toEqual(
    contribution(liked)?.values,
  );
});

test("what is disliked more than liked is none of a person's items", () => {
  const like = (row: number) => ({ id: `l${row}`, kind: "like" as const, item: items[row], atMs: nowMs });
  const dislike = (row: number) => ({ ...like(row), id: `d${row}`, kind: "dislike" as const });
  const without = contribution([like(1), like(3)]);
  expect(contribution([like(1), like(3), like(5), dislike(5)])?.values).toEqual(without?.values);
  expect(contribution([like(1), like(5), dislike(5)])).toBeNull();
});

test("a task on a list that the device does not hold waits, and one that misstates its own list is refused", () => {
  const events = [1, 3].map((row) => ({
    id: `${row}`,
    kind: "like" as const,
    item: items[row],
    atMs: nowMs,
  }));
  const say = (settings: Partial<ItemPairsSettings>, pairs: Device["pairs"] = listed) =>
    itemPairsContributor.contribute(taskOn(settings), deviceOf(events, pairs), []);
  expect(say({ pairs: "b".repeat(64) })).toBeNull();
  expect(say({}, null)).toBeNull();
  expect(say({})?.values).toHaveLength(pattern.pairCount + 2 * count + 1);
  for (const settings of [{ items: count + 1 }, { items: count - 1 }, { pairCount: pattern.pairCount + 1 }]) {
    expect(() => say(settings)).toThrow(
      /^item-pairs: the list must have the part's 9 items and \d+ pairs, got /,
    );
  }
});
