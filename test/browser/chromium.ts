/**
 * Finds a Chromium for the browser tests: CHROMIUM_PATH, then one on the PATH, then Playwright's own, then
 * Debian's package. Run as a script it prints the path, installing one if it must.
 */
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { findProgram, haveAll, type Program } from "./programs.ts";

export const chromiumProgram: Program = {
  title: "Chromium",
  variable: "CHROMIUM_PATH",
  names: ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"],
  places: () => [chromium.executablePath()],
  packages: ["chromium", "fonts-dejavu-core"],
  advice:
    "Install Chromium (Debian: apt-get install chromium; elsewhere: npx playwright install chromium) or set CHROMIUM_PATH.",
};

/** @throws {Error} when CHROMIUM_PATH names a file that cannot be run: a wrong setting is not passed over. */
export function findChromium(): string | undefined {
  return findProgram(chromiumProgram);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) haveAll([chromiumProgram]);
