/**
 * An aggregator's HPKE keys (RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM), kept in one file that only
 * its owner may read. Sealed bytes are the encapsulated key (32 bytes), then the ciphertext.
 */
import { randomInt, type webcrypto } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import * as v from "valibot";
import { fromHex, toHex } from "../../core/bytes.ts";
import { asciiBytes } from "../../core/json.ts";
import { type Aggregator, type PublicKey, sealInfo } from "../../core/protocol.ts";
import { messageOf, OperatorError } from "../operatorerror.ts";

const encapsulatedBytes = 32;

const hex32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const keyFileSchema = v.strictObject({
  keys: v.pipe(
    v.array(
      v.strictObject({
        id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
        publicKey: hex32,
        privateKey: hex32,
      }),
    ),
    v.minLength(1),
  ),
});

/** The keys of one aggregator. The last of the file is the one given out; the others still open what they sealed. */
export class KeyRing {
  private constructor(
    private readonly suite: CipherSuite,
    private readonly info: Uint8Array<ArrayBuffer>,
    private readonly privateKeys: ReadonlyMap<number, webcrypto.CryptoKey>,
    /** The key to seal to. */
    readonly publicKey: PublicKey,
  ) {}

  /** Reads the file, or makes it with one new key. @throws {OperatorError} for a file that is not what it should be. */
  static async open(path: string, aggregator: Aggregator): Promise<KeyRing> {
    const suite = new CipherSuite({
      kem: new DhkemX25519HkdfSha256(),
      kdf: new HkdfSha256(),
      aead: new Aes128Gcm(),
    });
    if (!existsSync(path)) await createKeyFile(path, suite);
    const { keys } = readKeyFile(path);
    const privateKeys = new Map<number, webcrypto.CryptoKey>();
    for (const { id, privateKey } of keys) {
      privateKeys.set(id, await suite.kem.deserializePrivateKey(fromHex(privateKey)));
    }
    const newest = keys[keys.length - 1];
    const publicKey = { id: newest.id, key: newest.publicKey };
    return new KeyRing(suite, asciiBytes(sealInfo[aggregator]), privateKeys, publicKey);
  }

  /** The plaintext, or null when it was not sealed to this key with this additional data. */
  async unseal(keyId: number, sealed: Uint8Array, aad: Uint8Array): Promise<Uint8Array | null> {
    const recipientKey = this.privateKeys.get(keyId);
    if (recipientKey === undefined || sealed.length < encapsulatedBytes) return null;
    const enc = Uint8Array.from(sealed.subarray(0, encapsulatedBytes));
    const ciphertext = Uint8Array.from(sealed.subarray(encapsulatedBytes));
    try {
      const params = { recipientKey, enc, info: this.info };
      return new Uint8Array(await this.suite.open(params, ciphertext, Uint8Array.from(aad)));
    } catch {
      // Every failure of HPKE's Open means the same: these bytes were not made for this key, task, id and block.
      return null;
    }
  }
}

async function createKeyFile(path: string, suite: CipherSuite): Promise<void> {
  const pair = await suite.kem.generateKeyPair();
  const publicKey = toHex(new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)));
  const privateKey = toHex(new Uint8Array(await suite.kem.serializePrivateKey(pair.privateKey)));
  writeSecretFile(
    path,
    `${JSON.stringify({ keys: [{ id: randomInt(256), publicKey, privateKey }] }, null, 2)}\n`,
  );
}

/** Whole or not at all, durable, readable by its owner only. */
export function writeSecretFile(path: string, content: string): void {
  const draft = `${path}.new`;
  const file = openSync(draft, "w", 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

function readKeyFile(path: string): v.InferOutput<typeof keyFileSchema> {
  try {
    return v.parse(keyFileSchema, JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    throw new OperatorError(`keys: ${path} must be a key file made by tacit, got ${messageOf(error)}`);
  }
}
