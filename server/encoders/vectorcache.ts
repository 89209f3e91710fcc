/**
 * Vectors that were encoded once, in a file beside their encoder: records of one length, added at the end.
 *
 *     SHA-256 of the text (32) | first bytes of the SHA-256 of key and row (4) | scale (4) | int8 x dim
 *
 * A record counts when its check does: whatever a process that died, or a disk, left of one is encoded again.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { type QuantizedRows, quantizeRows } from "../../core/model/quantize.ts";
import { addToEnd, writeWhole } from "../base/files.ts";

const keyBytes = 32;
const checkBytes = 4;
const scaleBytes = 4;

export class VectorCache {
  readonly #path: string;
  readonly #dim: number;
  readonly #records: Map<string, Uint8Array>;
  /** Records in the file, those that count for nothing included. */
  #inFile: number;

  /** @throws {Error} of the file system. */
  constructor(path: string, dim: number) {
    this.#path = path;
    this.#dim = dim;
    const bytes = existsSync(path) ? readFileSync(path) : new Uint8Array(0);
    this.#inFile = Math.floor(bytes.length / this.#recordBytes);
    const records = Array.from({ length: this.#inFile }, (_, at) =>
      bytes.subarray(at * this.#recordBytes, (at + 1) * this.#recordBytes),
    );
    this.#records = new Map(records.filter(isWhole).map((record) => [keyIn(record), record]));
    // A record that was cut off would shift all that come after it.
    if (bytes.length % this.#recordBytes !== 0) this.#rewrite();
  }

  has(text: string): boolean {
    return this.#records.has(keyOf(text));
  }

  /** Writes the vector of the text into `out` from `at` on; false where there is none. */
  readInto(out: Float32Array, at: number, text: string): boolean {
    const record = this.#records.get(keyOf(text));
    if (record === undefined) return false;
    const view = new DataView(record.buffer, record.byteOffset + keyBytes + checkBytes);
    const scale = view.getFloat32(0, true);
    for (let k = 0; k < this.#dim; k++) out[at + k] = scale * view.getInt8(scaleBytes + k);
    return true;
  }

  /** Adds a batch, on disk when this returns. @param vectors a row of `dim` numbers a text. */
  add(texts: readonly string[], vectors: Float32Array): void {
    const rows = quantizeRows(vectors, texts.length, this.#dim);
    const records = texts.map((text, at) => recordOf(text, rows, at, this.#dim));
    addToEnd(this.#path, Buffer.concat(records));
    for (const record of records) this.#records.set(keyIn(record), record);
    this.#inFile += records.length;
  }

  /** Leaves out what other texts had, once that is more than half of the file. */
  keepOnly(texts: readonly string[]): void {
    const wanted = new Set(texts.map(keyOf));
    if (this.#inFile <= 2 * wanted.size) return;
    for (const key of this.#records.keys()) if (!wanted.has(key)) this.#records.delete(key);
    this.#rewrite();
  }

  get #recordBytes(): number {
    return keyBytes + checkBytes + scaleBytes + this.#dim;
  }

  #rewrite(): void {
    writeWhole(this.#path, Buffer.concat([...this.#records.values()]));
    this.#inFile = this.#records.size;
  }
}

function recordOf(text: string, { values, scales }: QuantizedRows, row: number, dim: number): Uint8Array {
  const record = new Uint8Array(keyBytes + checkBytes + scaleBytes + dim);
  record.set(hashOf(new TextEncoder().encode(text)));
  const view = new DataView(record.buffer, keyBytes + checkBytes);
  view.setFloat32(0, scales[row], true);
  for (let k = 0; k < dim; k++) view.setInt8(scaleBytes + k, values[row * dim + k]);
  record.set(checkOf(record), keyBytes);
  return record;
}

function isWhole(record: Uint8Array): boolean {
  const check = checkOf(record);
  return check.every((byte, k) => record[keyBytes + k] === byte);
}

/** Of all but itself. */
function checkOf(record: Uint8Array): Uint8Array {
  return hashOf(record.subarray(0, keyBytes), record.subarray(keyBytes + checkBytes)).subarray(0, checkBytes);
}

function keyIn(record: Uint8Array): string {
  return Buffer.from(record.subarray(0, keyBytes)).toString("hex");
}

function keyOf(text: string): string {
  return hashOf(new TextEncoder().encode(text)).toString("hex");
}

function hashOf(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
