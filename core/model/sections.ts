/**
 * What the kinds of part have in common, as sections: item ids, rows of int8 with a float32 scale each,
 * shares of people.
 *
 * A share is two bytes: five of exponent, eleven of fraction, like a float32 cut short, 0 for what is below
 * 2^-31. It is read exactly the same on every device, and off by at most one part in 4,096.
 */
import { show } from "../errors.ts";
import { jsonFromBytes, jsonToBytes } from "../json.ts";
import { modelLimits } from "./limits.ts";
import type { Part, PartSection } from "./part.ts";
import type { QuantizedRows } from "./quantize.ts";

export function idSection(items: readonly string[]): PartSection {
  requireIds(items, items.length, "encodePart");
  return { name: "items", type: "json", data: jsonToBytes(items) };
}

/**
 * @param known what an earlier reading of the part found.
 * @throws {TypeError | RangeError} for anything but `count` ids, each there once.
 */
export function readIds(
  part: Part,
  count: number,
  who: string,
  known?: readonly string[],
): readonly string[] {
  if (known?.length === count) return known;
  const bytes = part.section({ name: "items", type: "json" });
  // Six bytes is the longest escape of a character; a longer list is refused before it is made.
  const most = Math.min(2 + count * (6 * modelLimits.itemId + 3), modelLimits.idBytes);
  if (bytes.length > most) {
    throw new RangeError(`${who}: ${count} item ids must have at most ${most} bytes, got ${bytes.length}`);
  }
  // The list and what stands between its ids: nothing nested.
  const items = jsonFromBytes(bytes, who, Math.max(1, count));
  requireIds(items, count, who);
  return items;
}

function requireIds(items: unknown, count: number, who: string): asserts items is readonly string[] {
  if (!Array.isArray(items) || items.length !== count) {
    throw new RangeError(`${who}: expected a list of ${count} item ids, got ${lengthOf(items)}`);
  }
  for (const item of items) {
    if (typeof item !== "string" || item === "" || item.length > modelLimits.itemId) {
      throw new TypeError(
        `${who}: an item id must be 1 to ${modelLimits.itemId} characters, got ${show(item)}`,
      );
    }
  }
  requireUnique(items, who);
}

export function requireUnique(items: readonly string[], who: string): void {
  const seen = new Set<string>();
  for (const item of items) {
    if (seen.has(item)) throw new RangeError(`${who}: item ids must be unique, got ${show(item)} twice`);
    seen.add(item);
  }
}

/** @param prefix of the sections' names, where a part has rows of more than one sort. */
export function rowSections(rows: QuantizedRows, prefix = ""): readonly PartSection[] {
  return [
    { name: sectionName(prefix, "values"), type: "i8", data: bytesOf(rows.values) },
    { name: sectionName(prefix, "scales"), type: "f32", data: float32Bytes(rows.scales) },
  ];
}

interface RowShape {
  readonly count: number;
  readonly dim: number;
}

/**
 * @throws {TypeError | RangeError} for rows of another shape, or with a number that is none or beyond the
 * limit.
 */
export function readRows(part: Part, { count, dim }: RowShape, who: string, prefix = ""): QuantizedRows {
  return readScaled(part, { count, numbers: count * dim }, who, prefix);
}

/**
 * Rows that need not have one length.
 *
 * @param numbers of all rows together.
 * @throws {TypeError | RangeError} as `readRows` does.
 */
export function readScaled(
  part: Part,
  { count, numbers }: { readonly count: number; readonly numbers: number },
  who: string,
  prefix = "",
): QuantizedRows {
  const values = part.section({ name: sectionName(prefix, "values"), type: "i8", bytes: numbers });
  const scales = float32From(
    part.section({ name: sectionName(prefix, "scales"), type: "f32", bytes: count * 4 }),
  );
  const largest = modelLimits.rowNumber / 127;
  for (const scale of scales) {
    // A NaN fails both comparisons.
    if (!(scale >= 0 && scale <= largest)) {
      throw new RangeError(`${who}: a row's scale must be a number of 0..${largest}, got ${scale}`);
    }
  }
  return { values: new Int8Array(values.buffer, values.byteOffset, values.byteLength), scales };
}

