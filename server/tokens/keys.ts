/**
 * An issuer's signing keys in one file that only its owner may read, and their lives:
 *
 *   created --- preferred: new tasks name it --- + rotateMs --- overlap: still signs and verifies --- + overlapMs --- over
 *
 * A task names the preferred key of its opening, so `overlapMs` must be longer than a task lives. A key that
 * is over leaves the file when one that was made after its end is replaced too: the clock may be wrong, and
 * tasks that name it open.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import * as v from "valibot";
import { modulusBytes, tokenKeyBytes } from "../../core/wire/tokens.ts";
import { mostKeys } from "../base/clock.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { readState, stateFault, writeState } from "../base/statefile.ts";
import { readTokenKey, type TokenKey } from "./verify.ts";

export interface SigningKey extends TokenKey {
  readonly privateKey: KeyObject;
  readonly createdAtMs: number;
}

export interface KeyLives {
  readonly rotateMs: number;
  readonly overlapMs: number;
}

export interface IssuerKeysOptions extends KeyLives {
  /** The key file. */
  readonly path: string;
  readonly nowMs: () => number;
}

const fileSchema = v.strictObject({
  keys: v.array(v.strictObject({ createdAtMs: v.pipe(v.number(), v.integer()), privateKey: v.string() })),
});

export class IssuerKeys {
  /** Oldest first. */
  #keys: readonly SigningKey[];
  readonly #options: IssuerKeysOptions;
  #rotating: Promise<void> | null = null;

  private constructor(options: IssuerKeysOptions, keys: readonly SigningKey[]) {
    this.#options = options;
    this.#keys = keys;
  }

  /**
   * Reads the file, or makes it with one key.
   *
   * @throws {OperatorError} for a file that is not what it should be.
   */
  static async open(options: IssuerKeysOptions): Promise<IssuerKeys> {
    const issuerKeys = new IssuerKeys(options, existsSync(options.path) ? readKeys(options) : []);
    await issuerKeys.current();
    return issuerKeys;
  }

  /**
   * Keys that sign and verify now, the preferred one first. Makes a new one when the newest has had its time.
   */
  async current(): Promise<readonly SigningKey[]> {
    const { nowMs, rotateMs } = this.#options;
    this.#beginBy(nowMs());
    const newest = this.#keys.at(-1);
    if (newest === undefined || nowMs() >= newest.createdAtMs + rotateMs) {
      this.#rotating ??= this.#rotate().finally(() => {
        this.#rotating = null;
      });
      await this.#rotating;
    }
    return this.#keys.filter(({ untilMs }) => nowMs() < untilMs).toReversed();
  }

  /** The key with this id, if it is good now. */
  async keyOf(id: string): Promise<SigningKey | undefined> {
    return (await this.current()).find((key) => key.id === id);
  }

  /** After the clock was set back: no key began after now. */
  #beginBy(nowMs: number): void {
    if (this.#keys.every(({ createdAtMs }) => createdAtMs <= nowMs)) return;
    this.#replace(
      this.#keys.map((key) => {
        const createdAtMs = Math.min(key.createdAtMs, nowMs);
        return { ...key, createdAtMs, untilMs: untilOf(createdAtMs, this.#options) };
      }),
    );
  }

  /** On disk before it is used. */
  async #rotate(): Promise<void> {
    const { nowMs } = this.#options;
    const alive = this.#keys.filter(({ untilMs }) => {
      return nowMs() < untilMs || !this.#keys.some(({ createdAtMs }) => createdAtMs >= untilMs);
    });
    // A request names a key by its last byte alone: no two keys of a time share it.
    let made = await makeKey(this.#options);
    while (alive.some(({ id }) => id.slice(-2) === made.id.slice(-2))) made = await makeKey(this.#options);
    this.#replace([...alive, made].slice(-mostKeys));
  }

  #replace(keys: readonly SigningKey[]): void {
    const kept = keys.map(({ createdAtMs, privateKey }) => ({
      createdAtMs,
      privateKey: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    }));
    writeState(this.#options.path, { keys: kept });
    this.#keys = keys;
  }
}

const generate = promisify(generateKeyPair);

async function makeKey(options: IssuerKeysOptions): Promise<SigningKey> {
  const { privateKey } = await generate("rsa", { modulusLength: modulusBytes * 8, publicExponent: 65_537 });
  return signingKey(privateKey, options.nowMs(), options);
}

/** @param privateKey RSA, 2048 bits, exponent 65537. */
export function signingKey(privateKey: KeyObject, createdAtMs: number, lives: KeyLives): SigningKey {
  const publicKey = createPublicKey(privateKey).export({ format: "der", type: "pkcs1" });
  const untilMs = untilOf(createdAtMs, lives);
  return { ...readTokenKey(tokenKeyBytes(publicKey), untilMs), privateKey, createdAtMs };
}

function untilOf(createdAtMs: number, { rotateMs, overlapMs }: KeyLives): number {
  return createdAtMs + rotateMs + overlapMs;
}

function readKeys(options: IssuerKeysOptions): readonly SigningKey[] {
  try {
    const { keys } = v.parse(fileSchema, readState(options.path));
    return keys.map(({ createdAtMs, privateKey }) => {
      const key = createPrivateKey(privateKey);
      requirePairedRsa(key);
      return signingKey(key, createdAtMs, options);
    });
  } catch (error) {
    const fault = stateFault(error);
    throw new OperatorError(`tokens: ${options.path} must be a key file made by tacit, got ${fault}`);
  }
}

/**
 * @param key RSA: the file has all its numbers, and one that was damaged signs what is not good.
 * @throws {RangeError} when what the private key signs is not good for the public half that is in it.
 */
function requirePairedRsa(key: KeyObject): void {
  const bytes = Buffer.from("whatever");
  if (!verify("sha384", bytes, createPublicKey(key), sign("sha384", bytes, key))) {
    throw new RangeError("a key whose signatures are not its own");
  }
}
