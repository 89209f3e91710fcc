/**
 * The keystream of a helper seed: AES-128-CTR over zeros, key = first 16 bytes, initial counter block = last
 * 16 bytes, the whole block counting (NIST SP 800-38A). The helper computes the same bytes from the same
 * seed.
 */
import { seedBytes } from "../../core/sum/share.ts";

export async function keystreamOf(seed: Uint8Array<ArrayBuffer>, length: number): Promise<Uint8Array> {
  if (seed.length !== seedBytes) {
    throw new RangeError(`keystreamOf: the seed must have ${seedBytes} bytes, got ${seed.length}`);
  }
  const key = await crypto.subtle.importKey("raw", seed.subarray(0, 16), "AES-CTR", false, ["encrypt"]);
  const counter = { name: "AES-CTR", counter: seed.subarray(16), length: 128 };
  return new Uint8Array(await crypto.subtle.encrypt(counter, key, new Uint8Array(length)));
}
