/**
 * The kind `ranker`: what a crowd's lists teach the second stage (contribution.ts, example.ts). A device
 * looks at itself as of `sinceMs`, when the parts that it proposes from were in force already, and tells how
 * what it wanted in the days since stands among what would have been proposed: so nothing that is predicted
 * was in what predicts it (docs/decisions/0044-a-crowd-teaches-the-ranker.md).
 */
import * as v from "valibot";
import { placeCurveSchema } from "../../lists/placecurve.ts";
import { rankerUnitsSchema } from "../../model/ranker.ts";
import { dayMs, latestMs } from "../../time.ts";
import { sensitivityOf } from "../itemfactors/contribution.ts";
import type { TaskKind } from "../kind.ts";
import { rankerLength } from "./contribution.ts";

const positive = v.pipe(v.number(), v.gtValue(0), v.maxValue(1e6));
const partId = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const settingsSchema = v.object({
  /** In full, as the part tells them that is made of the sums. */
  units: rankerUnitsSchema,
  clipL2: positive,
  curvatureScale: positive,
  weightScale: positive,
  /** Ids of the parts that candidates are proposed from; no pairs where there are none. */
  factors: partId,
  pairs: v.nullable(partId),
  /** Milliseconds since the Unix epoch: those parts were learned from reports before that. */
  sinceMs: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(latestMs)),
  /** So many days from then on a device waits before it answers. */
  labelDays: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(90)),
  /** How likely places of lists are looked at (placeweights.ts); null or absent: nothing is corrected for. */
  examined: v.optional(v.nullable(placeCurveSchema)),
});

export type RankerSettings = v.InferOutput<typeof settingsSchema>;

export function isCorrected({ examined }: Pick<RankerSettings, "examined">): boolean {
  return examined !== undefined && examined !== null;
}

/** From when on devices answer. */
export function answeredFromMs({
  sinceMs,
  labelDays,
}: Pick<RankerSettings, "sinceMs" | "labelDays">): number {
  return sinceMs + labelDays * dayMs;
}

export const ranker: TaskKind<RankerSettings> = {
  name: "ranker",
  schema: settingsSchema,
  layoutOf: (settings) => ({
    length: rankerLength(settings.units.length, isCorrected(settings)),
    blocks: 1,
    sensitivity: sensitivityOf(settings),
  }),
  words: {
    title: "order of lists",
    what: "What tells, of the products that would have been proposed, those that people then bought, put into the basket or liked: such as that they are wanted by many, or were bought before.",
  },
};
