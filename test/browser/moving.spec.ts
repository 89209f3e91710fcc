/** A person's data on their way between two browsers that know nothing of each other. */
import { readFileSync } from "node:fs";
import { type Browser, expect, type Locator, type Page, test } from "@playwright/test";
import { parquetReadObjects } from "hyparquet";
import type { Panel } from "../../worker/api.ts";
import { itemsOn, lunchBags, modelIsWhole, openHome, openPanel, openPart, viewProduct } from "./shop.ts";

const lazyFiles = /\/tacit\/(?:moving|parquet|panel-along)\.js/;

interface Visitor {
  readonly page: Page;
  /** Addresses asked for, workers' too. */
  readonly asked: readonly string[];
}

async function newVisitor(browser: Browser, baseURL: string | undefined): Promise<Visitor> {
  const context = await browser.newContext({ ...(baseURL === undefined ? {} : { baseURL }) });
  const asked: string[] = [];
  context.on("request", (request) => asked.push(`${request.method()} ${request.url()}`));
  return { page: await context.newPage(), asked };
}

async function panelOf(page: Page): Promise<Panel> {
  const panel = await page.evaluate(() => window.tacit?.panel());
  if (panel == null) throw new Error("panel: expected one, got none");
  return panel;
}

const reportsOf = ({ asked }: Visitor): number =>
  asked.filter((each) => /^POST .*\/v1\/reports$/.test(each)).length;

/** A way of taking along, in the part that is loaded for who opens it. */
async function openWay(panel: Locator, name: string): Promise<Locator> {
  const way = panel.locator("details", { has: panel.page().getByText(name, { exact: true }) }).last();
  await way.getByText(name, { exact: true }).click();
  return way;
}

test("who takes nothing along is sent no byte of what moves or exports", async ({ browser, baseURL }) => {
  const { page, asked } = await newVisitor(browser, baseURL);
  for (const item of lunchBags) await viewProduct(page, item);
  await openHome(page);
  await openPanel(page);
  await page.waitForTimeout(1_000);
  expect(asked.filter((each) => lazyFiles.test(each))).toEqual([]);
  expect(asked.some((each) => each.endsWith("/tacit/worker.js"))).toBe(true);
  await page.evaluate(() => window.tacit?.exportData({ format: "parquet" }));
  expect(asked.filter((each) => lazyFiles.test(each))).toEqual([expect.stringContaining("parquet.js")]);
});

test("the panel gives every table as a Parquet file", async ({ page }) => {
  for (const item of lunchBags) await viewProduct(page, item);
  const panel = await openPanel(page);
  await openPart(panel, "Take your data along");
  await panel.getByRole("button", { name: "Download as Parquet" }).click();
  const files = panel.getByRole("list", { name: "Parquet files" });
  await expect(files.getByRole("button")).toHaveText([
    ...["events.parquet", "facts.parquet", "wishes.parquet", "features.parquet"],
    ...["categories.parquet", "interests.parquet", "tastes.parquet", "reports.parquet"],
    ...["trials.parquet", "experiments.parquet"],
  ]);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    files.getByRole("button", { name: "events.parquet" }).click(),
  ]);
  const bytes = Uint8Array.from(readFileSync(await download.path()));
  const events = await parquetReadObjects({ file: bytes.buffer });
  const views = events.filter(({ kind }) => kind === "view");
  expect(views.map(({ item }) => item)).toEqual([...lunchBags]);
  for (const { at } of views) expect(Date.now() - at.getTime()).toBeLessThan(60_000);
});

