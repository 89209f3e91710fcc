/**
 * Encoders that a data directory keeps, each in a folder named by its id: whatever is imported later is
 * encoded by the same one, wherever the folder came from that somebody named once.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EncoderManifest, Taken } from "../../core/encoder/manifest.ts";
import type { PublishedFiles } from "../../core/encoder/published.ts";
import { messageOf } from "../../core/errors.ts";
import { makeFolder, writeWhole } from "../base/files.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { encoderIdIn, howToMakeOne, manifestFile, manifestFor } from "./load.ts";

export function keptEncoders(data: string): string {
  return join(data, "encoders");
}

export function keptFolder(encoders: string, id: string): string {
  return join(encoders, id);
}

/**
 * Copies a folder's encoder, of texts unless told, into the data directory unless it is there already; its id.
 *
 * @throws {OperatorError} for a folder that holds no encoder of these, or another than its manifest says.
 */
export async function keepEncoder(folder: string, data: string, takes: Taken = "texts"): Promise<string> {
  const manifest = await manifestFor(takes, folder);
  const id = await encoderIdIn(folder);
  const kept = keptFolder(keptEncoders(data), id);
  if (existsSync(join(kept, manifestFile)) && isWhole(kept, manifest)) return id;
  const files = Object.values(manifest.files).map(
    ({ path, sha256 }) => [path, readAs(folder, path, sha256)] as const,
  );
  makeFolder(data);
  makeFolder(kept);
  for (const [path, bytes] of files) writeWhole(join(kept, path), bytes);
  // Last: what has a manifest is whole.
  writeWhole(join(kept, manifestFile), readFileSync(join(folder, manifestFile)));
  return id;
}

/** Whether its files are what the manifest says: one that is damaged is mended by naming its folder again. */
function isWhole(kept: string, { files }: EncoderManifest): boolean {
  try {
    for (const { path, sha256 } of Object.values(files)) readAs(kept, path, sha256);
    return true;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return false;
  }
}

/** The files of a kept one, as they stand. @throws {OperatorError} when one is not what the manifest says. */
export async function publishedFiles(encoders: string, id: string): Promise<PublishedFiles> {
  const folder = keptFolder(encoders, id);
  const { files } = await manifestFor("texts", folder);
  return {
    manifest: readFileIn(folder, manifestFile),
    model: readAs(folder, files.model.path, files.model.sha256),
    tokenizer: readAs(folder, files.tokenizer.path, files.tokenizer.sha256),
  };
}

function readAs(folder: string, path: string, sha256: string): Uint8Array {
  const bytes = readFileIn(folder, path);
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found === sha256) return bytes;
  throw new OperatorError(
    `${join(folder, path)}: must have the SHA-256 ${sha256}, as its manifest says, got ${found}`,
  );
}

function readFileIn(folder: string, path: string): Uint8Array {
  try {
    return readFileSync(join(folder, path));
  } catch (error) {
    throw new OperatorError(
      `${folder}: expected an encoder's folder (${howToMakeOne}), got ${messageOf(error)}`,
    );
  }
}
