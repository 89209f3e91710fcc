/**
 * Bodies of some megabytes leave in slices. Handed over whole, a body is copied into the socket as far as the
 * system takes it, megabytes at once; where two hundred ask together, everybody waits until the last has
 * theirs. So a slice is handed over when the one before is in the socket, and one in each turn of the event
 * loop, whosever it is.
 */
import { Turns } from "../base/turns.ts";

/** Bytes of a slice: the more readers wait for their turn, the smaller. */
export interface SliceBytes {
  /** For a reader who waits alone; shared by those who do not. */
  readonly most: number;
  readonly least: number;
}

/** Of 128 kB to 1 MB, these hold the loop briefly and leave a fast reader as fast (docs/decisions/0027). */
const sliceBytes: SliceBytes = { most: 1024 * 1024, least: 256 * 1024 };
const turns = new Turns();

/** What a response is given for these bytes: themselves where they are one slice. Its content-length is to be set. */
export function bodyOf(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> {
  return bytes.length <= sliceBytes.least ? bytes : inSlices(bytes, sliceBytes);
}

/**
 * The bytes, none of them copied. Nothing is done until somebody reads, and what is read is not kept. It is no stream
 * of type "bytes": that one takes the memory of what it is given away from everybody else.
 */
export function inSlices(
  bytes: Uint8Array<ArrayBuffer>,
  { most, least }: SliceBytes,
): ReadableStream<Uint8Array> {
  let rest: Uint8Array | null = bytes;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const others = await turns.next();
        // Its reader went away meanwhile.
        if (rest === null) return;
        const length = Math.max(least, Math.floor(most / (others + 1)));
        controller.enqueue(rest.subarray(0, length));
        rest = rest.subarray(length);
        if (rest.length === 0) controller.close();
      },
      cancel: () => {
        rest = null;
      },
    },
    { highWaterMark: 0 },
  );
}
