/** The shop's own data in the form that the benches read, for as long as the process runs. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The directory that split.ts wrote it to; it is removed when the process ends. */
export function ownData(): string {
  const directory = mkdtempSync(join(tmpdir(), "tacit-shop-"));
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  const split = fileURLToPath(new URL("split.ts", import.meta.url));
  execFileSync(process.execPath, ["--import", "tsx", split, directory], { stdio: "ignore" });
  return directory;
}
