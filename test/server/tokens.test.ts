/** Laws of tokens on the servers' side: issuing, the gate, verifying, spending, rotation. */

import { createPrivateKey } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import { dayMs } from "../../core/time.ts";
import { directoryPath, parseIssuerDirectory, tokenMedia } from "../../core/wire/tokens.ts";
import { issuerRoutes, tokensPath } from "../../server/http/issuer.ts";
import { openHelperStore, storeRegistered } from "../../server/store/helperstore.ts";
import { forgetTokens, isSpentElsewhere, markSpent } from "../../server/store/spent.ts";
import { RemoteKeys } from "../../server/tokens/directory.ts";
import { AddressGate, type IssuanceGate, networksOf } from "../../server/tokens/gate.ts";
import { Issuer } from "../../server/tokens/issuer.ts";
import { IssuerKeys, type SigningKey, signingKey } from "../../server/tokens/keys.ts";
import { challengeDigestOf, readTokenKey, tokenCheck, verifyToken } from "../../server/tokens/verify.ts";
import { begin } from "../../worker/contribute/privacypass.ts";
import { temporaryDirectory } from "./harness.ts";

const issuerName = "issuer.example";
const digest = challengeDigestOf(issuerName);
const anybody: IssuanceGate = { admit: async () => ({ ok: true }) };
const context = { address: "192.0.2.7", headers: new Headers() };

const vectors = JSON.parse(
  readFileSync(new URL("../vectors/rfc9578-blind-rsa.json", import.meta.url), "utf8"),
) as { readonly skS: string };
const key = signingKey(createPrivateKey(new TextDecoder().decode(fromHex(vectors.skS))), 1000, {
  rotateMs: 5000,
  overlapMs: 3000,
});

function issuerOf(gate: IssuanceGate, keys: readonly SigningKey[] = [key]): Issuer {
  return new Issuer({ keys: { current: async () => keys }, gate, requestUri: tokensPath });
}

/** A token as a browser gets it. */
async function tokenFrom(issuer: Issuer, signing: SigningKey = key): Promise<Uint8Array> {
  const pending = await begin(issuerName, signing.bytes);
  const issued = await issuer.issue(pending.request, context);
  if (!issued.ok) throw new Error(`expected a token, got ${issued.why}`);
  return pending.finish(issued.response);
}

// The modulus stands in the encoded key before the exponent's five bytes.
const n = numberOf(key.bytes.subarray(-261, -5));
const e = 65_537n;

/** What the issuer sees of one issuance, and the token it does not see. */
async function issuance() {
  const pending = await begin(issuerName, key.bytes);
  const issued = await issuerOf(anybody).issue(pending.request, context);
  if (!issued.ok) throw new Error(`expected a token, got ${issued.why}`);
  const { response } = issued;
  return { blinded: pending.request.subarray(3), response, token: await pending.finish(response) };
}

let token: Uint8Array;
beforeAll(async () => {
  token = await tokenFrom(issuerOf(anybody));
});

