/**
 * Key lists (core/wire/keylist.ts): the one an aggregator signs about itself, and the leader's verified copy of the helper's.
 *
 * A list lives three days and is signed anew every day, and at once when what it says has changed.
 */

import { existsSync, readFileSync } from "node:fs";
import * as v from "valibot";
import { messageOf } from "../../../core/errors.ts";
import { canonicalJson } from "../../../core/json.ts";
import { dayMs } from "../../../core/time.ts";
import { type KeyList, parseKeyList } from "../../../core/wire/keylist.ts";
import type { Aggregator } from "../../../core/wire/protocol.ts";
import { openSigned, type SignedDocument, signedSchema } from "../../../core/wire/signed.ts";
import type { Log } from "../../base/log.ts";
import { writeSecretFile } from "../../base/secretfile.ts";
import type { HelperClient } from "../helperclient.ts";
import { type Identity, verifyEd25519 } from "./identity.ts";
import type { KeyRing } from "./keyring.ts";

const issueEveryMs = dayMs;
const lifeMs = 3 * dayMs;
/** The helper is asked for its list this often, and after a failure this soon again. */
const askEveryMs = 600_000;
const askAgainMs = 10_000;

/** What a key list says beside its keys. */
export type Doors = Pick<KeyList, "origin" | "gateway" | "issuer">;

export const noDoors: Doors = { origin: null, gateway: null, issuer: null };

export interface OwnKeyListParts {
  readonly role: Aggregator;
  readonly identity: Identity;
  readonly keys: KeyRing;
  /** Asked each time: doors have keys that change too. */
  readonly doors: () => Doors;
  readonly nowMs: () => number;
}

/** The list an aggregator gives out about itself; rotates its keys when they are due. */
export class OwnKeyList {
  #issued: { readonly what: string; readonly atMs: number; readonly signed: SignedDocument } | null = null;

  readonly #parts: OwnKeyListParts;

  constructor(parts: OwnKeyListParts) {
    this.#parts = parts;
  }

  async current(): Promise<SignedDocument> {
    const { role, identity, keys, doors, nowMs } = this.#parts;
    const atMs = nowMs();
    await keys.rotateIfDue(atMs);
    const list = { role, ...doors(), keys: keys.publicKeys(atMs) };
    const what = canonicalJson(list);
    if (this.#issued?.what === what && atMs - this.#issued.atMs < issueEveryMs) return this.#issued.signed;
    const signed = identity.sign("keys", { ...list, issuedAtMs: atMs, expiresAtMs: atMs + lifeMs });
    this.#issued = { what, atMs, signed };
    return signed;
  }
}

export interface HelperKeysParts {
  readonly helper: Pick<HelperClient, "keys">;
  /** The helper's identity, as the leader pinned it. */
  readonly identity: string;
  /** Where the last list is kept, for when the helper is not reached at a start; null keeps none. */
  readonly path: string | null;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** A list whose signature and dates are right. */
interface Verified {
  readonly signed: SignedDocument;
  readonly list: KeyList;
}

/** The leader's copy of the helper's list: asked for now and then, and good until it expires when nobody answers. */
export class HelperKeys {
  #last: Verified | null = null;
  #askAtMs = 0;
  #asking: Promise<void> | null = null;

  readonly #parts: HelperKeysParts;

  private constructor(parts: HelperKeysParts) {
    this.#parts = parts;
  }

  static async open(parts: HelperKeysParts): Promise<HelperKeys> {
    const helperKeys = new HelperKeys(parts);
    const { path } = parts;
    if (path === null || !existsSync(path)) return helperKeys;
    try {
      const signed = v.parse(signedSchema, JSON.parse(readFileSync(path, "utf8")));
      helperKeys.#last = await helperKeys.#verified(signed);
    } catch (error) {
      parts.log("helper's kept key list is not used", { why: messageOf(error) }, "warn");
    }
    return helperKeys;
  }

  /** The list to give to browsers; null when the helper was never reached, or not for so long that its list expired. */
  async current(): Promise<SignedDocument | null> {
    const { nowMs } = this.#parts;
    if (nowMs() >= this.#askAtMs) {
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = null;
      });
      // With a list that is good nobody waits for the helper.
      if (this.#last === null || nowMs() >= this.#last.list.expiresAtMs) await this.#asking;
    }
    return this.#last !== null && nowMs() < this.#last.list.expiresAtMs ? this.#last.signed : null;
  }

  /** Whether the helper's last list names this key. */
  accepts(keyId: number): boolean {
    return this.#last?.list.keys.some(({ id }) => id === keyId) ?? false;
  }

  async #ask(): Promise<void> {
    const { helper, path, nowMs, log } = this.#parts;
    this.#askAtMs = nowMs() + askAgainMs;
    try {
      const verified = await this.#verified(await helper.keys());
      if (path !== null && verified.signed.signature !== this.#last?.signed.signature) {
        writeSecretFile(path, `${JSON.stringify(verified.signed)}\n`);
      }
      this.#last = verified;
      this.#askAtMs = nowMs() + askEveryMs;
    } catch (error) {
      log("helper gave no key list", { why: messageOf(error) }, "warn");
    }
  }

  async #verified(signed: SignedDocument): Promise<Verified> {
    const { identity, nowMs } = this.#parts;
    const list = parseKeyList(await openSigned("keys", signed, { key: identity, verify: verifyEd25519 }));
    if (list.role !== "helper") throw new TypeError(`a helper's key list was expected, got a ${list.role}'s`);
    if (list.expiresAtMs <= nowMs()) throw new RangeError("the helper's key list has expired");
    return { signed, list };
  }
}
