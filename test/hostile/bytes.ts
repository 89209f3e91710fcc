/**
 * Bytes that were valid, made hostile: bits turned, bytes put in another's place, cut, taken out, put in, repeated,
 * two spliced, and numbers overwritten by ones that lie about a length.
 */
import type { Chance } from "./chance.ts";

type Change = (chance: Chance, bytes: Uint8Array, seeds: readonly Uint8Array[]) => Uint8Array;

const lies = [
  0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
];
/** Of what is put in again and again. */
const mostRepeated = 20_000;

const changes: readonly Change[] = [
  (chance, bytes) => {
    const at = chance.below(bytes.length);
    return replaced(bytes, at, Uint8Array.of(bytes[at] ^ (1 << chance.below(8))));
  },
  (chance, bytes) =>
    replaced(
      bytes,
      chance.below(bytes.length),
      Uint8Array.of(chance.pick([0, 0x7f, 0x80, 0xfe, 0xff, 0x22])),
    ),
  (chance, bytes) => bytes.subarray(0, chance.below(bytes.length)),
  (chance, bytes) => bytes.subarray(chance.below(bytes.length)),
  (chance, bytes) => {
    const at = chance.below(bytes.length);
    return joined(bytes.subarray(0, at), bytes.subarray(at + chance.size(bytes.length)));
  },
  (chance, bytes) => {
    const at = chance.below(bytes.length + 1);
    return joined(bytes.subarray(0, at), chance.bytes(chance.size(64)), bytes.subarray(at));
  },
  (chance, bytes) => {
    const at = chance.below(bytes.length);
    const piece = bytes.subarray(at, at + chance.size(64));
    const times = Math.min(chance.size(2000), Math.floor(mostRepeated / Math.max(1, piece.length)));
    return joined(bytes.subarray(0, at), ...Array.from({ length: times }, () => piece), bytes.subarray(at));
  },
  (chance, bytes, seeds) => {
    const other = chance.pick(seeds);
    return joined(
      bytes.subarray(0, chance.below(bytes.length + 1)),
      other.subarray(chance.below(other.length + 1)),
    );
  },
  (chance, bytes) => {
    const wide = chance.pick([2, 4]);
    if (bytes.length < wide) return bytes;
    const lie = chance.happens(0.3) ? bytes.length + chance.below(9) - 4 : chance.pick(lies);
    const changed = Uint8Array.from(bytes);
    const view = new DataView(changed.buffer);
    // Most numbers are aligned, and stand at the beginning.
    const at = Math.min(
      bytes.length - wide,
      chance.happens(0.7) ? 2 * chance.size(40) : chance.below(bytes.length),
    );
    const isLittle = chance.happens(0.8);
    if (wide === 2) view.setUint16(at, lie & 0xffff, isLittle);
    else view.setUint32(at, lie >>> 0, isLittle);
    return changed;
  },
];

/** One of the seeds, changed at one place or a few; now and then no more than noise. */
export function hostileBytes(chance: Chance, seeds: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  if (chance.happens(0.02)) return chance.bytes(chance.size(600));
  let bytes = chance.pick(seeds);
  for (let count = chance.size(5); count > 0; count--) {
    if (bytes.length > 0) bytes = chance.pick(changes)(chance, bytes, seeds);
  }
  return Uint8Array.from(bytes);
}

function replaced(bytes: Uint8Array, at: number, by: Uint8Array): Uint8Array {
  return joined(bytes.subarray(0, at), by, bytes.subarray(at + by.length));
}

function joined(...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(pieces));
}
