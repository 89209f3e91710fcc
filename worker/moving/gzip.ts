/** The platform's gzip, with a bound on what comes out. */

/** A full journal is a tenth of it. */
const mostTextBytes = 64 * 2 ** 20;

export function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return through(bytes, new CompressionStream("gzip"), Number.POSITIVE_INFINITY);
}

/** @throws {TypeError} when it is no gzip. @throws {RangeError} for more than 64 MiB of text. */
export function gunzipped(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return through(new Uint8Array(bytes), new DecompressionStream("gzip"), mostTextBytes);
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel();
      throw new RangeError(`gunzipped: expected at most ${most} bytes, got more`);
    }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
