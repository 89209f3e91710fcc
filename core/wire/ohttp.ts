/**
 * Oblivious HTTP on the wire (RFC 9458): key configurations, encapsulated requests and responses, labels.
 * Bytes only; who seals and opens brings HPKE with X25519, HKDF-SHA256 and AES-128-GCM (RFC 9180, 7), the one
 * suite used here.
 *
 *   encapsulated request  = header (key id, KEM, KDF, AEAD) || enc || ciphertext     (4.1, 4.3)
 *   encapsulated response = nonce || ciphertext                                      (4.2, 4.4)
 */
import { ByteReader, ByteWriter } from "../bytes.ts";
import { asciiBytes } from "../json.ts";

export const ohttpMedia = {
  keys: "application/ohttp-keys",
  request: "message/ohttp-req",
  response: "message/ohttp-res",
} as const;

/**
 * Problem type of an answer that says: this key is not (or no longer) the gateway's; fetch its keys again
 * (5.3).
 */
export const keyProblemType = "https://iana.org/assignments/http-problem-types#ohttp-key";

/** DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM. */
export const ohttpSuite = { kem: 0x0020, kdf: 0x0001, aead: 0x0001 } as const;

const publicKeyBytes = 32;
const headerBytes = 7;
const encBytes = 32;
const tagBytes = 16;
/** Nk and Nn of AES-128-GCM. */
const aeadKeyBytes = 16;
const aeadNonceBytes = 12;
/** max(Nn, Nk): length of the exported secret and of the response's nonce. */
export const responseNonceBytes = 16;
export const responseLabel = asciiBytes("message/bhttp response");

/** What encapsulation adds to a binary HTTP request. */
export const requestOverheadBytes = headerBytes + encBytes + tagBytes;

export interface SymmetricSuite {
  readonly kdf: number;
  readonly aead: number;
}

/** One X25519 key of a gateway (3.1). */
export interface KeyConfig {
  /** 0..255. */
  readonly id: number;
  readonly publicKey: Uint8Array;
  /** Never empty; the gateway takes each of them. */
  readonly symmetric: readonly SymmetricSuite[];
}

export function encodeKeyConfig({ id, publicKey, symmetric }: KeyConfig): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter().u8(id);
  writeU16(writer, ohttpSuite.kem);
  writer.raw(publicKey);
  writeU16(writer, 4 * symmetric.length);
  for (const { kdf, aead } of symmetric) writeU16(writeU16(writer, kdf), aead);
  return writer.finish();
}

