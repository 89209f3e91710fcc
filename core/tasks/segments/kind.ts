/**
 * The kind `segments`: how many people are nearest to each of some centroids, and where they stand around it
 * (contribution.ts). A round of federated k-means; with one centroid and the scatter asked for, the crowd's
 * mean and spread. Settings carry all that a device needs, and are public: they came of earlier sums, or of
 * nobody.
 */
import * as v from "valibot";
import {
  deviationNumbers,
  isOneShape,
  segmentEntries,
  segmentLimits,
  segmentNumbers,
} from "../../profile/segmentschema.ts";
import type { TaskKind } from "../kind.ts";
import { segmentLayout, segmentSensitivity } from "./contribution.ts";

const mostScale = 1e6;
const positive = v.pipe(v.number(), v.gtValue(0), v.maxValue(mostScale));

const settingsSchema = v.pipe(
  v.object({
    ...segmentEntries,
    /**
     * Once k is chosen (core/profile/imputation.ts): standard deviation of the crowd by feature, and along each
     * axis. Then what could not be measured of a person is told by the rest, else it stands at `center`.
     */
    shape: v.exactOptional(
      v.object({ spreads: segmentNumbers(segmentLimits.features), deviations: deviationNumbers }),
    ),
    clipL2: positive,
    countScale: positive,
    scatterScale: v.pipe(v.number(), v.minValue(0), v.maxValue(mostScale)),
  }),
  v.check((value) => isOneShape(value), "one shape"),
  v.check(
    ({ shape, center, dim }) =>
      shape === undefined || (shape.spreads.length === center.length && shape.deviations.length === dim),
    "one shape",
  ),
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
    what: "Which sorts of customers there are, how many of each, and what is usual for them: each person adds which group they are nearest to and how far from its middle, hidden by noise.",
  },
};
