/**
 * Files are whole or old: over every writer in server/, with a disk that is full, breaks, takes a part, or
 * turns a bit.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { makeFolder, writeWhole } from "../../../server/base/files.ts";
import { openLeaderStore } from "../../../server/store/leaderstore.ts";
import { placeOf, takePlace } from "../../../server/store/place.ts";
import { temporaryDirectory } from "../harness.ts";
import { disk, type Fault } from "./faultydisk.ts";
import { outcomeOf, type Writer, type WriterAtWork, writers } from "./writers.ts";

// Hoisted above the imports, so it imports what it needs itself.
vi.mock("node:fs", async (original) => {
  const { faulty } = await import("./faultydisk.ts");
  return faulty(await original());
});
vi.mock("node:crypto", async (original) => {
  const { pooled } = await import("./keypool.ts");
  return pooled(await original());
});

beforeEach(() => {
  disk.fault = null;
});

const server = fileURLToPath(new URL("../../../server", import.meta.url));

const faults: readonly Fault[] = [
  { at: "open", code: "ENOSPC" },
  { at: "open", code: "EMFILE" },
  { at: "mode", code: "EIO" },
  { at: "write", code: "ENOSPC" },
  { at: "write", code: "EIO" },
  ...[0, 0.3, 0.7, 1].map((share): Fault => ({ at: "short write", share })),
  { at: "no write" },
  { at: "sync", code: "EIO" },
  { at: "sync", code: "ENOSPC" },
  { at: "close", code: "EIO" },
  { at: "rename", code: "EIO" },
  { at: "rename", code: "ENOSPC" },
  { at: "sync folder", code: "EIO" },
];

const nameOf = (fault: Fault) => Object.values(fault).join(" ");

/** Whether the fault was met while it wrote, and what it said of it. */
async function writeWith(fault: Fault, { write }: WriterAtWork): Promise<"wrote" | "threw"> {
  disk.fault = fault;
  disk.met = 0;
  try {
    await write();
    return "wrote";
  } catch {
    return "threw";
  } finally {
    disk.fault = null;
  }
}

describe.each(writers.map((writer) => ({ name: writer.file, ...writer })))("$name", (writer: Writer) => {
  const path = (folder: string) => join(folder, writer.file);

  test.each(faults.map((fault) => ({ name: nameOf(fault), fault })))(
    "a first write that meets $name throws, and leaves nothing or the whole file",
    async ({ fault }) => {
      const folder = temporaryDirectory();
      const work = await writer.open(folder);
      const done = await writeWith(fault, work);
      expect([done, disk.met > 0]).toEqual(["threw", true]);
      expect(readdirSync(folder).filter((name) => name.endsWith(".new"))).toEqual([]);
      await work.write();
      expect(await outcomeOf(work.read)).not.toHaveProperty("refused");
      expect(statSync(path(folder)).mode & 0o777).toBe(0o600);
    },
  );

  test.each(writer.writesOnce ? [] : faults.map((fault) => ({ name: nameOf(fault), fault })))(
    "a later write that meets $name throws, and leaves the old file or the new one",
    async ({ fault }) => {
      const folder = temporaryDirectory();
      const work = await writer.open(folder);
      await work.write();
      const [bytes, before] = [readFileSync(path(folder)), await work.read()];
      const done = await writeWith(fault, work);
      const now = readFileSync(path(folder));
      if (done === "threw" && fault.at !== "sync folder") {
        expect(now).toEqual(bytes);
        expect(await work.read()).toEqual(before);
      } else {
        expect(now).not.toEqual(bytes);
        expect(await outcomeOf(work.read)).not.toHaveProperty("refused");
      }
      expect([done, disk.met > 0]).toEqual(["threw", true]);
      await work.write();
      expect(await work.read()).not.toEqual(before);
    },
  );

  test("a disk that takes 7 bytes at a time has them all in the end", async () => {
    const folder = temporaryDirectory();
    const work = await writer.open(folder);
    expect(await writeWith({ at: "slow write", bytes: 7 }, work)).toBe("wrote");
    expect(disk.met).toBeGreaterThan(1);
    expect(await outcomeOf(work.read)).not.toHaveProperty("refused");
  });
});

