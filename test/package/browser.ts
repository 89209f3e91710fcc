/** The browser in which pages of installed packages are opened. */
import { type Browser, chromium } from "@playwright/test";
import { findChromium } from "../browser/chromium.ts";

export function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run"],
  });
}
