import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Choices,
  choose,
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
  test("the later holds, and of equals no yes stands against a no", () => {
    fc.assert(
      fc.property(copies, copies, (a, b) => {
        const held = laterChoices(a, b);
        if (a.revision !== b.revision) {
          expect(held).toEqual(a.revision > b.revision ? a : b);
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
      fc.property(copies, copies, copies, (a, b, c) => {
        expect(laterChoices(a, b)).toEqual(laterChoices(b, a));
        expect(laterChoices(a, a)).toEqual(a);
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

  test("what earlier versions wrote counts as the first choice, and nothing chosen as none", () => {
    expect(parseChoices('{"personalise":false}')).toEqual({ revision: 1, personalise: false });
    expect(parseChoices('{"contribute":true,"personalise":"no"}')).toEqual({ revision: 1, contribute: true });
    expect(parseChoices("{}")).toEqual({ revision: 0 });
  });

  test.each(["", "null", "7", '"a"', "00000x-+", "000001-", "000001-+?", '{"personalise":'])(
    "%j is no record",
    (text) => {
      expect(parseChoices(text)).toBeNull();
    },
  );
});
