/**
 * A few RSA keys, made once, in place of a new one each time: what is tried is where keys are written, not how
 * they are made. For `vi.mock("node:crypto", …)`.
 */
import type * as Crypto from "node:crypto";
import { promisify } from "node:util";

const keys = 8;

/** node:crypto that hands out the same few pairs in turn. */
export function pooled(crypto: typeof Crypto): typeof Crypto {
  const pairs: Crypto.KeyPairKeyObjectResult[] = [];
  let given = 0;
  const next = (): Crypto.KeyPairKeyObjectResult => {
    const at = given++ % keys;
    pairs[at] ??= crypto.generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 65_537 });
    return pairs[at];
  };
  const generateKeyPair = Object.assign(() => next(), { [promisify.custom]: async () => next() });
  // The real one has an overload for each kind of key; tests ask for RSA alone.
  return { ...crypto, generateKeyPair: generateKeyPair as unknown as typeof Crypto.generateKeyPair };
}
