/**
 * What the helper puts into its log (core/wire/log.ts), and when: documents that its leader signed, tasks
 * within the helper's floors, so many of a sort in 24 hours, and nothing that is older than what is there. A
 * browser takes the newest of a sort alone, so the limits are what a leader has of documents to show
 * different people.
 *
 * Before an entry that is in force would leave the last `usualTail` ones it is repeated, so that these are
 * enough for everybody who came lately. A repeated entry is no new document: nothing is allowed by it.
 */
import * as v from "valibot";
import { fromHex } from "../../core/bytes.ts";
import { messageOf } from "../../core/errors.ts";
import { editionVersion } from "../../core/model/edition.ts";
import { parsePlan } from "../../core/sum/plan.ts";
import { parseTask, type Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { issueText } from "../../core/wire/issues.ts";
import { extendLog, type LogHead, usualTail, type VouchedKind } from "../../core/wire/log.ts";
import { openSigned, type SignedDocument } from "../../core/wire/signed.ts";
import { sha256 } from "../base/platform.ts";
import {
  dateBack,
  type HelperQueries,
  type HelperStore,
  pruneHelper,
  storeRegistered,
} from "../store/helperstore.ts";
import { isRetiredKey } from "../store/spent.ts";
import {
  appendVouched,
  findNewest,
  isVouched,
  newestOfAll,
  newSince,
  readLog,
  subjectsSince,
  type VouchedDocument,
} from "../store/vouched.ts";
import { type HelperFloors, taskFault } from "./floors.ts";
import { verifyEd25519 } from "./keys/identity.ts";
import { rememberMs } from "./lifetimes.ts";
import { type VouchedName, vouchedNameOf } from "./vouchedname.ts";
import { type NotVouched, notVouched, type VouchReply, type VouchRequest } from "./vouchreply.ts";

export interface VouchingParts {
  readonly store: HelperStore;
  /** Identity of the leader whose documents it takes: Ed25519 public key in hex. */
  readonly leader: string;
  readonly floors: HelperFloors;
  /** Whether the helper can check tokens. */
  readonly knowsTokens: boolean;
  readonly nowMs: () => number;
}

/**
 * Vouches for a document, or says why not. The same document again changes nothing. To be called one after
 * another.
 */
export async function vouchFor(parts: VouchingParts, request: VouchRequest): Promise<VouchReply> {
  const { store, nowMs } = parts;
  const atMs = nowMs();
  const opened = await openedDocument(parts, request, atMs);
  if (!opened.ok) return opened;
  const name = await vouchedNameOf(request);
  const newest = await findNewest(store, name);
  if (newest?.id === name.id) return { ok: true };
  if (await isVouched(store, name)) {
    return notVouched("not-newer", `another ${sortText(name)} came after it: ${newest?.id}`);
  }
  await dateBack(store, atMs);
  const { task, sequence } = opened;
  if (task?.tokenKey != null && (await isRetiredKey(store, task.tokenKey))) {
    return notVouched("below-floor", "tokenKey must name a key that is in use, got one that is over");
  }
  if (sequence !== null && newest !== undefined && sequence <= (newest.sequence ?? -1)) {
    return notVouched("not-newer", `sequence must be above ${newest.sequence}, got ${sequence}`);
  }
  const fault = (await tooMany(parts, name, atMs)) ?? (await tooManyKinds(parts, name, atMs));
  if (fault !== null) return fault;
  const entry = { ...name, atMs, sequence, untilMs: task?.expiresAtMs ?? null };
  await store.transaction().execute(async (transaction) => {
    if (task !== null) await register(transaction, { id: name.id, task, signed: request.signed, atMs });
    await append(transaction, entry);
    await pruneHelper(transaction, { expiredBeforeMs: atMs - rememberMs, nowMs: atMs });
  });
  return { ok: true };
}

type Opened =
  | { readonly ok: true; readonly task: Task | null; readonly sequence: number | null }
  | NotVouched;

const editionSchema = v.object({
  version: v.literal(editionVersion),
  sequence: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/** @throws {TypeError} for what is no edition. */
function sequenceOf(value: unknown): number {
  const parsed = v.safeParse(editionSchema, value);
  if (!parsed.success) throw new TypeError(issueText("edition", parsed.issues[0]));
  return parsed.output.sequence;
}

async function openedDocument(
  { leader, floors, knowsTokens }: VouchingParts,
  { kind, signed }: VouchRequest,
  nowMs: number,
): Promise<Opened> {
  let value: unknown;
  try {
    value = await openSigned(kind, signed, { key: leader, verify: verifyEd25519 });
  } catch (error) {
    return notVouched("not-signed", messageOf(error));
  }
  try {
    switch (kind) {
      case "task": {
        const task = parseTask(value);
        return taskFault(task, { floors, knowsTokens, nowMs }) ?? { ok: true, task, sequence: null };
      }
      case "plan":
        parsePlan(value);
        return { ok: true, task: null, sequence: null };
      case "edition":
        return { ok: true, task: null, sequence: sequenceOf(value) };
    }
  } catch (error) {
    return notVouched("malformed", messageOf(error));
  }
}

async function tooMany(
  { store, floors }: VouchingParts,
  name: VouchedName,
  nowMs: number,
): Promise<NotVouched | null> {
  const most = name.kind === "task" ? floors.tasksPerDay : floors.documentsPerDay;
  const times = await newSince(store, name, nowMs - dayMs);
  if (times.length < most) return null;
  const waitMs = times[times.length - most] + dayMs - nowMs;
  return notVouched(
    "too-many-today",
    `at most ${most} new ones of ${sortText(name)} are taken in 24 hours: retry in ${Math.ceil(waitMs / 1000)} seconds`,
  );
}

/**
 * Kinds that nobody sums would push what is in force out of the last entries, and short-lived ones would each
 * have a day's tasks to show different people.
 */
async function tooManyKinds(
  { store, floors }: VouchingParts,
  { kind, subject }: VouchedName,
  nowMs: number,
): Promise<NotVouched | null> {
  if (kind !== "task") return null;
  const open = (await newestOfAll(store, nowMs)).flatMap((one) => (one.kind === "task" ? [one.subject] : []));
  const kinds = new Set([...open, ...(await subjectsSince(store, "task", nowMs - dayMs))]);
  if (kinds.has(subject) || kinds.size < floors.taskKinds) return null;
  const detail = `tasks of at most ${floors.taskKinds} kinds may be open, or come in 24 hours, got one more`;
  return notVouched("too-large", detail);
}

async function register(
  transaction: HelperQueries,
  {
    id,
    task,
    signed: { document, signature },
    atMs,
  }: {
    readonly id: string;
    readonly task: Task;
    readonly signed: SignedDocument;
    readonly atMs: number;
  },
): Promise<void> {
  await storeRegistered(transaction, {
    id: fromHex(id),
    document,
    signature,
    registeredAtMs: atMs,
    expiresAtMs: task.expiresAtMs,
  });
}

/** Adds the entry, and repeats those in force that would not be among the last ones any more. */
async function append(transaction: HelperQueries, entry: VouchedDocument): Promise<void> {
  let head = await add(transaction, (await readLog(transaction, 0)).head, entry);
  const inForce = await newestOfAll(transaction, entry.atMs);
  const last = head.size - usualTail + inForce.length;
  for (const { place, ...old } of inForce) {
    if (place <= last) head = await add(transaction, head, { ...old, atMs: entry.atMs });
  }
}

async function add(transaction: HelperQueries, head: LogHead, entry: VouchedDocument): Promise<LogHead> {
  const { kind, subject, id, atMs } = entry;
  const next = await extendLog(head, { kind, subject, id, atMs }, sha256);
  await appendVouched(transaction, entry, next);
  return next;
}

function sortText({ kind, subject }: { readonly kind: VouchedKind; readonly subject: string }): string {
  return subject === "" ? kind : `${kind} of ${subject}`;
}
