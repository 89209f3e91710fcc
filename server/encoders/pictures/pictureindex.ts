/** Which picture of a folder has which vector: hashes of files by their names, beside their encoder. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { OperatorError } from "../../base/operatorerror.ts";
import { readState, stateFault, writeState } from "../../base/statefile.ts";

const indexFile = "pictures.json";
const indexSchema = v.object({
  pictures: v.record(v.string(), v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
});

/** SHA-256, hex, of a picture's file by its name. */
export type PictureIndex = ReadonlyMap<string, string>;

/** @throws {Error} of the file system. */
export function writePictureIndex(folder: string, index: PictureIndex): void {
  writeState(join(folder, indexFile), { pictures: Object.fromEntries(index) });
}

/** @throws {OperatorError} where there is none, or another than was written. */
export function readPictureIndex(folder: string): PictureIndex {
  const path = join(folder, indexFile);
  if (!existsSync(path)) {
    throw new OperatorError(`${path}: expected pictures that were encoded (--images DIR), got none`);
  }
  try {
    return new Map(Object.entries(v.parse(indexSchema, readState(path)).pictures));
  } catch (error) {
    throw new OperatorError(
      `${path}: expected names of pictures as they were written, got ${stateFault(error)}`,
    );
  }
}
