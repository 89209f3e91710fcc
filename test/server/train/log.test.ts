import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ageFactor } from "../../../core/events/tastes.ts";
import { dayMs } from "../../../core/time.ts";
import { inputOfBytes } from "../../../server/publishing/input/input.ts";
import { readLog } from "../../../server/publishing/train/log.ts";
import type { PeopleTastes } from "../../../server/publishing/train/tastes.ts";

const nowMs = Date.UTC(2026, 0, 1);
const items = ["a", "b", "c", "d"];
const rowOf = new Map(items.map((item, row) => [item, row]));

async function read(text: string, without: readonly string[] = []) {
  const input = inputOfBytes("o.csv", new TextEncoder().encode(text));
  const { tastes, leftOut } = await readLog(input, { rowOf, without: new Set(without), nowMs });
  return { people: peopleIn(tastes), leftOut };
}

interface PersonTastes {
  readonly rows: readonly number[];
  readonly weights: readonly number[];
  readonly freshness: readonly number[];
}

function peopleIn({ interactions, freshness }: PeopleTastes): readonly PersonTastes[] {
  const { starts, columns, weights } = interactions;
  return Array.from(starts.subarray(1), (end, person) => {
    const of = (values: ArrayLike<number>) => Array.from(values).slice(starts[person], end);
    return { rows: of(columns), weights: of(weights), freshness: of(freshness) };
  });
}

const had = (people: readonly PersonTastes[]) =>
  people.map(({ rows }) => rows.map((row) => items[row]).join(""));

