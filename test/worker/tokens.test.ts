/** Laws of the device's wallet, against the real issuer. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../core/seeded.ts";
import { hourMs } from "../../core/time.ts";
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
const yes = () => true;
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
  const waits: number[] = [];
  const parts: WalletParts = {
    store,
    edges: { ...platformEdges(), nowMs: () => clock.nowMs, fetch },
    issuer,
    lock: `tokens of ${key.id}`,
    load: async () => privacyPass,
    wait: async (ms) => void waits.push(ms),
    ...change,
  };
  return { clock, key, asked, store, waits, parts, wallet: new Wallet(parts) };
}

function isGood(key: SigningKey, token: Uint8Array): boolean {
  return verifyToken(key, challengeDigestOf(new URL(issuer).host), token).ok;
}

describe("refilling", () => {
  test("brings good tokens, all different, and each is taken once", async () => {
    const { wallet, key } = await world();
    expect(await wallet.refill([key.id], yes)).toBe(4);
    const taken = await Promise.all(Array.from({ length: 6 }, () => wallet.take(key.id)));
    const tokens = taken.filter((token) => token !== null);
    expect(tokens).toHaveLength(4);
    expect(new Set(tokens.map((token) => Buffer.from(token).toString("hex"))).size).toBe(4);
    for (const token of tokens) expect(isGood(key, token)).toBe(true);
  });

  test("happens at most once a day, whatever is asked and spent in between", async () => {
    const { wallet, key, clock, asked } = await world();
    let fetched = 0;
    for (let hour = 0; hour < 24; hour++) {
      fetched += await wallet.refill([key.id], yes);
      while ((await wallet.take(key.id)) !== null);
      clock.nowMs += hourMs - 1;
    }
    expect(fetched).toBe(4);
    expect(asked).toHaveLength(5);
    clock.nowMs += 6 * hourMs + 24;
    expect(await wallet.refill([key.id], yes)).toBe(4);
  });

  test("fills up and no further: a device that spends nothing asks for nothing", async () => {
    const { wallet, key, clock, asked } = await world();
    await wallet.refill([key.id], yes);
    clock.nowMs += 31 * hourMs;
    expect(await wallet.refill([key.id], yes)).toBe(0);
    expect(asked).toHaveLength(5);
    await wallet.take(key.id);
    clock.nowMs += 31 * hourMs;
    expect(await wallet.refill([key.id], yes)).toBe(1);
  });

  test("while keys rotate fills up both that tasks name, and drops the tokens of the key that none names any more", async () => {
    const { wallet, key, store, clock } = await world();
    const other = (count: number) => Array.from({ length: count }, () => new Uint8Array(354));
    await store.add("gone", other(2));
    await store.add("older", other(4));
    expect(await wallet.refill(["older", key.id], yes)).toBe(4);
    const counts = () => Promise.all(["gone", "older", key.id].map((id) => store.count(id)));
    expect(await counts()).toEqual([0, 4, 4]);
    clock.nowMs += 31 * hourMs;
    expect(await wallet.refill([key.id], yes)).toBe(0);
    expect(await counts()).toEqual([0, 0, 4]);
  });

  test("waits for a time of chance, uniform over the spread, and draws the next day's too", async () => {
    const random = seededRandom(3);
    const waited: number[] = [];
    const nextDays: number[] = [];
    const { parts, key, clock } = await world();
    for (let k = 0; k < 300; k++) {
      const store = new PlainStore();
      await store.add(
        key.id,
        [1, 2, 3, 4].map(() => new Uint8Array(354)),
      );
      const fill = (bytes: Uint8Array) => bytes.set(Array.from(bytes, () => Math.floor(random() * 256)));
      const wait = async (ms: number) => void waited.push(ms);
      const edges = { ...parts.edges, fill };
      await new Wallet({ ...parts, store, edges, wait, spreadMs: 1000 }).refill([key.id], yes);
      nextDays.push((store.plan?.nextAtMs ?? 0) - clock.nowMs);
    }
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    // Standard deviation of the mean of 300 uniform draws over 1: 0.0167.
    expect(Math.abs(mean(waited) / 1000 - 0.5)).toBeLessThan(0.09);
    expect(Math.abs(mean(nextDays) / hourMs - 27)).toBeLessThan(0.09 * 6);
    expect(Math.min(...nextDays)).toBeGreaterThanOrEqual(24 * hourMs);
    expect(Math.max(...waited)).toBeLessThan(1000);
  });

  test("two tabs at once refill once", async () => {
    const { parts, key, asked } = await world();
    const fetched = await Promise.all([1, 2, 3].map(() => new Wallet(parts).refill([key.id], yes)));
    expect(fetched.reduce((sum, some) => sum + some, 0)).toBe(4);
    expect(asked).toHaveLength(5);
  });

  test("the library is loaded only when a token is fetched", async () => {
    let loads = 0;
    const load = async () => {
      loads += 1;
      return privacyPass;
    };
    const { wallet, key, store } = await world({ change: { load } });
    await wallet.take(key.id);
    await store.add(
      key.id,
      [1, 2, 3, 4].map(() => new Uint8Array(354)),
    );
    await wallet.refill([key.id], yes);
    expect(loads).toBe(0);
    store.held.clear();
    store.plan = null;
    await wallet.refill([key.id], yes);
    expect(loads).toBe(1);
  });
});

describe("what leaves the device", () => {
  test("one look at the directory and one blinded number a token, with nothing of the browser's own", async () => {
    const { wallet, key, asked } = await world();
    await wallet.refill([key.id], yes);
    expect(asked.map(({ url }) => url)).toEqual([
      `${issuer}${directoryPath}`,
      ...Array.from({ length: 4 }, () => `${issuer}${tokensPath}`),
    ]);
    for (const { init } of asked) {
      expect(init).toMatchObject({ credentials: "omit", referrerPolicy: "no-referrer", redirect: "error" });
    }
    const tokens = await Promise.all(Array.from({ length: 4 }, () => wallet.take(key.id)));
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
    expect(await none.wallet.refill([none.key.id], () => false)).toBe(0);
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
    expect(await wallet.refill([key.id], () => consent)).toBe(0);
    expect(asked).toHaveLength(2);
    expect(await store.count(key.id)).toBe(0);
  });
});

describe("an issuer that is not what it should be", () => {
  test("cannot give a device a key other than the task's", async () => {
    const { wallet, asked } = await world();
    await expect(wallet.refill(["ab".repeat(32)], yes)).rejects.toThrow(
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
    await expect(wallet.refill([key.id], yes)).rejects.toThrow(
      /must answer at https:\/\/helper.example:8443/,
    );
    expect(asked).toHaveLength(1);
  });

  test("has its wrong signatures refused, and what came before them kept", async () => {
    let answers = 0;
    const { wallet, key, store } = await world({
      through: async (url, answer) => {
        const response = await answer();
        if (!url.endsWith(tokensPath) || ++answers < 3) return response;
        const bytes = new Uint8Array(await response.arrayBuffer());
        bytes[200] ^= 1;
        return new Response(bytes, response);
      },
    });
    await expect(wallet.refill([key.id], yes)).rejects.toThrow();
    expect(await store.count(key.id)).toBe(2);
    for (let k = 0; k < 2; k++)
      expect(isGood(key, (await wallet.take(key.id)) ?? new Uint8Array(0))).toBe(true);
  });

  test("is asked once an hour while it fails, and is overdue after a day", async () => {
    let broken = true;
    const { wallet, key, clock, asked } = await world({
      through: async (_url, answer) => (broken ? new Response(null, { status: 502 }) : answer()),
    });
    const startedMs = clock.nowMs;
    for (let quarter = 0; quarter < 96; quarter++) {
      expect(await wallet.isOverdue(clock.nowMs)).toBe(false);
      await wallet.refill([key.id], yes).catch(() => undefined);
      clock.nowMs += hourMs / 4;
    }
    expect(asked).toHaveLength(24);
    expect(clock.nowMs).toBe(startedMs + 24 * hourMs);
    expect(await wallet.isOverdue(clock.nowMs)).toBe(true);
    broken = false;
    expect(await wallet.refill([key.id], yes)).toBe(4);
    expect(await wallet.isOverdue(clock.nowMs)).toBe(false);
  });

  test("that gives fewer than asked is no trouble; one that gives none for a day is", async () => {
    const { wallet, key, clock } = await world({
      gate: new AddressGate({ tokensPerDay: 3, nowMs: () => 0 }),
    });
    expect(await wallet.refill([key.id], yes)).toBe(3);
    clock.nowMs += 31 * hourMs;
    expect(await wallet.isOverdue(clock.nowMs)).toBe(false);
    expect(await wallet.refill([key.id], yes)).toBe(0);
    clock.nowMs += 25 * hourMs;
    expect(await wallet.isOverdue(clock.nowMs)).toBe(true);
  });
});
