/**
 * What leader and helper say to each other about a batch. The leader offers its reports in chunks, as they
 * come; the helper says of each whether it counts and adds its mask; when the batch is closed it gives the
 * one noisy sum of the masks that it counted. There is no message for a sum without noise, and none for a sum
 * of less than a whole batch.
 *
 * A batch is (task, block, lane, number); its id is 16 random bytes, fixed when its first chunk is. The same
 * message again gets the same answer.
 */
import { ByteReader, ByteWriter, fromHex, toHex, uint32FromBytes, uint32ToBytes } from "../bytes.ts";
import { laneSecretBytes } from "../sum/lanes.ts";
import type { TaskId } from "../tasks/task.ts";
import { batchIdBytes, protocolVersion, reportIdBytes, requireHeader } from "./protocol.ts";

/** Most reports of a chunk. */
export const mostInChunk = 256;

export interface BatchName {
  /** 16 random bytes. */
  readonly batch: Uint8Array;
  /** The helper knows the task by its own copy. */
  readonly task: TaskId;
  readonly block: number;
  readonly lane: number;
  /** 0 for the first batch of a lane; a further one only when those before are full. */
  readonly number: number;
}

/** What the helper needs of a report. */
export interface OfferedReport {
  readonly id: Uint8Array;
  readonly helperKey: number;
  readonly helperSeed: Uint8Array;
  readonly token: Uint8Array;
}

export interface ChunkRequest extends BatchName {
  /** Chunks of a batch are numbered from 0, without gaps. */
  readonly chunk: number;
  readonly reports: readonly OfferedReport[];
}

/** What became of an offered report at the helper; everything but `counted` is in no sum. */
export const chunkVerdicts = ["counted", "known", "bad-seal", "bad-token", "token-spent"] as const;
export type ChunkVerdict = (typeof chunkVerdicts)[number];

export interface ChunkAnswer {
  readonly batch: Uint8Array;
  readonly chunk: number;
  /** One for each report of the request, in its order. */
  readonly verdicts: readonly ChunkVerdict[];
}

export interface CloseRequest extends BatchName {
  /** How many chunks the batch has. */
  readonly chunks: number;
  /** How many reports of them count, as the leader has it from the answers. */
  readonly counted: number;
  /**
   * What spread the reports over lanes (core/sum/lanes.ts): the helper checks it against the task's
   * commitment.
   */
  readonly laneSecret: Uint8Array;
}

export interface CloseAnswer {
  readonly batch: Uint8Array;
  readonly counted: number;
  /** Sum of the masks of what counts, with the helper's noise: field elements. */
  readonly sum: Uint32Array;
}

const magics = {
  chunk: { value: 0x51544354, name: "TCTQ" },
  verdicts: { value: 0x41544354, name: "TCTA" },
  close: { value: 0x43544354, name: "TCTC" },
  sum: { value: 0x53544354, name: "TCTS" },
} as const;

export function encodeChunkRequest(request: ChunkRequest): Uint8Array<ArrayBuffer> {
  const writer = begun("chunk");
  writeName(writer, request);
  writer.u32(request.chunk).u32(request.reports.length);
  for (const { id, helperKey, helperSeed, token } of request.reports) {
    writer.raw(id).u8(helperKey).block(helperSeed).block(token);
  }
  return writer.finish();
}

/** The parts are views of `bytes`. @throws {RangeError} naming the part, what was expected and what came. */
export function parseChunkRequest(bytes: Uint8Array): ChunkRequest {
  const reader = opened("chunk", bytes, "parseChunkRequest");
  const name = readName(reader);
  const chunk = reader.u32("chunk");
  const count = reader.u32("number of reports");
  if (count < 1 || count > mostInChunk) {
    throw new RangeError(`parseChunkRequest: expected 1 to ${mostInChunk} reports, got ${count}`);
  }
  const reports: OfferedReport[] = [];
  for (let k = 0; k < count; k++) {
    reports.push({
      id: reader.raw(reportIdBytes, "report id"),
      helperKey: reader.u8("helper key id"),
      helperSeed: reader.block("helper seed"),
      token: reader.block("token"),
    });
  }
  reader.end();
  return { ...name, chunk, reports };
}

export function encodeChunkAnswer({ batch, chunk, verdicts }: ChunkAnswer): Uint8Array<ArrayBuffer> {
  return begun("verdicts")
    .raw(batch)
    .u32(chunk)
    .block(Uint8Array.from(verdicts, (verdict) => chunkVerdicts.indexOf(verdict)))
    .finish();
}

export function parseChunkAnswer(bytes: Uint8Array): ChunkAnswer {
  const reader = opened("verdicts", bytes, "parseChunkAnswer");
  const batch = reader.raw(batchIdBytes, "batch id");
  const chunk = reader.u32("chunk");
  const verdicts = Array.from(reader.block("verdicts"), (code) => {
    const verdict = chunkVerdicts[code];
    if (verdict === undefined) throw new RangeError(`parseChunkAnswer: expected a verdict, got ${code}`);
    return verdict;
  });
  reader.end();
  return { batch, chunk, verdicts };
}

export function encodeCloseRequest(request: CloseRequest): Uint8Array<ArrayBuffer> {
  const writer = begun("close");
  writeName(writer, request);
  return writer.u32(request.chunks).u32(request.counted).raw(request.laneSecret).finish();
}

export function parseCloseRequest(bytes: Uint8Array): CloseRequest {
  const reader = opened("close", bytes, "parseCloseRequest");
  const name = readName(reader);
  const chunks = reader.u32("number of chunks");
  const counted = reader.u32("number of counted reports");
  const laneSecret = reader.raw(laneSecretBytes, "lane secret");
  reader.end();
  return { ...name, chunks, counted, laneSecret };
}

export function encodeCloseAnswer({ batch, counted, sum }: CloseAnswer): Uint8Array<ArrayBuffer> {
  return begun("sum").raw(batch).u32(counted).block(uint32ToBytes(sum)).finish();
}

export function parseCloseAnswer(bytes: Uint8Array): CloseAnswer {
  const reader = opened("sum", bytes, "parseCloseAnswer");
  const batch = reader.raw(batchIdBytes, "batch id");
  const counted = reader.u32("number of counted reports");
  const sum = uint32FromBytes(reader.block("sum"));
  reader.end();
  return { batch, counted, sum };
}

function begun(message: keyof typeof magics): ByteWriter {
  return new ByteWriter().u32(magics[message].value).u16(protocolVersion).u16(0);
}

function opened(message: keyof typeof magics, bytes: Uint8Array, who: string): ByteReader {
  const reader = new ByteReader(bytes, who);
  requireHeader(reader, who, magics[message].value, magics[message].name);
  reader.u16("reserved");
  return reader;
}

function writeName(writer: ByteWriter, { batch, task, block, lane, number }: BatchName): void {
  writer.raw(batch).raw(fromHex(task)).u32(block).u32(lane).u32(number);
}

function readName(reader: ByteReader): BatchName {
  return {
    batch: reader.raw(batchIdBytes, "batch id"),
    task: toHex(reader.raw(32, "task id")),
    block: reader.u32("block"),
    lane: reader.u32("lane"),
    number: reader.u32("number"),
  };
}
