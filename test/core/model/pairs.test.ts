import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { patternOfPairs, upperOf } from "../../../core/model/pairlist.ts";
import { encodePairs, type PairsPart, pairLimits, parsePairs } from "../../../core/model/pairs.ts";
import { encodePart } from "../../../core/model/part.ts";
import { idSection, rowSections, shareSection, u16Section } from "../../../core/model/sections.ts";
import { pairsParts } from "../pairparts.ts";

test("the part parses back to what was encoded, and its ids need not be read twice", () => {
  fc.assert(
    fc.property(pairsParts, (part) => {
      const bytes = encodePairs(part);
      expect(parsePairs(bytes)).toEqual(part);
      expect(parsePairs(bytes, part.items).items).toBe(part.items);
    }),
  );
});

const none: PairsPart = {
  items: [],
  round: 0,
  reports: 0,
  asked: 0,
  recent: null,
  pattern: patternOfPairs([], 0),
  values: new Int8Array(0),
  scales: new Float32Array(0),
};

test("there may be no items, no pairs, and as many items as two bytes number", () => {
  expect(parsePairs(encodePairs(none))).toEqual(none);
  const alone = {
    items: ["a", "b"],
    round: 4,
    reports: 900,
    asked: 6,
    recent: null,
    pattern: patternOfPairs([], 2),
    values: new Int8Array(0),
    scales: Float32Array.of(3, 0),
  };
  expect(parsePairs(encodePairs(alone))).toEqual(alone);
  const many = (count: number): PairsPart => ({
    items: Array.from({ length: count }, (_, item) => `${item}`),
    round: 1,
    reports: 50,
    asked: 1,
    recent: null,
    pattern: patternOfPairs([[0, count - 1]], count),
    values: Int8Array.of(5, -7),
    scales: new Float32Array(count).fill(0.5),
  });
  const most = many(pairLimits.items);
  const { items, pattern, values } = parsePairs(encodePairs(most));
  expect([items.length, values, pattern]).toEqual([65_536, most.values, most.pattern]);
  expect(() => encodePairs(many(pairLimits.items + 1))).toThrow("neighbours must be below 65536, got 65536");
});

test("weights of another shape are not published", () => {
  const part: PairsPart = {
    items: ["a", "b", "c"],
    round: 1,
    reports: 50,
    asked: 1,
    recent: null,
    pattern: patternOfPairs([[0, 2]], 3),
    values: Int8Array.of(1, 2),
    scales: Float32Array.of(1, 1, 1),
  };
  const wrong: readonly (readonly [Partial<PairsPart>, string])[] = [
    [{ items: ["a", "b"] }, "encodePairs: expected 2 items and 2 weights, got 3 and 2"],
    [{ values: Int8Array.of(1) }, "encodePairs: expected 3 items and 2 weights, got 3 and 1"],
    [{ pattern: patternOfPairs([], 3) }, "encodePairs: expected 3 items and 0 weights, got 3 and 2"],
    [{ scales: Float32Array.of(1, 1) }, "encodePairs: rows must be 3 x 1, got 3 numbers and 2 scales"],
    [{ recent: { shares: Float32Array.of(0.5, 0.5), floor: 0.1 } }, "encodePairs: expected 3 shares, got 2"],
    [{ recent: { shares: [0.5, 0.5, 1.5], floor: 0.1 } }, "a share of people must be a number of 0..1"],
    [{ items: ["a", "b", "a"] }, 'item ids must be unique, got "a" twice'],
  ];
  for (const [change, fault] of wrong) expect(() => encodePairs({ ...part, ...change })).toThrow(fault);
});

interface Lists {
  readonly degrees: readonly number[];
  readonly neighbours: readonly number[];
}

const listsOf = ({ pattern }: PairsPart): Lists => {
  const { degrees, neighbours } = upperOf(pattern);
  return { degrees: [...degrees], neighbours: [...neighbours] };
};

