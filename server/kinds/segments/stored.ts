/**
 * What is kept of the rounds on segments: after each one what is known by then, so that a server that dies
 * between two rounds goes on with the next. It is a finding of the kind (store/findings.ts), the newest
 * counts, and it is in lines what the operator sees.
 */
import * as v from "valibot";
import { jsonFromText } from "../../../core/json.ts";
import { issueText } from "../../../core/wire/issues.ts";
import type { Learned, Learning, Stage } from "./rounds.ts";

const numbers = v.pipe(
  v.array(v.number()),
  v.transform((values) => Float64Array.from(values)),
);
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));

const placedEntries = {
  space: v.object({ center: numbers, axes: numbers, dim: whole, deviations: numbers, spreads: numbers }),
  centroids: v.object({ count: whole, dim: whole, centroids: numbers }),
  distance: v.number(),
};
const choiceSchema = v.object({
  k: whole,
  scores: v.array(v.object({ k: whole, score: v.number() })),
});
const learningSchema: v.GenericSchema<unknown, Learning> = v.variant("stage", [
  v.object({ stage: v.literal("locate"), done: whole, center: numbers }),
  v.object({ stage: v.literal("spread"), done: whole, center: numbers }),
  v.object({ stage: v.literal("explore"), done: whole, ...placedEntries }),
  v.object({ stage: v.literal("refine"), done: whole, choice: choiceSchema, ...placedEntries }),
  v.object({
    ...{ stage: v.literal("learned"), choice: choiceSchema, people: numbers, names: v.array(v.string()) },
    ...placedEntries,
  }),
]);

const stages = ["locate", "spread", "explore", "refine"] as const satisfies readonly Stage[];

const knownSchema = v.object({
  /** What vectors are of (core/profile/featurevector.ts): with another table all begins anew. */
  features: v.array(v.string()),
  /** Runs from the first round to the last, this one included. */
  run: v.pipe(whole, v.minValue(1)),
  /** What was asked, and of how many reports what is known is. */
  asked: v.picklist(stages),
  reports: whole,
  /** Standard deviation of the noise in a number of people. */
  peopleSd: v.number(),
  learning: learningSchema,
});

export type KnownSegments = v.InferOutput<typeof knownSchema>;

export function encodeKnown(known: KnownSegments): string {
  return JSON.stringify(known, (_, value) => (value instanceof Float64Array ? Array.from(value) : value));
}

/** @throws {TypeError} `parseKnown: …` for what another version wrote, or nobody. */
export function parseKnown(json: string): KnownSegments {
  return knownIn(jsonFromText(json, "parseKnown"));
}

function knownIn(value: unknown): KnownSegments {
  const parsed = v.safeParse(knownSchema, value);
  if (!parsed.success) throw new TypeError(issueText("parseKnown", parsed.issues[0]));
  return parsed.output;
}

const inWords: Readonly<Record<Stage, string>> = {
  locate: "where people stand on average",
  spread: "how far they are from that",
  explore: "where they are many",
  refine: "the middles of the segments",
};

/** In lines for the operator. */
export function describeKnown(value: unknown): readonly string[] {
  const { run, asked, reports, peopleSd, learning } = knownIn(value);
  const head = `run ${run}: ${reports} reports on ${inWords[asked]}`;
  if (learning.stage !== "learned") return [`${head}; next: ${inWords[learning.stage]}`];
  return [`${head}; ${learning.centroids.count} segments are published`, ...segmentLines(learning, peopleSd)];
}

function segmentLines({ names, people }: Learned, sd: number): readonly string[] {
  const total = Math.max(
    1,
    people.reduce((sum, count) => sum + count, 0),
  );
  return names.map((name, j) => {
    const percent = Math.round((100 * people[j]) / total);
    const least = Math.max(0, Math.round(people[j] - 1.96 * sd));
    const most = Math.round(people[j] + 1.96 * sd);
    return `${String(percent).padStart(3)} %  ${name} (${Math.round(people[j])} people, ${least} to ${most})`;
  });
}
