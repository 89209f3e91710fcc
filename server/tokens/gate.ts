/**
 * Who may have a token. The gate is what stands between one attacker and a thousand browsers; replace it
 * where there is something better to ask for than an address (an account, a device check).
 *
 * The default counts tokens of an address and day (UTC). An address gets so many, or so large a share of all
 * that the site gave out in a day, whichever is more:
 *
 *   limit = max(tokensPerDay, share * max(given yesterday, given today))
 *
 * A device needs one or two in a round, so an office has them at once, and a campus or a carrier behind one
 * address over days, or sooner where the site is large; a flood from one address stays below
 * share / (1 - share) of the others' tokens, or at `tokensPerDay`. IPv6 counts twice, as the 64 bits of a
 * network and, eight times as many, as the 48 bits that one subscriber may have 65,536 networks of.
 *
 * It keeps no address: only an HMAC under a key drawn each day and forgotten with it, in memory alone, so that
 * the counts cannot be taken back to addresses by whoever finds them tomorrow. Of yesterday it keeps one
 * number. Its limit is one of addresses: people behind one share it, and who has many addresses has many
 * tokens.
 */

import { createHmac, randomBytes } from "node:crypto";
import { dayMs } from "../../core/time.ts";
import { parseAddress } from "../base/address.ts";

export interface IssuanceContext {
  /** Where the request came from. */
  readonly address: string;
  readonly headers: Headers;
}

export type GateVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: "limit" | "busy"; readonly retryAfterSeconds: number };

export interface IssuanceGate {
  /** Asked once a token; what it admits it has counted. */
  readonly admit: (context: IssuanceContext) => Promise<GateVerdict>;
}

export interface AddressGateOptions {
  readonly tokensPerDay: number;
  readonly nowMs: () => number;
  /** Largest share of a day's tokens that one address gets; 0.02 unless given. */
  readonly share?: number;
  /**
   * Addresses counted a day; beyond, new ones are turned away, so that a flood of addresses does not eat the
   * memory.
   */
  readonly mostAddresses?: number;
}

interface Day {
  readonly day: number;
  readonly key: Uint8Array;
  readonly counts: Map<string, number>;
  /** Tokens given out. */
  given: number;
}

/** A subscriber's many networks together get so many times what one does. */
const subscriberTimes = 8;

export class AddressGate implements IssuanceGate {
  readonly #tokensPerDay: number;
  readonly #share: number;
  readonly #mostAddresses: number;
  readonly #nowMs: () => number;
  #today: Day;
  #givenYesterday = 0;

  constructor({ tokensPerDay, nowMs, share = 0.02, mostAddresses = 1_000_000 }: AddressGateOptions) {
    this.#tokensPerDay = tokensPerDay;
    this.#share = share;
    this.#mostAddresses = mostAddresses;
    this.#nowMs = nowMs;
    this.#today = newDay(dayOf(nowMs()));
  }

  /**
   * Looks and counts in one step, without waiting between: a flood of requests at once is counted like any
   * other.
   */
  async admit({ address }: IssuanceContext): Promise<GateVerdict> {
    const nowMs = this.#nowMs();
    this.#turnTo(dayOf(nowMs));
    const { counts, key, day, given } = this.#today;
    const retryAfterSeconds = Math.ceil(((day + 1) * dayMs - nowMs) / 1000);
    const share = Math.floor(this.#share * Math.max(this.#givenYesterday, given));
    const most = Math.max(this.#tokensPerDay, share);
    const asked = networksOf(address).map(({ network, times }) => {
      const who = createHmac("sha256", key).update(network).digest("base64");
      return { who, most: most * times, had: counts.get(who) ?? 0 };
    });
    if (asked.some(({ had, most: limit }) => had >= limit)) {
      return { ok: false, why: "limit", retryAfterSeconds };
    }
    const unknown = asked.filter(({ had }) => had === 0).length;
    if (counts.size + unknown > this.#mostAddresses) return { ok: false, why: "busy", retryAfterSeconds };
    for (const { who, had } of asked) counts.set(who, had + 1);
    this.#today.given += 1;
    return { ok: true };
  }

  #turnTo(day: number): void {
    if (day === this.#today.day) return;
    if (day < this.#today.day) {
      // The clock was set back: what was counted counts for the day that it is now.
      this.#today = { ...this.#today, day };
      return;
    }
    this.#givenYesterday = day === this.#today.day + 1 ? this.#today.given : 0;
    this.#today = newDay(day);
  }

  /** What it holds, as tests and memory dumps see it. */
  snapshot(): ReadonlyMap<string, number> {
    return new Map(this.#today.counts);
  }
}

function newDay(day: number): Day {
  return { day, key: randomBytes(32), counts: new Map(), given: 0 };
}

function dayOf(nowMs: number): number {
  return Math.floor(nowMs / dayMs);
}

interface Counted {
  readonly network: string;
  /** So many times what one address gets. */
  readonly times: number;
}

/** What an address counts as: an IPv4 address, or the first 64 and 48 bits of an IPv6 one. */
export function networksOf(written: string): readonly Counted[] {
  const address = parseAddress(written);
  if (address?.family !== 6) return [{ network: address?.text ?? written, times: 1 }];
  const groups = address.groups.map((group) => group.toString(16));
  return [
    { network: `${groups.slice(0, 4).join(":")}::/64`, times: 1 },
    { network: `${groups.slice(0, 3).join(":")}::/48`, times: subscriberTimes },
  ];
}
