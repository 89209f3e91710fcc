/** The platform's randomness, SHA-256 and HMAC, in the form core takes them. */
import { createHash, createHmac, randomFillSync } from "node:crypto";
import type { RandomFill } from "../../core/bytes.ts";
import type { Hmac } from "../../core/sum/lanes.ts";

/** Cryptographic randomness. */
export const fillRandom: RandomFill = (bytes) => {
  randomFillSync(bytes);
};

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return createHash("sha256").update(bytes).digest();
}

export const hmacSha256: Hmac = (key, bytes) => createHmac("sha256", key).update(bytes).digest();
