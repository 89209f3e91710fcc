/**
 * A report: what leaves a device, and what is answered. It carries every sum that is due together: one id,
 * one token, one upload; each sum is sealed for itself and bound to its task, the report's id and its block.
 *
 *   "TCTR" u32 · version u16 · leader key u8 · helper key u8 · id (16) · sums u16 ·
 *     { task (32) · block u32 · leader share (u32 length, bytes) · helper seed (u32 length, bytes) } each · token (u32 length, bytes)
 *
 * It carries no time, no address, no id of a person or device.
 */
import * as v from "valibot";
import { ByteReader, ByteWriter, fromHex, toHex } from "../bytes.ts";
import { seedBytes } from "../sum/share.ts";
import type { TaskId } from "../tasks/task.ts";
import { issueText } from "./issues.ts";
import {
  protocolVersion,
  reportIdBytes,
  requireHeader,
  sealedOverheadBytes,
  tokenBytes,
} from "./protocol.ts";

/** One sum's part of a report. */
export interface ReportSum {
  readonly task: TaskId;
  /** Drawn uniformly at random, whatever the person did. */
  readonly block: number;
  /** HPKE: encapsulated key (32 bytes), then the sealed leader share. */
  readonly leaderShare: Uint8Array;
  /** HPKE: encapsulated key (32 bytes), then the sealed 32-byte helper seed. */
  readonly helperSeed: Uint8Array;
}

/** What leaves a device: the only type that does, made in worker/contribute/report.ts alone. */
export interface Report {
  /** 16 random bytes. */
  readonly id: Uint8Array;
  readonly leaderKey: number;
  readonly helperKey: number;
  /** At least one, each of another task. */
  readonly sums: readonly ReportSum[];
  /** A Privacy Pass token (RFC 9578, 2.2), spent by this report; empty where no task asks for one. */
  readonly token: Uint8Array;
}

/** Most sums of a report. */
export const mostSums = 16;

const reportMagic = 0x52544354; // "TCTR"

export function encodeReport({ id, leaderKey, helperKey, sums, token }: Report): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter().u32(reportMagic).u16(protocolVersion).u8(leaderKey).u8(helperKey);
  writer.raw(id).u16(sums.length);
  for (const { task, block, leaderShare, helperSeed } of sums) {
    writer.raw(fromHex(task)).u32(block).block(leaderShare).block(helperSeed);
  }
  return writer.block(token).finish();
}

/** The parts are views of `bytes`. @throws {RangeError} naming the part, what was expected and what came. */
export function parseReport(bytes: Uint8Array): Report {
  const reader = new ByteReader(bytes, "parseReport");
  requireHeader(reader, "parseReport", reportMagic, "TCTR");
  const leaderKey = reader.u8("leader key id");
  const helperKey = reader.u8("helper key id");
  const id = reader.raw(reportIdBytes, "report id");
  const count = reader.u16("number of sums");
  if (count < 1 || count > mostSums) {
    throw new RangeError(`parseReport: expected 1 to ${mostSums} sums, got ${count}`);
  }
  const sums: ReportSum[] = [];
  for (let k = 0; k < count; k++) {
    sums.push({
      task: toHex(reader.raw(32, "task id")),
      block: reader.u32("block"),
      leaderShare: reader.block("leader share"),
      helperSeed: reader.block("helper seed"),
    });
  }
  const token = reader.block("token");
  reader.end();
  if (new Set(sums.map(({ task }) => task)).size !== count) {
    throw new RangeError("parseReport: expected each sum to be of another task, got one twice");
  }
  return { id, leaderKey, helperKey, sums, token };
}

/** Bytes of a whole report with sums of these lengths, with or without a token. */
export function reportBytes(lengths: readonly number[], { token }: { readonly token: boolean }): number {
  const header = 4 + 2 + 2 + reportIdBytes + 2;
  const sums = lengths.reduce((bytes, length) => bytes + sumBytes(length), 0);
  return header + sums + 4 + (token ? tokenBytes : 0);
}

/** Bytes of one sum of `length` numbers in a report. */
export function sumBytes(length: number): number {
  return 32 + 4 + 4 + (4 * length + sealedOverheadBytes) + 4 + (seedBytes + sealedOverheadBytes);
}

/** What both seals bind (HPKE additional data): a sum cannot be moved to another task, report or block. */
export function sealedAad({
  task,
  id,
  block,
}: Pick<ReportSum, "task" | "block"> & Pick<Report, "id">): Uint8Array<ArrayBuffer> {
  return new ByteWriter().raw(fromHex(task)).raw(id).u32(block).finish();
}

/** Why a report, or one sum of it, was not counted. */
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

/** `duplicate` means: this report is already in the sum, as a repeated upload after a lost answer is. */
export type SumOutcome =
  | { readonly task: TaskId; readonly state: "accepted" | "duplicate" }
  | { readonly task: TaskId; readonly state: "refused"; readonly why: Refusal; readonly detail: string };

/** One outcome for each sum of the report, in its order; or why nothing of it was looked at. */
export type ReportAnswer =
  | { readonly state: "answered"; readonly sums: readonly SumOutcome[] }
  | { readonly state: "refused"; readonly why: Refusal; readonly detail: string };

const taskId = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const refused = { state: v.literal("refused"), why: v.picklist(refusals), detail: v.string() };
const reportAnswerSchema = v.union([
  v.object({
    state: v.literal("answered"),
    sums: v.array(
      v.union([
        v.object({ task: taskId, state: v.picklist(["accepted", "duplicate"]) }),
        v.object({ task: taskId, ...refused }),
      ]),
    ),
  }),
  v.object(refused),
]);

export function parseReportAnswer(value: unknown): ReportAnswer {
  const parsed = v.safeParse(reportAnswerSchema, value);
  if (!parsed.success) throw new TypeError(issueText("parseReportAnswer", parsed.issues[0]));
  return parsed.output;
}
