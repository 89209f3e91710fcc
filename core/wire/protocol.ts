/**
 * What every message between browser, leader and helper shares. The messages:
 *
 *   GET  /v1/tasks             -> TasksAnswer (tasksanswer.ts, JSON)
 *   GET  /v1/log               -> LogTail (log.ts, JSON): the helper's whole log
 *   POST /v1/reports           <- Report (report.ts, binary), -> ReportAnswer (JSON)
 *   POST /v1/helper/chunks     <- ChunkRequest (sums.ts, binary), -> ChunkAnswer (binary); leader to helper only
 *   POST /v1/helper/closings   <- CloseRequest (sums.ts, binary), -> CloseAnswer (binary); leader to helper only
 *
 * Binary numbers are little-endian.
 */
import type { ByteReader } from "../bytes.ts";

export const protocolVersion = 3;
export const reportIdBytes = 16;
export const batchIdBytes = 16;
/** A token of type 2: type, nonce, challenge digest, key id, RSA-2048 authenticator (RFC 9578, 6.3). */
export const tokenBytes = 2 + 32 + 32 + 32 + 256;
/** What HPKE adds to a plaintext: the encapsulated X25519 key and the AES-128-GCM tag. */
export const sealedOverheadBytes = 32 + 16;

/** HPKE `info` of the two parties, so that a share sealed to one cannot be opened as the other's. */
export const sealInfo = { leader: "tacit v3 leader share", helper: "tacit v3 helper seed" } as const;

export type Aggregator = keyof typeof sealInfo;

/** Reads magic and version. @throws {RangeError} for others. */
export function requireHeader(reader: ByteReader, who: string, magic: number, name: string): void {
  const found = reader.u32("magic");
  if (found !== magic) throw new RangeError(`${who}: expected magic "${name}", got 0x${found.toString(16)}`);
  const version = reader.u16("version");
  if (version !== protocolVersion) {
    throw new RangeError(`${who}: expected version ${protocolVersion}, got ${version}`);
  }
}
