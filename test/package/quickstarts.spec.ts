/** Each page of docs/quickstart/, followed by the letter in an empty folder, and looked at in a browser. */
import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openBrowser } from "./browser.ts";
import { follow, quickstartOf } from "./quickstart.ts";
import { visits } from "./visitor.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** Whose server draws the first list. */
const drawn = ["next", "nuxt", "astro", "sveltekit"];

test.each(["tag", "npm", "react", "vue", ...drawn])(
  "docs/quickstart/%s.md makes a shelf that follows a click",
  async (name) => {
    const tarballs = { "tacit-sdk": inject("sdk"), "tacit-server": inject("server") };
    const { address, server, seconds } = await follow(quickstartOf(name), tarballs);
    const { before, after } = await visits(browser, address, { origins: [address, server] });
    // Before any script; the very first page need not have waited for the Tacit server.
    const first = await drawnAt(address);
    expect(first).toEqual(drawn.includes(name) ? before : []);
    expect(after).not.toEqual(before);
    const told = Object.entries(seconds).map(([what, each]) => `${what} ${each.toFixed(1)} s`);
    console.log(`${name}: ${told.join(", ")}`);
  },
);

/** The products in a page as the server sends it. */
async function drawnAt(address: string): Promise<readonly string[]> {
  const html = await (await fetch(address)).text();
  return [...html.matchAll(/<li data-tacit-item="([^"]+)"/g)].map(([, item]) => item);
}
