/** Bodies of answers, none read beyond a bound: whoever answers may send without end. */
import type { Json } from "../../core/json.ts";

/** Largest answer that is read outside the model: the helper's whole log with 5,000 entries fits. */
export const answerBytes = 1024 * 1024;

/** @throws {Error} when there is more than `atMost` bytes of it; nothing more is read then. */
export async function bodyOf(response: Response, who: string, atMost = answerBytes): Promise<Uint8Array> {
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > atMost) {
      void reader.cancel().catch(() => undefined);
      throw new Error(`${who}: expected ${atMost} bytes at most, got more`);
    }
    pieces.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** @throws {Error} as `bodyOf`, and {SyntaxError} when it is no JSON. */
export async function jsonOf(response: Response, who: string): Promise<Json> {
  return JSON.parse(new TextDecoder().decode(await bodyOf(response, who)));
}
