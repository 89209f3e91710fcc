/**
 * An edition: the list of the parts in force, small and signed by the leader's identity. It is all that a
 * browser must ask for; everything else follows from it by name, and a part has its name from its bytes.
 *
 * Keys that a reader does not know are ignored, and so are parts of kinds that it does not know: they are not
 * even fetched. A sequence number only grows; to go back is a new edition with older parts.
 */
import * as v from "valibot";
import { toHex } from "../bytes.ts";
import { canonicalJson } from "../json.ts";
import { issueText } from "../wire/issues.ts";
import { bytesToSign } from "../wire/signed.ts";
import { modelLimits, nameSchema, partIdSchema, wholeSchema } from "./limits.ts";

export const editionVersion = 3;

/** Kinds of part that a model is made of, beside the head. */
const modelKinds = [
  "catalogue",
  "content",
  "factors",
  "popularity",
  "predicted",
  "pairs",
  "segments",
  "ranker",
  "policy",
] as const;
export type ModelKind = (typeof modelKinds)[number];

const refSchema = v.object({
  kind: nameSchema,
  id: partIdSchema,
  /** Decoded length of the part. */
  bytes: wholeSchema,
});
export type PartRef = Readonly<v.InferOutput<typeof refSchema>>;

/** See also `requireSolvable` of joint.ts: how small they may be depends on the rows. */
const weight = v.pipe(v.number(), v.minValue(1e-9), v.maxValue(1e6));
const scale = v.pipe(v.number(), v.minValue(0), v.maxValue(modelLimits.scale));
const part = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
export const settingsSchema = v.object({
  /** Fold-in on the joint rows [content, factors]. */
  alpha0: weight,
  lambda: weight,
  /** Multiplies the content part and the factors part of a joint row; a part of scale 0 is left out. */
  contentScale: scale,
  factorScale: scale,
  /** A content row is multiplied by (1 + popularityWeight * share)^popularityPower. */
  popularityWeight: scale,
  popularityPower: v.pipe(v.number(), v.minValue(0), v.maxValue(4)),
  /**
   * What parts of a person's score are by pairs and by what is wanted lately, the rest by joint rows; see
   * core/ranking/mix.ts.
   */
  pairWeight: v.exactOptional(part),
  recentWeight: v.exactOptional(part),
  /** How much the trend counts beside what is wanted lately; see core/ranking/recent.ts. */
  recentTrend: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(100))),
  /** What content rows are multiplied by for people of whom little is known; see core/ranking/shortcontent.ts. */
  contentForFew: v.exactOptional(v.pipe(v.number(), v.minValue(1e-3), v.maxValue(1))),
  /** Row of the decision matrix that chose the scales; for whoever looks (core/choosing/matrix.ts). */
  choice: v.exactOptional(nameSchema),
  /**
   * What part of the share that content lets expect stands in the part `predicted`. For the publisher: an
   * import goes on with it.
   */
  newItemWeight: v.exactOptional(part),
});
/** How joint rows are made and folded in on; see joint.ts. */
export type ModelSettings = Readonly<v.InferOutput<typeof settingsSchema>>;

const editionSchema = v.object({
  version: v.literal(editionVersion),
  sequence: wholeSchema,
  issuedAtMs: wholeSchema,
  head: refSchema,
  parts: v.pipe(v.array(refSchema), v.maxLength(modelLimits.parts)),
  /** Ways from an earlier catalogue part to the one in `parts`. */
  deltas: v.pipe(
    v.array(v.object({ from: partIdSchema, to: partIdSchema, part: refSchema })),
    v.maxLength(modelLimits.deltas),
  ),
  model: settingsSchema,
});
export type Edition = Readonly<v.InferOutput<typeof editionSchema>>;

/**
 * @throws {TypeError | RangeError} `parseEdition: …` naming the field that is wrong, or the limit that is
 * broken.
 */
export function parseEdition(value: unknown): Edition {
  const parsed = v.safeParse(editionSchema, value);
  if (!parsed.success) throw new TypeError(issueText("parseEdition", parsed.issues[0]));
  const edition = parsed.output;
  requireLimits(edition);
  return edition;
}

/** The text that is signed. @throws {TypeError | RangeError} for an edition that no browser would take. */
export function encodeEdition(edition: Edition): string {
  return canonicalJson(parseEdition(edition));
}

/** Hex SHA-256 of what is signed: an edition's name in logs and to people. */
export async function editionIdOf(
  document: string,
  sha256: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<string> {
  return toHex(await sha256(bytesToSign("edition", document)));
}

/** A part of a kind this reader knows. */
export type ModelRef = PartRef & { readonly kind: ModelKind };

/** The parts that the whole model takes, in the edition's order: those of kinds this reader knows. */
export function modelRefs({ parts }: Pick<Edition, "parts">): readonly ModelRef[] {
  return parts.filter(isModelRef);
}

function isModelRef(ref: PartRef): ref is ModelRef {
  return (modelKinds as readonly string[]).includes(ref.kind);
}

function requireLimits(edition: Edition): void {
  const { head, deltas, model } = edition;
  const { pairWeight = 0, recentWeight = 0 } = model;
  if (pairWeight + recentWeight > 1) {
    throw new RangeError(
      `parseEdition: pairWeight and recentWeight must be at most 1 together, got ${pairWeight} and ${recentWeight}`,
    );
  }
  const refs = modelRefs(edition);
  if (head.kind !== "head")
    throw new TypeError(`parseEdition: head must be of kind "head", got "${head.kind}"`);
  requireBytes(head, modelLimits.headBytes);
  for (const ref of [...refs, ...deltas.map(({ part }) => part)]) requireBytes(ref, modelLimits.partBytes);
  const total = refs.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > modelLimits.editionBytes) {
    throw new RangeError(
      `parseEdition: the parts must have at most ${modelLimits.editionBytes} bytes together, got ${total}`,
    );
  }
  if (new Set(refs.map(({ id }) => id)).size !== refs.length) {
    throw new RangeError("parseEdition: parts must be listed once each, got one twice");
  }
  for (const kind of modelKinds) {
    const count = refs.filter((ref) => ref.kind === kind).length;
    if (count > 1 && kind !== "content") {
      throw new RangeError(`parseEdition: expected at most one part of kind ${kind}, got ${count}`);
    }
    if (count === 0 && kind === "catalogue")
      throw new RangeError("parseEdition: expected a catalogue part, got none");
  }
}

function requireBytes({ kind, bytes }: PartRef, most: number): void {
  if (bytes > most) {
    throw new RangeError(
      `parseEdition: a part of kind ${kind} must have at most ${most} bytes, got ${bytes}`,
    );
  }
}
