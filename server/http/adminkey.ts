/**
 * The key of the admin API: a bearer token of which the server keeps only the SHA-256, compared in constant
 * time.
 *
 * Where the settings name none, a token of 256 bits is drawn at the first start and written once into
 * data/admin-token for the operator, who may move it to a safe place: the server reads
 * data/admin-token.sha256 alone. To have another drawn, remove that file.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, tokenHash } from "../base/config.ts";
import { setPrivate, writeWhole } from "../base/files.ts";
import { OperatorError } from "../base/operatorerror.ts";

export interface AdminKey {
  /** SHA-256 of the token. */
  readonly hash: Uint8Array;
  /** Where a drawn token lies for the operator; null when the settings name it, or it was moved to a safe place. */
  readonly file: string | null;
}

/** @throws {OperatorError} when the stored hash is none. */
export function openAdminKey({ adminTokenHash, data }: Pick<Config, "adminTokenHash" | "data">): AdminKey {
  if (adminTokenHash !== undefined) return { hash: Buffer.from(adminTokenHash, "hex"), file: null };
  const file = join(data, "admin-token");
  const hashFile = join(data, "admin-token.sha256");
  if (!existsSync(hashFile)) {
    const token = randomBytes(32).toString("base64url");
    writeWhole(file, `${token}\n`);
    writeWhole(hashFile, `${tokenHash(token)}\n`);
  }
  for (const kept of [file, hashFile]) setPrivate(kept);
  const hash = readFileSync(hashFile, "utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(hash))
    throw new OperatorError(`${hashFile}: expected 64 hex digits, got something else`);
  return { hash: Buffer.from(hash, "hex"), file: existsSync(file) ? file : null };
}

/**
 * Whether the authorization header carries the token. Both sides are hashed, so the time taken tells nothing.
 */
export function holdsAdminToken(key: AdminKey, authorization: string | undefined): boolean {
  const token = authorization?.startsWith("Bearer ") ? authorization.slice("Bearer ".length) : "";
  return timingSafeEqual(key.hash, createHash("sha256").update(token).digest());
}
