/**
 * How often an address may ask: a token bucket each, in memory. A bucket holds a minute's worth and fills
 * evenly.
 *
 * Buckets are kept under a keyed hash of the address. The key is drawn at random, another each day, and never
 * leaves the process: even a dump of its memory tells whether one asked only to who already knows the
 * address.
 */

import { createHmac, randomBytes } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { dayMs } from "../../core/time.ts";
import { hasPassed } from "../base/clock.ts";
import type { Config } from "../base/config.ts";
import type { Log } from "../base/log.ts";
import { clientOf, isExempt } from "./address.ts";
import { problem } from "./problem.ts";

/** More addresses than this at once: the oldest bucket is forgotten, so that memory stays bounded. */
const mostBuckets = 100_000;

export interface RateLimitOptions {
  /** 0 sets no limit. */
  readonly perMinute: number;
  readonly nowMs: () => number;
}

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

export class RateLimit {
  readonly #perMinute: number;
  readonly #nowMs: () => number;
  #buckets = new Map<string, Bucket>();
  #salt = randomBytes(32);
  #day = 0;

  constructor({ perMinute, nowMs }: RateLimitOptions) {
    this.#perMinute = perMinute;
    this.#nowMs = nowMs;
  }

  /** Seconds until the address may ask again, 0 when it may now. */
  waitSeconds(address: string): number {
    if (this.#perMinute === 0) return 0;
    const { tokens } = this.#filled(this.#keyOf(address));
    return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * 60) / this.#perMinute);
  }

  /** Counts one request of the address; false when it had none left. */
  take(address: string): boolean {
    if (this.#perMinute === 0) return true;
    const key = this.#keyOf(address);
    const { tokens, atMs } = this.#filled(key);
    if (tokens < 1) return false;
    // Set again, so that the map is in the order of use and its first entry is the oldest.
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: tokens - 1, atMs });
    if (this.#buckets.size > mostBuckets) this.#forgetOldest();
    return true;
  }

  #filled(key: string): Bucket {
    const atMs = this.#nowMs();
    const capacity = Math.max(1, this.#perMinute);
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return { tokens: capacity, atMs };
    // Counted on from here by a clock that was set back, or nothing would be gained until it is there again.
    if (atMs < bucket.atMs) this.#buckets.set(key, { ...bucket, atMs });
    const gained = (Math.max(0, atMs - bucket.atMs) * this.#perMinute) / 60_000;
    return { tokens: Math.min(capacity, bucket.tokens + gained), atMs };
  }

  #forgetOldest(): void {
    for (const key of this.#buckets.keys()) {
      this.#buckets.delete(key);
      return;
    }
  }

  #keyOf(address: string): string {
    const day = Math.floor(this.#nowMs() / dayMs);
    if (day !== this.#day) {
      this.#day = day;
      this.#salt = randomBytes(32);
      this.#buckets = new Map();
    }
    return createHmac("sha256", this.#salt).update(address).digest("base64url").slice(0, 22);
  }
}

export interface LimitRateOptions extends RateLimitOptions {
  readonly limits: Pick<Config["limits"], "exempt" | "trustProxy">;
  /** What is limited, for the log. */
  readonly name: string;
  readonly log: Log;
}

/**
 * Answers 429 to an address that asks too often. The log gets a count a minute, and nothing about who it was.
 */
export function limitRate({ limits, name, log, perMinute, nowMs }: LimitRateOptions): MiddlewareHandler {
  const rates = new RateLimit({ perMinute, nowMs });
  let refused = 0;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  return async (c, next) => {
    const client = clientOf(c, limits.trustProxy);
    if (client === null || isExempt(client, limits.exempt) || rates.take(client.counted)) return next();
    refused += 1;
    if (hasPassed(60_000, { sinceMs: toldAtMs, nowMs: nowMs() })) {
      log("rate-limited", { what: name, refused }, "warn");
      refused = 0;
      toldAtMs = nowMs();
    }
    return tooManyRequests(c, rates.waitSeconds(client.counted));
  };
}

/** 429 with the time to wait. */
export function tooManyRequests(c: Context, waitSeconds: number): Response {
  c.header("retry-after", String(waitSeconds));
  const detail = `expected fewer requests, got too many: ask again in ${waitSeconds} s`;
  return problem(c, { status: 429, name: "too-many-requests", detail });
}