describe("verifying", () => {
  test("an issued token is good", () => {
    expect(verifyToken(key, digest, token)).toEqual({ ok: true, nonce: token.slice(2, 34) });
  });

  test("no token with any bit flipped is good", () => {
    fc.assert(
      fc.property(fc.nat(token.length * 8 - 1), (bit) => {
        const flipped = Uint8Array.from(token);
        flipped[bit >> 3] ^= 1 << (bit & 7);
        expect(verifyToken(key, digest, flipped).ok).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  test("whatever bytes come, the verifier answers and does not throw", () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc
        .uint8Array({ minLength: 256, maxLength: 256 })
        .map((end) => Uint8Array.of(...token.slice(0, 98), ...end)),
    );
    fc.assert(
      fc.property(anything, (bytes) => !verifyToken(key, digest, bytes).ok),
      { numRuns: 300 },
    );
  });

  test("a token is good for its key alone, and for its issuer's name alone", async () => {
    const keys = await IssuerKeys.open({ ...lives, path: keyFile(), nowMs: () => 0 });
    const [other] = await keys.current();
    expect(verifyToken(other, digest, token)).toEqual({ ok: false, why: "wrong-key" });
    expect(verifyToken({ ...other, id: key.id }, digest, token)).toEqual({
      ok: false,
      why: "wrong-signature",
    });
    expect(verifyToken(key, challengeDigestOf("other.example"), token)).toEqual({
      ok: false,
      why: "wrong-challenge",
    });
  });

  test("from its key's end on a token is not good, and its nonce is kept until then", async () => {
    let nowMs = 8999;
    const check = tokenCheck({
      issuerName,
      keyOf: async (id) => (id === key.id ? key : undefined),
      nowMs: () => nowMs,
    });
    expect(await check.check(key.id, token)).toEqual({ ok: true, nonce: token.slice(2, 34), untilMs: 9000 });
    nowMs = 9000;
    expect(await check.check(key.id, token)).toMatchObject({ ok: false, why: "bad-token" });
    nowMs = 1000;
    expect(await check.check("00".repeat(32), token)).toMatchObject({ ok: false, why: "bad-token" });
    expect(await check.check(key.id, token.slice(1))).toMatchObject({ ok: false, why: "bad-token" });
  });

  test("bytes that are no key of token type 2 are refused", () => {
    fc.assert(
      fc.property(fc.nat(63), (at) => {
        const bytes = Uint8Array.from(key.bytes);
        bytes[at] ^= 1;
        expect(() => readTokenKey(bytes, 0)).toThrow(/readTokenKey/);
      }),
    );
  });
});

describe("blindness", () => {
  test("each request is hidden by a fresh, uniform factor, and says nothing about the token's nonce", async () => {
    const people = 200;
    const requests = new Float64Array(16);
    const factors = new Float64Array(16);
    const seen = new Set<bigint>();
    let agree = 0;
    for (let k = 0; k < people; k++) {
      const { blinded, response, token: made } = await issuance();
      // The library does not tell its factor, but who has all three numbers finds it: response =
      // authenticator * r.
      const factor = (numberOf(response) * inverse(numberOf(made.subarray(98)), n)) % n;
      seen.add(factor);
      const nibble = blinded[128] >> 4;
      requests[nibble] += 1;
      factors[Number((factor >> 1024n) & 15n)] += 1;
      agree += Number(made[2] >> 4 === nibble);
      expect(Buffer.from(made).includes(Buffer.from(blinded.subarray(0, 16)))).toBe(false);
      expect(Buffer.from(made).includes(Buffer.from(response.subarray(0, 16)))).toBe(false);
    }
    expect(seen.size).toBe(people);
    // Chi-square with 15 degrees of freedom is above 49 less than once in 50,000 times.
    expect(chiSquare(requests)).toBeLessThan(49);
    expect(chiSquare(factors)).toBeLessThan(49);
    // Binomial(200, 1/16): mean 12.5, standard deviation 3.42; five of them.
    expect(Math.abs(agree - people / 16)).toBeLessThan(17.2);
  }, 120_000);

  test("every token fits every request: some factor could have hidden it, so which is whose cannot be told", async () => {
    const seen = [await issuance(), await issuance(), await issuance()];
    for (const { blinded, response } of seen) {
      for (const { token: other } of seen) {
        const authenticator = numberOf(other.subarray(98));
        const factor = (numberOf(response) * inverse(authenticator, n)) % n;
        const encoded = power(authenticator, e, n);
        expect((encoded * power(factor, e, n)) % n).toBe(numberOf(blinded));
      }
    }
  });
});

describe("spending", () => {
  test("a token is spent once, also by two at once, and remembered until another key took the place of its own", async () => {
    const store = openHelperStore(join(temporaryDirectory(), "helper.sqlite"));
    try {
      const nonce = token.slice(2, 34);
      const reports = Array.from({ length: 8 }, (_, k) => new Uint8Array(16).fill(k));
      const addTask = (round: number) =>
        storeRegistered(store, {
          ...{ id: new Uint8Array(32).fill(round), document: "{}", signature: "" },
          ...{ registeredAtMs: 500, expiresAtMs: 9000 },
        });
      await addTask(1);
      await addTask(2);
      const of = { nonce, tokenKey: "ab", untilMs: 9000 };
      const spend = (report: Uint8Array, task = 1) =>
        store.transaction().execute((transaction) => markSpent(transaction, { ...of, report, task }));
      const outcomes = await Promise.all(reports.map((report) => spend(report)));
      expect(outcomes.filter((first) => first)).toHaveLength(1);
      const first = reports[outcomes.indexOf(true)];
      const second = reports[outcomes.indexOf(false)];
      const isSpent = (report: Uint8Array, task = 1) => isSpentElsewhere(store, { ...of, report, task });
      expect(await isSpent(second)).toBe(true);
      expect(await isSpent(first)).toBe(false);
      // Another sum of the same report, or the report again: the token is its own.
      expect(await spend(first)).toBe(true);
      expect(await spend(second)).toBe(false);
      // Of a task that was there when it was spent; a later one cannot have been in the report.
      await addTask(3);
      expect(await spend(first, 2)).toBe(true);
      expect(await isSpent(first, 3)).toBe(true);
      expect(await spend(first, 3)).toBe(false);
      // By the time alone nothing is forgotten, and not while tasks name the key.
      for (const named of [[], ["ab"], ["ab", "cd"]]) {
        await forgetTokens(store, { named: new Set(named), nowMs: 10_000 });
        expect(await isSpent(second)).toBe(true);
      }
      await forgetTokens(store, { named: new Set(["cd"]), nowMs: 8999 });
      expect(await isSpent(first)).toBe(false);
      // What was forgotten is good for nobody, whatever the clock says next.
      await forgetTokens(store, { named: new Set(["cd"]), nowMs: 9000 });
      expect(await store.selectFrom("spent_tokens").selectAll().execute()).toEqual([]);
      for (const report of [first, second]) {
        expect(await isSpent(report)).toBe(true);
        expect(await spend(report)).toBe(false);
      }
    } finally {
      await store.destroy();
    }
  });
});

describe("the gate", () => {
  test("a thousand requests at once from one address get its tokens of the day and no more", async () => {
    const issuer = issuerOf(new AddressGate({ tokensPerDay: 7, nowMs: () => 12 * 3_600_000 }));
    const { request } = await begin(issuerName, key.bytes);
    const flood = await Promise.all(Array.from({ length: 1000 }, () => issuer.issue(request, context)));
    expect(flood.filter(({ ok }) => ok)).toHaveLength(7);
    expect(flood.at(-1)).toEqual({ ok: false, why: "limit", retryAfterSeconds: 12 * 3600 });
    const elsewhere = await issuer.issue(request, { ...context, address: "192.0.2.8" });
    expect(elsewhere.ok).toBe(true);
  });

  test("at midnight it forgets: the count begins again, under another key", async () => {
    let nowMs = dayMs - 1;
    const gate = new AddressGate({ tokensPerDay: 1, nowMs: () => nowMs });
    expect((await gate.admit(context)).ok).toBe(true);
    expect((await gate.admit(context)).ok).toBe(false);
    const [[yesterday]] = gate.snapshot();
    nowMs = dayMs;
    expect((await gate.admit(context)).ok).toBe(true);
    const today = [...gate.snapshot().keys()];
    expect(today).toHaveLength(1);
    expect(today[0]).not.toBe(yesterday);
  });

  test("it keeps no address, and two gates keep different things of one", async () => {
    const gates = [1, 2].map(() => new AddressGate({ tokensPerDay: 3, nowMs: () => 0 }));
    for (const gate of gates) await gate.admit(context);
    const [one, two] = gates.map((gate) => [...gate.snapshot().keys()][0]);
    expect(one).not.toContain("192.0.2.7");
    expect(one).not.toBe(two);
  });

  test("a network's many IPv6 addresses are one, and a mapped IPv4 address is the plain one", () => {
    const networkOf = (address: string) => networksOf(address)[0].network;
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(networkOf(address)).toMatch(
          /^[0-9a-f]+:[0-9a-f]+:[0-9a-f]+:[0-9a-f]+::\/64$|^\d+\.\d+\.\d+\.\d+$/,
        );
      }),
    );
    expect(networkOf("2001:db8:1:2:aaaa::1")).toBe(networkOf("2001:DB8:1:2:bbbb:0:0:9%eth0"));
    expect(networkOf("2001:db8:1:2::1")).not.toBe(networkOf("2001:db8:1:3::1"));
    expect(networkOf("::ffff:192.0.2.7")).toBe("192.0.2.7");
  });

  const floodOf = async (gate: AddressGate, addressOf: (k: number) => string, count = 5000) => {
    const asked = Array.from({ length: count }, (_, k) => gate.admit({ ...context, address: addressOf(k) }));
    return (await Promise.all(asked)).filter(({ ok }) => ok).length;
  };

  test("a subscriber with 65,536 IPv6 networks gets eight times what one has, and the next one has its own", async () => {
    const gate = new AddressGate({ tokensPerDay: 7, nowMs: () => 0 });
    expect(await floodOf(gate, (k) => `2001:db8:1:${(k % 65_536).toString(16)}::1`)).toBe(56);
    expect(await floodOf(gate, () => "2001:db8:2:1::1")).toBe(7);
  });

  test("an address of a large site gets its share of what the others had, and a flood inflates its own by no more", async () => {
    let nowMs = 0;
    const gate = new AddressGate({ tokensPerDay: 10, share: 0.02, nowMs: () => nowMs });
    const crowd = () => floodOf(gate, (k) => `10.${k >> 16}.${(k >> 8) & 255}.${k & 255}`, 4900);
    expect(await crowd()).toBe(4900);
    const largest = Math.floor((0.02 / 0.98) * 4900);
    expect(await floodOf(gate, () => "192.0.2.7")).toBeLessThanOrEqual(largest + 1);
    for (let day = 1; day <= 5; day++) {
      nowMs = day * dayMs;
      const flood = await floodOf(gate, () => "192.0.2.7");
      await crowd();
      expect(flood).toBeGreaterThan(90);
      expect(flood).toBeLessThanOrEqual(largest + 1);
    }
    // After a day without anybody the site counts as small.
    nowMs = 8 * dayMs;
    expect(await floodOf(gate, () => "192.0.2.7")).toBe(10);
  });

  test("a flood of addresses is turned away before it fills the memory", async () => {
    const gate = new AddressGate({ tokensPerDay: 3, nowMs: () => 0, mostAddresses: 10 });
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, (_, k) => gate.admit({ ...context, address: `198.51.100.${k}` })),
    );
    expect(verdicts.filter(({ ok }) => ok)).toHaveLength(10);
    expect(gate.snapshot().size).toBe(10);
    expect((await gate.admit({ ...context, address: "198.51.100.0" })).ok).toBe(true);
  });
});

