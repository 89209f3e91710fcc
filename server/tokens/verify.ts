/**
 * Whether a token is good: RSASSA-PSS with SHA-384 and a salt of 48 bytes (RFC 9578, 6.4), for either
 * aggregator. That it is spent once is the matter of the stores. About 20,000 tokens a second on one core.
 */
import { constants, createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { toHex } from "../../core/bytes.ts";
import { challengeBytes, isTokenKey, parseToken, type TokenParts } from "../../core/wire/tokens.ts";
import type { TokenCheck } from "./tokencheck.ts";

/** A public key of an issuer, ready to verify with. */
export interface TokenKey {
  /** Hex SHA-256 of the encoded key: what a task names. */
  readonly id: string;
  /** The key's one encoding; see core/wire/tokens.ts. */
  readonly bytes: Uint8Array;
  readonly publicKey: KeyObject;
  /** Until then, not included, its tokens are good. */
  readonly untilMs: number;
}

/** @throws {TypeError} for bytes that are no key of token type 2. */
export function readTokenKey(bytes: Uint8Array, untilMs: number): TokenKey {
  if (!isTokenKey(bytes))
    throw new TypeError("readTokenKey: expected an RSASSA-PSS key of 2048 bits, got another");
  const publicKey = publicKeyOf(bytes);
  if (publicKey === null) throw new TypeError("readTokenKey: expected the numbers of a key, got none");
  return { id: createHash("sha256").update(bytes).digest("hex"), bytes, publicKey, untilMs };
}

/** Null for what begins as a key does, and is none. */
function publicKeyOf(bytes: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(bytes), format: "der", type: "spki" });
  } catch {
    return null;
  }
}

export type Verified =
  | { readonly ok: true; readonly nonce: Uint8Array }
  | { readonly ok: false; readonly why: "malformed" | "wrong-key" | "wrong-challenge" | "wrong-signature" };

/** @param challengeDigest SHA-256 of the challenge that tokens must answer. */
export function verifyToken(key: TokenKey, challengeDigest: Uint8Array, bytes: Uint8Array): Verified {
  const token = partsOf(bytes);
  if (token === null) return { ok: false, why: "malformed" };
  if (toHex(token.keyId) !== key.id) return { ok: false, why: "wrong-key" };
  // Public values: nothing is learned from how long the comparison takes.
  if (toHex(token.challengeDigest) !== toHex(challengeDigest)) return { ok: false, why: "wrong-challenge" };
  const pss = { key: key.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
  return verify("sha384", token.signed, pss, token.authenticator)
    ? { ok: true, nonce: Uint8Array.from(token.nonce) }
    : { ok: false, why: "wrong-signature" };
}

export interface TokenCheckParts {
  /** Host of the issuer: part of the challenge that tokens answer. */
  readonly issuerName: string;
  /** The issuer's key with this id, if it has one. */
  readonly keyOf: (id: string) => Promise<TokenKey | undefined>;
  readonly nowMs: () => number;
}

/** What an aggregator asks; see server/tokens/tokencheck.ts. */
export function tokenCheck({ issuerName, keyOf, nowMs }: TokenCheckParts): TokenCheck {
  const challengeDigest = challengeDigestOf(issuerName);
  const refused = (detail: string) => ({ ok: false, why: "bad-token", detail }) as const;
  return {
    check: async (tokenKey, token) => {
      const key = await keyOf(tokenKey);
      if (key === undefined) return refused("the issuer has no key of the task's id");
      if (nowMs() >= key.untilMs) return refused("the issuer's key has expired");
      const verified = verifyToken(key, challengeDigest, token);
      return verified.ok
        ? { ok: true, nonce: verified.nonce, untilMs: key.untilMs }
        : refused(`a token must be good for the task's key, got ${verified.why}`);
    },
  };
}

export function challengeDigestOf(issuerName: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(challengeBytes(issuerName)).digest());
}

function partsOf(bytes: Uint8Array): TokenParts | null {
  try {
    return parseToken(bytes);
  } catch {
    return null;
  }
}
