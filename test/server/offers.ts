/** What a leader says to a helper about reports, as tests make it up. */
import { randomBytes } from "node:crypto";
import { laneOf } from "../../core/sum/lanes.ts";
import { type Task, taskIdOf } from "../../core/tasks/task.ts";
import { parseKeyList } from "../../core/wire/keylist.ts";
import { openSigned } from "../../core/wire/signed.ts";
import {
  type ChunkVerdict,
  type CloseRequest,
  encodeChunkRequest,
  encodeCloseRequest,
  type OfferedReport,
  parseChunkAnswer,
  parseCloseAnswer,
} from "../../core/wire/sums.ts";
import { hmacSha256, sha256 } from "../../server/base/platform.ts";
import type { HelperReply } from "../../server/tasks/helperclient.ts";
import { verifyEd25519 } from "../../server/tasks/keys/identity.ts";
import { sealedSum } from "./harness.ts";
import { type HelperWorld, laneSecret, task } from "./worlds.ts";

export type Offered = OfferedReport & { readonly seed: Uint8Array };

/** Reports as the helper gets them: nobody looks at the leader's share. */
export async function reportsFor(
  { helper, identity }: HelperWorld,
  {
    of = task,
    count,
    token,
    lane,
  }: { of?: Task; count: number; token?: (at: number) => Uint8Array; lane?: number },
): Promise<readonly Offered[]> {
  const list = parseKeyList(
    await openSigned("keys", (await helper.keys()).list, { key: identity.publicKey, verify: verifyEd25519 }),
  );
  const [key] = list.keys;
  const keys = { leader: key, helper: key };
  return Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const [seed, id] = [randomBytes(32), lane === undefined ? randomBytes(16) : idIn(lane, of)];
      const sealed = await sealedSum({ keys, task: of, block: 1, id, seed, share: new Uint32Array(1) });
      return {
        id: Uint8Array.from(id),
        helperKey: key.id,
        helperSeed: sealed.helperSeed,
        token: token?.(at) ?? new Uint8Array(0),
        seed,
      };
    }),
  );
}

/** A report id of a lane. */
function idIn(lane: number, { lanes }: Task): Uint8Array {
  for (;;) {
    const id = randomBytes(16);
    if (laneOf(hmacSha256(laneSecret, id), lanes) === lane) return id;
  }
}

export interface Place {
  readonly of?: Task;
  readonly batch?: Uint8Array;
  readonly lane?: number;
  readonly number?: number;
  readonly chunk?: number;
  readonly block?: number;
}

export async function offer(
  { helper }: HelperWorld,
  reports: readonly OfferedReport[],
  { of = task, batch = randomBytes(16), lane = 0, number = 0, chunk = 0, block = 1 }: Place = {},
): Promise<HelperReply> {
  const name = { batch, task: await taskIdOf(of, sha256), block, lane, number };
  return helper.chunk(encodeChunkRequest({ ...name, chunk, reports }));
}

export async function close(
  { helper }: HelperWorld,
  batch: Uint8Array,
  { of = task, ...asked }: Partial<CloseRequest> & { readonly of?: Task },
): Promise<HelperReply> {
  const name = { batch, task: await taskIdOf(of, sha256), block: 1, lane: 0, number: 0 };
  return helper.close(encodeCloseRequest({ ...name, chunks: 1, counted: 5, laneSecret, ...asked }));
}

export function verdictsIn(reply: HelperReply): readonly ChunkVerdict[] {
  if (!reply.ok) throw new Error(`${reply.why}: ${reply.detail}`);
  return parseChunkAnswer(reply.answer).verdicts;
}

export function sumIn(reply: HelperReply): Uint32Array {
  if (!reply.ok) throw new Error(`${reply.why}: ${reply.detail}`);
  return parseCloseAnswer(reply.answer).sum;
}
