/**
 * The container of every part: one immutable piece of a published model, named by the hex SHA-256 of its
 * bytes.
 *
 *   "TCTP" u32 · version u16 · 0 u16 · header length u32 · 0 u32 · header (ASCII JSON) · sections
 *
 * The header holds the kind, the kind's own fields and the list of sections. Each section starts at a
 * multiple of 64 bytes; offsets count from the end of the header, itself padded to 64. Numbers are
 * little-endian.
 *
 * Adding is safe: a reader ignores header keys and sections that it does not know, and misses one it needs. A
 * changed meaning takes a new version or a new kind.
 */
import * as v from "valibot";
import { jsonFromBytes, jsonToBytes } from "../json.ts";
import { issueText } from "../wire/issues.ts";
import { modelLimits, nameSchema, wholeSchema } from "./limits.ts";

const partVersion = 1;
const magic = 0x50544354; // "TCTP"
const alignment = 64;
const fixedBytes = 16;

export type SectionType = "i8" | "u16" | "u32" | "f32" | "json" | "bytes";

export interface PartSection {
  readonly name: string;
  readonly type: SectionType;
  readonly data: Uint8Array;
}

export interface PartInput {
  readonly kind: string;
  /** The kind's own fields of the header. */
  readonly fields: Readonly<Record<string, string | number>>;
  readonly sections: readonly PartSection[];
}

/** A part whose header was read and whose sections lie within it. */
export interface Part {
  readonly kind: string;
  readonly header: Readonly<Record<string, unknown>>;
  /**
   * The bytes of a section, where they stand: at any offset.
   *
   * @throws {TypeError | RangeError} when it is missing, of another type or length.
   */
  section(wanted: { readonly name: string; readonly type: SectionType; readonly bytes?: number }): Uint8Array;
}

const headerSchema = v.looseObject({
  kind: nameSchema,
  sections: v.pipe(
    v.array(v.object({ name: nameSchema, type: v.string(), offset: wholeSchema, bytes: wholeSchema })),
    v.maxLength(modelLimits.sections),
  ),
});

export function encodePart({ kind, fields, sections }: PartInput): Uint8Array<ArrayBuffer> {
  let offset = 0;
  const placed = sections.map(({ name, type, data }) => {
    const section = { name, type, offset, bytes: data.length };
    offset = aligned(offset + data.length);
    return section;
  });
  const header = jsonToBytes({ kind, ...fields, sections: placed });
  const start = aligned(fixedBytes + header.length);
  const bytes = new Uint8Array(start + offset);
  if (bytes.length > modelLimits.partBytes) {
    throw new RangeError(
      `encodePart: a part of kind ${kind} must have at most ${modelLimits.partBytes} bytes, got ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint16(4, partVersion, true);
  view.setUint32(8, header.length, true);
  bytes.set(header, fixedBytes);
  for (const [k, { data }] of sections.entries()) bytes.set(data, start + placed[k].offset);
  return bytes;
}

/**
 * Reads the header; `who` names the caller in errors.
 *
 * @throws {TypeError | RangeError} for bytes that are no part, are cut off, or are of another kind than
 * `kind`.
 */
export function parsePart(
  bytes: Uint8Array,
  { kind, who }: { readonly kind: string; readonly who: string },
): Part {
  const { header, start } = headerOf(bytes, who);
  if (header.kind !== kind) throw new TypeError(`${who}: kind must be "${kind}", got "${header.kind}"`);
  return {
    kind,
    header,
    section: ({ name, type, bytes: length }) => {
      const found = header.sections.find((section) => section.name === name);
      if (found === undefined) throw new TypeError(`${who}: section "${name}" must be there, got none`);
      if (found.type !== type) {
        throw new TypeError(
          `${who}: section "${name}" must be of type ${type}, got ${found.type.slice(0, 20)}`,
        );
      }
      if (length !== undefined && found.bytes !== length) {
        throw new RangeError(`${who}: section "${name}" must have ${length} bytes, got ${found.bytes}`);
      }
      const from = start + found.offset;
      if (from + found.bytes > bytes.length) {
        throw new RangeError(
          `${who}: section "${name}" must end by byte ${bytes.length}, got ${from + found.bytes}`,
        );
      }
      return bytes.subarray(from, from + found.bytes);
    },
  };
}

/** The fields of a header that a kind wants. @throws {TypeError} naming the field that is wrong. */
export function headerFields<S extends v.GenericSchema>(
  part: Part,
  schema: S,
  who: string,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, part.header);
  if (!parsed.success) throw new TypeError(issueText(`${who}: header`, parsed.issues[0]));
  return parsed.output;
}

function headerOf(bytes: Uint8Array, who: string) {
  if (bytes.length < fixedBytes || bytes.length > modelLimits.partBytes) {
    throw new RangeError(
      `${who}: expected ${fixedBytes} to ${modelLimits.partBytes} bytes, got ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = view.getUint32(0, true);
  if (found !== magic) throw new TypeError(`${who}: magic must be "TCTP", got 0x${found.toString(16)}`);
  const version = view.getUint16(4, true);
  if (version !== partVersion) throw new RangeError(`${who}: version must be ${partVersion}, got ${version}`);
  const length = view.getUint32(8, true);
  const most = Math.min(modelLimits.headerBytes, bytes.length - fixedBytes);
  if (length > most)
    throw new RangeError(`${who}: the header must have at most ${most} bytes, got ${length}`);
  const json = jsonFromBytes(bytes.subarray(fixedBytes, fixedBytes + length), who);
  const parsed = v.safeParse(headerSchema, json);
  if (!parsed.success) throw new TypeError(issueText(`${who}: header`, parsed.issues[0]));
  return { header: parsed.output, start: aligned(fixedBytes + length) };
}

function aligned(offset: number): number {
  return Math.ceil(offset / alignment) * alignment;
}
