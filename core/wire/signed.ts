/**
 * Public documents that nobody but their signer can change: canonical JSON in ASCII (`asciiJson`) and an
 * Ed25519 signature (RFC 8032) over
 *
 *   "tacit <kind> v3\n" + the document's text
 *
 * The text is signed and hashed as it stands, so every reader sees the same bytes; the kind keeps a signature
 * of one sort of document from passing as another's.
 */
import * as v from "valibot";
import { fromHex } from "../bytes.ts";
import { asciiBytes, asciiJson, type Json } from "../json.ts";

export type DocumentKind = "task" | "keys" | "sum-request" | "edition" | "plan";

/** Part of what is signed, so that no signature of another version passes. */
const signedVersion = "v3";

export interface SignedDocument {
  /** Canonical JSON in ASCII. */
  readonly document: string;
  /** Ed25519 signature, 64 bytes in hex. */
  readonly signature: string;
}

/** Ed25519 of the platform: whether `signature` (64 bytes) is the key's (32 bytes) over `bytes`. */
export type Verify = (signed: {
  readonly key: Uint8Array;
  readonly signature: Uint8Array;
  readonly bytes: Uint8Array<ArrayBuffer>;
}) => Promise<boolean>;

const mostCharacters = 20_000;

export const signedSchema = v.strictObject({
  document: v.pipe(v.string(), v.maxLength(mostCharacters), v.regex(/^[\x20-\x7e]*$/)),
  signature: v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/)),
});

/**
 * The text of a value, as readers take it: one that is longer would keep them from all that comes with it.
 *
 * @throws {RangeError} for one that is too long. @throws {TypeError} for a number that JSON cannot carry.
 */
export function documentOf(kind: DocumentKind, value: Json): string {
  const document = asciiJson(value);
  if (document.length <= mostCharacters) return document;
  throw new RangeError(
    `documentOf: a ${kind} must have at most ${mostCharacters} characters, got ${document.length}`,
  );
}

/**
 * What is signed, and what a task's id is the SHA-256 of.
 *
 * @throws {TypeError} for characters outside ASCII.
 */
export function bytesToSign(kind: DocumentKind, document: string): Uint8Array<ArrayBuffer> {
  return asciiBytes(`tacit ${kind} ${signedVersion}\n${document}`);
}

/**
 * The value in a document that `key` signed.
 *
 * @param key Ed25519 public key, 32 bytes in hex.
 * @throws {TypeError} when the signature is not the key's, or the text is not canonical JSON.
 */
export async function openSigned(
  kind: DocumentKind,
  { document, signature }: SignedDocument,
  { key, verify }: { readonly key: string; readonly verify: Verify },
): Promise<unknown> {
  const signed = {
    key: fromHex(key),
    signature: fromHex(signature),
    bytes: bytesToSign(kind, document),
  };
  if (!(await verify(signed))) {
    throw new TypeError(
      `openSigned: a ${kind} document must be signed by ${key.slice(0, 8)}…, got another signature`,
    );
  }
  return parseCanonical(kind, document);
}

/** Two texts of one value would have two hashes: only the canonical one is taken. */
export function parseCanonical(kind: DocumentKind, document: string): unknown {
  let value: Json;
  try {
    value = JSON.parse(document);
  } catch {
    throw new TypeError(`openSigned: a ${kind} document must be JSON, got "${document.slice(0, 40)}"`);
  }
  if (asciiJson(value) !== document) {
    throw new TypeError(
      `openSigned: a ${kind} document must be canonical JSON, got another text of its value`,
    );
  }
  return value;
}
