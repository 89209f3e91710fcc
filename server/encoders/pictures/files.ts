/** Pictures as files of a folder, and which of them is an item's. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { pictureLimits } from "../../../core/encoder/images/picture.ts";
import { messageOf } from "../../../core/errors.ts";
import { OperatorError } from "../../base/operatorerror.ts";

/** Ends of names, in small letters. */
const endings = [".jpg", ".jpeg", ".png", ".webp"] as const;

/** Names of the pictures in a folder and those in it, from it on and with slashes. @throws {OperatorError} */
export function picturesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && endings.some((end) => entry.name.toLowerCase().endsWith(end)))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
      .sort();
  } catch (error) {
    throw new OperatorError(`${folder}: expected a folder of pictures, got ${messageOf(error)}`);
  }
}

/** A file of no more bytes than a picture may have. @throws {RangeError | Error} of the file system. */
export function readPicture(path: string): Uint8Array {
  const { size } = statSync(path);
  if (size > pictureLimits.bytes) {
    throw new RangeError(`readPicture: bytes must be at most ${pictureLimits.bytes}, got ${size}`);
  }
  return readFileSync(path);
}

export interface PicturedItem {
  readonly item: string;
  /** A web address, or a path of the site. */
  readonly image?: string | undefined;
}

/**
 * Names that an item's picture may have, the likeliest first: the whole path of its address, the last part of
 * that, its id with an ending. Addresses are never fetched.
 */
export function namesFor({ item, image }: PicturedItem): readonly string[] {
  const byId = endings.flatMap((end) => [`${item}${end}`, `${item}${end.toUpperCase()}`]);
  if (image === undefined) return byId;
  const path = pathOf(image);
  return [path, path.slice(path.lastIndexOf("/") + 1), ...byId];
}

/** Without what stands before the path, and behind it. */
function pathOf(address: string): string {
  const path = address
    .replace(/^[a-z]+:\/\/[^/]*/i, "")
    .replace(/[?#].*$/s, "")
    .replace(/^\/+/, "");
  try {
    return decodeURIComponent(path);
  } catch {
    // A percent sign that encodes nothing: it is part of the name.
    return path;
  }
}
