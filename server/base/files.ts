/**
 * The one place where server/ writes files. A file is what it was, or what it is to be, whatever fails in
 * between: the bytes go into a draft in the same folder, all of them or none; the draft is on disk before it
 * takes the file's name, and the folder before that is believed (rename(2) replaces in one step, fsync(2) of
 * the folder makes it last).
 *
 * SQLite writes its own files; here they only get their mode.
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** Read and written by its owner only. */
const ownerOnly = 0o600;
const ownerOnlyFolder = 0o700;

/**
 * Puts `content` in place of whatever the file held; readable by its owner only, also where it was not
 * before.
 *
 * @throws what the system says; the file then has the old bytes, or the new ones where all that failed is to
 *   make sure that they last.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const draft = `${path}.new`;
  // What a death left behind may have another mode, or be a link to somewhere else.
  rmSync(draft, { force: true });
  try {
    writeDraft(draft, bytes);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/**
 * Adds bytes at the file's end, on disk when this returns; makes the file, its owner's alone, where there is
 * none. A death in between leaves a part of them: the reader must be able to tell.
 */
export function addToEnd(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "a", ownerOnly);
  try {
    writeAll(file, path, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Gives a file that was written whole another name in its folder, in place of what has it. */
export function takeName(from: string, to: string): void {
  renameSync(from, to);
  syncFolder(dirname(to));
}

/**
 * What a data directory holds: stores with their journals, keys and other state, tokens of the admin,
 * encoders.
 */
const stateName = /\.(?:sqlite(?:-wal|-shm|\.place)?|json|sha256|new)$|^admin-token$|^encoders$/;

/**
 * Makes a folder with those above it. One that is there becomes its owner's alone, where it is this process's
 * and holds nothing but state: others may be meant to read what else is in it.
 */
export function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: ownerOnlyFolder });
  const { mode, uid } = statSync(path);
  // A folder that everybody may write to (the sticky bit) is shared on purpose.
  const isOurs = uid === process.getuid?.() && (mode & 0o1000) === 0;
  if (!isOurs || (mode & 0o077) === 0) return;
  if (readdirSync(path).every((name) => stateName.test(name))) chmodSync(path, ownerOnlyFolder);
}

/** For a file that something else is to write: makes it, empty, its owner's alone, unless it is there. */
export function makePrivate(path: string): void {
  closeSync(openSync(path, "a", ownerOnly));
  setPrivate(path);
}

/** A file that is there becomes its owner's alone, where it is this process's. */
export function setPrivate(path: string): void {
  if (!existsSync(path)) return;
  const { mode, uid } = statSync(path);
  if (uid === process.getuid?.() && (mode & 0o077) !== 0) chmodSync(path, ownerOnly);
}

function writeDraft(draft: string, bytes: Uint8Array): void {
  const file = openSync(draft, "wx", ownerOnly);
  try {
    fchmodSync(file, ownerOnly);
    writeAll(file, draft, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, path: string, bytes: Uint8Array): void {
  // A disk that is nearly full takes a part of the bytes and says so by their number alone.
  for (let at = 0; at < bytes.length; ) {
    const taken = writeSync(file, bytes, at, bytes.length - at);
    if (taken === 0) {
      throw new Error(`write: ${path} must take ${bytes.length} bytes, got no further than ${at}`);
    }
    at += taken;
  }
}

function syncFolder(path: string): void {
  // Windows opens no folders; its renames are written through.
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
