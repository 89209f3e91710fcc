/**
 * An aggregator's HPKE keys (RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM), kept in one
 * file that only its owner may read. Sealed bytes are the encapsulated key (32 bytes), then the ciphertext.
 *
 * Keys rotate with an overlap. A key is
 *   newest    given out first: browsers seal to it;
 *   accepted  until its `untilMs`: reports sealed to it are still taken in;
 *   kept      after that, until nothing that was sealed to it waits any more and a key that began after its
 *             end was replaced too: the end alone may be a clock's that is wrong. Then `forget` deletes the
 *             private half.
 */

import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import * as v from "valibot";
import { fromHex, toHex } from "../../../core/bytes.ts";
import { asciiBytes } from "../../../core/json.ts";
import { dayMs } from "../../../core/time.ts";
import type { PublicKey } from "../../../core/wire/keylist.ts";
import { type Aggregator, sealInfo } from "../../../core/wire/protocol.ts";
import { begunBy, isOutlived, mostKeys } from "../../base/clock.ts";
import {
  encapsulatedBytes,
  newKeyPair,
  openContext,
  type RecipientKey,
  recipientKey,
} from "../../base/hpke.ts";
import { type KeyHalves, pairedKey } from "../../base/keypair.ts";
import { OperatorError } from "../../base/operatorerror.ts";
import { readState, stateFault, writeState } from "../../base/statefile.ts";

/** Most keys that a key list names (core/wire/keylist.ts). */
const listedKeys = 8;

/**
 * How often a new key is made, and how long the one before is accepted beside it: longer than any task lives.
 */
export interface Rotation {
  readonly rotateDays: number;
  readonly overlapDays: number;
}

const defaultRotation: Rotation = { rotateDays: 30, overlapDays: 20 };

const hex32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const atMs = v.pipe(v.number(), v.integer(), v.minValue(0));
const oldKeySchema = v.strictObject({
  id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
  publicKey: hex32,
  privateKey: hex32,
});
const keySchema = v.strictObject({ ...oldKeySchema.entries, fromMs: atMs, untilMs: v.nullable(atMs) });
const keyFileSchema = v.strictObject({
  version: v.literal(2),
  /** Oldest first; the last, and only it, has no end yet. */
  keys: v.pipe(v.array(keySchema), v.minLength(1)),
});
/** Before keys rotated: the last of the file is the newest. */
const oldKeyFileSchema = v.strictObject({ keys: v.pipe(v.array(oldKeySchema), v.minLength(1)) });

type StoredKey = v.InferOutput<typeof keySchema>;

/** A key that is no longer given out. */
export interface RetiredKey {
  readonly id: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface KeyRingOptions {
  readonly path: string;
  readonly aggregator: Aggregator;
  readonly nowMs: number;
  readonly rotation?: Rotation;
}

/** The keys of one aggregator. */
export class KeyRing {
  readonly #opened = new Map<number, RecipientKey>();

  readonly aggregator: Aggregator;
  readonly #path: string;
  readonly #rotation: Rotation;
  readonly #info: Uint8Array<ArrayBuffer>;
  #keys: readonly StoredKey[];

  private constructor(
    { path, aggregator, rotation = defaultRotation }: KeyRingOptions,
    keys: readonly StoredKey[],
  ) {
    this.aggregator = aggregator;
    this.#path = path;
    this.#rotation = rotation;
    this.#info = asciiBytes(sealInfo[aggregator]);
    this.#keys = keys;
  }

  /**
   * Reads the file, or makes it with one new key.
   *
   * @throws {OperatorError} for a file that is not what it should be.
   */
  static async open(options: KeyRingOptions): Promise<KeyRing> {
    const { path, nowMs, rotation = defaultRotation } = options;
    if (!existsSync(path)) writeKeyFile(path, [newKey(randomInt(256), nowMs)]);
    return new KeyRing(options, readKeyFile(path, nowMs, rotation));
  }

  /** The keys to give out, newest first: seal to the first. */
  publicKeys(nowMs: number): readonly PublicKey[] {
    return this.#keys
      .filter((key) => isAccepted(key, nowMs))
      .map(({ id, publicKey }) => ({ id, key: publicKey }))
      .reverse()
      .slice(0, listedKeys);
  }

  /** Whether a report sealed to this key is still taken in. */
  accepts(keyId: number, nowMs: number): boolean {
    return this.#keys.some((key) => key.id === keyId && isAccepted(key, nowMs));
  }

