/**
 * README's ten lines, as a newcomer has them: React under StrictMode, Vite, and the packages as npm gives
 * them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { freePort } from "../field/engines/port.ts";
import { openBrowser } from "./browser.ts";
import { root, run } from "./commands.ts";
import { catalogue, project, start } from "./project.ts";

const tenLines = /```tsx\n(.*?)```/s.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1] ?? "";
const react = ["react@19.3.1", "react-dom@19.3.1", "vite@8.3.8", "@vitejs/plugin-react@6.3.0"];
const reactTypes = ["@types/react@19.3.0", "@types/react-dom@19.3.0"];

const site = (server: string): Readonly<Record<string, string>> => ({
  "index.html": `<!doctype html><title>Shop</title><link rel="icon" href="data:,">
<div id="root"></div><script type="module" src="/src/main.tsx"></script>`,
  "vite.config.js": `import react from "@vitejs/plugin-react"; export default { plugins: [react()] };`,
  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      ...{ target: "es2023", module: "esnext", moduleResolution: "bundler", jsx: "react-jsx", types: [] },
      ...{ strict: true, noEmit: true, skipLibCheck: false },
    },
    include: ["src"],
  }),
  "src/shop.tsx": tenLines.replace("http://localhost:8787", server),
  // Read by the compiler alone: the types of another entry.
  "src/why.ts": `import type { Recommendation } from "tacit-sdk";
import { reasonInWords, reasonsInWords } from "tacit-sdk/reasons";
export function why({ reasons }: Recommendation): readonly string[] {
  const options = { language: "fr", nowMs: Date.now(), titleOf: (item: string) => item };
  return [reasonsInWords(reasons, { ...options, most: 2, against: 1 }), ...reasons.map((reason) => reasonInWords(reason, options))];
}
`,
  "src/main.tsx": `import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { tacit } from "tacit-sdk";
import { Shop } from "./shop";
Object.assign(window, { tacit });
const root = document.querySelector("#root");
if (root !== null) createRoot(root).render(<StrictMode><Shop /></StrictMode>);
`,
});

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

describe("the ten lines", () => {
  test("are ten", () => {
    expect(tenLines.trimEnd().split("\n")).toHaveLength(10);
  });

  test("make a shelf of what npx serves, while Vite develops and from what it builds", async () => {
    const server = await servedShop();
    const folder = await project(site(server), [inject("sdk"), ...react, ...reactTypes]);
    await run(folder, process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "."]);

    await shelfAppears(await viteServes(folder));
    await run(folder, "npx", ["vite", "build"]);
    await shelfAppears(await viteServes(folder, "preview"));
  });
});

/** Address of a server that was installed, given a catalogue and started as README says. */
async function servedShop(): Promise<string> {
  const folder = await project({ "catalogue.csv": catalogue }, [inject("server")]);
  const imported = await run(folder, "npx", ["tacit-server", "import", "catalogue.csv"]);
  expect(imported.stdout).toContain("12 items");
  const port = await freePort();
  const url = `http://localhost:${port}`;
  await start(folder, ["npx", "tacit-server", "serve", "--port", `${port}`], `${url}/health/ready`);
  return url;
}

/** Address of the site, by Vite's server for who develops it, or by the one for what was built. */
async function viteServes(folder: string, ...command: readonly string[]): Promise<string> {
  const port = await freePort();
  const address = `http://localhost:${port}/`;
  const listening = ["--port", `${port}`, "--strictPort", "--host", "localhost"];
  await start(folder, ["npx", "vite", ...command, ...listening], address);
  return address;
}

/**
 * A shelf appears, follows what the person does, counts each thing once, and nothing goes wrong meanwhile.
 */
async function shelfAppears(address: string): Promise<void> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) wrong.push(message.text());
    });
    await page.goto(address);
    const shelf = page.locator("#root [data-tacit-item]");
    await expect.poll(() => shelf.count(), { timeout: 30_000 }).toBe(6);
    const seen = await itemsOf(page);
    await expect
      .poll(() => eventsOf(page), { timeout: 30_000 })
      .toEqual(seen.map((item) => `impression ${item}`).sort());
    await page.evaluate(() => window.tacit?.track("view", { item: "mug-0" }));
    await expect.poll(() => itemsOf(page), { timeout: 30_000 }).toSatisfy(isOfMugs);
    expect(wrong).toEqual([]);
  } finally {
    await context.close();
  }
}

const itemsOf = (page: Page): Promise<readonly string[]> =>
  page
    .locator("#root [data-tacit-item]")
    .evaluateAll((found) => found.map((tile) => tile.getAttribute("data-tacit-item") ?? ""));

const eventsOf = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () => {
    const panel = await window.tacit?.panel();
    return (panel?.events ?? []).map(({ kind, item }) => `${kind} ${item}`).sort();
  });

/** For who looked at one mug: all the others, and no longer the one that was seen. */
function isOfMugs(items: readonly string[]): boolean {
  return !items.includes("mug-0") && items.filter((item) => item.startsWith("mug-")).length === 5;
}
