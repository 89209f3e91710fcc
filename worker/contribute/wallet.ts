/**
 * The device's tokens: fetched ahead a few a day, each spent by one report.
 *
 * What keeps a token from telling whose report it goes with: the issuer signs it blind; it is fetched at a
 * time of chance, whether or not there is anything to report; its key is one named in the tasks that
 * everybody gets, so no device can be given a key of its own; and its challenge is the same for all devices
 * of the site.
 */

import { toHex } from "../../core/bytes.ts";
import { dayMs, hourMs } from "../../core/time.ts";
import {
  challengeBytes,
  directoryPath,
  type IssuerDirectory,
  isTokenKey,
  parseIssuerDirectory,
  parseToken,
  tokenMedia,
  tokenType,
} from "../../core/wire/tokens.ts";
import { sha256, sha256Hex } from "../digest.ts";
import { bodyOf } from "../door/body.ts";
import type { Edges, PrivacyPass } from "../edges.ts";
import { ifFree } from "../lock.ts";
import type { TokenStore } from "../store/kepttokens.ts";
import { uniformBelow } from "./uniform.ts";

export interface WalletParts {
  readonly store: TokenStore;
  readonly edges: Edges;
  /** Origin of the issuer, as the site pins it. */
  readonly issuer: string;
  /** Name of the lock by which one tab at a time fetches. */
  readonly lock: string;
  /** Loads what blinds; see privacypass.ts. */
  readonly load: () => Promise<PrivacyPass>;
  /** Most tokens fetched at a time, and so in a day. */
  readonly tokensPerDay?: number;
  /** The fetch happens at a uniformly random time within so many milliseconds of being asked for. */
  readonly spreadMs?: number;
  readonly wait?: (ms: number) => Promise<void>;
}

const requestLimitMs = 30_000;
const directoryLimitBytes = 64_000;

export class Wallet {
  readonly #parts: Required<WalletParts>;