describe("a log", () => {
  test("says of each person what it would say line by line, whoever comes between", async () => {
    const line = fc.record({
      person: fc.constantFrom("ann", "bob", "José", "Josè"),
      item: fc.constantFrom(...items, "unknown"),
      kind: fc.constantFrom("", "purchase", "refund", "view", "impression"),
      quantity: fc.constantFrom(3, 1, 0, -1, -3),
      days: fc.integer({ min: -1, max: 400 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 40 }), async (lines) => {
        const text = lines.map(
          ({ person, item, kind, quantity, days }) =>
            `${person},${item},${kind},${quantity},${new Date(nowMs - days * dayMs).toISOString()}`,
        );
        const { people, leftOut } = await read(["user,item,kind,quantity,at", ...text].join("\n"));
        const telling = lines.flatMap((line) => {
          if (line.kind === "impression") return [];
          if (line.kind === "view") return [{ ...line, pieces: 0, isDone: true }];
          const pieces = line.kind === "refund" ? -Math.abs(line.quantity) : line.quantity;
          return pieces === 0 ? [] : [{ ...line, pieces, isDone: pieces > 0 }];
        });
        const known = telling.filter(({ item }) => item !== "unknown");
        const newest = Math.min(...known.map(({ days }) => days).filter((days) => days >= 0));
        const expected: PersonTastes[] = [];
        for (const person of new Set(known.map(({ person }) => person))) {
          const rows = items.flatMap((item, row) => {
            const own = known.filter((each) => each.person === person && each.item === item);
            const left = own.reduce((sum, { pieces }) => sum + pieces, 0);
            const bought = own.filter(({ pieces }) => pieces > 0).length;
            const viewed = own.filter(({ kind }) => kind === "view").length;
            const counts = (left > 0 ? bought : 0) + 0.3 * viewed;
            if (counts === 0) return [];
            const done = own.filter(({ isDone }) => isDone);
            const age = Math.max(0, Math.min(...done.map(({ days }) => Math.max(0, days))) - newest);
            return [{ row, weight: counts * ageFactor(age * dayMs), fresh: ageFactor(age * dayMs) }];
          });
          if (rows.length === 0) continue;
          expected.push({
            rows: rows.map(({ row }) => row),
            weights: rows.map(({ weight }) => expect.closeTo(weight, 6)),
            freshness: rows.map(({ fresh }) => expect.closeTo(fresh, 6)),
          });
        }
        expect(people).toEqual(expected);
        expect(leftOut.unknown).toBe(telling.length - known.length);
        const others = [...leftOut.others.values()].reduce((sum, count) => sum + count, 0);
        expect(others).toBe(lines.length - telling.length);
      }),
    );
  });

  test("teaches nothing of whoever is left out, with one line or many", async () => {
    const text = "user,item\nann,a\nann,b\nbob,a\nann,c\n";
    const { people, leftOut } = await read(text, ["ann", "nobody"]);
    expect([had(people), leftOut.excluded]).toEqual([["a"], 3]);
  });

  test("gives a line without a person, or without an item, to nobody", async () => {
    const { people, leftOut } = await read(
      "customer,at,item,quantity\nann,5,a,1\n,5,b,1\n  ,,c,1\nann,6,,1\nbob,6,a,1\n",
    );
    expect([had(people), leftOut.person, leftOut.item]).toEqual([["a", "a"], 2, 1]);
  });

  test("says which items nobody knows, with a few of them", async () => {
    const { people, leftOut } = await read(
      `user,item\n${Array.from({ length: 9 }, (_, k) => `ann,x${k % 7}`).join("\n")}`,
    );
    expect([people, leftOut.unknown, leftOut.unknownItems]).toEqual([[], 9, ["x0", "x1", "x2", "x3", "x4"]]);
  });

  test("is of one moment where it does not say when", async () => {
    const plain = await read("user,item,weight\nann,a,2\nann,b,0.5\n");
    expect(plain.people).toEqual([{ rows: [0, 1], weights: [2, 0.5], freshness: [1, 1] }]);
  });

  test.each([
    ["the end of a century", "2099-01-01"],
    ["the last year of four digits", "9999-12-31T23:59:59Z"],
    ["next week", new Date(nowMs + 7 * dayMs).toISOString()],
    ["a minute ahead, by another clock", String((nowMs + 60_000) / 1000)],
    ["seconds with a digit too many", String((nowMs / 1000) * 10)],
    ["milliseconds with a digit too many", String(nowMs * 10)],
    ["milliseconds of 2050", String(Date.UTC(2050, 0))],
    ["microseconds of 2050", String(Date.UTC(2050, 0) * 1000)],
  ])("of which a line is dated %s tells the ages of the others as without it", async (_what, at) => {
    const dated = (days: number) => new Date(nowMs - days * dayMs).toISOString();
    const lines = `user,item,at\nann,a,${dated(400)}\nbob,b,${dated(490)}\n`;
    const { people } = await read(lines);
    expect(people.map(({ freshness }) => freshness)).toEqual([[1], [0.5]]);
    const more = await read(`${lines}cat,c,${at}\n`);
    expect(more.people.slice(0, 2)).toEqual(people);
    // Itself it is as new as the newest, or as old as another reading of its number says.
    expect(more.people[2].freshness[0]).toBeLessThanOrEqual(1);
    expect(more.people[2].freshness[0]).toBeGreaterThan(0);
  });

  test("may be JSON lines, with numbers for ids", async () => {
    expect(had((await read('{"user":7,"item":"a"}\n{"customer":"ann","item":"b"}')).people)).toEqual([
      "a",
      "b",
    ]);
  });

  test.each([
    [
      "user,item,quantity\nann,a,1\nann,b,lots",
      'o.csv:3: quantity must be a number up to a billion, got "lots"',
    ],
    ["user,item,weight\nann,a,0", 'o.csv:2: weight must be a number above 0, up to a million, got "0"'],
    ["user,item,weight\nann,a,1e7", 'o.csv:2: weight must be a number above 0, up to a million, got "1e7"'],
    ["user,item,at\nann,a,2024-02-30", "o.csv:2: at must be an ISO 8601 time or a number since 1970"],
    ["user,item,role\nann,a,judge", 'o.csv:2: role must be foldin or target, got "judge"'],
    ["user,item\nann,a,b", "o.csv:2: a line must have 2 fields, got 3"],
    ["user,itm\nann,a", 'o.csv:1: "itm" is not a known column, did you mean "item"?'],
    ["user,customer,item\n", "o.csv:1: expected columns item and one of person, user, customer"],
    ["item\na", "o.csv:1: expected columns item and one of"],
    ["user,item,item\n", 'o.csv:1: column "item" must stand once'],
    ["", "o.csv: expected a header line, got an empty file"],
  ])("of %j is refused with line and reason", async (text, fault) => {
    await expect(read(text)).rejects.toThrow(fault);
  });
});

