/**
 * Part `ranker`: output weights of the small network that orders what is proposed for a person
 * (core/ranking/ranker/), and what is held back for the sake of variety. A few kilobytes of JSON, the same
 * for everybody: of a crowd's sums, or of logs.
 *
 * Units are told in full, each by the names of its features: a reader leaves out units of features, or of
 * shapes, that it does not know, and so reads what later versions publish.
 */
import * as v from "valibot";
import { jsonFromBytes, jsonToBytes } from "../json.ts";
import { issueText } from "../wire/issues.ts";
import { nameSchema, wholeSchema } from "./limits.ts";
import { encodePart, parsePart } from "./part.ts";

export const rankerKind = "ranker";

export const rankerLimits = { units: 256, knot: 16, weight: 1000, diversity: 16 } as const;
/** More than the largest part that keeps to the limits has. */
const mostValues = 4096;

const knot = v.pipe(v.number(), v.minValue(-rankerLimits.knot), v.maxValue(rankerLimits.knot));
const unitSchema = v.variant("shape", [
  v.object({ shape: v.picklist(["linear", "size"]), of: nameSchema }),
  v.object({ shape: v.picklist(["above", "below"]), of: nameSchema, at: knot }),
  v.object({ shape: v.literal("product"), of: nameSchema, by: nameSchema }),
]);
/** A unit of the hidden layer: core/ranking/ranker/units.ts says what each shape computes. */
export type UnitShape = Readonly<v.InferOutput<typeof unitSchema>>;

const part01 = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
/** Units as a part tells them, and a task that asks about them. */
export const rankerUnitsSchema: v.GenericSchema<unknown, UnitShape[]> = v.pipe(
  v.array(unitSchema),
  v.minLength(1),
  v.maxLength(rankerLimits.units),
);

const change = v.object({ before: part01, after: part01 });
const stageSchema = v.object({
  stage: v.picklist(["ranker", "variety"]),
  /** Whether it is in force. */
  isOn: v.boolean(),
  ndcg: change,
  /** Of the catalogue, in the lists of all of them. */
  coverage: change,
  /** Mean of 1 - cosine within a list. */
  diversity: v.object({ before: v.number(), after: v.number() }),
});
export const judgedStagesSchema = v.object({
  people: wholeSchema,
  /** Length of the lists. */
  k: wholeSchema,
  /** Each beside the one before. */
  stages: v.pipe(v.array(stageSchema), v.maxLength(2)),
});
/** Figures of the stages beyond the scores, each compared with the stage before it. */
export type JudgedStages = Readonly<v.InferOutput<typeof judgedStagesSchema>>;
export type JudgedStage = JudgedStages["stages"][number];

const partSchema = v.pipe(
  v.object({
    units: rankerUnitsSchema,
    weights: v.array(v.pipe(v.number(), v.minValue(-rankerLimits.weight), v.maxValue(rankerLimits.weight))),
    /** What part of what the group `wanted` adds is held back in later places (core/ranking/variety.ts). */
    novelty: part01,
    /** How much likeness to what stands before an item takes from its score. */
    diversity: v.pipe(v.number(), v.minValue(0), v.maxValue(rankerLimits.diversity)),
    /** Who reported, or is in the logs. */
    people: wholeSchema,
    origin: v.picklist(["crowd", "logs"]),
    /** What the stages in force gain, of people held out; absent where nobody was. */
    judged: v.exactOptional(judgedStagesSchema),
  }),
  v.check(({ units, weights }) => units.length === weights.length, "a weight a unit"),
);
export type RankerPart = Readonly<v.InferOutput<typeof partSchema>>;

/** What ranking reads of it, and what was measured. */
export type RankerWeights = Partial<Pick<RankerPart, "novelty" | "diversity" | "judged">> & {
  readonly units: readonly UnitShape[];
  readonly weights: ArrayLike<number>;
};

/**
 * What was measured of the stages, each on where this part has it in force: one that was refused may be
 * forced. Nothing where none was measured.
 */
export function stagesOf({ judged, novelty = 0, diversity = 0 }: RankerWeights): readonly JudgedStage[] {
  const isVaried = novelty > 0 || diversity > 0;
  return (judged?.stages ?? []).map((one) => ({ ...one, isOn: one.stage === "ranker" || isVaried }));
}

/** @throws {TypeError} for what no browser would take. */
export function encodeRanker(part: RankerPart): Uint8Array<ArrayBuffer> {
  const json = jsonToBytes(checked(part, "encodeRanker"));
  return encodePart({
    kind: rankerKind,
    fields: {},
    sections: [{ name: "ranker", type: "json", data: json }],
  });
}

/** Keys that it does not know are ignored. @throws {TypeError | RangeError} `parseRanker: …` */
export function parseRanker(bytes: Uint8Array): RankerPart {
  const who = "parseRanker";
  const part = parsePart(bytes, { kind: rankerKind, who });
  const json = part.section({ name: "ranker", type: "json" });
  return checked(ofKnownShapes(jsonFromBytes(json, who, mostValues)), who);
}

const shapes: ReadonlySet<unknown> = new Set(["linear", "size", "above", "below", "product"]);

/** Without the units of other shapes; a value that is no such part stays as it is, and is refused. */
function ofKnownShapes(value: unknown): unknown {
  const parsed = v.safeParse(
    v.looseObject({ units: v.array(v.looseObject({ shape: v.string() })), weights: v.array(v.number()) }),
    value,
  );
  if (!parsed.success || parsed.output.units.length !== parsed.output.weights.length) return value;
  const { units, weights } = parsed.output;
  const known = units.map(({ shape }) => shapes.has(shape));
  return {
    ...parsed.output,
    units: units.filter((_, at) => known[at]),
    weights: weights.filter((_, at) => known[at]),
  };
}

function checked(value: unknown, who: string): RankerPart {
  const parsed = v.safeParse(partSchema, value);
  if (!parsed.success) throw new TypeError(issueText(who, parsed.issues[0]));
  return parsed.output;
}
