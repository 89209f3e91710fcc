/**
 * The key list (core/wire/keylist.ts) that an aggregator signs about itself.
 *
 * It lives three days and is signed again every day, and at once when what it says has changed.
 */

import { canonicalJson } from "../../../core/json.ts";
import { dayMs } from "../../../core/time.ts";
import type { KeyList } from "../../../core/wire/keylist.ts";
import type { LogHead } from "../../../core/wire/log.ts";
import type { Aggregator } from "../../../core/wire/protocol.ts";
import type { SignedDocument } from "../../../core/wire/signed.ts";
import { hasPassed } from "../../base/clock.ts";
import type { Identity } from "./identity.ts";
import type { KeyRing } from "./keyring.ts";

const issueEveryMs = dayMs;
const lifeMs = 3 * dayMs;

/** Where else an aggregator can be reached, as its key list says. */
export type Addresses = Pick<KeyList, "origin" | "gateway" | "issuer">;

export interface OwnKeyListParts {
  readonly role: Aggregator;
  readonly identity: Identity;
  readonly keys: KeyRing;
  /** Asked each time: gateway and issuer have keys that change too. */
  readonly addresses: () => Addresses;
  readonly nowMs: () => number;
}

/** The list an aggregator gives out about itself; rotates its keys when they are due. */
export class OwnKeyList {
  #issued: { readonly what: string; readonly atMs: number; readonly signed: SignedDocument } | null = null;

  readonly #parts: OwnKeyListParts;

  constructor(parts: OwnKeyListParts) {
    this.#parts = parts;
  }

  /** @param log head of the helper's log; null for a leader, which keeps none. */
  async current(log: LogHead | null = null): Promise<SignedDocument> {
    const { role, identity, keys, addresses, nowMs } = this.#parts;
    const atMs = nowMs();
    await keys.rotateIfDue(atMs);
    const list = { role, ...addresses(), keys: keys.publicKeys(atMs), log };
    const what = canonicalJson(list);
    const issued = this.#issued;
    const isDue = issued === null || hasPassed(issueEveryMs, { sinceMs: issued.atMs, nowMs: atMs });
    if (issued?.what === what && !isDue) return issued.signed;
    const signed = identity.sign("keys", { ...list, issuedAtMs: atMs, expiresAtMs: atMs + lifeMs });
    this.#issued = { what, atMs, signed };
    return signed;
  }
}
