/**
 * The kind `places`: how likely people look at each place of a list (contribution.ts); estimate.ts reads the
 * sums. A device answers once the period is over, whether or not a list of its own was on trial in it.
 */
import * as v from "valibot";
import { mostPlaces } from "../../lists/placecurve.ts";
import { areBuckets } from "../../lists/trial.ts";
import { latestMs } from "../../time.ts";
import type { TaskKind } from "../kind.ts";
import { type PlacesSettings, placesLayout, placesSensitivity } from "./contribution.ts";

/** Most that a task may ask for. */
export const placesLimits = { buckets: 20, mostClicks: 1000 } as const;

const atMs = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(latestMs));

const settingsSchema = v.pipe(
  v.object({
    fromMs: atMs,
    toMs: atMs,
    ends: v.pipe(
      v.array(v.number()),
      v.minLength(1),
      v.maxLength(placesLimits.buckets),
      v.check((ends) => areBuckets(ends), `ascending places from 2 to ${mostPlaces}`),
    ),
    mostClicks: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(placesLimits.mostClicks)),
  }),
  v.check(({ fromMs, toMs }) => fromMs < toMs, "a period that ends after it begins"),
);

export const places: TaskKind<PlacesSettings> = {
  name: "places",
  schema: settingsSchema,
  layoutOf: (settings) => ({
    length: placesLayout(settings).length,
    blocks: 1,
    sensitivity: placesSensitivity,
  }),
  words: {
    title: "places in lists",
    what: "How much more often people click at the first place of a list than at the places after it, told by lists in which two places were swapped.",
  },
};
