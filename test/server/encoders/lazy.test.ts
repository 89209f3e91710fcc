/**
 * What runs encoders is no dependency: an import without one does without, and one with it says what is
 * missing.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { runCli } from "../../../server/cli/main.ts";
import { keptEncoders } from "../../../server/encoders/kept.ts";
import { temporaryDirectory } from "../harness.ts";
import { makeToyFolder } from "./toyfolder.ts";

const loaded: string[] = vi.hoisted(() => []);
vi.mock("onnxruntime-web/wasm", () => {
  loaded.push("onnxruntime-web");
  throw new Error("Cannot find package 'onnxruntime-web'");
});
vi.mock("@huggingface/tokenizers", () => {
  loaded.push("@huggingface/tokenizers");
  throw new Error("Cannot find package '@huggingface/tokenizers'");
});

test("an import without an encoder loads and keeps nothing of it; one with it is refused in one line without the packages", async () => {
  const folder = temporaryDirectory();
  const data = join(folder, "data");
  const file = join(folder, "items.csv");
  writeFileSync(file, "id,title\na,red mug\nb,blue mug\nc,red lamp\n");
  const toy = join(folder, "encoder");
  makeToyFolder(toy);
  const tacit = async (...flags: readonly string[]) => {
    const [out, err]: string[][] = [[], []];
    const told = { env: {}, out: (line: string) => out.push(line), err: (line: string) => err.push(line) };
    const status = await runCli(["import", file, "--data", data, ...flags], told);
    return { status, out, err };
  };
  expect((await tacit()).status).toBe(0);
  expect(loaded).toEqual([]);
  expect(existsSync(keptEncoders(data))).toBe(false);

  const refused = await tacit("--encoder", toy);
  expect(refused.status).toBe(1);
  expect(refused.err.at(-1)).toContain("npm i onnxruntime-web @huggingface/tokenizers");
  expect(loaded.length).toBeGreaterThan(0);
  // What was in force stays, and goes on without.
  expect((await tacit()).out.at(-1)).toContain("edition 1 is in force already, with this very catalogue");
});
