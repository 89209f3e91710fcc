/** What of a person held out is known, and what is to be predicted. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs } from "../../../core/time.ts";
import { inputOfBytes } from "../../../server/publishing/input/input.ts";
import { drawnPeople, readHoldout } from "../../../server/publishing/train/holdout.ts";

interface Line {
  readonly person: string;
  readonly item: string;
  readonly day: number;
}

const nowMs = Date.UTC(2026, 5, 1);
const readLines = (rows: readonly string[], columns = "user,item,at") =>
  readHoldout(inputOfBytes("held.csv", new TextEncoder().encode([columns, ...rows].join("\n"))), nowMs);

const dateOf = (day: number) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);

async function heldOutOf(lines: readonly Line[], isDated: (line: Line) => boolean) {
  const rows = lines.map((line) => `${line.person},${line.item},${isDated(line) ? dateOf(line.day) : ""}`);
  return readLines(rows);
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
  const ann = (await readLines(rows, "user,item,at,quantity")).get("ann");
  expect(ann?.journal?.events).toMatchObject([
    { kind: "purchase", item: "a", amount: 1 },
    { kind: "purchase", item: "b", amount: 2 },
    { kind: "refund", item: "b", amount: 2 },
  ]);
});

test("a line dated later than now moves nobody's last days: it says what was done and not when", async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.integer({ min: 2, max: 90_000 }), async (lines, daysAhead) => {
      const rows = lines.map(({ person, item, day }) => `${person},${item},${dateOf(day)}`);
      const ahead = new Date(nowMs + daysAhead * dayMs).toISOString();
      const others = new Map(await readLines([...rows, `dan,sku-1,${ahead}`, `dan,sku-2,${dateOf(1)}`]));
      expect(others.get("dan")).toMatchObject({ known: expect.any(Map), targets: expect.any(Set) });
      expect(others.get("dan")).toEqual(
        (await readLines(["dan,sku-1,", `dan,sku-2,${dateOf(1)}`])).get("dan"),
      );
      others.delete("dan");
      expect(others).toEqual(await readLines(rows));
    }),
  );
});

test("whoever is asked has something to be predicted that is not known, and is asked at a time that there is", async () => {
  const role = fc.constantFrom("foldin", "target");
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(role, fc.nat({ max: 3 }), fc.nat({ max: 60 }))), async (drawn) => {
      const rows = drawn.map(([as, item, day]) => `ann,sku-${item},${dateOf(day)},${as}`);
      const itemsOf = (of: string) =>
        new Set(drawn.flatMap(([as, item]) => (as === of ? [`sku-${item}`] : [])));
      const [known, wanted] = [itemsOf("foldin"), itemsOf("target")];
      const targets = [...wanted].filter((item) => !known.has(item));
      const ann = (await readLines(rows, "user,item,at,role")).get("ann");
      expect(ann !== undefined).toBe(known.size > 0 && targets.length > 0);
      if (ann === undefined) return;
      expect([...ann.targets].toSorted()).toEqual(targets.toSorted());
      expect(Number.isFinite(ann.journal?.nowMs ?? 0)).toBe(true);
    }),
  );
});

test("so many people are drawn whatever their order in the file, and before others those who did something new lately", async () => {
  const rows = Array.from({ length: 60 }, (_, at) => {
    const isLate = at % 3 === 2;
    return [`p${at},sku-1,${dateOf(0)}`, `p${at},sku-${2 + at},${dateOf(isLate ? 50 : 1)}`];
  });
  const [inOrder, backwards] = [await readLines(rows.flat()), await readLines(rows.toReversed().flat())];
  const lateOf = (people: readonly { readonly lately?: unknown }[]) =>
    people.filter(({ lately }) => lately !== undefined).length;
  for (const count of [1, 12, 20, 33, 60, 400]) {
    const drawn = drawnPeople(inOrder, count);
    expect(drawn).toHaveLength(Math.min(count, 60));
    expect(lateOf(drawn)).toBe(Math.min(count, 20));
    expect(drawnPeople(backwards, count)).toEqual(drawn);
  }
  const [first] = drawnPeople(inOrder, 1);
  const lateOnes = [...inOrder.values()].filter(({ lately }) => lately !== undefined);
  expect(first).not.toEqual(lateOnes[0]);
});
