/**
 * The helper: sees sealed seeds, never a share of the leader's; answers noisy sums of masks, once per batch.
 *
 * It promises, whatever the leader does: no sum for a task that it has no copy of, signed by the leader it knows, within
 * its own floors and not long expired; no bucket of fewer reports than the task's minBatch; no report in two batches of a
 * task, and no token for two reports; one answer per batch id, the same bytes each time it is asked again. With these, what
 * the leader can learn from it is one noisy total per bucket. It assumes that the reports are of different people: tokens,
 * where a task asks for them, are what stands against invented ones.
 */
import { fromHex, toHex } from "../../core/bytes.ts";
import { messageOf } from "../../core/errors.ts";
import { bucketsFor, bucketsOf } from "../../core/sum/buckets.ts";
import { seedBytes } from "../../core/sum/share.ts";
import { blocksOf, parseTask, sigmaOf, type Task, taskIdOf, vectorLengthOf } from "../../core/tasks/task.ts";
import { encodeSumAnswer, parseSumRequest, type SumRequest, sealedAad } from "../../core/wire/protocol.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import { yieldToEventLoop } from "../base/eventloop.ts";
import { sha256 } from "../base/platform.ts";
import { Serial } from "../base/serial.ts";
import {
  earliestRegistrationMs,
  findAnswer,
  findRegistered,
  type HelperStore,
  isCounted,
  pruneHelper,
  storeAnswer,
  storeRegistered,
} from "../store/helperstore.ts";
import { isSpent, markSpent } from "../store/spent.ts";
import type { TokenCheck } from "../tokens/tokencheck.ts";
import { type HelperFloors, type RegisterReply, taskWithinFloors } from "./floors.ts";
import type { HelperClient, HelperRefusal, HelperReply } from "./helperclient.ts";
import type { OwnKeyList } from "./keys/keylists.ts";
import type { KeyRing } from "./keys/keyring.ts";
import { addMaskOfInto, addNoiseInto } from "./mask.ts";
import { rememberMs, sumGraceMs } from "./taskon.ts";

