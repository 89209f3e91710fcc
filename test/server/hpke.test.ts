/** HPKE by Node's own crypto: the RFC's bytes, and whatever @hpke/core seals. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { extractAndExpand, newKeyPair, openContext, recipientKey } from "../../server/base/hpke.ts";

const rfc9180: {
  readonly info: string;
  readonly recipientPublicKey: string;
  readonly recipientPrivateKey: string;
  readonly enc: string;
  readonly aad: string;
  readonly plaintext: string;
  readonly ciphertext: string;
  readonly exports: readonly { readonly context: string; readonly value: string }[];
} = JSON.parse(readFileSync(new URL("../vectors/rfc9180.json", import.meta.url), "utf8"));

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes128Gcm(),
});

test("what RFC 9180 seals is opened and exported as it says", () => {
  const key = recipientKey({
    publicKey: fromHex(rfc9180.recipientPublicKey),
    privateKey: fromHex(rfc9180.recipientPrivateKey),
  });
  const context = openContext({ key, enc: fromHex(rfc9180.enc), info: fromHex(rfc9180.info) });
  const opened = context.open(fromHex(rfc9180.ciphertext), fromHex(rfc9180.aad));
  expect(toHex(opened)).toBe(rfc9180.plaintext);
  for (const { context: label, value } of rfc9180.exports) {
    expect(toHex(context.exported(fromHex(label), 32))).toBe(value);
  }
});

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

test("whatever @hpke/core seals to a key is opened with it, and both export the same", async () => {
  await fc.assert(
    fc.asyncProperty(
      bytes(300),
      bytes(40),
      bytes(40),
      bytes(20),
      fc.integer({ min: 1, max: 80 }),
      async (plaintext, aad, info, label, length) => {
        const pair = newKeyPair();
        const recipientPublicKey = await suite.kem.deserializePublicKey(pair.publicKey);
        const sender = await suite.createSenderContext({ recipientPublicKey, info: Uint8Array.from(info) });
        const sealed = await sender.seal(Uint8Array.from(plaintext), Uint8Array.from(aad));
        const context = openContext({ key: recipientKey(pair), enc: new Uint8Array(sender.enc), info });
        expect(context.open(new Uint8Array(sealed), aad)).toEqual(Uint8Array.from(plaintext));
        const exported = new Uint8Array(await sender.export(Uint8Array.from(label), length));
        expect(context.exported(label, length)).toEqual(exported);
      },
    ),
    { numRuns: 60 },
  );
});

test("HKDF is what @hpke/core makes of it", async () => {
  await fc.assert(
    fc.asyncProperty(
      bytes(40),
      bytes(40),
      bytes(40),
      fc.integer({ min: 1, max: 100 }),
      async (salt, secret, info, length) => {
        const inputs = [salt, secret, info].map((part) => Uint8Array.from(part)) as [
          Uint8Array<ArrayBuffer>,
          Uint8Array<ArrayBuffer>,
          Uint8Array<ArrayBuffer>,
        ];
        const expected = await suite.kdf.extractAndExpand(...inputs, length);
        expect(extractAndExpand(salt, secret, info, length)).toEqual(new Uint8Array(expected));
      },
    ),
    { numRuns: 60 },
  );
});

test("one flipped bit of anything opens nothing", async () => {
  const pair = newKeyPair();
  const info = randomBytes(9);
  const aad = randomBytes(12);
  const recipientPublicKey = await suite.kem.deserializePublicKey(pair.publicKey);
  const { enc, ct } = await suite.seal({ recipientPublicKey, info }, randomBytes(50), aad);
  const sealed = { enc: new Uint8Array(enc), ciphertext: new Uint8Array(ct), info, aad };
  const open = (given: typeof sealed) =>
    openContext({ key: recipientKey(pair), enc: given.enc, info: given.info }).open(
      given.ciphertext,
      given.aad,
    );
  expect(open(sealed)).toHaveLength(50);
  for (const part of ["enc", "ciphertext", "info", "aad"] as const) {
    for (let at = 0; at < sealed[part].length; at++) {
      const changed = Buffer.from(sealed[part]);
      changed[at] ^= part === "enc" && at === 31 ? 1 : 1 << (at % 8);
      expect(() => open({ ...sealed, [part]: changed }), `${part} ${at}`).toThrow();
    }
  }
});

test("halves of other lengths, keys that are none and bytes too short are refused", () => {
  const { publicKey, privateKey } = newKeyPair();
  expect(() => recipientKey({ publicKey, privateKey: privateKey.subarray(1) })).toThrow("got 32 and 31");
  const key = recipientKey({ publicKey, privateKey });
  const info = new Uint8Array(0);
  expect(() => openContext({ key, enc: randomBytes(31), info })).toThrow("must have 32 bytes, got 31");
  // Points of small order: the secret would be zeros, whoever asks.
  for (const first of [0, 1]) {
    const enc = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? first : 0));
    expect(() => openContext({ key, enc, info })).toThrow();
  }
  const context = openContext({ key, enc: newKeyPair().publicKey, info });
  expect(() => context.open(randomBytes(15), info)).toThrow("expected at least 16 bytes, got 15");
});
