/**
 * The kind `segments`: how many people are nearest to each of some centroids, and where they stand around it
 * (contribution.ts). A round of federated k-means; with one centroid and the scatter asked for, the crowd's
 * mean and spread. Settings carry all that a device needs, and are public: they came of earlier sums, or of
 * nobody.
 */
import * as v from "valibot";
import { isOneShape, segmentEntries } from "../../profile/segmentschema.ts";
import type { TaskKind } from "../kind.ts";
import { segmentLayout, segmentSensitivity } from "./contribution.ts";

const mostScale = 1e6;
const positive = v.pipe(v.number(), v.gtValue(0), v.maxValue(mostScale));

const settingsSchema = v.pipe(
  v.object({
    ...segmentEntries,
    clipL2: positive,
    countScale: positive,
    scatterScale: v.pipe(v.number(), v.minValue(0), v.maxValue(mostScale)),
  }),
  v.check((value) => isOneShape(value), "one shape"),
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