const reliedOn = writers.filter(({ isForPeople }) => isForPeople !== true);

describe.each(reliedOn.map((writer) => ({ name: writer.file, ...writer })))(
  "$name as it is read",
  (writer) => {
    const path = (folder: string) => join(folder, writer.file);

    test("a bit that turned in it, a page that is torn or an end that is missing is refused, or changes nothing", async () => {
      const folder = temporaryDirectory();
      const work = await writer.open(folder);
      await work.write();
      const bytes = readFileSync(path(folder));
      const right = await work.read();
      const elsewhere = temporaryDirectory();
      await (await writer.open(elsewhere)).write();
      const newer = readFileSync(path(elsewhere));
      const damaged = damagedForms(bytes, newer);
      let refused = 0;
      for (const bad of damaged) {
        writeFileSync(path(folder), bad);
        const found = await outcomeOf(work.read);
        if (typeof found === "object" && found !== null && "refused" in found) refused++;
        else expect(found).toEqual(right);
      }
      expect(refused).toBeGreaterThan(damaged.length / 2);
    });

    test("one that others could read is its owner's alone once it was read", async () => {
      const folder = temporaryDirectory();
      const work = await writer.open(folder);
      await work.write();
      chmodSync(path(folder), 0o644);
      await work.read();
      expect(statSync(path(folder)).mode & 0o777).toBe(0o600);
    });
  },
);

/** Each byte with a bit turned, where the file is short; and what torn pages and lost ends make of it. */
function damagedForms(bytes: Buffer, newer: Buffer): readonly Buffer[] {
  const step = Math.max(1, Math.floor(bytes.length / 150));
  const flipped: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += step) {
    const one = Buffer.from(bytes);
    one[at] ^= 1 << (at % 8);
    flipped.push(one);
  }
  const half = bytes.length >> 1;
  const torn = [
    Buffer.concat([bytes.subarray(0, half), Buffer.alloc(bytes.length - half)]),
    Buffer.concat([Buffer.alloc(half), bytes.subarray(half)]),
    Buffer.concat([newer.subarray(0, half), bytes.subarray(half)]),
    bytes.subarray(0, half),
    bytes.subarray(0, bytes.length - 3),
    Buffer.alloc(0),
  ];
  return [...flipped, ...torn];
}

