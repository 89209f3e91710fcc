/** What of a person held out is known, and what is to be predicted. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { inputOfBytes } from "../../../server/publishing/input/input.ts";
import { readHoldout } from "../../../server/publishing/train/holdout.ts";

interface Line {
  readonly person: string;
  readonly item: string;
  readonly day: number;
}

const dateOf = (day: number) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);

async function heldOutOf(lines: readonly Line[], isDated: (line: Line) => boolean) {
  const rows = lines.map((line) => `${line.person},${line.item},${isDated(line) ? dateOf(line.day) : ""}`);
  const bytes = new TextEncoder().encode(["user,item,at", ...rows].join("\n"));
  return readHoldout(inputOfBytes("held.csv", bytes));
}

const logs = fc.array(
  fc.record({
    person: fc.constantFrom("ann", "bob", "cem"),
    item: fc.integer({ min: 1, max: 14 }).map((number) => `sku-${number}`),
    day: fc.nat({ max: 60 }),
  }),
  { minLength: 1, maxLength: 40 },
);

test("where a file says when, what is to be predicted came after all that is known, a fifth of each one's items", async () => {
  await fc.assert(
    fc.asyncProperty(logs, async (lines) => {
      const heldOut = await heldOutOf(lines, () => true);
      for (const person of new Set(lines.map((line) => line.person))) {
        const theirs = lines.filter((line) => line.person === person);
        const items = [...new Set(theirs.map(({ item }) => item))];
        const first = (item: string) =>
          Math.min(...theirs.filter((line) => line.item === item).map(({ day }) => day));
        const found = heldOut.get(person);
        if (items.length < 2) {
          expect(found).toBeUndefined();
          continue;
        }
        const { known, targets } = found ?? { known: new Map<string, number>(), targets: new Set<string>() };
        expect([...known.keys(), ...targets].toSorted()).toEqual(items.toSorted());
        expect(targets.size).toBe(Math.max(1, Math.floor(items.length / 5)));
        expect(Math.min(...[...targets].map(first))).toBeGreaterThanOrEqual(
          Math.max(...[...known.keys()].map(first)),
        );
      }
    }),
  );
});

test("of a person of whom one line has no date they are drawn, the same ones each time", async () => {
  const lines = Array.from({ length: 30 }, (_, day) => ({ person: "ann", item: `sku-${day}`, day }));
  const some = await heldOutOf(lines, ({ day }) => day !== 3);
  const none = await heldOutOf(lines, () => false);
  expect(some.get("ann")?.targets).toEqual(none.get("ann")?.targets);
  expect([...(none.get("ann")?.targets ?? [])].toSorted()).not.toEqual(
    lines
      .slice(-6)
      .map(({ item }) => item)
      .toSorted(),
  );
});

test("a dated file gives the journal of what is known until the first target, and none where a line has no date", async () => {
  await fc.assert(
    fc.asyncProperty(logs, async (lines) => {
      const heldOut = await heldOutOf(lines, () => true);
      for (const [person, { known, targets, journal }] of heldOut) {
        const theirs = lines.filter((line) => line.person === person);
        const fromDay = Math.min(...theirs.filter(({ item }) => targets.has(item)).map(({ day }) => day));
        const atMs = (day: number) => Date.UTC(2026, 0, 1 + day);
        const expected = theirs.filter(({ item, day }) => known.has(item) && day <= fromDay);
        expect(journal?.nowMs).toBe(atMs(fromDay));
        const times = journal?.events.map((event) => event.atMs) ?? [];
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        const told = journal?.events.map((event) => `${event.kind} ${event.item} ${event.atMs}`).toSorted();
        expect(told).toEqual(expected.map(({ item, day }) => `purchase ${item} ${atMs(day)}`).toSorted());
      }
      for (const { journal } of (await heldOutOf(lines, () => false)).values())
        expect(journal).toBeUndefined();
    }),
  );
});

test("everybody of a dated file is known as of one moment, too, with what came new to them in its last thirty days", async () => {
  await fc.assert(
    fc.asyncProperty(logs, async (lines) => {
      const untilDay = Math.max(...lines.map(({ day }) => day)) - 30;
      const sinceMs = Date.UTC(2026, 0, 1 + untilDay);
      for (const [person, { lately }] of await heldOutOf(lines, () => true)) {
        const theirs = lines.filter((line) => line.person === person);
        const known = new Set(theirs.filter(({ day }) => day < untilDay).map(({ item }) => item));
        const since = theirs.filter(({ item, day }) => day >= untilDay && !known.has(item));
        if (known.size === 0 || since.length === 0) {
          expect(lately).toBeUndefined();
          continue;
        }
        expect(new Set(lately?.known.keys())).toEqual(known);
        expect(lately?.targets).toEqual(new Set(since.map(({ item }) => item)));
        expect(lately?.journal?.nowMs).toBe(sinceMs);
        expect(lately?.journal?.events).toHaveLength(theirs.filter(({ day }) => day < untilDay).length);
      }
      for (const { lately } of (await heldOutOf(lines, () => false)).values()) expect(lately).toBeUndefined();
    }),
  );
});

test("what was given back is in the journal as such, and what is only given back is known to nobody", async () => {
  const rows = [
    "ann,a,2026-01-01,1",
    "ann,b,2026-01-02,2",
    "ann,b,2026-01-03,-2",
    "ann,x,2026-01-04,-1",
    "ann,c,2026-01-05,1",
  ];
  const bytes = new TextEncoder().encode(["user,item,at,quantity", ...rows].join("\n"));
  const ann = (await readHoldout(inputOfBytes("held.csv", bytes))).get("ann");
  expect(ann?.journal?.events).toMatchObject([
    { kind: "purchase", item: "a", amount: 1 },
    { kind: "purchase", item: "b", amount: 2 },
    { kind: "refund", item: "b", amount: 2 },
  ]);
});
