/**
 * Every HTTP body between browser, leader and helper: types, encode, parse, version.
 *
 *   GET  /v1/tasks     -> TasksAnswer (JSON)
 *   POST /v1/reports   <- Report (binary), -> ReportAnswer (JSON)
 *   POST /v1/helper/sums <- SumRequest (binary), -> SumAnswer (binary); leader to helper only
 *
 * Binary numbers are little-endian. A report carries no time, no address, no id of a person or device.
 */
import * as v from "valibot";
import { ByteReader, ByteWriter, fromHex, toHex, uint32FromBytes, uint32ToBytes } from "../bytes.ts";
import type { TaskId } from "../tasks/task.ts";
import { issueText } from "./issues.ts";
import { type SignedDocument, signedSchema } from "./signed.ts";

export const protocolVersion = 2;
export const reportIdBytes = 16;
/** A token of type 2: type, nonce, challenge digest, key id, RSA-2048 authenticator (RFC 9578, 6.3). */
export const tokenBytes = 2 + 32 + 32 + 32 + 256;
/** What HPKE adds to a plaintext: the encapsulated X25519 key and the AES-128-GCM tag. */
export const sealedOverheadBytes = 32 + 16;

/** HPKE `info` of the two parties, so that a share sealed to one cannot be opened as the other's. */
export const sealInfo = { leader: "tacit v2 leader share", helper: "tacit v2 helper seed" } as const;

export type Aggregator = keyof typeof sealInfo;

/** What leaves a device: the only type that does, made in worker/contribute/report.ts alone. */
export interface Report {
  readonly task: TaskId;
  /** 16 random bytes. */
  readonly id: Uint8Array;
  /** Block of items, drawn uniformly at random, whatever the person likes. */
  readonly block: number;
  readonly leaderKey: number;
  readonly helperKey: number;
  /** HPKE: encapsulated key (32 bytes), then the sealed leader share. */
  readonly leaderShare: Uint8Array;
  /** HPKE: encapsulated key (32 bytes), then the sealed 32-byte helper seed. */
  readonly helperSeed: Uint8Array;
  /** A Privacy Pass token (RFC 9578, 2.2), spent by this report; empty where the task asks for none. */
  readonly token: Uint8Array;
}

/** Everything in it is signed: who passes it on can withhold it, but not change it. */
export interface TasksAnswer {
  readonly version: typeof protocolVersion;
  /** Key lists (core/wire/keylist.ts), each signed by its aggregator. */
  readonly leader: SignedDocument;
  readonly helper: SignedDocument;
  /** Open tasks (core/tasks/task.ts), signed by the leader. */
  readonly tasks: readonly SignedDocument[];
  /**
   * Ed25519 public keys in hex that the documents claim to be signed by. A browser whose site pins identities compares;
   * one without pins takes them from a loopback server alone.
   */
  readonly identities: { readonly leader: string; readonly helper: string };
}

/** Why a report was not counted. */
export const refusals = [
  "malformed",
  "unknown-task",
  "task-closed",
  "wrong-block",
  "wrong-length",
  "unknown-key",
  "batch-full",
  "no-token",
  "bad-token",
  "token-spent",
] as const;
export type Refusal = (typeof refusals)[number];

/** `duplicate` means: this report id is already counted, as a repeated upload after a lost answer is. */
export type ReportAnswer =
  | { readonly state: "accepted" | "duplicate" }
  | { readonly state: "refused"; readonly why: Refusal; readonly detail: string };

const reportMagic = 0x52544354; // "TCTR"
const sumRequestMagic = 0x51544354; // "TCTQ"
const sumAnswerMagic = 0x41544354; // "TCTA"

export function encodeReport(report: Report): Uint8Array<ArrayBuffer> {
  return new ByteWriter()
    .u32(reportMagic)
    .u16(protocolVersion)
    .u8(report.leaderKey)
    .u8(report.helperKey)
    .raw(fromHex(report.task))
    .raw(report.id)
    .u32(report.block)
    .block(report.leaderShare)
    .block(report.helperSeed)
    .block(report.token)
    .finish();
}

/** The parts are views of `bytes`. @throws {RangeError} naming the part, what was expected and what came. */
export function parseReport(bytes: Uint8Array): Report {
  const reader = new ByteReader(bytes, "parseReport");
  requireHeader(reader, "parseReport", reportMagic, "TCTR");
  const leaderKey = reader.u8("leader key id");
  const helperKey = reader.u8("helper key id");
  const task = toHex(reader.raw(32, "task id"));
  const id = reader.raw(reportIdBytes, "report id");
  const block = reader.u32("block");
  const leaderShare = reader.block("leader share");
  const helperSeed = reader.block("helper seed");
  const token = reader.block("token");
  reader.end();
  return { task, id, block, leaderKey, helperKey, leaderShare, helperSeed, token };
}

/** Bytes of a whole report for a vector of `length` numbers, with or without a token. */
export function reportBytes(length: number, { token }: { readonly token: boolean }): number {
  const header = 4 + 2 + 2 + 32 + reportIdBytes + 4;
  const shares = 4 + (4 * length + sealedOverheadBytes) + 4 + (32 + sealedOverheadBytes);
  return header + shares + 4 + (token ? tokenBytes : 0);
}

