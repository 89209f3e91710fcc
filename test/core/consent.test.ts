import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Choices,
  choose,
  chooseUnknowing,
  encodeChoices,
  laterChoices,
  noChoices,
  parseChoices,
} from "../../core/consent.ts";

const flags = fc.record({ personalise: fc.boolean(), contribute: fc.boolean() }, { requiredKeys: [] });
const copies = fc.record({ revision: fc.nat(4), flags }).map(
  ({ revision, flags: chosen }): Choices => ({
    revision,
    ...chosen,
  }),
);

describe("of two copies", () => {
  test("the later holds with every no that it does not name, and of equals no yes stands against a no", () => {
    fc.assert(
      fc.property(copies, copies, (a, b) => {
        const held = laterChoices(a, b);
        if (a.revision !== b.revision) {
          const [earlier, later] = a.revision < b.revision ? [a, b] : [b, a];
          for (const permission of ["personalise", "contribute"] as const) {
            const word = later[permission] ?? (earlier[permission] === false ? false : undefined);
            expect(held[permission]).toBe(word);
          }
          expect(held.revision).toBe(later.revision);
          return;
        }
        for (const permission of ["personalise", "contribute"] as const) {
          const words = [a[permission], b[permission]];
          expect(held[permission]).toBe(words.includes(false) ? false : (words[0] ?? words[1]));
        }
      }),
    );
  });

  test("the same holds in whichever order they come, and however often", () => {
    fc.assert(
      fc.property(copies, copies, (a, b) => {
        expect(laterChoices(a, b)).toEqual(laterChoices(b, a));
        expect(laterChoices(a, a)).toEqual(a);
      }),
    );
    // Which is so of three where each names both; of a "no" that some do not name it is enough that it stays.
    const whole = copies.map((copy): Choices => ({ personalise: true, contribute: true, ...copy }));
    fc.assert(
      fc.property(whole, whole, whole, (a, b, c) => {
        expect(laterChoices(a, laterChoices(b, c))).toEqual(laterChoices(laterChoices(a, b), c));
      }),
    );
  });

  test("a choice goes before every one that it knew of", () => {
    fc.assert(
      fc.property(copies, flags, (before, change) => {
        const after = choose(before, change);
        expect(laterChoices(before, after)).toEqual({ ...before, ...change, revision: before.revision + 1 });
      }),
    );
  });
});

describe("a choice of somebody whose earlier ones are not known", () => {
  const nowMs = Date.UTC(2026, 0);

  test("goes before each of them, and before those that were made so an hour ago", () => {
    fc.assert(
      fc.property(copies, flags, flags, (before, change, again) => {
        const first = chooseUnknowing(noChoices, change, nowMs);
        expect(laterChoices(before, first)).toMatchObject(change);
        const counted = choose(choose(first, again), change);
        const second = chooseUnknowing(noChoices, again, nowMs + 3_600_000);
        expect(laterChoices(counted, second)).toMatchObject(again);
      }),
    );
  });

  test("goes before what it knew of, whatever the clock says", () => {
    const before = choose(chooseUnknowing(noChoices, { personalise: true }, nowMs), { contribute: true });
    const after = chooseUnknowing(before, { personalise: false }, 0);
    expect(laterChoices(before, after)).toMatchObject({ personalise: false, contribute: true });
  });
});

describe("as text", () => {
  test("choices are read back, and every one is as long as every other", () => {
    fc.assert(
      fc.property(fc.nat(0xffffff), flags, (revision, chosen) => {
        const text = encodeChoices({ revision, ...chosen });
        expect(parseChoices(text)).toEqual({ revision, ...chosen });
        expect(text).toHaveLength(encodeChoices(noChoices).length);
      }),
    );
  });

  test("a count that has no room any more stays the largest", () => {
    expect(parseChoices(encodeChoices({ revision: 0x1000000 }))).toEqual({ revision: 0xffffff });
  });

  test("what earlier versions wrote counts as the first choice", () => {
    expect(parseChoices('{"personalise":false}')).toEqual({ revision: 1, personalise: false });
    expect(parseChoices('{"contribute":true,"personalise":"no"}')).toEqual({ revision: 1, contribute: true });
  });

  test.each([
    "",
    "null",
    "7",
    "{}",
    "[]",
    '{"theme":"dark"}',
    '"a"',
    "00000x-+",
    "000001-",
    "000001-+?",
    '{"personalise":',
  ])("%j is no record", (text) => {
    expect(parseChoices(text)).toBeNull();
  });
});