  /** The plaintext, or null when it was not sealed to this key with this additional data. */
  async unseal(keyId: number, sealed: Uint8Array, aad: Uint8Array): Promise<Uint8Array | null> {
    const key = this.#recipientKey(keyId);
    if (key === null) return null;
    const enc = sealed.subarray(0, encapsulatedBytes);
    try {
      return openContext({ key, enc, info: this.#info }).open(sealed.subarray(encapsulatedBytes), aad);
    } catch {
      // Every failure of HPKE's Open means the same: these bytes were not made for this key, task, id and
      // block.
      return null;
    }
  }

  /** Makes a new key when the newest is old enough; true when it did. None stays dated ahead of now. */
  async rotateIfDue(nowMs: number): Promise<boolean> {
    const begun = begunBy(nowMs, this.#keys, this.#rotation.overlapDays * dayMs);
    if (begun !== this.#keys) this.#replace(begun);
    const newest = this.#keys[this.#keys.length - 1];
    if (nowMs - newest.fromMs < this.#rotation.rotateDays * dayMs) return false;
    await this.rotateNow(nowMs);
    return true;
  }

  /** Makes a new key; the one before is accepted for the overlap. On disk when this resolves. */
  async rotateNow(nowMs: number): Promise<PublicKey> {
    const taken = new Set(this.#keys.map(({ id }) => id));
    let id = (this.#keys[this.#keys.length - 1].id + 1) % 256;
    while (taken.has(id)) id = (id + 1) % 256;
    const key = newKey(id, nowMs);
    const untilMs = nowMs + this.#rotation.overlapDays * dayMs;
    const before = this.#keys.map((old) => (old.untilMs === null ? { ...old, untilMs } : old));
    this.#replace([...before, key].slice(-mostKeys));
    return { id, key: key.publicKey };
  }

  /**
   * Deletes private keys that are accepted no more, that were outlived, and that nothing needs any more;
   * returns their ids.
   */
  forget(nowMs: number, isNeeded: (key: RetiredKey) => boolean): readonly number[] {
    const gone = this.#keys.filter(
      ({ id, fromMs, untilMs }) =>
        untilMs !== null &&
        untilMs <= nowMs &&
        isOutlived({ untilMs }, this.#keys) &&
        !isNeeded({ id, fromMs, untilMs }),
    );
    if (gone.length > 0) this.#replace(this.#keys.filter((key) => !gone.includes(key)));
    return gone.map(({ id }) => id);
  }

  #replace(keys: readonly StoredKey[]): void {
    writeKeyFile(this.#path, keys);
    this.#keys = keys;
    for (const id of this.#opened.keys()) if (!keys.some((key) => key.id === id)) this.#opened.delete(id);
  }

  #recipientKey(keyId: number): RecipientKey | null {
    const known = this.#opened.get(keyId);
    if (known !== undefined) return known;
    const key = this.#keys.find(({ id }) => id === keyId);
    if (key === undefined) return null;
    const { publicKey, privateKey } = key;
    const opened = recipientKey({ publicKey: fromHex(publicKey), privateKey: fromHex(privateKey) });
    this.#opened.set(keyId, opened);
    return opened;
  }
}

function isAccepted({ untilMs }: StoredKey, nowMs: number): boolean {
  return untilMs === null || nowMs < untilMs;
}

function newKey(id: number, fromMs: number): StoredKey {
  const { publicKey, privateKey } = newKeyPair();
  return { id, publicKey: toHex(publicKey), privateKey: toHex(privateKey), fromMs, untilMs: null };
}

function writeKeyFile(path: string, keys: readonly StoredKey[]): void {
  writeState(path, { version: 2, keys });
}

function readKeyFile(path: string, nowMs: number, { overlapDays }: Rotation): readonly StoredKey[] {
  try {
    const content = readState(path);
    const old = v.safeParse(oldKeyFileSchema, content);
    if (!old.success) return paired(v.parse(keyFileSchema, content).keys);
    // Its age is not known: it counts as new, and those before it as just replaced.
    const keys = paired(old.output.keys);
    const dated = keys.map((key, at) => ({
      ...key,
      fromMs: nowMs,
      untilMs: at === keys.length - 1 ? null : nowMs + overlapDays * dayMs,
    }));
    writeKeyFile(path, dated);
    return dated;
  } catch (error) {
    throw new OperatorError(`keys: ${path} must be a key file made by tacit, got ${stateFault(error)}`);
  }
}

/** @throws {RangeError} when the halves of one are not each other's. */
function paired<Key extends KeyHalves>(keys: readonly Key[]): readonly Key[] {
  for (const key of keys) pairedKey("X25519", key);
  return keys;
}
