import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import type { TacitExport } from "../../sdk/index.ts";
import { adminToken } from "./admin.ts";
import { recordVisit } from "./recorder.ts";
import {
  editionInForce,
  itemsOn,
  lunchBags,
  modelIsWhole,
  openHome,
  openPanel,
  openPart,
  reasonsOn,
  storedRecords,
  titleOn,
  viewProduct,
} from "./shop.ts";

test("a first visit shows what is new; after three product views the shelf follows and names them", async ({
  page,
}) => {
  await openHome(page);
  const before = await itemsOn(page, "for-you");
  expect(new Set(await reasonsOn(page, "for-you"))).toEqual(new Set(["New in the shop"]));
  await modelIsWhole(page);

  await viewProduct(page, lunchBags[0]);
  // From the first view on, with no crowd behind it.
  expect((await reasonsOn(page, "for-you")).every((reason) => reason.startsWith("Because you viewed "))).toBe(
    true,
  );

  const titles = [await titleOn(page)];
  for (const item of lunchBags.slice(1)) titles.push(await viewProduct(page, item));
  await openHome(page);
  const after = await itemsOn(page, "for-you");
  expect(after).toHaveLength(12);
  expect(after.filter((item) => before.includes(item)).length).toBeLessThan(4);
  expect(after).not.toEqual(expect.arrayContaining([lunchBags[0]]));
  const reasons = await reasonsOn(page, "for-you");
  for (const reason of reasons)
    expect(titles.map((title) => `Because you viewed “${title}”`)).toContain(reason);
});

test("a reload keeps what was learned, and a second tab sees it and what is added", async ({
  page,
  context,
}) => {
  for (const item of lunchBags) await viewProduct(page, item);
  await openHome(page);
  // What a shelf from the first items alone shows is another one.
  await modelIsWhole(page);
  await openHome(page);
  const shelf = await itemsOn(page, "for-you");
  await page.reload();
  expect(await itemsOn(page, "for-you")).toEqual(shelf);

  const second = await context.newPage();
  await openHome(second);
  expect(await itemsOn(second, "for-you")).toEqual(shelf);

  await viewProduct(page, "85099B");
  // The second tab was not touched: it heard of the view and asked again.
  await expect.poll(() => itemsOn(second, "for-you")).not.toEqual(shelf);
});

test("the reasons of an explanation sum to its score", async ({ page }) => {
  for (const item of lunchBags) await viewProduct(page, item);
  await openHome(page);
  const explanations = await page.evaluate(async () => {
    const { tacit } = window;
    const items = (await tacit?.recommend({ count: 5 })) ?? [];
    return Promise.all(items.map(({ item }) => tacit?.explain(item)));
  });
  expect(explanations).toHaveLength(5);
  for (const explanation of explanations) {
    const sum =
      explanation?.reasons.reduce((total, { contribution }) => total + contribution, 0) ?? Number.NaN;
    expect(sum).toBeCloseTo(explanation?.score ?? 0, 9);
    expect(explanation?.score).toBeGreaterThan(0);
  }
});