describe("of a log, on which the rules of a device's journal work,", () => {
  const second = 1_000;
  const lined = (rows: readonly (readonly [string, string, string, number])[]) =>
    ["user,item,kind,at", ...rows.map((row) => row.join(","))].join("\n");
  const atMs = nowMs - 30 * dayMs + 1;

  test("what was written twice counts once, the same a while later again, and an order as often as it stands there", async () => {
    const { people, leftOut } = await read(
      lined([
        ["ann", "a", "view", atMs],
        ["ann", "a", "view", atMs + 10 * second],
        ["ann", "b", "view", atMs],
        ["ann", "b", "view", atMs + 11 * second],
        ["ann", "c", "purchase", atMs],
        ["ann", "c", "purchase", atMs],
        ["bob", "a", "view", atMs + second],
      ]),
    );
    const counted = people.map(({ weights }) => weights.map((weight) => Math.round(10 * weight) / 10));
    expect(counted).toEqual([[0.3, 0.6, 2], [0.3]]);
    expect(leftOut.others).toEqual(new Map([["written twice", 1]]));
  });

  test("lines that count for another amount are no repeats of each other", async () => {
    const { people } = await read(
      [
        "user,item,kind,weight,at",
        `ann,a,view,1,${atMs}`,
        `ann,a,view,2,${atMs}`,
        `ann,a,view,2,${atMs}`,
      ].join("\n"),
    );
    expect(people[0].weights).toEqual([3]);
  });

  test("times of days, of minutes, of an import, and numbers that go on from 1, tell nothing twice or fast", async () => {
    const viewed = (times: readonly number[]) =>
      read(lined(times.flatMap((at, k) => [["ann", items[k % 4], "view", at] as const])));
    const day = Math.floor(atMs / dayMs) * dayMs;
    const many = (at: (k: number) => number) => Array.from({ length: 400 }, (_, k) => at(k));
    for (const times of [
      many(() => day),
      many(() => day + 5.5 * 3600 * second),
      many(() => day + 60 * second),
      many(() => atMs),
      many((k) => k),
      // Of days, but for one line of another source.
      [...many(() => day), atMs],
    ]) {
      const { leftOut } = await viewed(times);
      expect(leftOut.others).toEqual(new Map());
    }
  });

  test("a burst is one wherever it stands among the lines of its person", async () => {
    const slow = Array.from({ length: 9_900 }, (_, k) => atMs - dayMs + 1 - k * 3_600_000);
    const burst = Array.from({ length: 200 }, (_, k) => atMs + k * 250);
    const later = Array.from({ length: 9_900 }, (_, k) => atMs + dayMs + 1 + k * 1000 * 3_600);
    const times = [...slow, ...burst, ...later].map((at) => at - 400 * dayMs);
    const rows = times.map((at, k) => ["ann", `x${k}`, "view", at] as const);
    const { leftOut, lines } = await readLog(inputOfBytes("o.csv", new TextEncoder().encode(lined(rows))), {
      ...{
        rowOf: new Map(rows.map(([, item], k) => [item, k])),
        without: new Set(),
        nowMs: nowMs + 800 * dayMs,
      },
    });
    expect([...leftOut.others]).toEqual([["faster than a person", 200]]);
    expect(lines).toBe(rows.length - 200);
  });

  test("what somebody did over and over counts as the edge of what is usual for them", async () => {
    const hours = Array.from({ length: 90 }, (_, k) => ["ann", "a", "view", atMs - k * 3_600_000] as const);
    const { people } = await read(lined([...hours, ["ann", "b", "view", atMs]]));
    const [often, once] = people[0].weights;
    expect(often / once).toBeCloseTo(Math.exp(1.75), 3);
  });

  test("a robot teaches nothing, with what it did slowly, too; whoever comes before and after does", async () => {
    const burst = Array.from(
      { length: 400 },
      (_, k) => ["robot", items[k % 4], "view", atMs + k * 100] as const,
    );
    const views = burst.map(([user, , kind, at], k) => [user, `x${k}`, kind, at] as const);
    const robot = await readLog(
      inputOfBytes(
        "o.csv",
        new TextEncoder().encode(
          lined([
            ["ann", "a", "purchase", atMs],
            ...views,
            ["robot", "b", "purchase", atMs - dayMs],
            ["bob", "b", "purchase", atMs],
          ]),
        ),
      ),
      {
        rowOf: new Map([...rowOf, ...views.map(([, item], k) => [item, 4 + k] as const)]),
        without: new Set(),
        nowMs,
      },
    );
    expect(peopleIn(robot.tastes).map(({ rows }) => rows)).toEqual([[0], [1]]);
    expect(robot.leftOut.others).toEqual(new Map([["of robots", 401]]));
    expect(robot.lines).toBe(2);
  });

  test("what a line says of another year counts half, and makes nothing else old", async () => {
    const ahead = nowMs + 400 * dayMs;
    const { people, leftOut } = await read(
      lined([
        ["ann", "a", "purchase", atMs],
        ["ann", "c", "purchase", ahead],
        ["bob", "c", "purchase", 0],
      ]),
    );
    expect(people.map(({ weights }) => weights)).toEqual([[1, 0.5], [0.5]]);
    expect(leftOut.others).toEqual(new Map());
  });
});
