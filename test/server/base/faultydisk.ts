/**
 * A disk that fails as a test says, in place of node:fs: a call that names no fault goes through. For
 * `vi.mock("node:fs", …)`, so it imports nothing that imports node:fs itself.
 */
import type * as Fs from "node:fs";

/** What fails, and how: every call of its sort while it is the disk's fault. */
export type Fault =
  | {
      readonly at: "open" | "mode" | "write" | "sync" | "close" | "rename" | "sync folder";
      readonly code: string;
    }
  /** Takes this share of what it is given first, a byte less than all of it at the most; then the disk is full. */
  | { readonly at: "short write"; readonly share: number }
  /** Takes so many bytes at a time, for ever: no fault, but what write(2) may do. */
  | { readonly at: "slow write"; readonly bytes: number }
  /** Takes nothing and says so. */
  | { readonly at: "no write" };

export const disk: { fault: Fault | null; met: number } = { fault: null, met: 0 };

function failed(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: a fault of the test, ${syscall}`), { code, syscall });
}

/** node:fs with faults. */
export function faulty(fs: typeof Fs): typeof Fs {
  const folders = new Set<number>();
  let taken = 0;
  /** Bytes that there is room for; null before the first write to a file. */
  let room: number | null = null;
  /** Throws when this call is the one that fails. */
  const meet = (at: Fault["at"], syscall: string): void => {
    const { fault } = disk;
    if (fault === null || fault.at !== at || !("code" in fault)) return;
    disk.met++;
    throw failed(fault.code, syscall);
  };
  return {
    ...fs,
    openSync: (path, flags, mode) => {
      const isFolder = fs.existsSync(path) && fs.statSync(path).isDirectory();
      if (!isFolder) meet("open", "open");
      const file = fs.openSync(path, flags, mode);
      [taken, room] = [0, null];
      if (isFolder) folders.add(file);
      return file;
    },
    fchmodSync: (file, mode) => {
      meet("mode", "fchmod");
      fs.fchmodSync(file, mode);
    },
    writeSync: (file: number, bytes: NodeJS.ArrayBufferView | string, from?: unknown, most?: unknown) => {
      // Only the form that says how many bytes: another one fails here, and with it the test.
      if (typeof bytes === "string" || typeof from !== "number" || typeof most !== "number") {
        throw new TypeError("faulty: writeSync must say which bytes, got another form");
      }
      const [offset, length] = [from, most];
      meet("write", "write");
      const { fault } = disk;
      if (fault?.at === "no write") {
        disk.met++;
        return 0;
      }
      if (fault?.at !== "short write" && fault?.at !== "slow write")
        return fs.writeSync(file, bytes, offset, length);
      disk.met++;
      if (fault.at === "slow write") return fs.writeSync(file, bytes, offset, Math.min(length, fault.bytes));
      room ??= Math.min(length - 1, Math.max(1, Math.floor(length * fault.share)));
      if (taken >= room) throw failed("ENOSPC", "write");
      const some = fs.writeSync(file, bytes, offset, Math.min(length, room - taken));
      taken += some;
      return some;
    },
    fsyncSync: (file) => {
      meet(folders.has(file) ? "sync folder" : "sync", "fsync");
      fs.fsyncSync(file);
    },
    closeSync: (file) => {
      const isFolder = folders.delete(file);
      fs.closeSync(file);
      if (!isFolder) meet("close", "close");
    },
    renameSync: (from, to) => {
      meet("rename", "rename");
      fs.renameSync(from, to);
    },
  };
}
