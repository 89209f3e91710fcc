/**
 * The long-lived identity of an aggregator: an Ed25519 key pair (RFC 8032) in one file that only its owner
 * may read. Sites and the other aggregator pin its public half; everything else that an aggregator says of
 * itself is signed with it, so that HPKE keys can change without anybody changing what they pinned.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { existsSync } from "node:fs";
import * as v from "valibot";
import { toHex } from "../../../core/bytes.ts";
import type { Json } from "../../../core/json.ts";
import {
  bytesToSign,
  type DocumentKind,
  documentOf,
  type SignedDocument,
  type Verify,
} from "../../../core/wire/signed.ts";
import { pairedKey } from "../../base/keypair.ts";
import { OperatorError } from "../../base/operatorerror.ts";
import { readState, stateFault, writeState } from "../../base/statefile.ts";

const hex32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const identityFileSchema = v.strictObject({ publicKey: hex32, privateKey: hex32 });

export class Identity {
  readonly #privateKey: KeyObject;

  private constructor(
    privateKey: KeyObject,
    /** Ed25519 public key, 32 bytes in hex: what is pinned. */
    readonly publicKey: string,
  ) {
    this.#privateKey = privateKey;
  }

  /**
   * Reads the file, or makes it with a new key.
   *
   * @throws {OperatorError} for a file that is not what it should be.
   */
  static open(path: string): Identity {
    if (!existsSync(path)) createIdentityFile(path);
    try {
      const file = v.parse(identityFileSchema, readState(path));
      return new Identity(pairedKey("Ed25519", file), file.publicKey);
    } catch (error) {
      throw new OperatorError(
        `identity: ${path} must be an identity file made by tacit, got ${stateFault(error)}`,
      );
    }
  }

  /** @throws {TypeError | RangeError} for a value of which no reader would take the text. */
  sign(kind: DocumentKind, value: Json): SignedDocument {
    const document = documentOf(kind, value);
    const signature = sign(null, bytesToSign(kind, document), this.#privateKey);
    return { document, signature: toHex(signature) };
  }
}

/** Ed25519 of node:crypto, for `openSigned`. */
export const verifyEd25519: Verify = async ({ key, signature, bytes }) => {
  const x = Buffer.from(key).toString("base64url");
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return verify(null, bytes, publicKey, signature);
};

function createIdentityFile(path: string): void {
  const { privateKey } = generateKeyPairSync("ed25519");
  const { x, d } = privateKey.export({ format: "jwk" });
  if (x === undefined || d === undefined) throw new Error("identity: expected an Ed25519 key, got another");
  writeState(path, { publicKey: hexOf(x), privateKey: hexOf(d) });
}

function hexOf(base64: string): string {
  return Buffer.from(base64, "base64url").toString("hex");
}
