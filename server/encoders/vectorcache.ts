/**
 * Vectors that were encoded once, in a file beside their encoder: records of one length, added at the end. The key
 * of a text is the text, that of a picture the hash of its file.
 *
 *     SHA-256 of the key (32) | first bytes of the SHA-256 of all else (4) | scale (4) | int8 x dim
 *
 * A record counts when its check does: whatever a process that died, or a disk, left of one is encoded again.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { type QuantizedRows, quantizeRows } from "../../core/model/quantize.ts";
import { addToEnd, writeWhole } from "../base/files.ts";

const hashBytes = 32;
const checkBytes = 4;
const scaleBytes = 4;

export class VectorCache {
  readonly #path: string;
  readonly #dim: number;
  /** By the hash of the key, hex. */
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
    this.#records = new Map(records.filter(isWhole).map((record) => [hashIn(record), record]));
    // A record that was cut off would shift all that come after it.
    if (bytes.length % this.#recordBytes !== 0) this.#rewrite();
  }

  has(key: string): boolean {
    return this.#records.has(hashOfKey(key));
  }

  /** Writes the vector of the key into `out` from `at` on; false where there is none. */
  readInto(out: Float32Array, at: number, key: string): boolean {
    const record = this.#records.get(hashOfKey(key));
    if (record === undefined) return false;
    const view = new DataView(record.buffer, record.byteOffset + hashBytes + checkBytes);
    const scale = view.getFloat32(0, true);
    for (let k = 0; k < this.#dim; k++) out[at + k] = scale * view.getInt8(scaleBytes + k);
    return true;
  }

  /** Adds a batch, on disk when this returns. @param vectors a row of `dim` numbers a key. */
  add(keys: readonly string[], vectors: Float32Array): void {
    const rows = quantizeRows(vectors, keys.length, this.#dim);
    const records = keys.map((key, at) => recordOf(key, rows, at, this.#dim));
    addToEnd(this.#path, Buffer.concat(records));
    for (const record of records) this.#records.set(hashIn(record), record);
    this.#inFile += records.length;
  }

  /** Leaves out what other keys had, once that is more than half of the file. */
  keepOnly(keys: readonly string[]): void {
    const wanted = new Set(keys.map(hashOfKey));
    if (this.#inFile <= 2 * wanted.size) return;
    for (const hash of this.#records.keys()) if (!wanted.has(hash)) this.#records.delete(hash);
    this.#rewrite();
  }

  get #recordBytes(): number {
    return hashBytes + checkBytes + scaleBytes + this.#dim;
  }

  #rewrite(): void {
    writeWhole(this.#path, Buffer.concat([...this.#records.values()]));
    this.#inFile = this.#records.size;
  }
}

function recordOf(key: string, { values, scales }: QuantizedRows, row: number, dim: number): Uint8Array {
  const record = new Uint8Array(hashBytes + checkBytes + scaleBytes + dim);
  record.set(hashOf(new TextEncoder().encode(key)));
  const view = new DataView(record.buffer, hashBytes + checkBytes);
  view.setFloat32(0, scales[row], true);
  for (let k = 0; k < dim; k++) view.setInt8(scaleBytes + k, values[row * dim + k]);
  record.set(checkOf(record), hashBytes);
  return record;
}

function isWhole(record: Uint8Array): boolean {
  const check = checkOf(record);
  return check.every((byte, k) => record[hashBytes + k] === byte);
}

/** Of all but itself. */
function checkOf(record: Uint8Array): Uint8Array {
  return hashOf(record.subarray(0, hashBytes), record.subarray(hashBytes + checkBytes)).subarray(
    0,
    checkBytes,
  );
}

function hashIn(record: Uint8Array): string {
  return Buffer.from(record.subarray(0, hashBytes)).toString("hex");
}

function hashOfKey(key: string): string {
  return hashOf(new TextEncoder().encode(key)).toString("hex");
}

function hashOf(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