/** Integers below 2^16, as they are. @throws {RangeError} for others. */
export function u16Section(name: string, numbers: ArrayLike<number>): PartSection {
  const bytes = new Uint8Array(numbers.length * 2);
  const view = new DataView(bytes.buffer);
  for (let k = 0; k < numbers.length; k++) {
    if (!(numbers[k] >= 0 && numbers[k] < 0x1_0000)) {
      throw new RangeError(`encodePart: ${name} must be below 65536, got ${numbers[k]}`);
    }
    view.setUint16(k * 2, numbers[k], true);
  }
  return { name, type: "u16", data: bytes };
}

/** @throws {TypeError | RangeError} for anything but `count` of them. */
export function readU16(part: Part, name: string, count: number): Uint16Array {
  const bytes = part.section({ name, type: "u16", bytes: count * 2 });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: count }, (_, k) => view.getUint16(k * 2, true));
}

/** @throws {RangeError} when the rows have another shape: what is published must be readable. */
export function requireShape(rows: QuantizedRows, { count, dim }: RowShape, who: string): void {
  if (rows.values.length !== count * dim || rows.scales.length !== count) {
    throw new RangeError(
      `${who}: rows must be ${count} x ${dim}, got ${rows.values.length} numbers and ${rows.scales.length} scales`,
    );
  }
}

/** Bits of float32's exponent bias that a share does without: 2^-31 is its smallest power. */
const shareBias = 96 << 11;

export function shareSection(shares: ArrayLike<number>, name = "shares"): PartSection {
  const bytes = new Uint8Array(shares.length * 2);
  const view = new DataView(bytes.buffer);
  for (let k = 0; k < shares.length; k++) {
    if (!(shares[k] >= 0 && shares[k] <= 1)) {
      throw new RangeError(`encodePart: a share of people must be a number of 0..1, got ${shares[k]}`);
    }
    float.setFloat32(0, shares[k]);
    view.setUint16(k * 2, Math.max(0, ((float.getUint32(0) + 0x800) >>> 12) - shareBias), true);
  }
  return { name, type: "u16", data: bytes };
}

/** Shares as whoever reads them has them. @throws {RangeError} for numbers outside 0..1. */
export function sharesAsRead(shares: ArrayLike<number>): Float32Array {
  const { data } = shareSection(shares);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Float32Array.from({ length: shares.length }, (_, k) => shareOf(view.getUint16(k * 2, true)));
}

/** @throws {TypeError | RangeError} for anything but `count` numbers of 0..1. */
export function readShares(part: Part, count: number, who: string, name = "shares"): Float32Array {
  const bytes = part.section({ name, type: "u16", bytes: count * 2 });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shares = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    shares[k] = shareOf(view.getUint16(k * 2, true));
    if (shares[k] > 1) throw new RangeError(`${who}: a share of people must be at most 1, got ${shares[k]}`);
  }
  return shares;
}

const float = new DataView(new ArrayBuffer(4));

function shareOf(half: number): number {
  if (half === 0) return 0;
  float.setUint32(0, (half + shareBias) << 12);
  return float.getFloat32(0);
}

function sectionName(prefix: string, name: "values" | "scales"): string {
  return prefix === "" ? name : `${prefix}${name[0].toUpperCase()}${name.slice(1)}`;
}

function bytesOf(values: Int8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function float32Bytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let k = 0; k < values.length; k++) view.setFloat32(k * 4, values[k], true);
  return bytes;
}

function float32From(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.length / 4);
  for (let k = 0; k < values.length; k++) values[k] = view.getFloat32(k * 4, true);
  return values;
}

function lengthOf(value: unknown): string {
  return Array.isArray(value) ? `one of ${value.length}` : typeof value;
}
