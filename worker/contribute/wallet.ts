/**
 * The device's tokens: one is fetched when an open task asks for it, and spent by one report.
 *
 * What keeps a token from telling whose report it goes with: the issuer signs it blind; it is fetched whether
 * or not there is anything to report, early in a visit of which the report has a time of its own; its key is
 * one named in the tasks that everybody gets, so no device can be given a key of its own; and its challenge
 * is the same for all devices of the site.
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
import { endOf } from "../door/end.ts";
import type { Edges, PrivacyPass } from "../edges.ts";
import type { TokenStore } from "../store/kepttokens.ts";
import { retryMs } from "./schedule.ts";
import { uniformBelow } from "./uniform.ts";

export interface WalletParts {
  readonly store: TokenStore;
  readonly edges: Edges;
  /** Origin of the issuer, as the site pins it. */
  readonly issuer: string;
  /** Loads what blinds; see privacypass.ts. */
  readonly load: () => Promise<PrivacyPass>;
}

/** Whoever asks for a token, as long as it may. */
export interface Asking {
  /** Asked before each request and before anything is kept: consent may be taken back meanwhile. */
  readonly allowed: () => boolean;
  /** Ends a request that is under way. */
  readonly signal?: AbortSignal;
}

export type Fetched =
  | { readonly state: "there" }
  /** The issuer gives one later, or has not answered. */
  | { readonly state: "later"; readonly atMs: number };

const requestLimitMs = 30_000;
const directoryLimitBytes = 64_000;
/** What an issuer that names no time means. */
const defaultWaitMs = hourMs;
/** No issuer keeps a browser away for longer. */
const longestWaitMs = dayMs;

export class Wallet {
  readonly #parts: WalletParts;

  constructor(parts: WalletParts) {
    this.#parts = parts;
  }

  /** A token of the key that a task names, gone from the device with this call; null when there is none. */
  take(keyId: string): Promise<Uint8Array | null> {
    return this.#parts.store.take(keyId);
  }

