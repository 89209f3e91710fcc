/** A word file on its way to browsers: by `tacit import --words`, kept, published as a part, gone when asked. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { encodeWordFile } from "../../core/encoder/words/wordfile.ts";
import { parseConfig } from "../../server/base/config.ts";
import { runCli } from "../../server/cli/main.ts";
import { openParts } from "../../server/roles/leader.ts";
import { temporaryDirectory } from "./harness.ts";

const bytes = encodeWordFile({
  source: "made up",
  words: ["infant", "baby"],
  dim: 2,
  vectors: Int8Array.from([127, 3, 127, -3]),
});
const id = createHash("sha256").update(bytes).digest("hex");

let folder = "";
let data = "";
beforeEach(() => {
  folder = temporaryDirectory();
  data = join(folder, "data");
  writeFileSync(join(folder, "shop.csv"), "id,title\na,Baby Bib\nb,Tea Mug\n");
  writeFileSync(join(folder, "words.tcwords"), bytes);
});

async function imported(...more: readonly string[]) {
  const err: string[] = [];
  const told = { env: {}, out: () => undefined, err: (line: string) => err.push(line) };
  const status = await runCli(["import", join(folder, "shop.csv"), ...more, "--data", data], told);
  return { status, err: err.join("\n") };
}

async function published() {
  const parts = await openParts(parseConfig({ data }));
  const { editions } = parts;
  const listed = editions.inForce?.edition.parts.find(({ kind }) => kind === "words") ?? null;
  const stored = listed === null ? undefined : await editions.part(listed.id);
  await parts.close();
  return { listed, stored };
}

test("a word file is listed with its hash and served byte for byte, by later imports too, until none is asked for", async () => {
  expect(await imported()).toMatchObject({ status: 0 });
  expect((await published()).listed).toBeNull();
  expect(await imported("--words", join(folder, "words.tcwords"))).toMatchObject({ status: 0 });
  const first = await published();
  expect(first.listed).toEqual({ kind: "words", id, bytes: bytes.length });
  expect(first.stored?.bytes).toEqual(bytes);
  expect(readFileSync(join(data, "words", id))).toEqual(Buffer.from(bytes));
  writeFileSync(join(folder, "shop.csv"), "id,title\na,Baby Bib\nb,Tea Mug\nc,Clock\n");
  expect(await imported()).toMatchObject({ status: 0 });
  expect((await published()).listed?.id).toBe(id);
  expect(await imported("--words", "none")).toMatchObject({ status: 0 });
  expect((await published()).listed).toBeNull();
});

test("what is no word file is refused in words, and nothing is imported or kept", async () => {
  writeFileSync(join(folder, "words.tcwords"), bytes.subarray(0, 90));
  const { status, err } = await imported("--words", join(folder, "words.tcwords"));
  expect(status).toBe(1);
  expect(err).toMatch(
    /words\.tcwords: expected a word file \(npm run words makes one\), got parseWordFile: /,
  );
  expect(existsSync(data)).toBe(false);
  expect((await imported("--words", join(folder, "none.tcwords"))).err).toMatch(
    /expected a word file .*ENOENT/,
  );
});

test("a kept word file that was changed is refused in words", async () => {
  expect(await imported("--words", join(folder, "words.tcwords"))).toMatchObject({ status: 0 });
  await imported("--words", "none");
  const other = bytes.slice();
  other[other.length - 64] ^= 1;
  writeFileSync(join(data, "words", id), other);
  const { status, err } = await imported("--words", join(folder, "words.tcwords"));
  expect(status).toBe(1);
  expect(err).toMatch(/must have the SHA-256 of its name, got [0-9a-f]{64}; --words FILE names one/);
});
