/**
 * The kind `item-factors`: what people like, as a step towards better item factors (contribution.ts,
 * itemstep.ts). A report covers one block of the items of one factors part.
 */
import * as v from "valibot";
import type { TaskKind } from "../kind.ts";
import { contributionLayout, sensitivityOf } from "./contribution.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));

const settingsSchema = v.object({
  /** Id of the factors part that contributions are computed on. */
  factors: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** Items and numbers per item of that part. */
  items: count,
  dim: v.pipe(count, v.maxValue(1_024)),
  /** Items of a full block. */
  blockSize: v.pipe(count, v.maxValue(65_536)),
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