/** A list in the media type application/ohttp-keys (3.2), in the gateway's order of preference. */
export function encodeKeyConfigs(configs: readonly KeyConfig[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  for (const config of configs.map(encodeKeyConfig)) writeU16(writer, config.length).raw(config);
  return writer.finish();
}

/**
 * The inverse of `encodeKeyConfigs`. Keys of another KEM are left out: their length is not known here.
 *
 * @throws {RangeError} for any error in the list: a part of it must not be taken (3.2).
 */
export function parseKeyConfigs(bytes: Uint8Array): readonly KeyConfig[] {
  const who = "parseKeyConfigs";
  const reader = new ByteReader(bytes, who);
  const configs: KeyConfig[] = [];
  while (reader.left > 0) {
    const config = new ByteReader(reader.raw(readU16(reader, "length of a key"), "key"), who);
    const id = config.u8("key id");
    if (readU16(config, "KEM") !== ohttpSuite.kem) continue;
    const publicKey = config.raw(publicKeyBytes, "public key");
    const algorithms = readU16(config, "length of algorithms");
    if (algorithms === 0 || algorithms % 4 !== 0) {
      throw new RangeError(`${who}: expected pairs of algorithms, 4 bytes each, got ${algorithms} bytes`);
    }
    const symmetric = Array.from({ length: algorithms / 4 }, () => ({
      kdf: readU16(config, "KDF"),
      aead: readU16(config, "AEAD"),
    }));
    config.end();
    configs.push({ id, publicKey, symmetric });
  }
  return configs;
}

/** The first key that takes the suite used here; null when there is none. */
export function chooseKeyConfig(configs: readonly KeyConfig[]): KeyConfig | null {
  const fits = ({ kdf, aead }: SymmetricSuite) => kdf === ohttpSuite.kdf && aead === ohttpSuite.aead;
  return configs.find(({ symmetric }) => symmetric.some(fits)) ?? null;
}

/** An encapsulated request in its parts. */
export interface EncapsulatedRequest {
  /** Key id, KEM, KDF, AEAD as they stand on the wire: HPKE binds them. */
  readonly header: Uint8Array;
  readonly enc: Uint8Array;
  readonly ciphertext: Uint8Array;
}

export interface RequestHeader extends SymmetricSuite {
  readonly keyId: number;
  readonly kem: number;
}

/** The header of a request to this key, in the suite used here. */
export function headerFor({ id }: Pick<KeyConfig, "id">): Uint8Array<ArrayBuffer> {
  const { kem, kdf, aead } = ohttpSuite;
  return writeU16(writeU16(writeU16(new ByteWriter().u8(id), kem), kdf), aead).finish();
}

export function parseHeader(header: Uint8Array): RequestHeader {
  const reader = new ByteReader(header, "parseHeader");
  const keyId = reader.u8("key id");
  const kem = readU16(reader, "KEM");
  const kdf = readU16(reader, "KDF");
  return { keyId, kem, kdf, aead: readU16(reader, "AEAD") };
}

/** HPKE's `info` for a request: label, a zero, header. */
export function requestInfo(header: Uint8Array): Uint8Array<ArrayBuffer> {
  return new ByteWriter().raw(asciiBytes("message/bhttp request")).u8(0).raw(header).finish();
}

export function joinRequest({ header, enc, ciphertext }: EncapsulatedRequest): Uint8Array<ArrayBuffer> {
  return new ByteWriter().raw(header).raw(enc).raw(ciphertext).finish();
}

/** The parts are views of `bytes`. @throws {RangeError} for bytes too short to hold any request. */
export function splitRequest(bytes: Uint8Array): EncapsulatedRequest {
  const reader = new ByteReader(bytes, "splitRequest");
  const header = reader.raw(headerBytes, "header");
  const enc = reader.raw(encBytes, "encapsulated key");
  return { header, enc, ciphertext: takeCiphertext(reader) };
}

export interface EncapsulatedResponse {
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
}

export function joinResponse({ nonce, ciphertext }: EncapsulatedResponse): Uint8Array<ArrayBuffer> {
  return new ByteWriter().raw(nonce).raw(ciphertext).finish();
}

/** The parts are views of `bytes`. @throws {RangeError} for bytes too short to hold any response. */
export function splitResponse(bytes: Uint8Array): EncapsulatedResponse {
  const reader = new ByteReader(bytes, "splitResponse");
  const nonce = reader.raw(responseNonceBytes, "nonce");
  return { nonce, ciphertext: takeCiphertext(reader) };
}

/** HKDF-SHA256, extract and expand in one (RFC 5869), as HPKE's KDF offers it. */
export type ExtractAndExpand = (
  salt: Uint8Array<ArrayBuffer>,
  secret: Uint8Array<ArrayBuffer>,
  info: Uint8Array<ArrayBuffer>,
  length: number,
) => Promise<ArrayBuffer>;

/** Key and nonce (AES-128-GCM) of the one response to a request (4.4, steps 3 to 5). */
export async function responseKeys(
  exchange: {
    /** Exported from the request's HPKE context under `responseLabel`, `responseNonceBytes` long. */
    readonly secret: Uint8Array<ArrayBuffer>;
    /** Of the request. */
    readonly enc: Uint8Array;
    /** Of the response. */
    readonly nonce: Uint8Array;
  },
  extractAndExpand: ExtractAndExpand,
): Promise<{ readonly key: ArrayBuffer; readonly nonce: ArrayBuffer }> {
  const { secret, enc, nonce } = exchange;
  const salt = new ByteWriter().raw(enc).raw(nonce).finish();
  return {
    key: await extractAndExpand(salt, secret, asciiBytes("key"), aeadKeyBytes),
    nonce: await extractAndExpand(salt, secret, asciiBytes("nonce"), aeadNonceBytes),
  };
}

function takeCiphertext(reader: ByteReader): Uint8Array {
  return reader.raw(Math.max(reader.left, tagBytes), "ciphertext");
}

/** Network byte order. */
function writeU16(writer: ByteWriter, value: number): ByteWriter {
  return writer.u8(value >> 8).u8(value & 255);
}

function readU16(reader: ByteReader, what: string): number {
  return reader.u8(what) * 256 + reader.u8(what);
}
