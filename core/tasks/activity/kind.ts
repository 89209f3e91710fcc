/**
 * The kind `activity`: how much people do, when, and where in lists (contribution.ts); estimate.ts reads the
 * sums. A device answers once the period is over, so that all report on the same days.
 */
import * as v from "valibot";
import { latestMs } from "../../time.ts";
import type { TaskKind } from "../kind.ts";
import { type ActivitySettings, activityLayout, activitySensitivity } from "./contribution.ts";

/** Most that a task may ask for. */
export const activityLimits = { positions: 200, most: 100_000 } as const;

const most = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(activityLimits.most));
const atMs = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(latestMs));

const settingsSchema = v.pipe(
  v.object({
    /** An older browser may not know them all: it did none of those. */
    kinds: v.pipe(
      v.array(v.pipe(v.string(), v.regex(/^[a-z][a-z_]{0,31}$/))),
      v.minLength(1),
      v.maxLength(32),
      v.check((kinds) => new Set(kinds).size === kinds.length, "different kinds"),
    ),
    fromMs: atMs,
    toMs: atMs,
    positions: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(activityLimits.positions)),
    mostEvents: most,
    mostPlaces: most,
  }),
  v.check(({ fromMs, toMs }) => fromMs < toMs, "a period that ends after it begins"),
);

export const activity: TaskKind<ActivitySettings> = {
  name: "activity",
  schema: settingsSchema,
  layoutOf: (settings) => ({
    length: activityLayout(settings).length,
    blocks: 1,
    sensitivity: activitySensitivity(settings),
  }),
  words: {
    title: "activity",
    what: "How much people do, at which hours and weekdays, and which places in lists they see and click.",
  },
};
