/**
 * Chunks at the helper: it says of each report whether it counts, and adds the masks of those that do to the
 * batch's partial sum, which never leaves. Verdicts, ids, tokens and masks are one commit; the same chunk
 * again gets the same verdicts.
 */
import { toHex } from "../../core/bytes.ts";
import { seedBytes } from "../../core/sum/share.ts";
import { sealedAad } from "../../core/wire/report.ts";
import {
  type ChunkRequest,
  type ChunkVerdict,
  encodeChunkAnswer,
  type OfferedReport,
} from "../../core/wire/sums.ts";
import { yieldToEventLoop } from "../base/eventloop.ts";
import {
  beginHelperBatch,
  findChunk,
  findHelperBatch,
  findHelperBatchAt,
  type HelperBatch,
  isCounted,
  masksOf,
  storeChunk,
} from "../store/helperbatches.ts";
import type { HelperStore } from "../store/helperstore.ts";
import { isSpentElsewhere, markSpent, type SpentOn } from "../store/spent.ts";
import type { TokenCheck } from "../tokens/tokencheck.ts";
import type { HelperReply } from "./helperclient.ts";
import { answerAgain, isNamed, nameFault, type Registered } from "./helperreply.ts";
import type { KeyRing } from "./keys/keyring.ts";
import { addMaskOfInto } from "./mask.ts";
import type { Reached } from "./written.ts";

export interface ChunkParts {
  readonly store: HelperStore;
  readonly keys: KeyRing;
  readonly tokens: TokenCheck | null;
  readonly reached: Reached;
}

/** Reports whose seals are opened at once, on the platform's own threads. */
const opensAtOnce = 64;

interface Countable {
  readonly verdict: "counted";
  readonly id: Uint8Array;
  readonly seed: Uint8Array;
  readonly token: (Pick<SpentOn, "nonce" | "tokenKey"> & { readonly untilMs: number }) | null;
}

type Judged = Countable | { readonly verdict: Exclude<ChunkVerdict, "counted"> };

export async function answerChunk(
  parts: ChunkParts,
  of: Registered,
  request: ChunkRequest,
  digest: Uint8Array,
): Promise<HelperReply> {
  const { store, reached } = parts;
  const batch = await findHelperBatch(store, request.batch);
  if (batch !== undefined && isNamed(batch, of, request)) {
    const stored = await findChunk(store, batch.seq, request.chunk);
    if (stored !== undefined) return answerAgain(stored, digest);
  }
  const fault = nameFault(of, request) ?? (await chunkFault(store, of, request, batch));
  if (fault !== null) return fault;
  const judged = await judgedReports(parts, of, request);
  const counted = judged.flatMap((report) => (report.verdict === "counted" ? [report] : []));
  const masks =
    (batch === undefined ? null : await masksOf(store, batch.seq)) ?? new Uint32Array(of.task.length);
  for (const [at, { seed }] of counted.entries()) {
    addMaskOfInto(masks, seed);
    if (at % 16 === 15) await yieldToEventLoop();
  }
  const answer = encodeChunkAnswer({
    batch: request.batch,
    chunk: request.chunk,
    verdicts: judged.map(({ verdict }) => verdict),
  });
  await store.transaction().execute(async (transaction) => {
    const { block, lane, number } = request;
    const place = { id: request.batch, task: of.seq, block, lane, number };
    const seq = batch?.seq ?? (await beginHelperBatch(transaction, place));
    for (const { id, token } of counted) {
      if (token === null) continue;
      if (!(await markSpent(transaction, { ...token, report: id, task: of.seq }))) {
        throw new Error("helper: expected an unspent token, got one spent meanwhile");
      }
    }
    await storeChunk(transaction, seq, {
      chunk: request.chunk,
      request: digest,
      answer,
      task: of.seq,
      offered: request.reports.length,
      counted: counted.map(({ id }) => id),
      masks,
    });
  });
  reached("chunk answered");
  return { ok: true, answer };
}

/** Why this chunk does not follow from what the helper has, or null. */
async function chunkFault(
  store: HelperStore,
  of: Registered,
  request: ChunkRequest,
  batch: HelperBatch | undefined,
): Promise<Extract<HelperReply, { ok: false }> | null> {
  const fault = (why: Extract<HelperReply, { ok: false }>["why"], detail: string) =>
    ({ ok: false, why, detail }) as const;
  const { block, lane, number, chunk, reports } = request;
  const { maxBatch } = of.task;
  if (of.isEnded) return fault("task-ended", `another task of ${of.task.kind} came after it`);
  if (new Set(reports.map(({ id }) => toHex(id))).size !== reports.length) {
    return fault("malformed", "a report id stands in the chunk twice");
  }
  if (batch === undefined) {
    const place = { task: of.seq, block, lane, number };
    if ((await findHelperBatchAt(store, place)) !== undefined) {
      return fault("other-request", `batch ${number} of the lane has another id`);
    }
    const before =
      number === 0 ? undefined : await findHelperBatchAt(store, { ...place, number: number - 1 });
    if (number > 0 && (before === undefined || before.offered < maxBatch)) {
      return fault("out-of-order", `batch ${number - 1} of the lane must be full first`);
    }
  } else if (!isNamed(batch, of, request)) {
    return fault("other-request", "this batch id is of another task, block, lane or number");
  } else if (batch.closed !== null) {
    return fault("out-of-order", "the batch is closed");
  }
  const { chunks, offered } = batch ?? { chunks: 0, offered: 0 };
  if (chunk !== chunks) return fault("out-of-order", `chunk ${chunks} is the next, got ${chunk}`);
  if (offered + reports.length > maxBatch) {
    return fault("too-many", `a batch may have ${maxBatch} reports, got ${offered + reports.length}`);
  }
  return null;
}

async function judgedReports(
  parts: ChunkParts,
  of: Registered,
  request: ChunkRequest,
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  const nonces = new Set<string>();
  for (let at = 0; at < request.reports.length; at += opensAtOnce) {
    const some = request.reports.slice(at, at + opensAtOnce);
    for (const one of await Promise.all(some.map((report) => judge(parts, of, request, report)))) {
      // The same token in two reports of one chunk: the first has it.
      const nonce = one.verdict === "counted" && one.token !== null ? toHex(one.token.nonce) : null;
      judged.push(nonce !== null && nonces.has(nonce) ? { verdict: "token-spent" } : one);
      if (nonce !== null) nonces.add(nonce);
    }
    await yieldToEventLoop();
  }
  return judged;
}

async function judge(
  { store, keys, tokens }: ChunkParts,
  { seq, task }: Registered,
  { task: taskId, block }: ChunkRequest,
  { id, helperKey, helperSeed, token }: OfferedReport,
): Promise<Judged> {
  if (await isCounted(store, seq, id)) return { verdict: "known" };
  const seed = await keys.unseal(helperKey, helperSeed, sealedAad({ task: taskId, id, block }));
  if (seed?.length !== seedBytes) return { verdict: "bad-seal" };
  const { tokenKey } = task;
  if (tokenKey === null) return { verdict: "counted", id, seed, token: null };
  const found = token.length === 0 ? null : await tokens?.check(tokenKey, token);
  if (found?.ok !== true) return { verdict: "bad-token" };
  const { nonce, untilMs } = found;
  if (await isSpentElsewhere(store, { nonce, report: id, task: seq, tokenKey })) {
    return { verdict: "token-spent" };
  }
  return { verdict: "counted", id, seed, token: { nonce, tokenKey, untilMs } };
}
