/**
 * The only maker of what leaves: contributions become integers, integers become two shares, each share is
 * sealed to one aggregator. Sums that are due together leave under one id.
 *
 * Guarantee: whoever holds one aggregator's key (or none) learns from a report only its tasks, a block of
 * each and its size. Blocks are independent of what the person did; that a task is among them says that the
 * person did enough to answer it. The integers of a sum have a norm of at most the task's sensitivity,
 * whatever the contribution. Assumes that the two aggregators do not join their shares, that AES-128, HPKE
 * (RFC 9180, X25519-HKDF-SHA256) hold, and that `fill` is cryptographic randomness.
 */
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { fromHex, type RandomFill, uint32ToBytes } from "../../core/bytes.ts";
import { asciiBytes } from "../../core/json.ts";
import { toField } from "../../core/sum/field.ts";
import { clippedForRounding, encodeFixed } from "../../core/sum/fixedpoint.ts";
import { keystreamBytes, maskFrom, seedBytes, splitShares } from "../../core/sum/share.ts";
import type { Task, TaskId } from "../../core/tasks/task.ts";
import type { PublicKey } from "../../core/wire/keylist.ts";
import { type Aggregator, reportIdBytes, sealInfo } from "../../core/wire/protocol.ts";
import { type Report, type ReportSum, sealedAad } from "../../core/wire/report.ts";
import type { SealKeys } from "../trust/trust.ts";
import { keystreamOf } from "./keystream.ts";

/** What a person adds to one sum, in the clear. */
export interface PlainSum {
  readonly task: Task;
  readonly taskId: TaskId;
  readonly block: number;
  /**
   * A contribution to the task; here it is clipped so that rounding cannot lift it over the task's
   * sensitivity.
   */
  readonly values: Float64Array;
}

export interface ReportInput {
  readonly keys: SealKeys;
  /** Each of another task. */
  readonly sums: readonly PlainSum[];
  /**
   * What lets the report in; empty where the tasks ask for none. It says nothing of the device (RFC 9578,
   * 2.2).
   */
  readonly token: Uint8Array;
  readonly fill: RandomFill;
}

export async function reportOf({ keys, sums, token, fill }: ReportInput): Promise<Report> {
  const id = randomBytes(reportIdBytes, fill);
  const sealedSums: ReportSum[] = [];
  for (const sum of sums) sealedSums.push(await sealedSum(sum, { id, keys, fill }));
  return { id, leaderKey: keys.leader.id, helperKey: keys.helper.id, sums: sealedSums, token };
}

async function sealedSum(
  { task, taskId, block, values }: PlainSum,
  { id, keys, fill }: Pick<ReportInput, "keys" | "fill"> & Pick<Report, "id">,
): Promise<ReportSum> {
  if (values.length !== task.length) {
    throw new RangeError(
      `reportOf: a contribution to ${task.kind} must have ${task.length} numbers, got ${values.length}`,
    );
  }
  const elements = toField(encodeFixed(clippedForRounding(values, task), task, fill));
  const seed = randomBytes(seedBytes, fill);
  const mask = maskFrom(await keystreamOf(seed, keystreamBytes(elements.length)), elements.length);
  const leaderShare = uint32ToBytes(splitShares(elements, mask));
  const aad = sealedAad({ task: taskId, id, block });
  return {
    task: taskId,
    block,
    leaderShare: await sealed("leader", keys.leader, leaderShare, aad),
    helperSeed: await sealed("helper", keys.helper, seed, aad),
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
