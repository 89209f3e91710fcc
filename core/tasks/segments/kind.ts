/**
 * The kind `segments`: how many people are nearest to each of some centroids, and where they stand around it
 * (contribution.ts). A round of federated k-means; with one centroid and the scatter asked for, the crowd's
 * mean and spread. Settings carry all that a device needs, and are public: they came of earlier sums, or of
 * nobody.
 */
import * as v from "valibot";
import { featureCount } from "../../profile/featurevector.ts";
import type { TaskKind } from "../kind.ts";
import { segmentLayout, segmentSensitivity } from "./contribution.ts";

/** Most that a task may ask for. */
export const segmentLimits = { centroids: 64, reach: 1e3, scale: 1e6 } as const;

const positive = v.pipe(v.number(), v.gtValue(0), v.maxValue(segmentLimits.scale));
const { reach } = segmentLimits;
const numbers = (most: number) =>
  v.pipe(
    v.array(v.pipe(v.number(), v.minValue(-reach), v.maxValue(reach))),
    v.minLength(1),
    v.maxLength(most),
  );

const settingsSchema = v.pipe(
  v.object({
    /**
     * Features of the table that the first numbers of a vector are; a device with another table leaves it
     * alone.
     */
    center: v.pipe(numbers(featureCount), v.length(featureCount)),
    /** Flat, an axis a row of as many numbers as `center`. */
    axes: numbers(featureCount * featureCount),
    count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(segmentLimits.centroids)),
    /** Axes; numbers of a centroid. */
    dim: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(featureCount)),
    /** Flat, a centroid a row. */
    centroids: numbers(segmentLimits.centroids * featureCount),
    clipL2: positive,
    countScale: positive,
    scatterScale: v.pipe(v.number(), v.minValue(0), v.maxValue(segmentLimits.scale)),
  }),
  v.check(({ center, axes, dim }) => axes.length === dim * center.length, "axes of dim rows"),
  v.check(({ count, dim, centroids }) => centroids.length === count * dim, "count centroids of dim numbers"),
);

export type SegmentsSettings = v.InferOutput<typeof settingsSchema>;

export const segments: TaskKind<SegmentsSettings> = {
  name: "segments",
  schema: settingsSchema,
  layoutOf: (settings) => ({
    length: segmentLayout(settings).length,
    blocks: 1,
    sensitivity: segmentSensitivity(settings),
  }),
  words: {
    title: "segments",
    what: "Which sorts of customers there are, how many of each, and what is usual for them: how often they visit and buy, when, and at what prices.",
  },
};