test("a move brings shelf and ledger to the other browser, which goes on; the old one sends nothing more", async ({
  browser,
  baseURL,
}) => {
  const [old, fresh] = [await newVisitor(browser, baseURL), await newVisitor(browser, baseURL)];
  for (const item of lunchBags) await viewProduct(old.page, item);
  await old.page.evaluate(() => window.tacit?.consent({ contribute: true }));
  await expect.poll(async () => (await panelOf(old.page)).reports.length).toBeGreaterThan(0);
  await expect.poll(async () => (await panelOf(old.page)).waiting.why).toMatch(/round|period/);
  await openHome(old.page);
  await modelIsWhole(old.page);
  const shelf = await itemsOn(old.page, "for-you");
  const before = await panelOf(old.page);

  await openHome(fresh.page);
  await modelIsWhole(fresh.page);
  expect(await itemsOn(fresh.page, "for-you")).not.toEqual(shelf);
  const there = await openPanel(fresh.page);
  await openPart(there, "Take your data along");
  const takeIn = await openWay(there, "Take in here");
  await takeIn.getByRole("button", { name: "Show my code" }).click();
  await expect(takeIn.locator("output").first()).not.toBeEmpty();
  const code = await takeIn.locator("output").first().textContent();

  const here = await openPanel(old.page);
  await openPart(here, "Take your data along");
  const move = await openWay(here, "Move to another device");
  await move.getByLabel("Code of the other device").fill(code ?? "");
  const [file] = await Promise.all([
    old.page.waitForEvent("download"),
    move.getByRole("button", { name: "Make the file" }).click(),
  ]);
  await expect(move.getByText("The file is made, and only the other device can open it")).toBeVisible();
  await takeIn.getByLabel("File from the other device, or a copy").setInputFiles(await file.path());
  await takeIn.getByRole("button", { name: "Take it in" }).click();
  await expect(takeIn.getByText("what contributing has cost so far")).toBeVisible();

  const [left, now] = [await panelOf(old.page), await panelOf(fresh.page)];
  expect(now.reports.map(({ id }) => id)).toEqual(before.reports.map(({ id }) => id));
  expect(now.budget.lifetime).toEqual(before.budget.lifetime);
  expect(now.events.map(({ id }) => id)).toEqual(expect.arrayContaining(before.events.map(({ id }) => id)));
  expect([left.reports, left.waiting.why, left.budget.lifetime.rho]).toEqual([[], "elsewhere", 0]);
  await openHome(fresh.page);
  await expect.poll(() => itemsOn(fresh.page, "for-you")).toEqual(shelf);
  // The new one was never asked whether it contributes.
  expect(now.waiting.why).toBe("consent");
  expect(reportsOf(fresh)).toBe(0);

  const sent = reportsOf(old);
  expect(sent).toBeGreaterThan(0);
  await old.page.reload();
  for (const item of ["85099B", "22386"]) await viewProduct(old.page, item);
  await old.page.waitForTimeout(2_000);
  expect(reportsOf(old)).toBe(sent);
  // It still knows the person.
  expect((await panelOf(old.page)).events.length).toBeGreaterThan(left.events.length);
});

test("a copy opens with its code alone, and the browser that it came to leaves contributing to the first", async ({
  browser,
  baseURL,
}) => {
  const [one, two] = [await newVisitor(browser, baseURL), await newVisitor(browser, baseURL)];
  for (const item of lunchBags) await viewProduct(one.page, item);
  const panel = await openPanel(one.page);
  await openPart(panel, "Take your data along");
  const keep = await openWay(panel, "Keep a copy, or link a device");
  const [file] = await Promise.all([
    one.page.waitForEvent("download"),
    keep.getByRole("button", { name: "Make a copy" }).click(),
  ]);
  const code = (await keep.locator("output").textContent()) ?? "";
  expect(code).toMatch(/^(?:[0-9A-Z]{5}-){6}[0-9A-Z]{2}$/);
  await openHome(two.page);
  const there = await openPanel(two.page);
  await openPart(there, "Take your data along");
  const takeIn = await openWay(there, "Take in here");
  await takeIn.getByLabel("File from the other device, or a copy").setInputFiles(await file.path());
  const take = () => takeIn.getByRole("button", { name: "Take it in" }).click();
  await take();
  await expect(takeIn.getByText("it opens with the code that was shown")).toBeVisible();
  await takeIn.getByLabel("Code of the copy").fill(code.replace(/.$/, (last) => (last === "0" ? "8" : "0")));
  await take();
  await expect(takeIn.getByText("This code is not the right one")).toBeVisible();
  expect((await panelOf(two.page)).events.filter(({ kind }) => kind === "view")).toEqual([]);
  await takeIn.getByLabel("Code of the copy").fill(code.toLowerCase());
  await take();
  await expect(takeIn.getByText("goes on contributing, so this one does not")).toBeVisible();
  const views = (await panelOf(two.page)).events.filter(({ kind }) => kind === "view");
  expect(views.map(({ item }) => item).sort()).toEqual([...lunchBags].sort());
  await two.page.evaluate(() => window.tacit?.consent({ contribute: true }));
  await expect.poll(async () => (await panelOf(two.page)).waiting.why).toBe("elsewhere");
  await two.page.waitForTimeout(1_000);
  expect(reportsOf(two)).toBe(0);
});