  constructor(parts: WalletParts) {
    this.#parts = {
      tokensPerDay: 4,
      spreadMs: 60_000,
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      ...parts,
    };
  }

  /** A token of the key that a task names, gone from the device with this call; null when there is none. */
  take(keyId: string): Promise<Uint8Array | null> {
    return this.#parts.store.take(keyId);
  }

  /** Whether the issuer has been asked in vain for a day: worth saying to somebody. */
  async isOverdue(nowMs: number): Promise<boolean> {
    const failingSinceMs = (await this.#parts.store.refillPlan())?.failingSinceMs ?? null;
    return failingSinceMs !== null && nowMs >= failingSinceMs + dayMs;
  }

  /**
   * Fills the wallet up to a day's tokens of each key, at a time of chance, unless that happened less than a
   * day ago. Call it at idle times whatever the person does and however many tokens are left, and do not wait
   * for it with a report.
   *
   * @param keyIds ids of the issuer's keys that open tasks name: one, and two while keys rotate.
   * @param allowed asked before each request: consent may be taken back meanwhile.
   * @returns tokens fetched.
   * @throws when the issuer cannot be reached, has no such key, or answers with anything but good tokens. What was fetched
   *   before is kept.
   */
  async refill(keyIds: readonly string[], allowed: () => boolean): Promise<number> {
    const { store, edges, lock, tokensPerDay, spreadMs, wait } = this.#parts;
    let fetched = 0;
    await ifFree(lock, async () => {
      const plan = await store.refillPlan();
      if (plan !== null && edges.nowMs() < plan.nextAtMs) return;
      await wait(spreadMs < 1 ? 0 : uniformBelow(Math.floor(spreadMs), edges.fill));
      if (!allowed()) return;
      await store.keepOnly(keyIds);
      const wanted = await Promise.all(
        keyIds.map(async (keyId) => ({ keyId, count: tokensPerDay - (await store.count(keyId)) })),
      );
      const askedAtMs = edges.nowMs();
      const failingSinceMs = plan?.failingSinceMs ?? askedAtMs;
      // Kept before anything is asked, so that an issuer that fails is asked once an hour.
      await store.keepRefillPlan({ nextAtMs: askedAtMs + hourMs, failingSinceMs });
      for (const { keyId, count } of wanted) {
        if (count > 0) fetched += await this.#fetch(keyId, { wanted: count, allowed });
      }
      if (!allowed()) return;
      // Of chance again, so that this time says nothing about the next.
      const nextAtMs = askedAtMs + dayMs + uniformBelow(6 * hourMs, edges.fill);
      const inVain = wanted.some(({ count }) => count > 0) && fetched === 0;
      await store.keepRefillPlan({ nextAtMs, failingSinceMs: inVain ? failingSinceMs : null });
    });
    return fetched;
  }

  async #fetch(
    keyId: string,
    { wanted, allowed }: { readonly wanted: number; readonly allowed: () => boolean },
  ): Promise<number> {
    const { store, issuer, load } = this.#parts;
    const directory = await this.#directory();
    const tokenKey = await keyOf(directory, keyId);
    const address = new URL(directory["issuer-request-uri"], issuer);
    if (address.origin !== new URL(issuer).origin) {
      throw new TypeError(
        `tokens: the issuer must answer at ${new URL(issuer).origin}, got ${address.origin}`,
      );
    }
    const { begin } = await load();
    const name = new URL(issuer).host;
    let fetched = 0;
    while (fetched < wanted && allowed()) {
      const pending = await begin(name, tokenKey);
      const response = await this.#ask(address.href, pending.request);
      if (response === null) break;
      const token = await pending.finish(response);
      await requireToken(token, { keyId, name });
      // Consent taken back in between is an erasure, and stays one.
      if (!allowed()) break;
      await store.add(keyId, [token]);
      fetched++;
    }
    return fetched;
  }

  async #directory(): Promise<IssuerDirectory> {
    const { edges, issuer } = this.#parts;
    const response = await edges.fetch(`${issuer}${directoryPath}`, request({ method: "GET" }));
    if (!response.ok) throw new Error(`tokens: expected the issuer's directory, got ${response.status}`);
    const text = await response.text();
    if (text.length > directoryLimitBytes) {
      throw new RangeError(
        `tokens: a directory must have at most ${directoryLimitBytes} bytes, got ${text.length}`,
      );
    }
    return parseIssuerDirectory(JSON.parse(text));
  }

  /** The issuer's answer; null when it gives no more today. */
  async #ask(address: string, body: Uint8Array<ArrayBuffer>): Promise<Uint8Array | null> {
    const headers = { "content-type": tokenMedia.request, accept: tokenMedia.response };
    const response = await this.#parts.edges.fetch(address, request({ method: "POST", headers, body }));
    if (response.status === 429) return null;
    if (!response.ok) throw new Error(`tokens: expected a token response, got ${response.status}`);
    return bodyOf(response, "POST /v1/tokens");
  }
}

/** What every request to the issuer has: nothing of the browser's own, and an end. */
function request(init: RequestInit): RequestInit {
  return {
    ...init,
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(requestLimitMs),
  };
}

/** The key with the id that the task names: an issuer cannot give one device a key of its own. */
async function keyOf(directory: IssuerDirectory, keyId: string): Promise<Uint8Array> {
  for (const entry of directory["token-keys"]) {
    const key = entry["token-type"] === tokenType ? bytesOf(entry["token-key"]) : null;
    if (key !== null && isTokenKey(key) && (await sha256Hex(key)) === keyId) return key;
  }
  throw new RangeError(`tokens: the issuer must have the key ${keyId.slice(0, 8)}… of the task, got others`);
}

/** Null for text that is no base64. */
function bytesOf(base64url: string): Uint8Array | null {
  try {
    const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

/** The library checked the signature; this checks that it signed what was meant. */
async function requireToken(
  token: Uint8Array,
  { keyId, name }: { readonly keyId: string; readonly name: string },
): Promise<void> {
  const parts = parseToken(token);
  const digest = toHex(await sha256(challengeBytes(name)));
  if (toHex(parts.keyId) !== keyId || toHex(parts.challengeDigest) !== digest) {
    throw new Error("tokens: expected a token for the task's key and this issuer, got another");
  }
}
