/**
 * The kind `item-pairs`: which pairs of a public list people have, which items, and which of them lately
 * (contribution.ts). The list is the one of a part `pairs` (core/model/pairs.ts); one report covers all of it.
 */
import * as v from "valibot";
import { pairLimits } from "../../model/pairs.ts";
import { sensitivityOf } from "../itemfactors/contribution.ts";
import type { TaskKind } from "../kind.ts";
import { pairLength } from "./contribution.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const positive = v.pipe(v.number(), v.gtValue(0), v.maxValue(1e6));

const settingsSchema = v.object({
  /** Id of the pairs part whose list is asked about. */
  pairs: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** Items and pairs of that list. */
  items: v.pipe(count, v.maxValue(pairLimits.items)),
  pairCount: v.pipe(count, v.maxValue(pairLimits.pairs)),
  clipL2: positive,
  countScale: positive,
  /** Lately is within so many days before the report. */
  recentDays: v.pipe(count, v.maxValue(90)),
  recentScale: positive,
  weightScale: positive,
});

export type ItemPairsSettings = v.InferOutput<typeof settingsSchema>;

export const itemPairs: TaskKind<ItemPairsSettings> = {
  name: "item-pairs",
  schema: settingsSchema,
  layoutOf: (settings) => ({
    length: pairLength(settings),
    blocks: 1,
    sensitivity: sensitivityOf(settings),
  }),
  words: {
    title: "pairs",
    what: "Which products people like, which of them lately, and which the same people like, of a public list of pairs of similar products.",
  },
};
