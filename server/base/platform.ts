/** The platform's randomness and SHA-256, in the form core takes them. */
import { createHash, randomFillSync } from "node:crypto";
import type { RandomFill } from "../../core/bytes.ts";

/** Cryptographic randomness. */
export const fillRandom: RandomFill = (bytes) => {
  randomFillSync(bytes);
};

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return createHash("sha256").update(bytes).digest();
}
