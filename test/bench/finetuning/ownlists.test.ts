/** A person's own past lists: what a device had then, and no word of what came after. */
import { expect, test } from "vitest";
import { ownLists } from "../../../bench/finetuning/ownlists.ts";
import type { TacitEvent } from "../../../core/events/event.ts";
import { JournalProfile } from "../../../core/ranking/journalprofile.ts";
import { unitRows } from "../../../core/ranking/ranker/examples.ts";
import { rankerUnits } from "../../../core/ranking/ranker/learnedunits.ts";
import { placed } from "../../../core/ranking/ranker/units.ts";
import { dayMs } from "../../../core/time.ts";
import { journalOf, local, nowMs, worldOf } from "../../core/ranking/ranker/rankers.ts";

const units = rankerUnits.flatMap((unit) => placed(unit) ?? []);
const localTimeOf = () => local;
const dayOf = (atMs: number) => Math.floor(atMs / dayMs);
const seeds = Array.from({ length: 40 }, (_, at) => at + 1);

function daysBought(events: readonly TacitEvent[]): readonly number[] {
  const bought = events.filter(({ kind }) => kind === "purchase");
  return [...new Set(bought.map(({ atMs }) => dayOf(atMs)))].sort((a, b) => a - b);
}

test("a list is what the ranker looked at when the day began, of what was in the catalogue by its end", () => {
  let compared = 0;
  for (const seed of seeds) {
    const model = worldOf({ seed });
    const events = journalOf(seed);
    const days = daysBought(events).slice(1).slice(-6);
    const expected = days.flatMap((day) => {
      const startMs = day * dayMs;
      const before = events.filter(({ atMs }) => atMs < startMs);
      const onDay = events.filter(({ kind, atMs }) => kind === "purchase" && dayOf(atMs) === day);
      const wanted = new Set(onDay.flatMap(({ item }) => model.rowOf.get(item ?? "") ?? []));
      const profile = new JournalProfile(model, { events: before, nowMs: startMs });
      const candidates = Uint8Array.from(model.cards, ({ publishedAt }) =>
        publishedAt !== undefined && Date.parse(publishedAt) > startMs + dayMs ? 0 : 1,
      );
      const person = { model, profile, nowMs: startMs, local, candidates };
      const looked = wanted.size === 0 ? null : unitRows({ person, wanted }, units);
      return looked === null ? [] : [looked];
    });
    const lists = ownLists({ model, events, localTimeOf }, units);
    expect(lists.map(({ rows, list }) => ({ rows, list }))).toEqual(expected);
    compared += expected.length;
    for (const { rows } of lists) {
      const dates = rows.map((row) => Date.parse(model.cards[row].publishedAt ?? ""));
      expect(dates.every((date) => !(date > nowMs))).toBe(true);
    }
  }
  expect(compared).toBeGreaterThan(60);
});

test("what is done later changes no list of before but which are the last", () => {
  for (const seed of seeds) {
    const model = worldOf({ seed });
    const events = journalOf(seed, { most: 12 });
    if (events.length === 0 || daysBought(events).length > 5) continue;
    const lists = ownLists({ model, events, localTimeOf }, units);
    const later: TacitEvent = {
      ...{ id: "z", kind: "purchase", item: "item-3" },
      atMs: events[events.length - 1].atMs + 2 * dayMs,
    };
    const longer = ownLists({ model, events: [...events, later], localTimeOf }, units);
    expect(longer.slice(0, lists.length)).toEqual(lists);
  }
});

test("six at most, of the latest days, and none of the first day with an order", () => {
  const model = worldOf({ seed: 9 });
  const bought = (count: number) =>
    Array.from(
      { length: count },
      (_, at): TacitEvent => ({
        ...{ id: `${at}`.padStart(3, "0"), kind: "purchase", item: `item-${at + 20}` },
        atMs: nowMs - (count - at) * 5 * dayMs,
      }),
    );
  const countOf = (events: readonly TacitEvent[]) => ownLists({ model, events, localTimeOf }, units).length;
  expect(countOf(bought(1))).toBe(0);
  expect(countOf(bought(2))).toBe(1);
  expect(countOf(bought(9))).toBe(6);
});