describe("the issuer over HTTP", () => {
  const addressOf = () => "192.0.2.7";
  const app = issuerRoutes({ issuer: issuerOf(anybody), origins: ["https://shop.example"], addressOf });
  const ask = (body: Uint8Array<ArrayBuffer>, type: string = tokenMedia.request) =>
    app.request(tokensPath, {
      method: "POST",
      body,
      headers: { "content-type": type, origin: "https://shop.example" },
    });

  test("a request is answered as the RFC has it, to the sites that may ask", async () => {
    const pending = await begin(issuerName, key.bytes);
    const response = await ask(pending.request);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(tokenMedia.response);
    expect(response.headers.get("access-control-allow-origin")).toBe("https://shop.example");
    const made = await pending.finish(new Uint8Array(await response.arrayBuffer()));
    expect(verifyToken(key, digest, made).ok).toBe(true);
  });

  test("the directory names the key under its media type", async () => {
    const response = await app.request(directoryPath);
    expect(response.headers.get("content-type")).toBe(tokenMedia.directory);
    const directory = parseIssuerDirectory(await response.json());
    expect(directory["issuer-request-uri"]).toBe(tokensPath);
    expect(directory["token-keys"]).toEqual([
      {
        "token-type": 2,
        "token-key": Buffer.from(key.bytes).toString("base64").replaceAll("+", "-").replaceAll("/", "_"),
        "not-before": 1,
        "not-after": 9,
      },
    ]);
  });

  test("what is no token request is refused by its kind, and nothing is signed", async () => {
    const { request } = await begin(issuerName, key.bytes);
    const withByte = (at: number, byte: number) => {
      const bytes = Uint8Array.from(request);
      bytes[at] = byte;
      return bytes;
    };
    expect((await ask(request, "application/json")).status).toBe(415);
    expect((await ask(withByte(1, 1))).status).toBe(422);
    expect((await ask(withByte(2, request[2] ^ 1))).status).toBe(422);
    expect((await ask(request.slice(0, 258))).status).toBe(422);
    expect((await ask(Uint8Array.of(...request, 0))).status).toBe(413);
    expect((await ask(Uint8Array.of(...request.slice(0, 3), ...new Uint8Array(256).fill(255)))).status).toBe(
      422,
    );
  });

  test("no more tokens is 429 and says when", async () => {
    const gate = new AddressGate({ tokensPerDay: 1, nowMs: () => dayMs - 5000 });
    const limited = issuerRoutes({ issuer: issuerOf(gate), origins: ["*"], addressOf });
    const { request } = await begin(issuerName, key.bytes);
    const post = () =>
      limited.request(tokensPath, {
        method: "POST",
        body: request,
        headers: { "content-type": tokenMedia.request },
      });
    expect((await post()).status).toBe(200);
    const refused = await post();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("5");
  });
});

