/**
 * The helper: sees sealed seeds, never a share of the leader's; answers one noisy sum of masks for each batch.
 *
 * It promises, whatever the leader does: nothing for a task that it has no copy of, signed by the leader it knows, within its own
 * floors and not long expired; no sum of fewer reports than the task's minBatch, and none without noise; no report in two batches
 * of a task, and no token for two reports; one batch for each (task, block, lane, number), a further number only when the one before
 * is full; reports in the lane that the task's committed secret says; one answer to each message, the same bytes each time it is
 * asked again. With these, what the leader can learn from it is one noisy total per batch. It assumes that the reports are of
 * different people: tokens, where a task asks for them, are what stands against invented ones.
 */
import { fromHex } from "../../core/bytes.ts";
import { messageOf } from "../../core/errors.ts";
import { parseTask, type Task, taskIdOf } from "../../core/tasks/task.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import { parseChunkRequest, parseCloseRequest } from "../../core/wire/sums.ts";
import { sha256 } from "../base/platform.ts";
import { Serial } from "../base/serial.ts";
import {
  earliestRegistrationMs,
  findRegistered,
  type HelperStore,
  pruneHelper,
  storeRegistered,
} from "../store/helperstore.ts";
import type { TokenCheck } from "../tokens/tokencheck.ts";
import { type HelperFloors, type RegisterReply, taskWithinFloors } from "./floors.ts";
import { answerChunk } from "./helperchunks.ts";
import type { HelperClient, HelperReply } from "./helperclient.ts";
import { answerClosing } from "./helperclosings.ts";
import { type Registered, refusal } from "./helperreply.ts";
import type { OwnKeyList } from "./keys/keylists.ts";
import type { KeyRing } from "./keys/keyring.ts";
import { rememberMs, sumGraceMs } from "./lifetimes.ts";
import { type AddNoise, addNoiseInto } from "./mask.ts";
import { type Reached, unwatched } from "./written.ts";

/** The helper in the same process: one operator holds both halves, which is for development. */
export function inProcessHelper(helper: Helper): HelperClient {
  return {
    keys: () => helper.keys(),
    register: (task) => helper.register(task),
    chunk: (request) => helper.chunk(Uint8Array.from(request)),
    close: (request) => helper.close(Uint8Array.from(request)),
  };
}

export interface HelperParts {
  readonly store: HelperStore;
  readonly keys: KeyRing;
  readonly keyList: OwnKeyList;
  /** Identity of the leader whose tasks it takes, as it pinned it: Ed25519 public key in hex. */
  readonly leader: string;
  readonly floors: HelperFloors;
  /** Null where no tokens are known: then it takes no task that asks for them. */
  readonly tokens: TokenCheck | null;
  readonly nowMs: () => number;
  readonly addNoise?: AddNoise;
  readonly reached?: Reached;
}

export class Helper {
  /** One request after another, so that no report can slip into two batches at once. */
  readonly #serial = new Serial();

  readonly #parts: HelperParts & { readonly addNoise: AddNoise; readonly reached: Reached };

  constructor({ addNoise = addNoiseInto, reached = unwatched, ...parts }: HelperParts) {
    this.#parts = { ...parts, addNoise, reached };
  }

  keys(): Promise<SignedDocument> {
    return this.#parts.keyList.current();
  }

  /** Checks a task against its own floors and stores its copy. */
  register(signed: SignedDocument): Promise<RegisterReply> {
    return this.#serial.run(async () => {
      const { store, leader, floors, tokens, nowMs } = this.#parts;
      const taken = await taskWithinFloors(signed, {
        leader,
        floors,
        knowsTokens: tokens !== null,
        nowMs: nowMs(),
      });
      if (!taken.ok) return taken;
      const { task } = taken;
      const registeredAtMs = nowMs();
      const id = fromHex(await taskIdOf(task, sha256));
      await store.transaction().execute(async (transaction) => {
        await storeRegistered(transaction, {
          id,
          ...signed,
          registeredAtMs,
          expiresAtMs: task.expiresAtMs,
        });
        await pruneHelper(transaction, {
          expiredBeforeMs: registeredAtMs - rememberMs,
          nowMs: registeredAtMs,
        });
      });
      await this.#forgetKeys();
      return { ok: true };
    });
  }

  /** Answers one encoded `ChunkRequest` with an encoded `ChunkAnswer`. */
  chunk(bytes: Uint8Array): Promise<HelperReply> {
    return this.#answer(bytes, parseChunkRequest, (request, of, digest) =>
      answerChunk(this.#parts, of, request, digest),
    );
  }

  /** Answers one encoded `CloseRequest` with an encoded `CloseAnswer`. */
  close(bytes: Uint8Array): Promise<HelperReply> {
    return this.#answer(bytes, parseCloseRequest, (request, of, digest) =>
      answerClosing(this.#parts, of, request, digest),
    );
  }

  /** Resolves when nothing that was asked is left to answer. */
  settled(): Promise<void> {
    return this.#serial.settled();
  }

  #answer<Request extends { readonly task: string }>(
    bytes: Uint8Array,
    parse: (bytes: Uint8Array) => Request,
    answer: (request: Request, of: Registered, digest: Uint8Array) => Promise<HelperReply>,
  ): Promise<HelperReply> {
    return this.#serial.run(async () => {
      let request: Request;
      try {
        request = parse(bytes);
      } catch (error) {
        return refusal("malformed", messageOf(error));
      }
      const registered = await findRegistered(this.#parts.store, fromHex(request.task));
      if (registered === undefined) return refusal("unknown-task", `no copy of task ${request.task}`);
      const task: Task = parseTask(JSON.parse(registered.document));
      const isOver = this.#parts.nowMs() >= task.expiresAtMs + sumGraceMs;
      return answer(request, { seq: registered.seq, task, isOver }, await sha256(bytes));
    });
  }

  /** A key that is accepted no more goes once every task is forgotten that browsers could have sealed to it for. */
  async #forgetKeys(): Promise<void> {
    const { store, keys, nowMs } = this.#parts;
    const earliest = await earliestRegistrationMs(store);
    keys.forget(nowMs(), ({ untilMs }) => earliest !== undefined && earliest < untilMs);
  }
}
