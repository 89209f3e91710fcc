/**
 * The receiving side of HPKE (RFC 9180) in its one suite here, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
 * AES-128-GCM, base mode, by Node's own crypto: in one go on this thread, where a platform's promise for each of
 * a dozen steps costs more than the steps.
 *
 *   shared = LabeledExpand(LabeledExtract("", "eae_prk", DH(skR, pkE)), "shared_secret", enc || pkR, 32)      (4.1)
 *   context = 0 || LabeledExtract("", "psk_id_hash", "") || LabeledExtract("", "info_hash", info)
 *   key, base nonce, exporter secret = LabeledExpand(LabeledExtract(shared, "secret", ""), …, context, L)     (5.1)
 */
import {
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";

export const encapsulatedBytes = 32;
const keyBytes = 32;
const aeadKeyBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;

/** What stands before 32 raw bytes of X25519 in PKCS #8 (RFC 8410). */
const privatePrefix = Buffer.from("302e020100300506032b656e04220420", "hex");

/** KEM, KDF, AEAD by their numbers (7.1 to 7.3). */
const kemSuite = Buffer.from("KEM\u0000\u0020", "latin1");
const hpkeSuite = Buffer.from("HPKE\u0000\u0020\u0000\u0001\u0000\u0001", "latin1");
const version = Buffer.from("HPKE-v1");
const nothing = Buffer.alloc(0);

/** A pair, raw: 32 bytes each. */
export interface RawKeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** A pair that opens what was sealed to it. */
export interface RecipientKey {
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

export function newKeyPair(): RawKeyPair {
  const pair = generateKeyPairSync("x25519");
  const raw = (key: KeyObject, type: "spki" | "pkcs8") =>
    plain(key.export({ format: "der", type }).subarray(-keyBytes));
  return { publicKey: raw(pair.publicKey, "spki"), privateKey: raw(pair.privateKey, "pkcs8") };
}

/** @throws {RangeError} for halves of other lengths. */
export function recipientKey({ publicKey, privateKey }: RawKeyPair): RecipientKey {
  if (publicKey.length !== keyBytes || privateKey.length !== keyBytes) {
    const got = `${publicKey.length} and ${privateKey.length}`;
    throw new RangeError(`recipientKey: both halves must have ${keyBytes} bytes, got ${got}`);
  }
  const der = Buffer.concat([privatePrefix, privateKey]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return { publicKey: new Uint8Array(publicKey), privateKey: key };
}

export interface OpenedContext {
  /** The first ciphertext of the context. @throws when it was not sealed so. */
  readonly open: (ciphertext: Uint8Array, aad: Uint8Array) => Uint8Array<ArrayBuffer>;
  /** A secret that both sides have (5.3). */
  readonly exported: (label: Uint8Array, length: number) => Uint8Array<ArrayBuffer>;
}

export interface Encapsulated {
  readonly key: RecipientKey;
  /** The encapsulated key, 32 bytes. */
  readonly enc: Uint8Array;
  readonly info: Uint8Array;
}

/** @throws for an encapsulated key that is none. */
export function openContext({ key, enc, info }: Encapsulated): OpenedContext {
  const shared = decapsulated(key, enc);
  const context = Buffer.concat([
    Buffer.of(0),
    extract(hpkeSuite, nothing, "psk_id_hash", nothing),
    extract(hpkeSuite, nothing, "info_hash", info),
  ]);
  const secret = extract(hpkeSuite, shared, "secret", nothing);
  return {
    open: (ciphertext, aad) => {
      const aeadKey = expand(hpkeSuite, secret, "key", context, aeadKeyBytes);
      const nonce = expand(hpkeSuite, secret, "base_nonce", context, nonceBytes);
      return decrypted({ aeadKey, nonce }, ciphertext, aad);
    },
    exported: (label, length) => {
      const exporter = expand(hpkeSuite, secret, "exp", context, keyBytes);
      return plain(expand(hpkeSuite, exporter, "sec", label, length));
    },
  };
}

function decapsulated({ publicKey, privateKey }: RecipientKey, enc: Uint8Array): Buffer {
  if (enc.length !== encapsulatedBytes) {
    throw new RangeError(`openContext: enc must have ${encapsulatedBytes} bytes, got ${enc.length}`);
  }
  // As JWK (RFC 8037): looking for the right decoder of DER takes longer than the agreement itself.
  const x = Buffer.from(enc).toString("base64url");
  const sender = createPublicKey({ key: { kty: "OKP", crv: "X25519", x }, format: "jwk" });
  // Throws for a point of small order, whose secret would be zeros for everybody (RFC 7748, 6.1).
  const agreed = diffieHellman({ privateKey, publicKey: sender });
  const prk = extract(kemSuite, nothing, "eae_prk", agreed);
  return expand(kemSuite, prk, "shared_secret", Buffer.concat([enc, publicKey]), keyBytes);
}

function decrypted(
  { aeadKey, nonce }: { readonly aeadKey: Uint8Array; readonly nonce: Uint8Array },
  ciphertext: Uint8Array,
  aad: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const end = ciphertext.length - tagBytes;
  if (end < 0) throw new RangeError(`open: expected at least ${tagBytes} bytes, got ${ciphertext.length}`);
  const cipher = createDecipheriv("aes-128-gcm", aeadKey, nonce, { authTagLength: tagBytes });
  cipher.setAAD(aad);
  cipher.setAuthTag(ciphertext.subarray(end));
  const plaintext = cipher.update(ciphertext.subarray(0, end));
  // Throws when the tag is another: nothing of the plaintext is given out before.
  cipher.final();
  return plain(plaintext);
}

/** HMAC-SHA256 of all pieces. */
function mac(key: Uint8Array, pieces: readonly Uint8Array[]): Buffer {
  const hmac = createHmac("sha256", key);
  for (const piece of pieces) hmac.update(piece);
  return hmac.digest();
}

/** LabeledExtract (RFC 9180, 4; HKDF's extract is HMAC with the salt as key, RFC 5869, 2.2). */
function extract(suite: Uint8Array, salt: Uint8Array, label: string, secret: Uint8Array): Buffer {
  return mac(salt, [version, suite, Buffer.from(label), secret]);
}

/** LabeledExpand (RFC 9180, 4; RFC 5869, 2.3). */
function expand(suite: Uint8Array, prk: Uint8Array, label: string, info: Uint8Array, length: number): Buffer {
  const labeled = [Buffer.of(length >> 8, length & 255), version, suite, Buffer.from(label), info];
  return expanded(prk, labeled, length);
}

function expanded(prk: Uint8Array, info: readonly Uint8Array[], length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let count = 1; 32 * blocks.length < length; count++) {
    blocks.push(mac(prk, [blocks.at(-1) ?? nothing, ...info, Buffer.of(count)]));
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** HKDF-SHA256, extract and expand in one (RFC 5869). */
export function extractAndExpand(
  salt: Uint8Array,
  secret: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  return plain(expanded(mac(salt, [secret]), [info], length));
}

/** Not a Buffer, whose `slice` is a view: others take it for bytes of their own. */
function plain(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes;
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === length;
  return isAlone ? new Uint8Array(buffer, byteOffset, length) : new Uint8Array(bytes);
}
