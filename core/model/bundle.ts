/**
 * A bundle: the form of protocol 2, the whole model in one buffer. It is read so that what was learned under
 * protocol 2 can be published in parts (part.ts, edition.ts). Nothing writes it any more but the tests.
 *
 *   "TCTB" u32 · version u16 · 0 u16 · header length u32 · 0 u32 · header (ASCII JSON) · sections
 *
 * Each section starts at a multiple of 64 bytes and is read as a view, without copying. Numbers are
 * little-endian. The id of a bundle is the hex SHA-256 of its bytes.
 */
import * as v from "valibot";
import { jsonFromBytes } from "../json.ts";
import { issueText } from "../wire/issues.ts";
import type { QuantizedRows } from "./quantize.ts";

const bundleVersion = 1;
const magic = 0x42544354; // "TCTB"
const alignment = 64;
const fixedBytes = 16;

/** What the shop tells about an item, as a list shows it. */
const cardSchema = v.strictObject({
  item: v.pipe(v.string(), v.minLength(1)),
  title: v.string(),
  url: v.optional(v.string()),
  image: v.optional(v.string()),
  price: v.optional(v.number()),
  categories: v.array(v.string()),
  /** ISO 8601 date or time. */
  publishedAt: v.optional(v.string()),
});

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const atLeast0 = v.pipe(v.number(), v.finite(), v.minValue(0));
const modelSchema = {
  /** How many item steps the factors have seen; 0 before the crowd has spoken. */
  round: whole,
  items: whole,
  contentDim: whole,
  factorDim: whole,
  /** Fold-in on the joint rows [content, factors]. */
  alpha0: atLeast0,
  lambda: atLeast0,
  /** Multiplies the content part and the factors part of a joint row; a part of scale 0 is left out. */
  contentScale: atLeast0,
  factorScale: atLeast0,
  /** A content row is multiplied by (1 + popularityWeight * share)^popularityPower. */
  popularityWeight: atLeast0,
  popularityPower: atLeast0,
};
const headerSchema = v.strictObject({
  ...modelSchema,
  sections: v.array(
    v.strictObject({
      name: v.string(),
      type: v.picklist(["i8", "f32", "json"]),
      offset: whole,
      bytes: whole,
    }),
  ),
});
type Header = v.InferOutput<typeof headerSchema>;

export interface Bundle extends Omit<Header, "sections"> {
  readonly catalogue: readonly v.InferOutput<typeof cardSchema>[];
  /** Public item vectors, items x contentDim. */
  readonly content: QuantizedRows;
  /** Collaborative item vectors, items x factorDim. */
  readonly factors: QuantizedRows;
  /** Share of people, 0..1, that dealt with the item, as the crowd's sums say; zeros before they do. */
  readonly popularity: Float32Array;
}

/** @throws {TypeError | RangeError} `parseBundle: …` saying what was expected and what came. */
export function parseBundle(bytes: Uint8Array): Bundle {
  const { header, start } = headerOf(bytes);
  const { sections, ...model } = header;
  const find = (name: string, length: number | undefined): Uint8Array<ArrayBuffer> => {
    const section = sections.find((candidate) => candidate.name === name);
    if (section === undefined) throw new TypeError(`parseBundle: section "${name}" must be there, got none`);
    if (start + section.offset + section.bytes > bytes.length) {
      throw new RangeError(
        `parseBundle: section "${name}" must end by byte ${bytes.length}, got ${start + section.offset + section.bytes}`,
      );
    }
    if (length !== undefined && section.bytes !== length) {
      throw new RangeError(`parseBundle: section "${name}" must have ${length} bytes, got ${section.bytes}`);
    }
    // A copy of its own, so that typed views are aligned whatever buffer the bytes came in.
    return new Uint8Array(bytes.subarray(start + section.offset, start + section.offset + section.bytes));
  };
  const { items, contentDim, factorDim } = model;
  const catalogue = v.safeParse(
    v.array(cardSchema),
    jsonFromBytes(find("catalogue", undefined), "parseBundle"),
  );
  if (!catalogue.success) throw new TypeError(issueText("parseBundle: catalogue", catalogue.issues[0]));
  if (catalogue.output.length !== items) {
    throw new RangeError(
      `parseBundle: the catalogue must have ${items} items, got ${catalogue.output.length}`,
    );
  }
  return {
    ...model,
    catalogue: catalogue.output,
    content: {
      values: new Int8Array(find("contentValues", items * contentDim).buffer),
      scales: float32From(find("contentScales", items * 4)),
    },
    factors: {
      values: new Int8Array(find("factorValues", items * factorDim).buffer),
      scales: float32From(find("factorScales", items * 4)),
    },
    popularity: float32From(find("popularity", items * 4)),
  };
}

function headerOf(bytes: Uint8Array): { readonly header: Header; readonly start: number } {
  if (bytes.length < fixedBytes)
    throw new RangeError(`parseBundle: expected ${fixedBytes} bytes or more, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== magic) {
    throw new TypeError(`parseBundle: magic must be "TCTB", got 0x${view.getUint32(0, true).toString(16)}`);
  }
  const version = view.getUint16(4, true);
  if (version !== bundleVersion)
    throw new RangeError(`parseBundle: version must be ${bundleVersion}, got ${version}`);
  const length = view.getUint32(8, true);
  if (fixedBytes + length > bytes.length) {
    throw new RangeError(
      `parseBundle: the header must end by byte ${bytes.length}, got ${fixedBytes + length}`,
    );
  }
  const json = jsonFromBytes(bytes.subarray(fixedBytes, fixedBytes + length), "parseBundle");
  const parsed = v.safeParse(headerSchema, json);
  if (!parsed.success) throw new TypeError(issueText("parseBundle: header", parsed.issues[0]));
  return { header: parsed.output, start: aligned(fixedBytes + length) };
}

function aligned(offset: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

function float32From(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, k) => view.getFloat32(k * 4, true));
}
