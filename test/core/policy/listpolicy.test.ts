/** Rules as a call hands them over: read strictly, with a word for what is wrong, and bounded in all. */
import { expect, test } from "vitest";
import { policyIn } from "../../../core/policy/listpolicyschema.ts";

test("what is no rule is left to others, and no rule is no policy", () => {
  const call = { count: 3, filter: undefined };
  expect(policyIn(call, "recommend")).toBeNull();
  const filter = { price: { to: 5 } };
  expect(policyIn({ ...call, filter }, "recommend")).toEqual({ filter });
});

const deep = (levels: number): object => (levels === 0 ? { word: "x" } : { not: deep(levels - 1) });
const wide = Array.from({ length: 32 }, () => ({
  any: Array.from({ length: 32 }, () => ({ item: ["a", "b", "c", "d"] })),
}));

test.each([
  [{ filter: { colour: "red" } }, "recommend: filter.colour is not a known key"],
  [{ filter: deep(9) }, "is not a known key"],
  [{ filter: { any: wide } }, "recommend: the value must be at most 5000 values"],
  [
    { filter: { attributes: JSON.parse('{"constructor":"Lego"}') } },
    "names that objects do not have of themselves",
  ],
  [
    { filter: { attributes: JSON.parse('{"__proto__":"Lego"}') } },
    "names that objects do not have of themselves",
  ],
  [{ quota: [{ of: "brand", most: 0 }] }, "recommend: quota.0.most must be"],
  [{ boost: [{ where: {}, by: Number.NaN }] }, "recommend: boost.0.by must be"],
])("%j is refused by name", (options, fault) => {
  expect(() => policyIn(options as never, "recommend")).toThrow(fault);
});
