/**
 * Who sums: two aggregators with their identities and keys, and what honest ones answer. Signatures,
 * keystream and HPKE come from other implementations than the browser's.
 */

import { createCipheriv, generateKeyPairSync, sign } from "node:crypto";
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { toHex, uint32FromBytes } from "../../core/bytes.ts";
import { asciiBytes, canonicalJson, type Json } from "../../core/json.ts";
import type { Edition } from "../../core/model/edition.ts";
import { fromField } from "../../core/sum/field.ts";
import { decodeFixed } from "../../core/sum/fixedpoint.ts";
import type { PrivacyPlan } from "../../core/sum/plan.ts";
import { joinShares, keystreamBytes, maskFrom } from "../../core/sum/share.ts";
import { type Task, taskJson } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import type { KeyList } from "../../core/wire/keylist.ts";
import { type Aggregator, protocolVersion, sealInfo } from "../../core/wire/protocol.ts";
import { type Report, sealedAad } from "../../core/wire/report.ts";
import { bytesToSign, type DocumentKind, type SignedDocument } from "../../core/wire/signed.ts";
import type { TasksAnswer } from "../../core/wire/tasksanswer.ts";
import { HelperLog } from "./helperlog.ts";
import { anyPlan, noonMs } from "./shop.ts";

/** An Ed25519 identity, by another implementation than the browser's. */
export interface Identity {
  /** Public key in hex. */
  readonly publicKey: string;
  sign(kind: DocumentKind, document: string): SignedDocument;
}

export function newIdentity(): Identity {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    // The last 32 bytes of an Ed25519 SPKI are the key (RFC 8410, 4).
    publicKey: toHex(publicKey.export({ type: "spki", format: "der" }).subarray(-32)),
    sign: (kind, document) => ({
      document,
      signature: toHex(sign(null, bytesToSign(kind, document), privateKey)),
    }),
  };
}

export const identities: Readonly<Record<Aggregator, Identity>> = {
  leader: newIdentity(),
  helper: newIdentity(),
};

/** A task or a key list, signed. */
export function signed(kind: DocumentKind, by: Identity, value: Json): SignedDocument {
  return by.sign(kind, canonicalJson(value));
}

const suite = () =>
  new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });

/** The keystream of a seed by another implementation than the browser's. */
export function nodeKeystream(seed: Uint8Array, length: number): Uint8Array {
  return createCipheriv("aes-128-ctr", seed.subarray(0, 16), seed.subarray(16)).update(
    new Uint8Array(length),
  );
}

/** The two aggregators' keys, and what they can do with them: `open` alone, `opened` only together. */
export async function aggregators() {
  const pairs = { leader: await suite().kem.generateKeyPair(), helper: await suite().kem.generateKeyPair() };
  const hexOf = async (key: CryptoKey) => toHex(new Uint8Array(await suite().kem.serializePublicKey(key)));
  const open = async (who: Aggregator, report: Report, place = 0): Promise<Uint8Array> => {
    const sum = report.sums[place];
    const sealed = new Uint8Array(who === "leader" ? sum.leaderShare : sum.helperSeed);
    const recipientKey = pairs[who].privateKey;
    const info = asciiBytes(sealInfo[who]);
    const enc = sealed.slice(0, 32).buffer;
    const parameters = { recipientKey, enc, info };
    return new Uint8Array(
      await suite().open(parameters, sealed.slice(32), sealedAad({ ...sum, id: report.id })),
    );
  };
  return {
    keys: {
      leader: { id: 4, key: await hexOf(pairs.leader.publicKey) },
      helper: { id: 9, key: await hexOf(pairs.helper.publicKey) },
    },
    open,
    /** What a report adds to the sum of a task, which stands at `place` in it. */
    opened: async (report: Report, task: Task, place = 0): Promise<Float64Array> => {
      const { length } = task;
      const seed = await open("helper", report, place);
      const mask = maskFrom(nodeKeystream(seed, keystreamBytes(length)), length);
      const leaderShare = uint32FromBytes(await open("leader", report, place));
      return decodeFixed(fromField(joinShares(leaderShare, mask)), task);
    },
  };
}

export function keyListOf(role: Aggregator, keys: Keys, change: Partial<KeyList> = {}): KeyList {
  return {
    role,
    origin: null,
    keys: [keys[role]],
    gateway: null,
    issuer: null,
    log: role === "helper" ? new HelperLog().head : null,
    issuedAtMs: noonMs - dayMs,
    expiresAtMs: noonMs + 2 * dayMs,
    ...change,
  };
}

/** Beyond these a site that is not on this machine gets nothing; the pins are of the identities above. */
export const production = {
  server: "https://shop.example/base/",
  pins: {
    siteKey: identities.leader.publicKey,
    helper: "https://helper.example",
    helperKey: identities.helper.publicKey,
  },
} as const;

/** What an honest server answers, when its helper has vouched for everything in it. */
export function tasksAnswerOf(
  keys: Keys,
  tasks: readonly Task[],
  plan: PrivacyPlan = anyPlan,
  log = new HelperLog(),
): TasksAnswer {
  const signedPlan = signed("plan", identities.leader, plan);
  const signedTasks = tasks.map((task) => signed("task", identities.leader, taskJson(task)));
  log.vouch("plan", signedPlan);
  for (const task of signedTasks) log.vouch("task", task);
  return {
    version: protocolVersion,
    leader: signed("keys", identities.leader, keyListOf("leader", keys)),
    helper: signed("keys", identities.helper, keyListOf("helper", keys, { log: log.head })),
    plan: signedPlan,
    tasks: signedTasks,
    log: log.usual(),
    identities: { leader: identities.leader.publicKey, helper: identities.helper.publicKey },
  };
}

/** Where a test has no aggregators, nobody opens what is sealed to these. */
const nobodysKeys: Keys = {
  leader: { id: 1, key: "1e".repeat(32) },
  helper: { id: 2, key: "2e".repeat(32) },
};

export function signedEdition(edition: Edition): SignedDocument {
  return signed("edition", identities.leader, JSON.parse(JSON.stringify(edition)));
}

/** What an honest server answers about what it publishes, when its helper has vouched for it. */
export function editionAnswerOf(edition: SignedDocument, keys: Keys = nobodysKeys, log = new HelperLog()) {
  log.vouch("edition", edition);
  return {
    version: protocolVersion,
    edition,
    // Whoever pins a helper in these tests pins this one; others do not compare.
    helper: signed(
      "keys",
      identities.helper,
      keyListOf("helper", keys, { origin: production.pins.helper, log: log.head }),
    ),
    log: log.usual(),
    identities: { leader: identities.leader.publicKey, helper: identities.helper.publicKey },
  };
}

export type Keys = Awaited<ReturnType<typeof aggregators>>["keys"];
