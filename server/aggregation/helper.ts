/**
 * The helper: sees sealed seeds, never a share of the leader's; answers one noisy sum of masks per batch.
 *
 * It promises, whatever the leader does: no sum over fewer reports than its own floor and the task's minBatch; no
 * report in two batches of a task; one answer per batch id, the same bytes each time it is asked again. With these, what
 * the leader can learn from it is one noisy total per batch. It assumes that the reports are of different people: telling
 * people from invented ones is not its part yet.
 */
import { fromHex } from "../../core/bytes.ts";
import {
  encodeSumAnswer,
  type PublicKey,
  parseSumRequest,
  type SumRequest,
  sealedAad,
} from "../../core/protocol.ts";
import { addInto } from "../../core/sum/field.ts";
import { seedBytes } from "../../core/sum/share.ts";
import { blocksOf, sigmaOf, type TaskId, taskIdOf, vectorLengthOf } from "../../core/sum/task.ts";
import { messageOf } from "../operatorerror.ts";
import { Serial } from "../serial.ts";
import { findAnswer, type HelperStore, isCounted, storeAnswer } from "../store/helperstore.ts";
import type { KeyRing } from "./keys.ts";
import { addNoiseInto, maskOf, sha256 } from "./mask.ts";

/** Why the helper will never sum a batch. */
export type HelperRefusal = "malformed" | "too-few" | "too-many" | "other-request";

export type HelperReply =
  | { readonly ok: true; readonly answer: Uint8Array }
  | { readonly ok: false; readonly why: HelperRefusal; readonly detail: string };

/** What the leader knows of the helper. Only bytes cross; a rejection means: not reached, ask again. */
export interface HelperClient {
  publicKey(): Promise<PublicKey>;
  sum(request: Uint8Array): Promise<HelperReply>;
}

/** The helper in the same process: one operator holds both halves, which is for development. */
export function inProcessHelper(helper: Helper): HelperClient {
  return {
    publicKey: async () => helper.publicKey,
    sum: (request) => helper.sum(Uint8Array.from(request)),
  };
}

export interface HelperParts {
  readonly store: HelperStore;
  readonly keys: KeyRing;
  /** The helper's own floor for the size of a batch. */
  readonly minBatch: number;
}

export class Helper {
  /** One batch after another, so that no report can slip into two at once. */
  private readonly serial = new Serial();

  constructor(private readonly parts: HelperParts) {}

  get publicKey(): PublicKey {
    return this.parts.keys.publicKey;
  }

  /** Answers one encoded `SumRequest` with an encoded `SumAnswer`. */
  sum(bytes: Uint8Array): Promise<HelperReply> {
    return this.serial.run(async () => {
      let request: SumRequest;
      try {
        request = parseSumRequest(bytes);
      } catch (error) {
        return refusal("malformed", messageOf(error));
      }
      const digest = await sha256(bytes);
      const stored = await findAnswer(this.parts.store, request.batch);
      if (stored === undefined) return this.answer(request, digest);
      return Buffer.compare(stored.request, digest) === 0
        ? { ok: true, answer: stored.answer }
        : refusal("other-request", "this batch was answered for another set of reports");
    });
  }

  private async answer(request: SumRequest, digest: Uint8Array): Promise<HelperReply> {
    const { batch, task, block, reports } = request;
    const least = Math.max(task.minBatch, this.parts.minBatch);
    const names = new Set(reports.map(({ id }) => Buffer.from(id).toString("hex")));
    if (names.size !== reports.length) return refusal("malformed", "a report id stands in the request twice");
    if (block >= blocksOf(task)) {
      return refusal("malformed", `block must be below ${blocksOf(task)}, got ${block}`);
    }
    if (reports.length > task.maxBatch) {
      return refusal("too-many", `a batch may have ${task.maxBatch} reports, got ${reports.length}`);
    }
    if (reports.length < least) {
      return refusal("too-few", `a batch must have ${least} reports, got ${reports.length}`);
    }
    const id = await taskIdOf(task, sha256);
    const sum = new Uint32Array(vectorLengthOf(task));
    const counted: boolean[] = [];
    for (const report of reports) {
      const seed = await this.seedOf(id, block, report);
      counted.push(seed !== null);
      if (seed !== null) addInto(sum, maskOf(seed, sum.length));
    }
    const countedReports = reports.filter((_, at) => counted[at]);
    if (countedReports.length < least) {
      return refusal("too-few", `a batch must have ${least} countable reports, got ${countedReports.length}`);
    }
    await addNoiseInto(sum, sigmaOf(task));
    const answer = encodeSumAnswer({ batch, counted, sum });
    await storeAnswer(this.parts.store, {
      batch,
      request: digest,
      answer,
      task: fromHex(id),
      reports: countedReports.map((report) => report.id),
    });
    return { ok: true, answer };
  }

  /** Null when the report was counted in another batch, or its seed was not sealed for this task, id and block. */
  private async seedOf(
    task: TaskId,
    block: number,
    { id, helperKey, helperSeed }: SumRequest["reports"][number],
  ): Promise<Uint8Array | null> {
    if (await isCounted(this.parts.store, fromHex(task), id)) return null;
    const seed = await this.parts.keys.unseal(helperKey, helperSeed, sealedAad({ task, id, block }));
    return seed?.length === seedBytes ? seed : null;
  }
}

function refusal(why: HelperRefusal, detail: string): HelperReply {
  return { ok: false, why, detail };
}
