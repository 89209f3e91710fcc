/** SHA-256 from the platform, or in plain code where a page that is not secure has no WebCrypto. */
import { toHex } from "../core/bytes.ts";
import { plainSha256 } from "./plainsha256.ts";

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  if (!hasWebCrypto()) return plainSha256(bytes);
  return new Uint8Array(
    await crypto.subtle.digest("SHA-256", isUnshared(bytes) ? bytes : new Uint8Array(bytes)),
  );
}

export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  return toHex(await sha256(bytes));
}

/** WebCrypto does not take views of shared memory. */
function isUnshared(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
}

/** Pages over http have none, but those of this very machine (https://w3c.github.io/webappsec-secure-contexts/). */
export function hasWebCrypto(): boolean {
  // Older types and browsers without a secure context do not agree on whether it is there.
  const { subtle }: { readonly subtle?: SubtleCrypto } = crypto;
  return subtle !== undefined;
}
