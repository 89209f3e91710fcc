/**
 * Conditions on items: what a filter keeps, a boost lifts, a quota is about. Plain JSON, so that a call, a signed policy
 * and a test say them alike. All that a condition names must hold; of several values one. What an item does not say
 * matches nothing: an item without a price is in no range of prices.
 */
import * as v from "valibot";
import { modelLimits } from "../model/limits.ts";

export const conditionLimits = { values: 500, text: 256, attributes: 32, any: 32, depth: 4 } as const;

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(conditionLimits.text));
const texts = v.union([text, v.pipe(v.array(text), v.maxLength(conditionLimits.values))]);
const number = v.pipe(v.number(), v.finite());
const range = v.strictObject({ from: v.optional(number), to: v.optional(number) });
const attributes = v.pipe(
  v.record(
    v.pipe(v.string(), v.maxLength(modelLimits.attributeName)),
    v.union([texts, number, v.boolean(), range]),
  ),
  v.check((given) => Object.keys(given).length <= conditionLimits.attributes, "fewer attributes"),
);

/** From and to are in it; absent is open. */
export interface Range {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export type AttributeCondition = string | readonly string[] | number | boolean | Range;

export interface Condition {
  /** Ids. */
  readonly item?: string | readonly string[] | undefined;
  /** Names of categories; case does not count. */
  readonly category?: string | readonly string[] | undefined;
  /** Words of title or categories, singular or plural. */
  readonly word?: string | readonly string[] | undefined;
  /** What the variants of a product have in common. */
  readonly group?: string | readonly string[] | undefined;
  readonly price?: Range | undefined;
  /** Days since it came into the catalogue. */
  readonly ageDays?: Range | undefined;
  /** Of the card, by name (`brand`); case does not count in texts. */
  readonly attributes?: Readonly<Record<string, AttributeCondition>> | undefined;
  /** Must not hold. */
  readonly not?: Condition | undefined;
  /** One of them must hold. */
  readonly any?: readonly Condition[] | undefined;
}

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
