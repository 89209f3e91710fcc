/**
 * Word files that a data directory keeps, each named by its hash: whoever has the directory can publish them, in
 * whichever process.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseWordFile } from "../../../core/encoder/words/wordfile.ts";
import { messageOf } from "../../../core/errors.ts";
import { makeFolder, writeWhole } from "../../base/files.ts";
import { OperatorError } from "../../base/operatorerror.ts";

export const wordFileName = "words.tcwords";

export function keptWordFiles(data: string): string {
  return join(data, "words");
}

/** Copies a word file into the data directory unless it is there already; its hash. @throws {OperatorError} */
export function keepWordFile(path: string, data: string): string {
  const bytes = readAt(path);
  const id = createHash("sha256").update(bytes).digest("hex");
  const folder = keptWordFiles(data);
  if (existsSync(join(folder, id))) return id;
  makeFolder(data);
  makeFolder(folder);
  writeWhole(join(folder, id), bytes);
  return id;
}

/** The bytes of a kept one. @throws {OperatorError} when there is none of that hash, or another under its name. */
export function keptWordFile(folder: string, id: string): Uint8Array {
  const path = join(folder, id);
  const bytes = readAt(path);
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found === id) return bytes;
  throw new OperatorError(`${path}: must have the SHA-256 of its name, got ${found}`);
}

function readAt(path: string): Uint8Array {
  try {
    const bytes = readFileSync(path);
    parseWordFile(bytes);
    return bytes;
  } catch (error) {
    throw new OperatorError(
      `${path}: expected a word file (npm run words makes one), got ${messageOf(error)}`,
    );
  }
}