  /** Whether there is a token of each key. */
  async has(keyIds: readonly string[]): Promise<boolean> {
    const counts = await Promise.all(keyIds.map((keyId) => this.#parts.store.count(keyId)));
    return counts.every((count) => count > 0);
  }

  /** Whether the issuer has been asked in vain for a day: worth saying to somebody. */
  async isOverdue(nowMs: number): Promise<boolean> {
    const failingSinceMs = (await this.#parts.store.refillPlan())?.failingSinceMs ?? null;
    return failingSinceMs !== null && nowMs >= failingSinceMs + dayMs;
  }

  /** When the issuer may be asked; a time that is past where it may be now. */
  async nextAtMs(): Promise<number> {
    return (await this.#parts.store.refillPlan())?.nextAtMs ?? 0;
  }

  /**
   * Sees to it that there is one token of each key, and drops those of others. An issuer that refuses says
   * when to come again, and is not asked before; one that fails is asked again after as long as it has been
   * failing, at most an hour. One tab at a time may call it.
   *
   * @param keyIds ids of the issuer's keys that open tasks name: one, and two while keys rotate.
   * @throws when the issuer cannot be reached, has no such key, or answers with anything but good tokens.
   * What was fetched
   *   before is kept.
   */
  async provide(keyIds: readonly string[], asking: Asking): Promise<Fetched> {
    const { store, edges } = this.#parts;
    await store.keepOnly(keyIds);
    for (const keyId of keyIds) {
      if ((await store.count(keyId)) > 0) continue;
      const plan = await store.refillPlan();
      const nowMs = edges.nowMs();
      if (plan !== null && nowMs < plan.nextAtMs && plan.nextAtMs <= nowMs + longestWaitMs * 2) {
        return { state: "later", atMs: plan.nextAtMs };
      }
      if (!asking.allowed()) return { state: "later", atMs: nowMs };
      const failingSinceMs = plan?.failingSinceMs ?? nowMs;
      // Kept before anything is asked, so that an answer that never comes counts as none.
      await store.keepRefillPlan({ nextAtMs: nowMs + retryMs(nowMs - failingSinceMs), failingSinceMs });
      const asked = await this.#fetch(keyId, asking);
      if (!asking.allowed()) return { state: "later", atMs: nowMs };
      if (asked.state === "refused") {
        // Of chance on top, so that whom it sent away together does not come again together.
        const waitMs = asked.waitMs + uniformBelow(Math.ceil(asked.waitMs / 4) + 1, edges.fill);
        const nextAtMs = nowMs + Math.min(waitMs, longestWaitMs);
        await store.keepRefillPlan({ nextAtMs, failingSinceMs });
        return { state: "later", atMs: nextAtMs };
      }
      await store.keepRefillPlan({ nextAtMs: nowMs, failingSinceMs: null });
    }
    return { state: "there" };
  }

  async #fetch(keyId: string, { allowed, signal }: Asking): Promise<Answered> {
    const { store, issuer, load } = this.#parts;
    const directory = await this.#directory(signal);
    const tokenKey = await keyOf(directory, keyId);
    const address = new URL(directory["issuer-request-uri"], issuer);
    if (address.origin !== new URL(issuer).origin) {
      throw new TypeError(
        `tokens: the issuer must answer at ${new URL(issuer).origin}, got ${address.origin}`,
      );
    }
    const { begin } = await load();
    const name = new URL(issuer).host;
    const pending = await begin(name, tokenKey);
    if (!allowed()) return { state: "given" };
    const answer = await this.#ask(address.href, pending.request, signal);
    if (answer.state === "refused") return answer;
    const token = await pending.finish(answer.bytes);
    await requireToken(token, { keyId, name });
    // Consent taken back in between is an erasure, and stays one.
    if (allowed()) await store.add(keyId, [token]);
    return { state: "given" };
  }

  async #directory(signal?: AbortSignal): Promise<IssuerDirectory> {
    const { edges, issuer } = this.#parts;
    const response = await edges.fetch(`${issuer}${directoryPath}`, request({ method: "GET" }, signal));
    if (!response.ok) throw new Error(`tokens: expected the issuer's directory, got ${response.status}`);
    const text = await response.text();
    if (text.length > directoryLimitBytes) {
      throw new RangeError(
        `tokens: a directory must have at most ${directoryLimitBytes} bytes, got ${text.length}`,
      );
    }
    return parseIssuerDirectory(JSON.parse(text));
  }

  /** The issuer's answer, or for how long it gives none. */
  async #ask(address: string, body: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<Answer> {
    const headers = { "content-type": tokenMedia.request, accept: tokenMedia.response };
    const init = request({ method: "POST", headers, body }, signal);
    const response = await this.#parts.edges.fetch(address, init);
    if (response.status === 429 || response.status === 503) {
      return { state: "refused", waitMs: waitMsOf(response.headers.get("retry-after")) };
    }
    if (!response.ok) throw new Error(`tokens: expected a token response, got ${response.status}`);
    return { state: "answered", bytes: await bodyOf(response, "POST /v1/tokens") };
  }
}

interface Refused {
  readonly state: "refused";
  readonly waitMs: number;
}
type Answer = Refused | { readonly state: "answered"; readonly bytes: Uint8Array };
type Answered = Refused | { readonly state: "given" };

/** Seconds alone (RFC 9110, 10.2.3): a date would need the issuer's clock. */
function waitMsOf(retryAfter: string | null): number {
  const seconds = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : 0;
  return seconds === 0 ? defaultWaitMs : Math.min(seconds * 1000, longestWaitMs);
}

/** What every request to the issuer has: nothing of the browser's own, and an end. */
function request(init: RequestInit, signal?: AbortSignal): RequestInit {
  return {
    ...init,
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store",
    redirect: "error",
    signal: endOf(requestLimitMs, signal),
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
