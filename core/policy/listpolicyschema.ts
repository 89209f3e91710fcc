/** Reads what a site decides about a list (listpolicy.ts), from a call or a part of the edition. */
import * as v from "valibot";
import { modelLimits } from "../model/limits.ts";
import { issueText } from "../wire/issues.ts";
import { conditionSchema } from "./conditionschema.ts";
import type { ListPolicy } from "./listpolicy.ts";

export const policyLimits = {
  pins: 100,
  boosts: 50,
  quotas: 20,
  exposures: 20,
  place: 1000,
  by: 20,
  shown: 1000,
  days: 365,
} as const;

function whole(most: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
}
const boosts = v.pipe(
  v.array(
    v.strictObject({
      where: conditionSchema,
      by: v.pipe(v.number(), v.minValue(0), v.maxValue(policyLimits.by)),
    }),
  ),
  v.maxLength(policyLimits.boosts),
);
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(modelLimits.itemId));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(modelLimits.attributeName));

const entries = {
  filter: v.optional(conditionSchema),
  pin: v.optional(
    v.pipe(
      v.array(v.strictObject({ item: id, place: whole(policyLimits.place) })),
      v.maxLength(policyLimits.pins),
    ),
  ),
  boost: v.optional(boosts),
  bury: v.optional(boosts),
  quota: v.optional(
    v.pipe(
      v.array(v.strictObject({ of: name, most: whole(policyLimits.place) })),
      v.maxLength(policyLimits.quotas),
    ),
  ),
  exposure: v.optional(
    v.pipe(
      v.array(
        v.strictObject({ where: conditionSchema, least: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) }),
      ),
      v.maxLength(policyLimits.exposures),
    ),
  ),
  ignored: v.optional(v.strictObject({ shown: whole(policyLimits.shown), days: whole(policyLimits.days) })),
};

/** Of all rules of a list together: what they cost a device grows with them. */
const mostValues = 5_000;

export const listPolicySchema: v.GenericSchema<ListPolicy> = v.pipe(
  v.strictObject(entries),
  v.check((policy) => valuesIn(policy) <= mostValues, `at most ${mostValues} values`),
);

function valuesIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((sum: number, one) => sum + valuesIn(one), 1);
}

const policyKeys = Object.keys(entries) as readonly (keyof ListPolicy)[];

/**
 * The policy among a call's options; null where there is none.
 *
 * @throws {TypeError} `who: …` naming what is wrong with it.
 */
export function policyIn(options: ListPolicy, who: string): ListPolicy | null {
  const given = policyKeys.filter((key) => options[key] !== undefined);
  if (given.length === 0) return null;
  const parsed = v.safeParse(listPolicySchema, Object.fromEntries(given.map((key) => [key, options[key]])));
  if (!parsed.success) throw new TypeError(issueText(who, parsed.issues[0]));
  return parsed.output;
}
