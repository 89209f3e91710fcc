/** Exposures: once a session, the first is what counts. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  expose,
  exposuresOf,
  isCounted,
  type KeptExposures,
  keptExposuresIn,
  windowEndMs,
} from "../../../core/experiments/exposures.ts";
import type { KeptAssignment } from "../../../core/experiments/kept.ts";
import { Sessions, sessionGapMs } from "../../../core/profile/sessions.ts";
import { dayMs } from "../../../core/time.ts";
import { experimentOf, fromMs } from "./experiments.ts";

const minuteMs = 60_000;
const inBig: KeptAssignment = {
  ...{ experiment: "banner", seed: "banner-1", arm: "big", stratum: 0, atMs: fromMs },
  ...{ propensity: 0.5, hasLeft: false },
};

test("an exposure is new as often as there are sessions with one, the first one's time stays", () => {
  const minutes = fc.integer({ min: 0, max: 600 }).map((minute) => fromMs + minute * minuteMs);
  fc.assert(
    fc.property(
      fc.array(minutes, { minLength: 1, maxLength: 8 }),
      fc.array(minutes, { maxLength: 20 }),
      (exposures, acts) => {
        const times = exposures.toSorted((a, b) => a - b);
        const journal = acts.toSorted((a, b) => a - b).map((atMs) => ({ atMs }));
        let kept: KeptExposures = [];
        let found = 0;
        for (const atMs of times) {
          // With what was done later, too: an exposure may be told of late.
          const { isNew, kept: next } = expose(kept, inBig, { atMs, acts: journal });
          kept = next;
          if (isNew) found += 1;
        }
        // The plain way: sessions of all acts and exposures together, and those with an exposure in them.
        const all = new Sessions();
        for (const atMs of [...times, ...journal.map((act) => act.atMs)]) all.add(atMs);
        const numberOf = (atMs: number) => all.count - all.since(atMs + 1);
        expect(found).toBe(new Set(times.map(numberOf)).size);
        expect(kept).toEqual([
          {
            ...{ experiment: "banner", seed: "banner-1", arm: "big" },
            ...{ firstMs: times[0], lastMs: times.at(-1), sessions: found },
          },
        ]);
      },
    ),
  );
});

test("a pause of half an hour is within a session, a millisecond more begins another", () => {
  const { kept } = expose([], inBig, { atMs: fromMs, acts: [] });
  const isNewAt = (atMs: number) => expose(kept, inBig, { atMs, acts: [] }).isNew;
  expect([isNewAt(fromMs + sessionGapMs), isNewAt(fromMs + sessionGapMs + 1)]).toEqual([false, true]);
});

test("of another seed or arm an exposure is another, and takes the place of the one before", () => {
  const { kept } = expose([], inBig, { atMs: fromMs, acts: [] });
  for (const other of [
    { ...inBig, seed: "banner-2" },
    { ...inBig, arm: "control" },
  ]) {
    const next = expose(kept, other, { atMs: fromMs + 1, acts: [] });
    expect(next.isNew).toBe(true);
    expect(next.kept.map(({ firstMs }) => firstMs)).toEqual([fromMs + 1]);
    expect(exposuresOf(kept, [other])).toEqual([]);
  }
  expect(exposuresOf(kept, [inBig])).toEqual(kept);
  expect(exposuresOf(kept, [{ ...inBig, hasLeft: true }])).toEqual([]);
  expect(exposuresOf(kept, [])).toEqual([]);
});

test("exposures to two experiments are two, though seed and arm have one name", () => {
  const inShelf = { ...inBig, experiment: "shelf" };
  const first = expose([], inBig, { atMs: fromMs, acts: [] });
  const { kept, isNew } = expose(first.kept, inShelf, { atMs: fromMs + 1, acts: [] });
  expect(isNew).toBe(true);
  expect(kept.map(({ experiment, firstMs }) => [experiment, firstMs])).toEqual([
    ["banner", fromMs],
    ["shelf", fromMs + 1],
  ]);
  expect(exposuresOf(kept, [inShelf])).toEqual(kept.slice(1));
});

test("a first exposure counts from the beginning up to the end, and is told when its window is over", () => {
  const experiment = experimentOf();
  const { toMs } = experiment;
  const counted = [fromMs - 1, fromMs, toMs - 1, toMs].map((firstMs) => isCounted({ firstMs }, experiment));
  expect(counted).toEqual([false, true, true, false]);
  expect(windowEndMs({ firstMs: fromMs }, experiment)).toBe(fromMs + 7 * dayMs);
});

test("of what is found in the store, what has another form counts as none", () => {
  const { kept } = expose([], inBig, { atMs: fromMs, acts: [] });
  const [whole] = kept;
  const faults = [
    ...[{ experiment: 1 }, { seed: null }, { arm: {} }, { firstMs: "1" }, { lastMs: null }],
    ...[{ sessions: 0 }, { sessions: 1.5 }, { sessions: "1" }],
  ];
  expect(keptExposuresIn([whole, null, 1, ...faults.map((fault) => ({ ...whole, ...fault }))])).toEqual(kept);
  for (const other of [undefined, {}, "x"]) expect(keptExposuresIn(other)).toEqual([]);
});
