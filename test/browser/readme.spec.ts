/**
 * README's block of plain script tags, as written, on a page of another origin than the server's: the files of the SDK
 * lie at /tacit/ of the site, as README says to copy them. Only the made-up address of the server is another.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { type OwnSite, openOwnSite } from "./ownsite.ts";

const server = "http://localhost:5399";
const readme = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");
const blocks = [...readme.matchAll(/^```html\n(.*?)^```/gms)];
const written = blocks.map(([, html]) => html).find((html) => html.includes("stub.js")) ?? "";

let site: OwnSite;

test.beforeAll(async () => {
  const body = written.replace("https://shop.example", server);
  site = await openOwnSite((path) => (path === "/" ? body : "the mug"));
});
test.afterAll(() => site.close());

test("README's script tags, as written and from another origin, list six products with reasons, capture and obey", async ({
  page,
}) => {
  expect(written).toContain('data-tacit-server="https://shop.example"');
  const wrong: string[] = [];
  const listed: string[] = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => {
    (message.type() === "log" ? listed : wrong).push(message.text());
  });
  await page.goto(`${site.origin}/`);
  await expect.poll(() => listed.filter((line) => /^.+ \[.*\]$/.test(line)).length).toBe(6);
  const told = () =>
    page.evaluate(async () => {
      const panel = await window.tacit?.panel();
      const wishes = (panel?.wishes ?? []).map(({ wish, of, value }) => `${wish} ${of} ${value}`);
      const events = (panel?.events ?? []).map(({ kind, item, list }) => `${kind} ${item} ${list ?? ""}`);
      return [...wishes, ...events.sort()];
    });
  // With the place in the list of the markup, and without the one that `track` was not told.
  const said = ["mute category Garden", "impression mug for-you", "view mug "];
  await expect.poll(told).toEqual(said);
  const categories = await page.evaluate(async () => {
    const cards = (await window.tacit?.recommend({ count: 200 })) ?? [];
    return cards.flatMap((card) => card.categories ?? []);
  });
  expect(categories.length).toBeGreaterThan(200);
  expect(categories).not.toContain("Garden");

  await page.getByRole("link", { name: "Mug" }).click();
  await expect(page.locator("body")).toHaveText("the mug");
  await page.goto(`${site.origin}/`);
  await expect.poll(told).toContain("click mug for-you");
  // In a shop that has no mug, once a visit; and of nothing else.
  const noMug = 'tacit: track: item must be in the catalogue, got "mug" (tacit-sdk/docs/errors.md)';
  await expect.poll(() => wrong).toEqual([noMug, noMug]);
});