/** The helper in the same process: one operator holds both halves, which is for development. */
export function inProcessHelper(helper: Helper): HelperClient {
  return {
    keys: () => helper.keys(),
    register: (task) => helper.register(task),
    sum: (request) => helper.sum(Uint8Array.from(request)),
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
}

/** Reports whose seals are opened at once, on the platform's own threads. */
const opensAtOnce = 64;

interface Countable {
  readonly id: Uint8Array;
  readonly seed: Uint8Array;
  readonly token: SpentToken | null;
}

interface SpentToken {
  readonly nonce: Uint8Array;
  readonly untilMs: number;
}

export class Helper {
  /** One request after another, so that no report can slip into two batches at once. */
  readonly #serial = new Serial();

  readonly #parts: HelperParts;

  constructor(parts: HelperParts) {
    this.#parts = parts;
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

  /** Answers one encoded `SumRequest` with an encoded `SumAnswer`. */
  sum(bytes: Uint8Array): Promise<HelperReply> {
    return this.#serial.run(async () => {
      let request: SumRequest;
      try {
        request = parseSumRequest(bytes);
      } catch (error) {
        return refusal("malformed", messageOf(error));
      }
      const digest = await sha256(bytes);
      const stored = await findAnswer(this.#parts.store, request.batch);
      if (stored === undefined) return this.#answer(request, digest);
      return Buffer.compare(stored.request, digest) === 0
        ? { ok: true, answer: stored.answer }
        : refusal("other-request", "this batch was answered for another set of reports");
    });
  }

  /** Resolves when nothing that was asked is left to answer. */
  settled(): Promise<void> {
    return this.#serial.settled();
  }

  async #answer(request: SumRequest, digest: Uint8Array): Promise<HelperReply> {
    const { store, nowMs } = this.#parts;
    const { batch, block, reports } = request;
    const document = await findRegistered(store, fromHex(request.task));
    if (document === undefined) return refusal("unknown-task", `no copy of task ${request.task}`);
    const task = parseTask(JSON.parse(document));
    if (nowMs() >= task.expiresAtMs + sumGraceMs) {
      return refusal("task-expired", `the task expired at ${task.expiresAtMs}`);
    }
    if (new Set(reports.map(({ id }) => toHex(id))).size !== reports.length) {
      return refusal("malformed", "a report id stands in the request twice");
    }
    if (block >= blocksOf(task)) {
      return refusal("malformed", `block must be below ${blocksOf(task)}, got ${block}`);
    }
    if (reports.length > task.maxBatch) {
      return refusal("too-many", `a batch may have ${task.maxBatch} reports, got ${reports.length}`);
    }
    const found = await this.#countablesOf(request, task);
    const countables = found.flatMap((countable) => (countable === null ? [] : [countable]));
    if (countables.length < task.minBatch) {
      return refusal(
        "too-few",
        `a batch must have ${task.minBatch} countable reports, got ${countables.length} of ${reports.length}`,
      );
    }
    const sums = await noisySumsOf(countables, batch, task);
    const counted = found.map((countable) => countable !== null);
    const answer = encodeSumAnswer({ batch, counted, sums });
    await store.transaction().execute(async (transaction) => {
      for (const { token } of countables) {
        if (token !== null && !(await markSpent(transaction, token.nonce, token.untilMs))) {
          throw new Error("helper: expected an unspent token, got one spent meanwhile");
        }
      }
      await storeAnswer(transaction, {
        batch,
        request: digest,
        answer,
        task: fromHex(request.task),
        reports: countables.map(({ id }) => id),
      });
    });
    return { ok: true, answer };
  }

  /** For each report of the request what is needed to count it, or null where it must not be counted. */
  async #countablesOf(request: SumRequest, task: Task): Promise<readonly (Countable | null)[]> {
    const found: (Countable | null)[] = [];
    const nonces = new Set<string>();
    for (let at = 0; at < request.reports.length; at += opensAtOnce) {
      const some = request.reports.slice(at, at + opensAtOnce);
      for (const countable of await Promise.all(
        some.map((report) => this.#countableOf(request, task, report)),
      )) {
        // The same token in two reports of one request: the first has it.
        const nonce = countable?.token ? toHex(countable.token.nonce) : null;
        found.push(nonce !== null && nonces.has(nonce) ? null : countable);
        if (nonce !== null) nonces.add(nonce);
      }
    }
    return found;
  }

  /** Null when it was counted before, was not sealed for this task, id and block, or its token is not good. */
  async #countableOf(
    { task: taskId, block }: SumRequest,
    task: Task,
    { id, helperKey, helperSeed, token }: SumRequest["reports"][number],
  ): Promise<Countable | null> {
    const { store, keys } = this.#parts;
    if (await isCounted(store, fromHex(taskId), id)) return null;
    const seed = await keys.unseal(helperKey, helperSeed, sealedAad({ task: taskId, id, block }));
    if (seed?.length !== seedBytes) return null;
    if (task.tokenKey === null) return { id, seed, token: null };
    const verdict = await this.#parts.tokens?.check(task.tokenKey, token);
    if (verdict?.ok !== true || (await isSpent(store, verdict.nonce))) return null;
    return { id, seed, token: verdict };
  }

  /** A key that is accepted no more goes once every task is forgotten that browsers could have sealed to it for. */
  async #forgetKeys(): Promise<void> {
    const { store, keys, nowMs } = this.#parts;
    const earliest = await earliestRegistrationMs(store);
    keys.forget(nowMs(), ({ untilMs }) => earliest !== undefined && earliest < untilMs);
  }
}

/** The sum of the masks in each bucket, each with the whole noise. */
async function noisySumsOf(
  countables: readonly Countable[],
  batch: Uint8Array,
  task: Task,
): Promise<readonly Uint32Array[]> {
  const buckets = bucketsFor(countables.length, task);
  const ids = countables.map(({ id }) => id);
  const bucketOf = await bucketsOf(ids, { batch, buckets, sha256 });
  const length = vectorLengthOf(task);
  const sums = Array.from({ length: buckets }, () => new Uint32Array(length));
  for (const [at, { seed }] of countables.entries()) {
    addMaskOfInto(sums[bucketOf[at]], seed);
    if (at % 16 === 15) await yieldToEventLoop();
  }
  for (const sum of sums) await addNoiseInto(sum, sigmaOf(task));
  return sums;
}

function refusal(why: HelperRefusal, detail: string): HelperReply {
  return { ok: false, why, detail };
}
