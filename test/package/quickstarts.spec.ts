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

test.each(["tag", "npm", "react", "vue", "next", "astro", "sveltekit", "nuxt"])(
  "docs/quickstart/%s.md makes a shelf that follows a click",
  async (name) => {
    const tarballs = { "tacit-sdk": inject("sdk"), "tacit-server": inject("server") };
    const { address, server, seconds } = await follow(quickstartOf(name), tarballs);
    const { before, after } = await visits(browser, address, { origins: [address, server] });
    expect(after).not.toEqual(before);
    const told = Object.entries(seconds).map(([what, each]) => `${what} ${each.toFixed(1)} s`);
    console.log(`${name}: ${told.join(", ")}`);
  },
);