test("the export downloads and is complete", async ({ page }) => {
  for (const item of lunchBags) await viewProduct(page, item);
  const panel = await openPanel(page);
  await openPart(panel, "Take your data along");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    panel.getByRole("button", { name: "Download as JSON" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("tacit-export.json");
  const exported: TacitExport = JSON.parse(readFileSync(await download.path(), "utf8"));
  expect(exported.format).toBe("tacit-export");
  expect(exported.events.filter(({ kind }) => kind === "view").map(({ item }) => item)).toEqual([
    ...lunchBags,
  ]);
  expect(exported.tastes.map(({ item }) => item).sort()).toEqual([...lunchBags].sort());
  expect(exported.userVector.length).toBeGreaterThan(0);
  expect(exported.interests.map(({ word }) => word)).toContain("lunch");
});

test("erase leaves IndexedDB empty but for what outlives it, and the shelf forgets", async ({ page }) => {
  for (const item of lunchBags) await viewProduct(page, item);
  expect(Object.values(await storedRecords(page)).some((count) => count > 0)).toBe(true);
  const panel = await openPanel(page);
  await panel.getByRole("button", { name: "Erase", exact: true }).click();
  await panel.getByRole("alertdialog").getByRole("button", { name: "Erase" }).click();
  await expect(panel.getByText("Erased. This device remembers nothing")).toBeVisible();
  const left = Object.entries(await storedRecords(page)).filter(([, count]) => count > 0);
  expect(left).toEqual([[expect.stringContaining("kept"), 1]]);
  await panel.getByRole("button", { name: "Close" }).click();
  await expect.poll(() => reasonsOn(page, "for-you")).toContain("New in the shop");
});

test("opting out stops all traffic but the model, the same for everybody, whatever the person does", async ({
  browser,
  baseURL,
}) => {
  await recordVisit({ browser, target: baseURL ?? "" }, async (page, requests) => {
    await openHome(page);
    const panel = await openPanel(page);
    await panel.getByRole("switch", { name: "Help to improve the lists" }).click();
    await panel.getByRole("button", { name: "Opt out entirely" }).click();
    await panel.getByRole("alertdialog").getByRole("button", { name: "Opt out entirely" }).click();
    await expect(panel.getByText("You are out")).toBeVisible();
    for (const name of ["Personalise on this device", "Help to improve the lists"]) {
      await expect(panel.getByRole("switch", { name })).not.toBeChecked();
    }
    const from = requests.length;
    for (const item of lunchBags) {
      await page.goto(`/item/${item}`);
      await page.getByRole("button", { name: "More like this" }).click();
      await page.getByRole("button", { name: "Add to basket" }).click();
    }
    // Longer than the SDK waits before it contributes.
    await page.waitForTimeout(9_000);
    const asked = requests.slice(from).filter(({ url }) => url.startsWith("/v1/"));
    // Everything was erased, so that each visit is like a first one: parts come again, but for those that the
    // browser's own cache has.
    const ofTheModel = /^GET \/v1\/(?:edition|head|parts\/[0-9a-f]{64})$/;
    expect(asked.filter(({ method, url }) => !ofTheModel.test(`${method} ${url}`))).toEqual([]);
    expect(asked.map(({ url }) => url)).toContain("/v1/edition");
    const records = await storedRecords(page);
    expect(Object.entries(records).filter(([name, count]) => name.endsWith("/events") && count > 0)).toEqual(
      [],
    );
    await openHome(page);
    expect(await page.getByText("Personalisation is off").isVisible()).toBe(true);
  });
});

test("Global Privacy Control keeps contributing off, says why, and lets the person decide otherwise", async ({
  page,
}) => {
  await page.addInitScript(() =>
    Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { value: true }),
  );
  await openHome(page);
  const panel = await openPanel(page);
  const contribute = panel.getByRole("switch", { name: "Help to improve the lists" });
  await expect(contribute).not.toBeChecked();
  await expect(panel.getByText("Off because your browser asks sites to share nothing")).toBeVisible();
  await contribute.click();
  await expect(contribute).toBeChecked();
  await expect(panel.getByText("On because you chose so")).toBeVisible();
});

test("with storage denied the shop still follows within the visit and says so", async ({ page }) => {
  // Dedicated workers see the same refusal: IndexedDB is deleted from the worker's scope by a wrapped script.
  await page.route("**/tacit/worker.js", async (route) => {
    const answer = await route.fetch();
    const refuse =
      'Object.defineProperty(self,"indexedDB",{get(){throw new DOMException("denied","SecurityError")}});';
    await route.fulfill({ response: answer, body: refuse + (await answer.text()) });
  });
  await openHome(page);
  await page
    .getByRole("link", { name: /./ })
    .filter({ has: page.locator(".tile-title") })
    .first()
    .click();
  await expect.poll(() => reasonsOn(page, "for-you")).toContainEqual(expect.stringMatching(/^Because you/));
  const panel = await openPanel(page);
  await expect(panel.getByText("This browser denies storage")).toBeVisible();
});

test("when the worker cannot load, the shop stands in its own order and nothing throws", async ({ page }) => {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.route("**/tacit/worker.js", (route) => route.abort());
  await page.goto("/");
  await expect(page.getByText("In the shop's own order.")).toBeVisible({ timeout: 20_000 });
  await page.goto(`/item/${lunchBags[0]}`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(errors).toEqual([]);
});

test("a new edition is in force at the next visit, and what was learned about the person stays", async ({
  page,
  request,
}) => {
  for (const item of lunchBags) await viewProduct(page, item);
  await openHome(page);
  const before = await editionInForce(page);
  // The shop sells one thing more. Making content vectors takes the server some seconds.
  const catalogue = readFileSync(new URL("../../demo/data/catalogue.csv", import.meta.url), "utf8");
  const imported = await request.post("/v1/admin/catalogue", {
    headers: { authorization: `Bearer ${adminToken}` },
    data: `${catalogue}99999,Lunch Bag Tacit,1.65,Bags & Travel,2012-01-01,\n`,
    timeout: 50_000,
  });
  expect(imported.ok()).toBe(true);
  const { edition } = await imported.json();
  expect(edition).not.toBe(before);
  await page.reload();
  await expect.poll(() => editionInForce(page)).toBe(edition);
  const recommended = await page.evaluate(() => window.tacit?.recommend({ count: 10 }));
  expect(recommended?.map(({ item }) => item)).toContain("99999");
  expect(recommended?.every(({ reasons }) => reasons[0]?.why === "event")).toBe(true);
});
