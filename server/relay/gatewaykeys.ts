/**
 * The keys of the leader's gateway (RFC 9458, 3), kept in one file that only its owner may read. They rotate
 * with an overlap: the newest is given out first, the one before is taken until its `untilMs`, and deleted
 * once a key that began after that was replaced too, so that a server broken into later cannot open what a
 * relay wrote down before. The end alone deletes none: it may be that of a clock that is wrong.
 */

import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import * as v from "valibot";
import { fromHex, toHex } from "../../core/bytes.ts";
import { dayMs } from "../../core/time.ts";
import { encodeKeyConfigs, type KeyConfig, ohttpSuite } from "../../core/wire/ohttp.ts";
import { begunBy, isOutlived, mostKeys } from "../base/clock.ts";
import { newKeyPair, type RecipientKey, recipientKey } from "../base/hpke.ts";
import { pairedKey } from "../base/keypair.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { readState, stateFault, writeState } from "../base/statefile.ts";

/**
 * How often a new key is made, and how long the one before is taken beside it: longer than a key list lives.
 */
export interface GatewayRotation {
  readonly rotateDays: number;
  readonly overlapDays: number;
}

const defaultGatewayRotation: GatewayRotation = { rotateDays: 30, overlapDays: 7 };

const hex32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const atMs = v.pipe(v.number(), v.integer(), v.minValue(0));
const keyFileSchema = v.strictObject({
  version: v.literal(1),
  /** Oldest first; the last, and only it, has no end yet. */
  keys: v.pipe(
    v.array(
      v.strictObject({
        id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
        publicKey: hex32,
        privateKey: hex32,
        fromMs: atMs,
        untilMs: v.nullable(atMs),
      }),
    ),
    v.minLength(1),
  ),
});
type StoredKey = v.InferOutput<typeof keyFileSchema>["keys"][number];

export interface GatewayKeysOptions {
  readonly path: string;
  readonly nowMs: number;
  readonly rotation?: GatewayRotation;
}

export class GatewayKeys {
  readonly #pairs = new Map<number, RecipientKey>();

  readonly #path: string;
  readonly #rotation: GatewayRotation;
  #keys: readonly StoredKey[];

  private constructor(path: string, rotation: GatewayRotation, keys: readonly StoredKey[]) {
    this.#path = path;
    this.#rotation = rotation;
    this.#keys = keys;
  }

  /**
   * Reads the file, or makes it with one new key.
   *
   * @throws {OperatorError} for a file that is not what it should be.
   */
  static async open({
    path,
    nowMs,
    rotation = defaultGatewayRotation,
  }: GatewayKeysOptions): Promise<GatewayKeys> {
    if (!existsSync(path)) writeKeyFile(path, [newKey(randomInt(256), nowMs)]);
    return new GatewayKeys(path, rotation, readKeyFile(path));
  }

  /**
   * What browsers may seal to, newest first, as application/ohttp-keys: `gateway` of the leader's key list.
   */
  encoded(nowMs: number): Uint8Array<ArrayBuffer> {
    const { kdf, aead } = ohttpSuite;
    const taken = this.#keys.filter((key) => isTaken(key, nowMs)).reverse();
    return encodeKeyConfigs(
      taken.map(({ id, publicKey }): KeyConfig => {
        return { id, publicKey: fromHex(publicKey), symmetric: [{ kdf, aead }] };
      }),
    );
  }

  /** The key with this id; null when there is none, or its overlap is over. */
  pair(id: number, nowMs: number): RecipientKey | null {
    const key = this.#keys.find((one) => one.id === id && isTaken(one, nowMs));
    if (key === undefined) return null;
    const known = this.#pairs.get(id);
    if (known !== undefined) return known;
    const { publicKey, privateKey } = key;
    const opened = recipientKey({ publicKey: fromHex(publicKey), privateKey: fromHex(privateKey) });
    this.#pairs.set(id, opened);
    return opened;
  }

  /**
   * Makes a new key when the newest is old enough, deletes those that were outlived; true when it made one.
   * None stays dated ahead of now.
   */
  async rotateIfDue(nowMs: number): Promise<boolean> {
    const begun = begunBy(nowMs, this.#keys, this.#rotation.overlapDays * dayMs);
    if (begun !== this.#keys) this.#replace(begun);
    const newest = this.#keys[this.#keys.length - 1];
    const isDue = nowMs - newest.fromMs >= this.#rotation.rotateDays * dayMs;
    if (isDue) await this.rotateNow(nowMs);
    const kept = this.#keys.filter((key) => isTaken(key, nowMs) || !isOutlived(key, this.#keys));
    if (kept.length < this.#keys.length) this.#replace(kept);
    return isDue;
  }

  /** Makes a new key; the one before is taken for the overlap. On disk when this resolves. */
  async rotateNow(nowMs: number): Promise<void> {
    const used = new Set(this.#keys.map(({ id }) => id));
    let id = (this.#keys[this.#keys.length - 1].id + 1) % 256;
    while (used.has(id)) id = (id + 1) % 256;
    const key = newKey(id, nowMs);
    const untilMs = nowMs + this.#rotation.overlapDays * dayMs;
    const before = this.#keys.map((old) => (old.untilMs === null ? { ...old, untilMs } : old));
    this.#replace([...before, key].slice(-mostKeys));
  }

  #replace(keys: readonly StoredKey[]): void {
    writeKeyFile(this.#path, keys);
    this.#keys = keys;
    for (const id of this.#pairs.keys()) if (!keys.some((key) => key.id === id)) this.#pairs.delete(id);
  }
}

function isTaken({ untilMs }: StoredKey, nowMs: number): boolean {
  return untilMs === null || nowMs < untilMs;
}

function newKey(id: number, fromMs: number): StoredKey {
  const { publicKey, privateKey } = newKeyPair();
  return { id, publicKey: toHex(publicKey), privateKey: toHex(privateKey), fromMs, untilMs: null };
}

function writeKeyFile(path: string, keys: readonly StoredKey[]): void {
  writeState(path, { version: 1, keys });
}

function readKeyFile(path: string): readonly StoredKey[] {
  try {
    const { keys } = v.parse(keyFileSchema, readState(path));
    for (const key of keys) pairedKey("X25519", key);
    return keys;
  } catch (error) {
    throw new OperatorError(
      `gateway keys: ${path} must be a key file made by tacit, got ${stateFault(error)}`,
    );
  }
}
