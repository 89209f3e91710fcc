/**
 * Privacy Pass tokens of type 2, blind RSA 2048 (RFC 9577, 2; RFC 9578, 6): the bytes that browser, issuer
 * and both aggregators agree on. Numbers are big-endian here, as the RFCs have them. No cryptography: who has
 * the keys does it.
 */
import * as v from "valibot";
import { ByteReader } from "../bytes.ts";
import { asciiBytes } from "../json.ts";
import { issueText } from "./issues.ts";
import { tokenBytes } from "./protocol.ts";

/** "Blind RSA (2048-bit)" in the registry of token types. */
export const tokenType = 2;
/** Bytes of an RSA-2048 number: a blinded message, a signature. */
export const modulusBytes = 256;
export const tokenRequestBytes = 2 + 1 + modulusBytes;

export const directoryPath = "/.well-known/private-token-issuer-directory";
export const tokenMedia = {
  directory: "application/private-token-issuer-directory",
  request: "application/private-token-request",
  response: "application/private-token-response",
} as const;

/**
 * The challenge that every token of an issuer answers (RFC 9577, 2.1): no redemption context, so that tokens
 * can be fetched ahead of any report; no origin, because an issuer's key serves one site and the token names
 * the key.
 *
 * @param issuerName host of the issuer, with its port unless it is the default one.
 */
export function challengeBytes(issuerName: string): Uint8Array<ArrayBuffer> {
  const name = asciiBytes(issuerName);
  if (name.length === 0) throw new TypeError("challengeBytes: issuerName must be a host, got nothing");
  return Uint8Array.of(0, tokenType, name.length >> 8, name.length & 255, ...name, 0, 0, 0);
}

/** A token taken apart; the parts are views. */
export interface TokenParts {
  readonly nonce: Uint8Array;
  /** SHA-256 of the challenge it answers. */
  readonly challengeDigest: Uint8Array;
  /** SHA-256 of the issuer's public key (token_key_id). */
  readonly keyId: Uint8Array;
  /** What the authenticator signs: everything before it. */
  readonly signed: Uint8Array;
  readonly authenticator: Uint8Array;
}

/** @throws {RangeError} for anything but the bytes of a token of type 2. */
export function parseToken(bytes: Uint8Array): TokenParts {
  const reader = new ByteReader(bytes, "parseToken");
  requireType(reader, "parseToken");
  const nonce = reader.raw(32, "nonce");
  const challengeDigest = reader.raw(32, "challenge digest");
  const keyId = reader.raw(32, "token key id");
  const authenticator = reader.raw(modulusBytes, "authenticator");
  reader.end();
  const signed = bytes.subarray(0, tokenBytes - modulusBytes);
  return { nonce, challengeDigest, keyId, signed, authenticator };
}

export interface TokenRequest {
  /** Last byte of the key id. */
  readonly truncatedKeyId: number;
  readonly blindedMessage: Uint8Array;
}

/** @throws {RangeError} for anything but the bytes of a token request of type 2. */
export function parseTokenRequest(bytes: Uint8Array): TokenRequest {
  const reader = new ByteReader(bytes, "parseTokenRequest");
  requireType(reader, "parseTokenRequest");
  const truncatedKeyId = reader.u8("truncated key id");
  const blindedMessage = reader.raw(modulusBytes, "blinded message");
  reader.end();
  return { truncatedKeyId, blindedMessage };
}

function requireType(reader: ByteReader, who: string): void {
  const type = reader.u8("token type") * 256 + reader.u8("token type");
  if (type !== tokenType) throw new RangeError(`${who}: expected token type ${tokenType}, got ${type}`);
}

const seconds = v.pipe(v.number(), v.integer(), v.minValue(0));
const directorySchema = v.object({
  "issuer-request-uri": v.pipe(v.string(), v.minLength(1), v.maxLength(2_000)),
  "token-keys": v.pipe(
    v.array(
      v.object({
        "token-type": v.number(),
        /** The public key as SubjectPublicKeyInfo, base64url. */
        "token-key": v.pipe(v.string(), v.maxLength(2_000), v.regex(/^[\w-]+={0,2}$/)),
        "not-before": v.optional(seconds),
        /** Ours, not the RFC's: from then on no token of this key is good. */
        "not-after": v.optional(seconds),
      }),
    ),
    v.maxLength(16),
  ),
});

/** What an issuer publishes (RFC 9578, 4): the address to ask, and its keys, the preferred one first. */
export type IssuerDirectory = v.InferOutput<typeof directorySchema>;

/** @throws {TypeError} naming the field that is wrong. */
export function parseIssuerDirectory(value: unknown): IssuerDirectory {
  const parsed = v.safeParse(directorySchema, value);
  if (!parsed.success) throw new TypeError(issueText("parseIssuerDirectory", parsed.issues[0]));
  return parsed.output;
}

/**
 * SubjectPublicKeyInfo up to the key itself: RSASSA-PSS with SHA-384, MGF1 of it, salt of 48 (RFC 9578, 6.5).
 */
const pssHeader = [
  0x30, 0x82, 0x01, 0x52, 0x30, 0x3d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x30,
  0x30, 0xa0, 0x0d, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0xa1, 0x1a,
  0x30, 0x18, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0b, 0x06, 0x09, 0x60,
  0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0xa2, 0x03, 0x02, 0x01, 0x30, 0x03, 0x82, 0x01, 0x0f, 0x00,
] as const;
/** RSAPublicKey (RFC 8017, A.1.1) of a 2048-bit modulus and the exponent 65537. */
const publicKeyBytes = 270;

/**
 * The one encoding of a public key that key ids are hashes of.
 *
 * @param publicKey RSAPublicKey in DER, as "pkcs1" exports it.
 */
export function tokenKeyBytes(publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  const key = Uint8Array.of(...pssHeader, ...publicKey);
  if (!isTokenKey(key)) {
    throw new RangeError(
      `tokenKeyBytes: expected an RSA key of 2048 bits with the exponent 65537, got ${publicKey.length} bytes of another`,
    );
  }
  return key;
}

/** Whether the bytes are a public key in that encoding. */
export function isTokenKey(bytes: Uint8Array): boolean {
  const end = bytes.length;
  return (
    end === pssHeader.length + publicKeyBytes &&
    pssHeader.every((byte, k) => bytes[k] === byte) &&
    bytes[pssHeader.length] === 0x30 &&
    bytes[end - 5] === 2 &&
    bytes[end - 4] === 3 &&
    bytes[end - 3] === 1 &&
    bytes[end - 2] === 0 &&
    bytes[end - 1] === 1
  );
}