const lives = { rotateMs: 100, overlapMs: 50 };

describe("keys", () => {
  test("they rotate with an overlap in which the old one still signs and verifies", async () => {
    let nowMs = 0;
    const options = { ...lives, path: keyFile(), nowMs: () => nowMs };
    const keys = await IssuerKeys.open(options);
    const [first] = await keys.current();
    nowMs = 99;
    expect((await keys.current()).map(({ id }) => id)).toEqual([first.id]);
    nowMs = 100;
    const during = await keys.current();
    expect(during).toHaveLength(2);
    expect(during[1].id).toBe(first.id);
    expect(during[0].id.slice(-2)).not.toBe(first.id.slice(-2));
    const issuer = new Issuer({ keys, gate: anybody, requestUri: tokensPath });
    expect(await issuer.tokenKey()).toBe(during[0].id);
    expect(verifyToken(first, digest, await tokenFrom(issuer, first)).ok).toBe(true);
    nowMs = 150;
    expect((await keys.current()).map(({ id }) => id)).toEqual([during[0].id]);
    const late = await issuer.issue((await begin(issuerName, first.bytes)).request, context);
    expect(late).toMatchObject({ ok: false, why: "unknown-key" });
    const reopened = await IssuerKeys.open(options);
    expect((await reopened.current()).map(({ id }) => id)).toEqual([during[0].id]);
  });

  test("many who ask at the moment of rotation make one key", async () => {
    const keys = await IssuerKeys.open({ ...lives, path: keyFile(), nowMs: () => 0 });
    const [first] = await keys.current();
    const asked = await Promise.all(Array.from({ length: 5 }, () => keys.current()));
    expect(new Set(asked.flatMap((some) => some.map(({ id }) => id)))).toEqual(new Set([first.id]));
  });

  test("the key file is its owner's alone, and a spoilt one is refused without being quoted", async () => {
    const path = keyFile();
    await IssuerKeys.open({ ...lives, path, nowMs: () => 0 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(path, '{"keys":[{"createdAtMs":0,"privateKey":"SECRET-BUT-SPOILT"}]}');
    const failure = IssuerKeys.open({ ...lives, path, nowMs: () => 0 });
    await expect(failure).rejects.toThrow(/must be a key file made by tacit/);
    await expect(failure).rejects.not.toThrow(/SECRET/);
  });
});

describe("the keys of an issuer elsewhere", () => {
  test("are read once, and again for an unknown id at most once a minute; trouble leaves what is known", async () => {
    let nowMs = 0;
    let asked = 0;
    let broken = false;
    const troubles: string[] = [];
    const keys = new RemoteKeys({
      fetchDirectory: async () => {
        asked += 1;
        if (broken) throw new Error("no route");
        return issuerOf(anybody).directory();
      },
      nowMs: () => nowMs,
      onTrouble: (message) => troubles.push(message),
    });
    expect(await keys.keyOf(key.id)).toMatchObject({ id: key.id, untilMs: 9000 });
    expect(await keys.preferred(8999)).toBe(key.id);
    expect(await keys.preferred(9000)).toBeNull();
    for (let k = 0; k < 50; k++) expect(await keys.keyOf("00".repeat(32))).toBeUndefined();
    expect(asked).toBe(1);
    nowMs = 60_000;
    broken = true;
    expect(await keys.keyOf("00".repeat(32))).toBeUndefined();
    expect(asked).toBe(2);
    expect(troubles).toHaveLength(1);
    expect(await keys.keyOf(key.id)).toMatchObject({ id: key.id });
  });
});

function keyFile(): string {
  return join(temporaryDirectory(), "issuer-keys.json");
}

function chiSquare(cells: Float64Array): number {
  const expected = cells.reduce((sum, count) => sum + count, 0) / cells.length;
  return cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

function power(base: bigint, exponent: bigint, n: bigint): bigint {
  let result = 1n;
  for (let left = exponent, square = base % n; left > 0n; left >>= 1n, square = (square * square) % n) {
    if (left & 1n) result = (result * square) % n;
  }
  return result;
}

function inverse(value: bigint, n: bigint): bigint {
  let [r, next, t, nextT] = [n, value % n, 0n, 1n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [t, nextT] = [nextT, t - quotient * nextT];
  }
  return t < 0n ? t + n : t;
}
