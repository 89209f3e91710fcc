/**
 * The two halves of a key pair, as files of keys have them: what one half says must follow from the other, or
 * what is sealed to the public one is never opened and what the private one signs is never believed.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { fromHex } from "../../core/bytes.ts";

export interface KeyHalves {
  /** 32 bytes each, in hex. */
  readonly publicKey: string;
  readonly privateKey: string;
}

/**
 * The private key, once its public half is seen to be the other's.
 *
 * @throws {RangeError} when it is not.
 */
export function pairedKey(crv: "Ed25519" | "X25519", { publicKey, privateKey }: KeyHalves): KeyObject {
  const jwk = { kty: "OKP", crv, x: base64url(publicKey), d: base64url(privateKey) };
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  // Made of the private half alone: what `x` said is not asked for again.
  if (createPublicKey(key).export({ format: "jwk" }).x === base64url(publicKey)) return key;
  throw new RangeError("a public half that is not the private half's");
}

function base64url(hex: string): string {
  return Buffer.from(fromHex(hex)).toString("base64url");
}
