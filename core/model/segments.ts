/**
 * Part `segments`: the sorts of people that a site has, by which a device finds out by itself which of them
 * its person is nearest to (core/profile/segments.ts). All of it is a few kilobytes of JSON, the same for
 * everybody: of a crowd's sums, or of logs.
 */
import * as v from "valibot";
import { jsonFromBytes, jsonToBytes } from "../json.ts";
import {
  deviationNumbers,
  isOneShape,
  segmentEntries,
  segmentLimits,
  segmentNumbers,
} from "../profile/segmentschema.ts";
import { issueText } from "../wire/issues.ts";
import { wholeSchema } from "./limits.ts";
import { encodePart, parsePart } from "./part.ts";

export const segmentsKind = "segments";

/** More than the largest part that keeps to the limits has. */
const mostValues = 16_384;
const atLeast0 = v.pipe(v.number(), v.minValue(0), v.maxValue(segmentLimits.reach));
const byCentroid = <S extends v.GenericSchema>(schema: S) =>
  v.pipe(v.array(schema), v.maxLength(segmentLimits.centroids));

const aboutSchema = v.object({
  /** A few words, different for each. */
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  /** Of the crowd, 0..1. */
  share: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  /** What an event of its people counts half after; as everybody's unless given. */
  halfLifeDays: v.exactOptional(v.pipe(v.number(), v.minValue(1), v.maxValue(3650))),
});

const partSchema = v.pipe(
  v.object({
    ...segmentEntries,
    /** Standard deviation of the crowd by feature, and along each axis. */
    spreads: segmentNumbers(segmentLimits.features),
    deviations: deviationNumbers,
    /** Root of the mean squared distance of people from their centroids. */
    distance: atLeast0,
    segments: byCentroid(aboutSchema),
    /** Who reported on the last round, or is in the logs. */
    people: wholeSchema,
    origin: v.picklist(["crowd", "logs"]),
  }),
  v.check((value) => isOneShape(value), "one shape"),
  v.check(
    ({ spreads, deviations, segments, center, count, dim }) =>
      spreads.length === center.length && deviations.length === dim && segments.length === count,
    "one shape",
  ),
);

export type SegmentsPart = Readonly<v.InferOutput<typeof partSchema>>;

/** What a part says of one of its segments. */
export type SegmentAbout = SegmentsPart["segments"][number];

/** @throws {TypeError} for what no browser would take. */
export function encodeSegments(part: SegmentsPart): Uint8Array<ArrayBuffer> {
  const json = jsonToBytes(checked(part, "encodeSegments"));
  return encodePart({
    kind: segmentsKind,
    fields: {},
    sections: [{ name: "segments", type: "json", data: json }],
  });
}

/** Keys that it does not know are ignored. @throws {TypeError | RangeError} `parseSegments: …` */
export function parseSegments(bytes: Uint8Array): SegmentsPart {
  const who = "parseSegments";
  const part = parsePart(bytes, { kind: segmentsKind, who });
  const json = part.section({ name: "segments", type: "json" });
  return checked(jsonFromBytes(json, who, mostValues), who);
}

function checked(value: unknown, who: string): SegmentsPart {
  const parsed = v.safeParse(partSchema, value);
  if (!parsed.success) throw new TypeError(issueText(who, parsed.issues[0]));
  return parsed.output;
}
