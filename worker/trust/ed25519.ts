/** Ed25519 (RFC 8032) as the browser has it; some have none. */
import { fromHex } from "../../core/bytes.ts";
import type { Verify } from "../../core/wire/signed.ts";
import { hasWebCrypto } from "../digest.ts";

/** Whether the platform can verify. @param key any Ed25519 public key, in hex. */
export async function knowsEd25519(key: string): Promise<boolean> {
  if (!hasWebCrypto()) return false;
  try {
    await crypto.subtle.importKey("raw", fromHex(key), "Ed25519", false, ["verify"]);
    return true;
  } catch (cause) {
    if (cause instanceof Error && cause.name === "NotSupportedError") return false;
    throw cause;
  }
}

/** Verifies with the platform's Ed25519. @throws {Error} where it has none. */
export const platformVerify: Verify = async ({ key, signature, bytes }) => {
  const algorithm = "Ed25519";
  if (!hasWebCrypto())
    throw new Error("trust: a page must be secure (https) to contribute, got one that is not");
  // Copies: WebCrypto does not take views of shared memory, and the type of a view does not say which it is.
  const imported = await crypto.subtle
    .importKey("raw", new Uint8Array(key), algorithm, false, ["verify"])
    .catch((cause) => {
      const isMissing = cause instanceof Error && cause.name === "NotSupportedError";
      throw isMissing
        ? new Error(`trust: this browser must know ${algorithm} to contribute, got none`)
        : cause;
    });
  return crypto.subtle.verify(algorithm, imported, new Uint8Array(signature), bytes);
};
