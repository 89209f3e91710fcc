/** Laws of the device's wallet, against the real issuer. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { dayMs, hourMs } from "../../core/time.ts";
import { directoryPath, tokenMedia } from "../../core/wire/tokens.ts";
import { issuerRoutes, tokensPath } from "../../server/http/issuer.ts";
import { AddressGate, type IssuanceGate } from "../../server/tokens/gate.ts";
import { Issuer } from "../../server/tokens/issuer.ts";
import { IssuerKeys, type SigningKey } from "../../server/tokens/keys.ts";
import { challengeDigestOf, verifyToken } from "../../server/tokens/verify.ts";
import * as privacyPass from "../../worker/contribute/privacypass.ts";
import { Wallet, type WalletParts } from "../../worker/contribute/wallet.ts";
import { type Fetch, platformEdges } from "../../worker/edges.ts";
import type { RefillPlan, TokenStore } from "../../worker/store/kepttokens.ts";

const folder = mkdtempSync(join(tmpdir(), "tacit-wallet-"));
afterAll(() => rmSync(folder, { recursive: true }));
let worlds = 0;

const issuer = "https://helper.example:8443";
const yes = { allowed: () => true };
const there = { state: "there" };
const anybody: IssuanceGate = { admit: async () => ({ ok: true }) };

/** A store in memory that counts nothing away: what the wallet is handed. */
class PlainStore implements TokenStore {
  readonly held = new Map<string, Uint8Array[]>();
  plan: RefillPlan | null = null;
  async take(keyId: string) {
    return this.held.get(keyId)?.shift() ?? null;
  }
  async add(keyId: string, tokens: readonly Uint8Array[]) {
    this.held.set(keyId, [...(this.held.get(keyId) ?? []), ...tokens]);
  }
  async keepOnly(keyIds: readonly string[]) {
    for (const held of [...this.held.keys()]) if (!keyIds.includes(held)) this.held.delete(held);
  }
  async count(keyId: string) {
    return this.held.get(keyId)?.length ?? 0;
  }
  async refillPlan() {
    return this.plan;
  }
  async keepRefillPlan(plan: RefillPlan) {
    this.plan = plan;
  }
}

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
}

async function world({
  gate = anybody,
  change = {},
  through = (_url, answer) => answer(),
}: {
  readonly gate?: IssuanceGate;
  readonly change?: Partial<WalletParts>;
  readonly through?: (url: string, answer: () => Promise<Response>) => Promise<Response>;
} = {}) {
  const clock = { nowMs: 1_000_000 };
  const keys = await IssuerKeys.open({
    path: join(folder, `${worlds++}.json`),
    rotateMs: 1e12,
    overlapMs: 1e12,
    nowMs: () => 0,
  });
  const [key] = await keys.current();
  const app = issuerRoutes({
    issuer: new Issuer({ keys, gate, requestUri: tokensPath }),
    origins: ["*"],
    addressOf: () => "192.0.2.7",
  });
  const asked: Asked[] = [];
  const fetch: Fetch = async (url, init) => {
    asked.push({ url, init });
    return through(url, async () => app.request(url, init));
  };
  const store = new PlainStore();
  const parts: WalletParts = {
    store,
    edges: { ...platformEdges(), nowMs: () => clock.nowMs, fetch },
    issuer,
    load: async () => privacyPass,
    ...change,
  };
  return { clock, key, asked, store, parts, wallet: new Wallet(parts) };
}

function isGood(key: SigningKey, token: Uint8Array): boolean {
  return verifyToken(key, challengeDigestOf(new URL(issuer).host), token).ok;
}

