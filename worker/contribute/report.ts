/**
 * The only maker of what leaves: a contribution becomes integers, integers become two shares, each share is sealed to
 * one aggregator.
 *
 * Guarantee: whoever holds one aggregator's key (or none) learns from a report only its task, its block and its size,
 * all of which are independent of what the person likes. Assumes that the two aggregators do not join their shares,
 * that AES-128, HPKE (RFC 9180, X25519-HKDF-SHA256) hold, and that `fill` is cryptographic randomness.
 */
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { fromHex, type RandomFill, uint32ToBytes } from "../../core/bytes.ts";
import { asciiBytes } from "../../core/json.ts";
import { toField } from "../../core/sum/field.ts";
import { encodeFixed } from "../../core/sum/fixedpoint.ts";
import { keystreamBytes, maskFrom, seedBytes, splitShares } from "../../core/sum/share.ts";
import { type Task, type TaskId, vectorLengthOf } from "../../core/tasks/task.ts";
import type { PublicKey } from "../../core/wire/keylist.ts";
import {
  type Aggregator,
  type Report,
  reportIdBytes,
  sealedAad,
  sealInfo,
} from "../../core/wire/protocol.ts";
import { keystreamOf } from "./keystream.ts";

export type SealKeys = Readonly<Record<Aggregator, PublicKey>>;

export interface ReportInput {
  readonly task: Task;
  readonly taskId: TaskId;
  readonly keys: SealKeys;
  readonly block: number;
  /** A contribution to the task, clipped so that rounding cannot lift it over the task's clip. */
  readonly contribution: Float64Array;
  /** What lets the report in; empty where the task asks for none. It says nothing of the device (RFC 9578, 2.2). */
  readonly token: Uint8Array;
  readonly fill: RandomFill;
}

export async function reportOf(input: ReportInput): Promise<Report> {
  const { task, taskId, keys, block, contribution, token, fill } = input;
  if (contribution.length !== vectorLengthOf(task)) {
    throw new RangeError(
      `reportOf: the contribution must have ${vectorLengthOf(task)} numbers, got ${contribution.length}`,
    );
  }
  const elements = toField(encodeFixed(contribution, task, fill));
  const seed = randomBytes(seedBytes, fill);
  const mask = maskFrom(await keystreamOf(seed, keystreamBytes(elements.length)), elements.length);
  const leaderShare = uint32ToBytes(splitShares(elements, mask));

  const id = randomBytes(reportIdBytes, fill);
  const aad = sealedAad({ task: taskId, id, block });
  return {
    task: taskId,
    id,
    block,
    leaderKey: keys.leader.id,
    helperKey: keys.helper.id,
    leaderShare: await sealed("leader", keys.leader, leaderShare, aad),
    helperSeed: await sealed("helper", keys.helper, seed, aad),
    token,
  };
}

/** HPKE base mode, single shot: encapsulated key, then ciphertext. */
async function sealed(
  aggregator: Aggregator,
  { key }: PublicKey,
  plaintext: Uint8Array<ArrayBuffer>,
  aad: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes128Gcm(),
  });
  const recipientPublicKey = await suite.kem.deserializePublicKey(fromHex(key));
  const info = asciiBytes(sealInfo[aggregator]);
  const { enc, ct } = await suite.seal({ recipientPublicKey, info }, plaintext, aad);
  const bytes = new Uint8Array(enc.byteLength + ct.byteLength);
  bytes.set(new Uint8Array(enc), 0);
  bytes.set(new Uint8Array(ct), enc.byteLength);
  return bytes;
}

function randomBytes(length: number, fill: RandomFill): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  fill(bytes);
  return bytes;
}
