/** Facts: what a page may declare, and which of what was said holds. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FactEvent, type FactValue, parseFacts } from "../../../core/events/fact.ts";
import { HeldFacts } from "../../../core/facts/held.ts";
import { ageBands, factLimits, faultOf, knownFacts, titleOf } from "../../../core/facts/table.ts";

describe("what a page declares", () => {
  test("is a name and a plain value each; sets are lists, nothing is null", () => {
    const facts = { a: "x", b: 2, c: false, d: ["x", "y"], e: new Set(["z"]), f: null, g: undefined };
    const values = parseFacts(facts).map(({ fact, value }) => [fact, value]);
    expect(Object.fromEntries(values)).toEqual({ ...facts, e: ["z"], g: null });
  });

  test.each([
    [{ a: {} }, "declare: a must be text, a number, true, false, or a list of texts, got"],
    [{ a: Number.NaN }, "declare: a must be"],
    [{ a: [1] }, "declare: a must be"],
    [{ a: () => 1 }, "declare: a must be"],
    ["tier", "declare: facts must be an object"],
    [null, "declare: facts must be an object"],
    [undefined, "declare: facts must be an object"],
  ])("%j is refused in words", (facts, words) => {
    expect(() => parseFacts(facts)).toThrow(words);
  });

  test("whatever it is, it is read or refused as a TypeError of declare", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withSet: true, withMap: true }),
        (facts) => {
          try {
            for (const fact of parseFacts(facts)) structuredClone(fact);
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError);
            expect((error as Error).message).toMatch(/^declare: /);
          }
        },
      ),
    );
  });
});

describe("the table of facts", () => {
  test.each<[string, FactValue]>([
    ["categories", ["Garden", "Kitchen"]],
    ["interests", "something for a picnic"],
    ...ageBands.map((band): [string, FactValue] => ["ageBand", band]),
    ["place", "DE"],
    ["place", "US-CA"],
    ["tier", 0],
    ["tier", factLimits.tier],
    ["membership", "gold"],
    ["hasGarden", true],
  ])("%s may be %j", (fact, value) => {
    expect(faultOf(fact, value)).toBeNull();
    expect(faultOf(fact, null)).toBeNull();
  });

  test.each<[string, FactValue]>([
    ["categories", "Garden"],
    ["categories", ["x".repeat(factLimits.word + 1)]],
    ["categories", Array.from({ length: factLimits.list + 1 }, (_, k) => `c${k}`)],
    ["interests", "x".repeat(factLimits.text + 1)],
    ["ageBand", "34"],
    ["ageBand", 34],
    ["place", "52.5200,13.4050"],
    ["place", "Berlin, Torstrasse 1"],
    ["tier", 1.5],
    ["tier", -1],
    ["tier", "gold"],
    ["own", "x".repeat(factLimits.text + 1)],
    ["own", [""]],
    ["x y", "z"],
    ["__proto__", "z"],
    ["x".repeat(factLimits.name + 1), "z"],
  ])("%s may not be %j, and the words say what it must be", (fact, value) => {
    expect(faultOf(fact, value)).toMatch(/^declare: .*must be/);
  });

  test("every known fact has a title of its own, and another fact its name", () => {
    expect(new Set(knownFacts.map(({ name }) => titleOf(name))).size).toBe(knownFacts.length);
    expect(titleOf("membership")).toBe("membership");
    expect(titleOf("constructor")).toBe("constructor");
  });
});

describe("the facts that hold", () => {
  const fact = fc.record({
    id: fc.uuid(),
    kind: fc.constant("fact" as const),
    atMs: fc.integer({ min: 0, max: 5 }),
    fact: fc.constantFrom("tier", "place", "own"),
    value: fc.option(fc.integer({ min: 0, max: 3 })),
  });
  const facts = fc.uniqueArray(fact, { selector: ({ id }) => id, maxLength: 40, size: "max" });

  test("are the last of each name, in whatever order they come and however often", () => {
    fc.assert(
      fc.property(facts, fc.infiniteStream(fc.nat()), (said, order) => {
        const held = new HeldFacts();
        for (const one of [...said, ...said].sort(() => (order.next().value % 3) - 1)) held.add(one);
        expect(held.all).toEqual(plainlyHeld(said));
      }),
    );
  });

  test("with what was taken back and what gives way add up to all that was said", () => {
    fc.assert(
      fc.property(facts, (said) => {
        const held = new HeldFacts();
        const gone = said.flatMap((one) => {
          held.add(one);
          return held.takeSuperseded();
        });
        const left = [
          ...gone,
          ...held.takeSuperseded(Number.POSITIVE_INFINITY),
          ...held.all.map(({ id }) => id),
        ];
        expect(left.toSorted()).toEqual(said.map(({ id }) => id).toSorted());
        expect(held.all).toEqual(plainlyHeld(said));
      }),
    );
  });

  test("a fact that was taken back does not come back with what was said before", () => {
    const held = new HeldFacts();
    const said = (id: string, atMs: number, value: string | null): FactEvent => {
      return { id, kind: "fact", fact: "tier", atMs, value };
    };
    held.add(said("b", 2, null));
    held.add(said("a", 1, "gold"));
    expect([held.all, held.takeSuperseded(2)]).toEqual([[], ["a"]]);
    expect(held.takeSuperseded(3)).toEqual(["b"]);
  });
});

/** Of each name the last, of those of one moment the greatest id; without those taken back. */
function plainlyHeld(said: readonly FactEvent[]): readonly FactEvent[] {
  const sorted = said.toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
  const isLast = ({ fact }: FactEvent, place: number) =>
    !sorted.slice(place + 1).some((one) => one.fact === fact);
  return sorted.filter(isLast).filter(({ value }) => value !== null);
}