describe("providing", () => {
  test("brings one good token of each key, another once that is spent, and each is taken once", async () => {
    const { wallet, key, asked } = await world();
    const tokens: Uint8Array[] = [];
    for (let k = 0; k < 4; k++) {
      for (let again = 0; again < 3; again++) expect(await wallet.provide([key.id], yes)).toEqual(there);
      const [token, none] = [await wallet.take(key.id), await wallet.take(key.id)];
      expect(none).toBeNull();
      if (token !== null) tokens.push(token);
    }
    expect(new Set(tokens.map((token) => Buffer.from(token).toString("hex"))).size).toBe(4);
    for (const token of tokens) expect(isGood(key, token)).toBe(true);
    // A look at the directory and one token each time.
    expect(asked).toHaveLength(8);
  });

  test("while keys rotate there is one of both that tasks name, and none of the key that none names any more", async () => {
    const { wallet, key, store } = await world();
    await store.add("gone", [new Uint8Array(354)]);
    await store.add("older", [new Uint8Array(354)]);
    expect(await wallet.has(["older", key.id])).toBe(false);
    expect(await wallet.provide(["older", key.id], yes)).toEqual(there);
    expect(await wallet.has(["older", key.id])).toBe(true);
    expect(await Promise.all(["gone", "older", key.id].map((id) => store.count(id)))).toEqual([0, 1, 1]);
    await wallet.provide([key.id], yes);
    expect(await store.count("older")).toBe(0);
  });

  test("an issuer that refuses says when to come again, and is asked then and not before, on any page", async () => {
    let retryAfter: string | null = "10800";
    const { parts, key, clock, asked } = await world({
      through: async (url, answer) => {
        if (!url.endsWith(tokensPath) || retryAfter === null) return answer();
        return new Response(null, { status: 429, headers: { "retry-after": retryAfter } });
      },
    });
    const first = await new Wallet(parts).provide([key.id], yes);
    if (first.state !== "later") throw new Error("expected to be told to come later");
    expect(first.atMs - clock.nowMs).toBeGreaterThanOrEqual(3 * hourMs);
    expect(first.atMs - clock.nowMs).toBeLessThanOrEqual(3.75 * hourMs);
    expect(asked).toHaveLength(2);
    retryAfter = null;
    clock.nowMs = first.atMs - 1;
    expect(await new Wallet(parts).provide([key.id], yes)).toEqual(first);
    expect(asked).toHaveLength(2);
    clock.nowMs = first.atMs;
    expect(await new Wallet(parts).provide([key.id], yes)).toEqual(there);
  });

  test.each([
    ["99999999999", dayMs],
    ["999999999", dayMs],
    ["soon", 1.25 * hourMs],
    [null, 1.25 * hourMs],
  ])("an issuer that says %s keeps nobody away for more than a day", async (retryAfter, mostMs) => {
    const headers: HeadersInit = retryAfter === null ? {} : { "retry-after": retryAfter };
    const { wallet, key, clock } = await world({
      through: async (url, answer) =>
        url.endsWith(tokensPath) ? new Response(null, { status: 503, headers }) : answer(),
    });
    const refused = await wallet.provide([key.id], yes);
    if (refused.state !== "later") throw new Error("expected to be told to come later");
    expect(refused.atMs - clock.nowMs).toBeLessThanOrEqual(Math.max(mostMs, dayMs));
    expect(refused.atMs - clock.nowMs).toBeGreaterThanOrEqual(Math.min(mostMs / 1.25, dayMs));
  });

  test("the library is loaded only when a token is fetched", async () => {
    let loads = 0;
    const load = async () => {
      loads += 1;
      return privacyPass;
    };
    const { wallet, key, store } = await world({ change: { load } });
    await wallet.take(key.id);
    await store.add(key.id, [new Uint8Array(354)]);
    await wallet.provide([key.id], yes);
    expect(loads).toBe(0);
    store.held.clear();
    await wallet.provide([key.id], yes);
    expect(loads).toBe(1);
  });
});

describe("what leaves the device", () => {
  test("one look at the directory and one blinded number a token, with nothing of the browser's own", async () => {
    const { wallet, key, asked } = await world();
    await wallet.provide([key.id], yes);
    expect(asked.map(({ url }) => url)).toEqual([`${issuer}${directoryPath}`, `${issuer}${tokensPath}`]);
    for (const { init } of asked) {
      expect(init).toMatchObject({ credentials: "omit", referrerPolicy: "no-referrer", redirect: "error" });
    }
    const tokens = [await wallet.take(key.id)];
    for (const { init } of asked.slice(1)) {
      expect(init.headers).toEqual({ "content-type": tokenMedia.request, accept: tokenMedia.response });
      const body = Buffer.from(init.body instanceof Uint8Array ? init.body : []);
      expect(body).toHaveLength(259);
      for (const token of tokens) {
        // Neither nonce nor authenticator, nor any eight bytes of them, is in what the issuer saw.
        const own = [...(token ?? [])];
        for (let at = 2; at + 8 <= 34; at++)
          expect(body.includes(Buffer.from(own.slice(at, at + 8)))).toBe(false);
        for (let at = 98; at + 8 <= 354; at += 8)
          expect(body.includes(Buffer.from(own.slice(at, at + 8)))).toBe(false);
      }
    }
  });

  test("nothing once consent is taken back, not even what was on its way", async () => {
    const none = await world();
    await none.wallet.provide([none.key.id], { allowed: () => false });
    expect(none.asked).toEqual([]);
    expect(none.store.plan).toBeNull();
    let consent = true;
    const { wallet, key, store, asked } = await world({
      through: async (url, answer) => {
        const response = await answer();
        if (url.endsWith(tokensPath)) consent = false;
        return response;
      },
    });
    await wallet.provide([key.id], { allowed: () => consent });
    expect(asked).toHaveLength(2);
    expect(await store.count(key.id)).toBe(0);
  });

  test("a request under way ends with consent", async () => {
    const stop = new AbortController();
    const { wallet, key, asked } = await world({
      through: (url, answer) => {
        if (!url.endsWith(tokensPath)) return answer();
        stop.abort();
        return new Promise(() => undefined);
      },
    });
    void wallet.provide([key.id], { ...yes, signal: stop.signal }).catch(() => undefined);
    await expect.poll(() => asked.length).toBe(2);
    expect(asked.map(({ init }) => init.signal?.aborted)).toEqual([true, true]);
  });
});

