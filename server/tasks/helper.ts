/**
 * The helper: sees sealed seeds, never a share of the leader's; answers one noisy sum of masks for each
 * batch.
 *
 * It promises, whatever the leader does: nothing for a task that is not in its public log, signed by the
 * leader it knows, within its own floors and not long expired; no more reports for one that another of its
 * kind came after; no sum of fewer reports than the task's minBatch, and none without noise; no report in two
 * batches of a task, and no token for two reports; one batch for each (task, block, lane, number), a further
 * number only when the one before is full; reports in the lane that the task's committed secret says; one
 * answer to each message, the same bytes each time it is asked again. With these, what the leader can learn
 * from it is one noisy total per batch. It assumes that the reports are of different people: tokens, where a
 * task asks for them, are what stands against invented ones.
 */
import { fromHex } from "../../core/bytes.ts";
import { messageOf } from "../../core/errors.ts";
import { parseTask, type Task } from "../../core/tasks/task.ts";
import { type LogTail, mostEntries, usualTail } from "../../core/wire/log.ts";
import { parseChunkRequest, parseCloseRequest } from "../../core/wire/sums.ts";
import { type Log, silent } from "../base/log.ts";
import { sha256 } from "../base/platform.ts";
import { Serial } from "../base/serial.ts";
import { findRegistered, type HelperStore, taskTimes } from "../store/helperstore.ts";
import { findNewest, readLog } from "../store/vouched.ts";
import type { TokenCheck } from "../tokens/tokencheck.ts";
import type { HelperFloors } from "./floors.ts";
import { answerChunk } from "./helperchunks.ts";
import type { HelperClient, HelperReply, HelperWord } from "./helperclient.ts";
import { answerClosing } from "./helperclosings.ts";
import { type Registered, refusal } from "./helperreply.ts";
import type { OwnKeyList } from "./keys/keylists.ts";
import type { KeyRing } from "./keys/keyring.ts";
import { sumGraceMs } from "./lifetimes.ts";
import { type AddNoise, addNoiseInto } from "./mask.ts";
import { vouchFor } from "./vouching.ts";
import type { VouchReply, VouchRequest } from "./vouchreply.ts";
import { type Reached, unwatched } from "./written.ts";

/** The helper in the same process: one operator holds both halves, which is for development. */
export function inProcessHelper(helper: Helper): HelperClient {
  return {
    keys: () => helper.keys(),
    log: () => helper.log(),
    vouch: (request) => helper.vouch(request),
    chunk: (request) => helper.chunk(new Uint8Array(request)),
    close: (request) => helper.close(new Uint8Array(request)),
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
  readonly log?: Log;
}

export class Helper {
  /** One request after another, so that no report can slip into two batches at once. */
  readonly #serial = new Serial();

  readonly #parts: Required<HelperParts>;

  constructor({ addNoise = addNoiseInto, reached = unwatched, log = silent, ...parts }: HelperParts) {
    this.#parts = { ...parts, addNoise, reached, log };
  }

  /** Not in its turn: nobody waits for a long sum to be told of keys. */
  async keys(): Promise<HelperWord> {
    const { store, keyList } = this.#parts;
    const { head, tail } = await readLog(store, usualTail);
    return { list: await keyList.current(head), log: tail };
  }

  /** Of a log that is longer than `mostEntries`, the last ones. */
  async log(): Promise<LogTail> {
    return (await readLog(this.#parts.store, mostEntries)).tail;
  }

  /** Brings a document into the log, and ends the task of its kind before it; see vouching.ts. */
  vouch(request: VouchRequest): Promise<VouchReply> {
    return this.#serial.run(async () => {
      const reply = await vouchFor({ ...this.#parts, knowsTokens: this.#parts.tokens !== null }, request);
      const { kind } = request;
      if (reply.ok) this.#parts.log("document vouched", { kind });
      else this.#parts.log("document refused", { kind, why: reply.why, detail: reply.detail }, "warn");
      if (reply.ok) await this.#forgetKeys();
      return reply;
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
    return this.#answer(bytes, parseCloseRequest, async (request, of, digest) => {
      const reply = await answerClosing(this.#parts, of, request, digest);
      if (reply.ok) this.#parts.log("batch answered", { kind: of.task.kind });
      else this.#parts.log("batch refused", { kind: of.task.kind, why: reply.why }, "warn");
      return reply;
    });
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
      const { store, nowMs } = this.#parts;
      const registered = await findRegistered(store, fromHex(request.task));
      if (registered === undefined) return refusal("unknown-task", `no copy of task ${request.task}`);
      const task: Task = parseTask(JSON.parse(registered.document));
      const newest = await findNewest(store, { kind: "task", subject: task.kind });
      const isOver = nowMs() >= task.expiresAtMs + sumGraceMs;
      const of = { seq: registered.seq, task, isOver, isEnded: newest?.id !== request.task };
      return answer(request, of, await sha256(bytes));
    });
  }

  /**
   * A key that is accepted no more goes once every task is forgotten that browsers could have sealed to it
   * for. Tasks are forgotten by their order, so no clock makes a key go that the newest ones need.
   */
  async #forgetKeys(): Promise<void> {
    const { store, keys, nowMs } = this.#parts;
    const times = await taskTimes(store);
    keys.forget(nowMs(), ({ fromMs, untilMs }) =>
      times.some(({ registeredAtMs, expiresAtMs }) => registeredAtMs < untilMs && fromMs < expiresAtMs),
    );
  }
}
