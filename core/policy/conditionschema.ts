/**
 * Reads conditions strictly: a key that nobody knows is refused, since a condition that half holds is another
 * one.
 */
import * as v from "valibot";
import { modelLimits } from "../model/limits.ts";
import { hasOwnedName } from "../ownednames.ts";
import type { AttributeCondition, Condition } from "./condition.ts";

export const conditionLimits = { values: 500, text: 256, attributes: 32, any: 32, depth: 4 } as const;

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(conditionLimits.text));
const texts = v.union([text, v.pipe(v.array(text), v.maxLength(conditionLimits.values))]);
const number = v.pipe(v.number(), v.finite());
const range = v.strictObject({ from: v.optional(number), to: v.optional(number) });
const attributes = v.pipe(
  v.custom<Readonly<Record<string, AttributeCondition>>>(
    (given) => !hasOwnedName(given),
    "values by names that objects do not have of themselves",
  ),
  v.record(
    v.pipe(v.string(), v.maxLength(modelLimits.attributeName)),
    v.union([texts, number, v.boolean(), range]),
  ),
  v.check((given) => Object.keys(given).length <= conditionLimits.attributes, "fewer attributes"),
);

/** A condition within so many others. */
function schemaWithin(depth: number): v.GenericSchema<Condition> {
  const flat = {
    item: v.optional(texts),
    category: v.optional(texts),
    word: v.optional(texts),
    group: v.optional(texts),
    price: v.optional(range),
    ageDays: v.optional(range),
    attributes: v.optional(attributes),
  };
  if (depth === 0) return v.strictObject(flat);
  const inner = schemaWithin(depth - 1);
  return v.strictObject({
    ...flat,
    not: v.optional(inner),
    any: v.optional(v.pipe(v.array(inner), v.maxLength(conditionLimits.any))),
  });
}

export const conditionSchema: v.GenericSchema<Condition> = schemaWithin(conditionLimits.depth);
