/** SHA-256 from the platform. */
import { toHex } from "../core/bytes.ts";

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  // A copy: WebCrypto does not take views of shared memory, and the type of a view does not say which it is.
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
}

export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  return toHex(await sha256(bytes));
}