/** A part whose lists, and whose header, say something else. */
function bytesWith(
  part: PairsPart,
  { degrees, neighbours }: Lists = listsOf(part),
  fields: Record<string, number> = {},
): Uint8Array<ArrayBuffer> {
  return encodePart({
    kind: "pairs",
    fields: {
      items: part.items.length,
      pairs: neighbours.length,
      round: part.round,
      reports: part.reports,
      asked: part.asked,
      ...(part.recent === null ? {} : { recentFloor: part.recent.floor }),
      ...fields,
    },
    sections: [
      u16Section("degrees", degrees),
      u16Section("neighbours", neighbours),
      ...rowSections(part),
      ...(part.recent === null ? [] : [shareSection(part.recent.shares, "recentShares")]),
      idSection(part.items),
    ],
  });
}

/** What is wrong with lists of neighbours, said as plainly as it can be; null where nothing is. */
function faultOf({ degrees, neighbours }: Lists): string | null {
  const rest = [...neighbours];
  for (const [item, degree] of degrees.entries()) {
    const theirs = Array.from({ length: degree }, () => rest.shift());
    const isRight = theirs.every(
      (at, k) => at !== undefined && at < degrees.length && at > (k === 0 ? item : (theirs[k - 1] ?? item)),
    );
    if (!isRight) return `parsePairs: a neighbour of item ${item} must be above `;
  }
  return rest.length === 0
    ? null
    : `parsePairs: items must have ${neighbours.length} neighbours together, got `;
}