test("no other file of server/ writes files, and every one that has files written is tried here", () => {
  // build.ts makes the package, and is not in it.
  const names = readdirSync(server, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && name !== "build.ts" && !/^(?:dist|node_modules)\b/.test(name),
  );
  const textOf = new Map(names.map((name) => [name, readFileSync(join(server, name), "utf8")]));
  const readers = new Set([
    "accessSync",
    "constants",
    "existsSync",
    "readFileSync",
    "readdirSync",
    "statSync",
    "realpathSync",
    "createReadStream",
    "readFile",
    "readdir",
    "stat",
  ]);
  const reaching = [...textOf].flatMap(([name, text]) => {
    const imports = text.matchAll(/^import\s+(type\s+)?([^;"]*?)\s*from\s+"(?:node:)?fs(?:\/promises)?"/gm);
    const whole = /(?:require|import)\(\s*"(?:node:)?fs/.test(text) ? ["all of it"] : [];
    const named = [...imports].flatMap(([, typeOnly, list]) => {
      if (typeOnly !== undefined) return [];
      if (!list.startsWith("{")) return ["all of it"];
      const parts = list.replace(/[{}\s]/g, "").split(",");
      return parts.filter((part) => part !== "" && !part.startsWith("type"));
    });
    return [...whole, ...named].filter((part) => !readers.has(part)).map((part) => `${name}: ${part}`);
  });
  expect(reaching.filter((one) => !one.startsWith("base/files.ts: "))).toEqual([]);
  expect(reaching.length).toBeGreaterThan(0);

  const users = [...textOf]
    .filter(
      ([name, text]) => /\b(?:writeWhole|writeState|addToEnd)\(/.test(text) && !name.startsWith("base/"),
    )
    .map(([name]) => relative(".", name));
  // In test/server/encoders/faultydisk.test.ts.
  const onFaultyDisk = ["encoders/kept.ts", "encoders/vectorcache.ts", "encoders/words/kept.ts"];
  // Run by hand, and made again: it says what it wrote, and nobody else reads it before it has ended.
  const byHand = ["encoders/words/make.ts"];
  const tried = [...writers.map(({ module }) => module), "store/place.ts", ...onFaultyDisk, ...byHand];
  expect(users.sort()).toEqual([...new Set(tried)].sort());
});

test.each(faults.map((fault) => ({ name: nameOf(fault), fault })))(
  "a store whose place could not be noted, for $name, is no copy at the next start",
  async ({ fault }) => {
    const path = join(temporaryDirectory(), "leader.sqlite");
    for (const isFirst of [true, false]) {
      const store = openLeaderStore(path);
      if (isFirst) await takePlace(store, path);
      disk.fault = fault;
      const failed = await takePlace(store, path).then(
        () => false,
        () => true,
      );
      disk.fault = null;
      // What it says in the file is short: a disk that has room for it meets no fault.
      expect(failed).toBe(true);
      await store.destroy();
      const again = openLeaderStore(path);
      expect(await placeOf(again, path)).toBe("as it was");
      await again.destroy();
    }
  },
);

test("a folder and a store that others could read are their owner's alone once they are opened; a shared one stays", async () => {
  const folder = join(temporaryDirectory(), "data");
  mkdirSync(folder, { mode: 0o755 });
  const path = join(folder, "leader.sqlite");
  for (const name of ["", "-wal", "-shm"]) writeFileSync(`${path}${name}`, "", { mode: 0o644 });
  const store = openLeaderStore(path);
  await store.selectFrom("tasks").selectAll().execute();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of ["", "-wal", "-shm"]) expect(statSync(`${path}${name}`).mode & 0o777).toBe(0o600);
  await store.destroy();
  const shared = join(temporaryDirectory(), "shared");
  mkdirSync(shared);
  chmodSync(shared, 0o1777);
  makeFolder(shared);
  expect(statSync(shared).mode & 0o7777).toBe(0o1777);
  // So does one that has more in it than state.
  const site = join(temporaryDirectory(), "site");
  mkdirSync(site);
  chmodSync(site, 0o755);
  for (const name of ["leader.sqlite", "index.html"]) writeFileSync(join(site, name), "");
  makeFolder(site);
  expect(statSync(site).mode & 0o777).toBe(0o755);
});

test("a draft that a death left behind, whatever its mode, is not written into", () => {
  const path = join(temporaryDirectory(), "file");
  writeFileSync(`${path}.new`, "what was left", { mode: 0o644 });
  writeWhole(path, "new");
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(existsSync(`${path}.new`)).toBe(false);
});

test("where the system itself takes a part of the bytes and then no more, the old file stays", async () => {
  const folder = temporaryDirectory();
  const path = join(folder, "file");
  writeWhole(path, "old");
  const module = JSON.stringify(join(server, "base/files.ts"));
  const program = join(folder, "program.ts");
  writeFileSync(
    program,
    `import { writeWhole } from ${module};\nwriteWhole(${JSON.stringify(path)}, "n".repeat(200_000));\n`,
  );
  // No file of more than 96 KiB: write(2) takes so many bytes of it, and the next one none.
  const command = `ulimit -f 96 && exec "${process.execPath}" --import tsx "${program}"`;
  const env = { ...process.env, TSX_DISABLE_CACHE: "1" };
  const { status, stderr } = spawnSync("bash", ["-c", command], { cwd: join(server, ".."), env });
  expect(status).toBe(1);
  expect(String(stderr)).toContain("EFBIG");
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(existsSync(`${path}.new`)).toBe(false);
});