describe("an issuer that is not what it should be", () => {
  test("cannot give a device a key other than the task's", async () => {
    const { wallet, asked } = await world();
    await expect(wallet.provide(["ab".repeat(32)], yes)).rejects.toThrow(
      /must have the key abababab… of the task/,
    );
    expect(asked).toHaveLength(1);
  });

  test("cannot send requests elsewhere", async () => {
    const { wallet, key, asked } = await world({
      through: async (url, answer) => {
        if (!url.endsWith(directoryPath)) return answer();
        const directory = (await (await answer()).json()) as Record<string, unknown>;
        return Response.json({ ...directory, "issuer-request-uri": "https://elsewhere.example/v1/tokens" });
      },
    });
    await expect(wallet.provide([key.id], yes)).rejects.toThrow(
      /must answer at https:\/\/helper.example:8443/,
    );
    expect(asked).toHaveLength(1);
  });

  test("has its wrong signatures refused, and no token kept of them", async () => {
    const { wallet, key, store } = await world({
      through: async (url, answer) => {
        const response = await answer();
        if (!url.endsWith(tokensPath)) return response;
        const bytes = new Uint8Array(await response.arrayBuffer());
        bytes[200] ^= 1;
        return new Response(bytes, response);
      },
    });
    await expect(wallet.provide([key.id], yes)).rejects.toThrow();
    expect(await store.count(key.id)).toBe(0);
  });

  test("is asked less and less while it fails, at last once an hour, and is overdue after a day", async () => {
    let broken = true;
    const { wallet, key, clock, asked } = await world({
      through: async (_url, answer) => (broken ? new Response(null, { status: 502 }) : answer()),
    });
    const startedMs = clock.nowMs;
    const askedAtMs: number[] = [];
    while (clock.nowMs < startedMs + dayMs) {
      expect(await wallet.isOverdue(clock.nowMs)).toBe(false);
      const before = asked.length;
      await wallet.provide([key.id], yes).catch(() => undefined);
      if (asked.length > before) askedAtMs.push(clock.nowMs);
      clock.nowMs += 5_000;
    }
    const gaps = askedAtMs.slice(1).map((atMs, k) => atMs - askedAtMs[k]);
    expect(gaps.slice(0, 3)).toEqual([15_000, 15_000, 30_000]);
    expect(gaps.slice(-10)).toEqual(Array.from({ length: 10 }, () => hourMs));
    expect(asked.length).toBeLessThan(40);
    expect(await wallet.isOverdue(clock.nowMs)).toBe(true);
    broken = false;
    clock.nowMs += hourMs;
    expect(await wallet.provide([key.id], yes)).toEqual(there);
    expect(await wallet.isOverdue(clock.nowMs)).toBe(false);
  });

  test("that gives none for a day is overdue, though it answers", async () => {
    const gate = new AddressGate({ tokensPerDay: 1, share: 0, nowMs: () => 0 });
    const { wallet, key, clock } = await world({ gate });
    expect(await wallet.provide([key.id], yes)).toEqual(there);
    await wallet.take(key.id);
    expect(await wallet.provide([key.id], yes)).toMatchObject({ state: "later" });
    expect(await wallet.isOverdue(clock.nowMs)).toBe(false);
    clock.nowMs += 25 * hourMs;
    expect(await wallet.isOverdue(clock.nowMs)).toBe(true);
  });
});