describe("a list of neighbours", () => {
  const number = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 65_535 }));

  test("is taken as it was written", () => {
    fc.assert(
      fc.property(pairsParts, (part) => {
        expect(faultOf(listsOf(part))).toBeNull();
        expect(bytesWith(part)).toEqual(encodePairs(part));
      }),
    );
  });

  test("with any one degree changed is refused: neighbours are then another item's, or too few or too many", () => {
    const some = pairsParts.filter(({ items }) => items.length > 0);
    fc.assert(
      fc.property(some, fc.nat(), number, (part, at, degree) => {
        const lists = listsOf(part);
        const place = at % lists.degrees.length;
        fc.pre(lists.degrees[place] !== degree);
        const changed = { ...lists, degrees: lists.degrees.with(place, degree) };
        const fault = faultOf(changed);
        expect(fault).not.toBeNull();
        expect(() => parsePairs(bytesWith(part, changed))).toThrow(fault ?? "");
      }),
      { numRuns: 500 },
    );
  });

  test("with any one neighbour changed is refused unless each is still above, ascending and there", () => {
    const some = pairsParts.filter(({ pattern }) => pattern.pairCount > 0);
    let [taken, refused] = [0, 0];
    fc.assert(
      fc.property(some, fc.nat(), number, (part, at, neighbour) => {
        const lists = listsOf(part);
        const neighbours = lists.neighbours.with(at % lists.neighbours.length, neighbour);
        const changed = { ...lists, neighbours };
        const fault = faultOf(changed);
        if (fault === null) {
          taken++;
          expect(listsOf(parsePairs(bytesWith(part, changed)))).toEqual(changed);
        } else {
          refused++;
          expect(() => parsePairs(bytesWith(part, changed))).toThrow(fault);
        }
      }),
      { numRuns: 500 },
    );
    expect([taken > 10, refused > 10]).toEqual([true, true]);
  });

  const part: PairsPart = {
    items: ["a", "b", "c"],
    round: 1,
    reports: 50,
    asked: 1,
    recent: null,
    pattern: patternOfPairs(
      [
        [0, 1],
        [0, 2],
      ],
      3,
    ),
    values: Int8Array.of(1, 2, 3, 4),
    scales: Float32Array.of(1, 1, 1),
  };
  test.each<Lists & { what: string; fault: string }>([
    {
      what: "itself",
      degrees: [2, 0, 0],
      neighbours: [0, 2],
      fault: "item 0 must be above 0 and below 3, got 0",
    },
    {
      what: "one beneath",
      degrees: [1, 1, 0],
      neighbours: [2, 0],
      fault: "item 1 must be above 1 and below 3, got 0",
    },
    {
      what: "one twice",
      degrees: [2, 0, 0],
      neighbours: [2, 2],
      fault: "item 0 must be above 2 and below 3, got 2",
    },
    {
      what: "falling",
      degrees: [2, 0, 0],
      neighbours: [2, 1],
      fault: "item 0 must be above 2 and below 3, got 1",
    },
    {
      what: "beyond",
      degrees: [2, 0, 0],
      neighbours: [1, 3],
      fault: "item 0 must be above 1 and below 3, got 3",
    },
    {
      what: "too few",
      degrees: [2, 1, 0],
      neighbours: [1, 2],
      fault: "item 1 must be above 1 and below 3, got undefined",
    },
    {
      what: "too many",
      degrees: [1, 0, 0],
      neighbours: [1, 2],
      fault: "items must have 2 neighbours together, got 1",
    },
    {
      what: "of nobody",
      degrees: [0, 0, 0],
      neighbours: [1, 2],
      fault: "items must have 2 neighbours together, got 0",
    },
  ])("that has $what is refused in these words", ({ fault, ...lists }) => {
    expect(() => parsePairs(bytesWith(part, lists))).toThrow(
      new RegExp(`^parsePairs: (a neighbour of )?${fault}$`),
    );
  });

  test("in a header that its sections do not fit is refused before anything of its size is made", () => {
    const wrong: readonly Record<string, number>[] = [
      ...[1, 2, 4, 65_536, 65_537, 2 ** 31, 2 ** 32, 2 ** 53, -1, 2.5].map((items) => ({ items })),
      ...[0, 1, 3, 4_000_000, 4_000_001, 2 ** 31, 2 ** 32, 2 ** 53, -1, 1.5].map((pairs) => ({ pairs })),
      { items: 2 ** 31, pairs: 2 ** 31 },
      { round: -1 },
      { round: 0.5 },
      { reports: -1 },
      { asked: 0.5 },
      ...[0, -1, 1.5, Number.MIN_VALUE].map((recentFloor) => ({ recentFloor })),
      { recentFloor: 0.5 },
    ];
    const parts = wrong.map((fields) => bytesWith(part, listsOf(part), fields));
    const before = process.memoryUsage();
    for (const [at, bytes] of parts.entries()) {
      expect(() => parsePairs(bytes), JSON.stringify(wrong[at])).toThrow(/^parsePairs: (header|section)/);
    }
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1e6);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(20e6);
    const [items, pairs] = [{ items: pairLimits.items + 1 }, { pairs: pairLimits.pairs + 1 }];
    expect(() => parsePairs(bytesWith(part, listsOf(part), items))).toThrow("header: items must be <=65536");
    expect(() => parsePairs(bytesWith(part, listsOf(part), pairs))).toThrow(
      "header: pairs must be <=4000000",
    );
  });

  test("with another number of weights or scales, or scales that are none, is refused", () => {
    const wrong: readonly (readonly [Partial<PairsPart>, string])[] = [
      [{ values: new Int8Array(3) }, 'section "values" must have 4 bytes, got 3'],
      [{ values: new Int8Array(2) }, 'section "values" must have 4 bytes, got 2'],
      [{ scales: new Float32Array(2) }, 'section "scales" must have 12 bytes, got 8'],
      [{ scales: Float32Array.of(1, Number.NaN, 1) }, "a row's scale must be a number of 0.."],
      [{ scales: Float32Array.of(1, 1, -1) }, "a row's scale must be a number of 0.."],
    ];
    for (const [change, fault] of wrong) {
      expect(() => parsePairs(bytesWith({ ...part, ...change }))).toThrow(`parsePairs: ${fault}`);
    }
  });
});

test("a part cut off anywhere is refused, and whatever else is done to its bytes leaves lists that hold, or is refused", () => {
  fc.assert(
    fc.property(pairsParts, fc.nat(), fc.integer({ min: 1, max: 255 }), (part, at, change) => {
      const bytes = encodePairs(part);
      // The end is filled up to a multiple of 64, which nobody reads.
      const cut = at % (bytes.length - 63);
      expect(() => parsePairs(bytes.subarray(0, cut))).toThrow(/^parsePairs: /);
      bytes[at % bytes.length] ^= change;
      try {
        expect(faultOf(listsOf(parsePairs(bytes)))).toBeNull();
      } catch (error) {
        expect((error as Error).message).toMatch(/^parsePairs: /);
      }
    }),
    { numRuns: 1000 },
  );
});
