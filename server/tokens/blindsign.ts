/**
 * The issuer's half of blind RSA (RFC 9474, 4.3): s = m^d mod n on a number it cannot read. OpenSSL does the
 * private operation, with its own blinding against timing, and the public one checks it: a fault in a CRT
 * signature would give the key away.
 */
import { constants, type KeyObject, privateDecrypt, publicEncrypt } from "node:crypto";

/** @returns the blind signature; null when the message is no number below the modulus. */
export function blindSign(privateKey: KeyObject, blindedMessage: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const raw = { key: privateKey, padding: constants.RSA_NO_PADDING };
  let signature: Buffer;
  try {
    signature = privateDecrypt(raw, blindedMessage);
  } catch (error) {
    if (isTooLarge(error)) return null;
    throw error;
  }
  if (!publicEncrypt(raw, signature).equals(blindedMessage)) {
    throw new Error("blindSign: expected a signature that gives the message back, got a fault");
  }
  return Uint8Array.from(signature);
}

/** OpenSSL's RSA_R_DATA_TOO_LARGE_FOR_MODULUS. */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && /data too large for modulus/i.test(error.message);
}
