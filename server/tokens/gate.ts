/**
 * Who may have a token. The gate is what stands between one attacker and a thousand browsers; replace it
 * where there is something better to ask for than an address (an account, a device check).
 *
 * The default counts tokens of an address and day (UTC). It keeps no address: only an HMAC under a key drawn
 * each day and forgotten with it, in memory alone, so that the counts cannot be taken back to addresses by
 * whoever finds them tomorrow. Its limit is one of addresses: people behind one share it, and who has many
 * addresses has many tokens.
 */

import { createHmac, randomBytes } from "node:crypto";
import { dayMs } from "../../core/time.ts";

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
}

export class AddressGate implements IssuanceGate {
  readonly #tokensPerDay: number;
  readonly #mostAddresses: number;
  readonly #nowMs: () => number;
  #today: Day;

  constructor({ tokensPerDay, nowMs, mostAddresses = 1_000_000 }: AddressGateOptions) {
    this.#tokensPerDay = tokensPerDay;
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
    if (dayOf(nowMs) !== this.#today.day) this.#today = newDay(dayOf(nowMs));
    const { counts, key } = this.#today;
    const who = createHmac("sha256", key).update(networkOf(address)).digest("base64");
    const had = counts.get(who);
    const retryAfterSeconds = Math.ceil(((this.#today.day + 1) * dayMs - nowMs) / 1000);
    if (had === undefined && counts.size >= this.#mostAddresses) {
      return { ok: false, why: "busy", retryAfterSeconds };
    }
    if ((had ?? 0) >= this.#tokensPerDay) return { ok: false, why: "limit", retryAfterSeconds };
    counts.set(who, (had ?? 0) + 1);
    return { ok: true };
  }

  /** What it holds, as tests and memory dumps see it. */
  snapshot(): ReadonlyMap<string, number> {
    return new Map(this.#today.counts);
  }
}

function newDay(day: number): Day {
  return { day, key: randomBytes(32), counts: new Map() };
}

function dayOf(nowMs: number): number {
  return Math.floor(nowMs / dayMs);
}

/** What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 one. */
export function networkOf(address: string): string {
  const [bare] = address.split("%");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare);
  if (mapped !== null) return mapped[1];
  if (!bare.includes(":")) return bare;
  const [before, after] = bare.toLowerCase().split("::");
  const head = before === "" ? [] : before.split(":");
  const tail = after === undefined || after === "" ? [] : after.split(":");
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array.from({ length: zeros }, () => "0"), ...tail];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