/** What both seals bind (HPKE additional data): the report cannot be moved to another task, block or id. */
export function sealedAad({
  task,
  id,
  block,
}: Pick<Report, "task" | "id" | "block">): Uint8Array<ArrayBuffer> {
  return new ByteWriter().raw(fromHex(task)).raw(id).u32(block).finish();
}

const hex32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const tasksAnswerSchema = v.strictObject({
  version: v.literal(protocolVersion),
  leader: signedSchema,
  helper: signedSchema,
  tasks: v.pipe(v.array(signedSchema), v.maxLength(16)),
  identities: v.strictObject({ leader: hex32, helper: hex32 }),
});

/** The form alone: signatures are the reader's to check. @throws {TypeError} for anything but a tasks answer of this version. */
export function parseTasksAnswer(value: unknown): TasksAnswer {
  const parsed = v.safeParse(tasksAnswerSchema, value);
  if (!parsed.success) throw new TypeError(issueText("parseTasksAnswer", parsed.issues[0]));
  return parsed.output;
}

const reportAnswerSchema = v.union([
  v.object({ state: v.picklist(["accepted", "duplicate"]) }),
  v.object({ state: v.literal("refused"), why: v.picklist(refusals), detail: v.string() }),
]);

export function parseReportAnswer(value: unknown): ReportAnswer {
  const parsed = v.safeParse(reportAnswerSchema, value);
  if (!parsed.success) throw new TypeError(issueText("parseReportAnswer", parsed.issues[0]));
  return parsed.output;
}

/** The leader asks the helper for its half of one batch. */
export interface SumRequest {
  /** 16 random bytes, fixed when the batch was closed: the same batch asks with the same id. */
  readonly batch: Uint8Array;
  /** The helper knows the task by its own copy. */
  readonly task: TaskId;
  readonly block: number;
  readonly reports: readonly Pick<Report, "id" | "helperKey" | "helperSeed" | "token">[];
}

/** The helper's half: which reports it counted, and the (noisy) sum of their masks in each bucket. */
export interface SumAnswer {
  readonly batch: Uint8Array;
  /** One flag for each report of the request, in its order. */
  readonly counted: readonly boolean[];
  /** Buckets in order; see core/sum/buckets.ts. */
  readonly sums: readonly Uint32Array[];
}

export function encodeSumRequest({ batch, task, block, reports }: SumRequest): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter().u32(sumRequestMagic).u16(protocolVersion).u16(0).raw(batch);
  writer.raw(fromHex(task)).u32(block).u32(reports.length);
  for (const { id, helperKey, helperSeed, token } of reports) {
    writer.raw(id).u8(helperKey).block(helperSeed).block(token);
  }
  return writer.finish();
}

export function parseSumRequest(bytes: Uint8Array): SumRequest {
  const reader = new ByteReader(bytes, "parseSumRequest");
  requireHeader(reader, "parseSumRequest", sumRequestMagic, "TCTQ");
  reader.u16("reserved");
  const batch = reader.raw(16, "batch id");
  const task = toHex(reader.raw(32, "task id"));
  const block = reader.u32("block");
  const count = reader.u32("number of reports");
  const reports: SumRequest["reports"][number][] = [];
  for (let k = 0; k < count; k++) {
    reports.push({
      id: reader.raw(reportIdBytes, "report id"),
      helperKey: reader.u8("helper key id"),
      helperSeed: reader.block("helper seed"),
      token: reader.block("token"),
    });
  }
  reader.end();
  return { batch, task, block, reports };
}

export function encodeSumAnswer({ batch, counted, sums }: SumAnswer): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter()
    .u32(sumAnswerMagic)
    .u16(protocolVersion)
    .u16(0)
    .raw(batch)
    .block(Uint8Array.from(counted, (flag) => (flag ? 1 : 0)))
    .u32(sums.length);
  for (const sum of sums) writer.block(uint32ToBytes(sum));
  return writer.finish();
}

export function parseSumAnswer(bytes: Uint8Array): SumAnswer {
  const reader = new ByteReader(bytes, "parseSumAnswer");
  requireHeader(reader, "parseSumAnswer", sumAnswerMagic, "TCTA");
  reader.u16("reserved");
  const batch = reader.raw(16, "batch id");
  const counted = Array.from(reader.block("flags"), (flag) => flag === 1);
  const buckets = reader.u32("number of buckets");
  const sums: Uint32Array[] = [];
  for (let k = 0; k < buckets; k++) sums.push(uint32FromBytes(reader.block("sum")));
  reader.end();
  return { batch, counted, sums };
}

function requireHeader(reader: ByteReader, who: string, magic: number, name: string): void {
  const found = reader.u32("magic");
  if (found !== magic) throw new RangeError(`${who}: expected magic "${name}", got 0x${found.toString(16)}`);
  const version = reader.u16("version");
  if (version !== protocolVersion) {
    throw new RangeError(`${who}: expected version ${protocolVersion}, got ${version}`);
  }
}
