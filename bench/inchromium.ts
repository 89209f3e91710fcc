/** Scripts that a bench runs in a real Chromium: bundled as one file, on a browser that ends with the work. */
import { type Browser, chromium } from "@playwright/test";
import { build } from "vite";
import { findChromium } from "../test/browser/chromium.ts";

/** @param entry path of a TypeScript file; @param root what packages are found from. */
export async function bundledScript(entry: string, root?: string): Promise<string> {
  const built = await build({
    configFile: false,
    ...(root === undefined ? {} : { root }),
    logLevel: "error",
    build: {
      write: false,
      minify: true,
      lib: { entry, formats: ["es"], fileName: "worker" },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const [{ output }] = [built].flat().flatMap((one) => ("output" in one ? [one] : []));
  return output[0].code;
}

export async function withChromium<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ["--no-sandbox"],
  });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}
