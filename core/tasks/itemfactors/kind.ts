/**
 * The kind `item-factors`: what people like, as a step towards better item factors (contribution.ts,
 * itemstep.ts). A report covers one block of the items of one factors part.
 */
import * as v from "valibot";
import { modelLimits } from "../../model/limits.ts";
import type { TaskKind } from "../kind.ts";
import { contributionLayout, sensitivityOf } from "./contribution.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));

/** Most that a task may ask for; the factors it is about are a part of a model. */
export const itemFactorsLimits = { dim: modelLimits.dim, blockSize: 65_536 } as const;

const settingsSchema = v.object({
  /** Id of the factors part that contributions are computed on. */
  factors: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** Items and numbers per item of that part. */
  items: count,
  dim: v.pipe(count, v.maxValue(itemFactorsLimits.dim)),
  /** Items of a full block. */
  blockSize: v.pipe(count, v.maxValue(itemFactorsLimits.blockSize)),
  /** What the person's vector is solved with. */
  alpha0: positive,
  lambda: positive,
  clipL2: positive,
  countScale: positive,
  weightScale: positive,
});

export type ItemFactorsSettings = v.InferOutput<typeof settingsSchema>;

export const itemFactors: TaskKind<ItemFactorsSettings> = {
  name: "item-factors",
  schema: settingsSchema,
  layoutOf: (settings) => ({
    length: contributionLayout(settings).length,
    blocks: Math.ceil(settings.items / settings.blockSize),
    sensitivity: sensitivityOf(settings),
  }),
  words: {
    title: "likes",
    what: "Which products people like together, as one step towards better recommendations.",
  },
};
