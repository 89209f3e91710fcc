/**
 * Finds a Chromium for the browser tests: CHROMIUM_PATH, then one on the PATH, then Playwright's own, then
 * Debian's package through apt-get. Run as a script it prints the path, installing one if it must.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** @throws {Error} when CHROMIUM_PATH names a file that cannot be run: a wrong setting is not passed over. */
export function findChromium(): string | undefined {
  const configured = process.env.CHROMIUM_PATH;
  if (configured) {
    if (!canRun(configured))
      throw new Error(`CHROMIUM_PATH: expected a program that can be run, got "${configured}"`);
    return configured;
  }
  const folders = (process.env.PATH ?? "").split(delimiter);
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(canRun);
  if (onPath) return onPath;
  const own = chromium.executablePath();
  return existsSync(own) ? own : undefined;
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installChromium(): void {
  const advice =
    "Install Chromium (Debian: apt-get install chromium; elsewhere: npx playwright install chromium) or set CHROMIUM_PATH.";
  if (process.platform !== "linux" || spawnSync("apt-get", ["--version"]).error) {
    throw new Error(`No Chromium found. ${advice}`);
  }
  console.error("No Chromium found: installing Debian's package with apt-get ...");
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const options = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"];
  try {
    for (const step of [
      ["update"],
      ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
    ]) {
      const [program, ...rest] = [...sudo, "apt-get", ...options, ...step];
      execFileSync(program, rest, {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      });
    }
  } catch {
    throw new Error(`apt-get could not install Chromium (it needs root). ${advice}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    if (findChromium() === undefined) installChromium();
    const found = findChromium();
    if (found === undefined)
      throw new Error("Chromium was installed but is not on the PATH: set CHROMIUM_PATH.");
    console.log(`Chromium: ${found}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
