/**
 * Little-endian bytes, read and written in one place. Every read is bounds-checked; every error says where.
 */

/** Fills the whole array with cryptographic randomness. Handed in, so that core stays free of chance. */
export type RandomFill = (bytes: Uint8Array) => void;

export class ByteWriter {
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  get length(): number {
    return this.#size;
  }

  u8(value: number): this {
    return this.#number(1, (view) => view.setUint8(0, value));
  }

  u16(value: number): this {
    return this.#number(2, (view) => view.setUint16(0, value, true));
  }

  u32(value: number): this {
    return this.#number(4, (view) => view.setUint32(0, value, true));
  }

  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.#size += bytes.length;
    return this;
  }

  /** Length (u32), then the bytes. */
  block(bytes: Uint8Array): this {
    return this.u32(bytes.length).raw(bytes);
  }

  finish(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #number(bytes: number, write: (view: DataView) => void): this {
    const part = new Uint8Array(bytes);
    write(new DataView(part.buffer));
    return this.raw(part);
  }
}

/** Reads forward over bytes from outside; `who` names the caller in errors. */
export class ByteReader {
  readonly #view: DataView;
  #at = 0;

  readonly #bytes: Uint8Array;
  readonly #who: string;

  constructor(bytes: Uint8Array, who: string) {
    this.#bytes = bytes;
    this.#who = who;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many bytes are still to be read. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(what: string): number {
    return this.#view.getUint8(this.#take(1, what));
  }

  u16(what: string): number {
    return this.#view.getUint16(this.#take(2, what), true);
  }

  u32(what: string): number {
    return this.#view.getUint32(this.#take(4, what), true);
  }

  /** A view, not a copy. */
  raw(length: number, what: string): Uint8Array {
    const start = this.#take(length, what);
    return this.#bytes.subarray(start, start + length);
  }

  block(what: string): Uint8Array {
    return this.raw(this.u32(`length of ${what}`), what);
  }

  /** @throws {RangeError} when bytes are left over. */
  end(): void {
    if (this.left !== 0)
      throw new RangeError(`${this.#who}: expected the end after ${this.#at} bytes, got ${this.left} more`);
  }

  #take(length: number, what: string): number {
    const start = this.#at;
    if (start + length > this.#bytes.length) {
      throw new RangeError(
        `${this.#who}: expected ${length} bytes of ${what} at byte ${start}, got ${this.left}`,
      );
    }
    this.#at += length;
    return start;
  }
}

const hexDigits = "0123456789abcdef";

export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += hexDigits[byte >> 4] + hexDigits[byte & 15];
  return text;
}

/** @throws {TypeError} for anything but pairs of hex digits in lower case. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) {
    throw new TypeError(
      `fromHex: expected pairs of lower-case hex digits, got ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
  return Uint8Array.from({ length: text.length / 2 }, (_, k) =>
    Number.parseInt(text.slice(2 * k, 2 * k + 2), 16),
  );
}

/** Uint32 numbers as little-endian bytes, whatever the machine's own order. */
export function uint32ToBytes(values: Uint32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let k = 0; k < values.length; k++) view.setUint32(k * 4, values[k], true);
  return bytes;
}

/** As nearly all machines are: then numbers of a part are where they stand. */
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** The inverse of `uint32ToBytes`. */
export function uint32FromBytes(bytes: Uint8Array): Uint32Array<ArrayBuffer> {
  if (bytes.length % 4 !== 0)
    throw new RangeError(`uint32FromBytes: expected a multiple of 4 bytes, got ${bytes.length}`);
  if (isLittleEndian) return new Uint32Array(bytes.slice().buffer);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Uint32Array(bytes.length / 4);
  for (let k = 0; k < values.length; k++) values[k] = view.getUint32(k * 4, true);
  return values;
}
