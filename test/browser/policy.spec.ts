/** The policies that the server sends, as a real browser enforces them. */
import { expect, test } from "@playwright/test";
import { lunchBags, openHome, openPanel, viewProduct } from "./shop.ts";

test("the shop breaks none of its policies, whatever a visitor does", async ({ page }) => {
  const violations: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy|Permissions-Policy|Cross-Origin/.test(message.text()))
      violations.push(message.text());
  });
  await openHome(page);
  for (const item of lunchBags) await viewProduct(page, item);
  await page.goto("/search?q=lantern");
  const panel = await openPanel(page);
  await panel.getByRole("switch", { name: "Help to improve the lists" }).click();
  await page.waitForTimeout(500);
  expect(violations).toEqual([]);
});

test("nothing inline runs, nothing is framed, and the page can ask nobody else", async ({ page }) => {
  await openHome(page);
  const refused = await page.evaluate(async () => {
    const directives: string[] = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
      directives.push(effectiveDirective),
    );
    const script = document.createElement("script");
    script.textContent = "window.inlineRan = true";
    document.head.append(script);
    const style = document.createElement("style");
    style.textContent = "body { color: red }";
    document.head.append(style);
    const image = document.createElement("img");
    image.src = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
    document.body.append(image);
    const frame = document.createElement("iframe");
    frame.src = "data:text/html,x";
    document.body.append(frame);
    const asked = await fetch("http://127.0.0.2:1/").then(
      () => "answered",
      () => "refused",
    );
    const worker = new Worker(URL.createObjectURL(new Blob(["1"])));
    worker.addEventListener("error", () => {});
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { directives: [...new Set(directives)].sort(), asked, inline: "inlineRan" in window };
  });
  expect(refused.inline).toBe(false);
  expect(refused.asked).toBe("refused");
  expect(refused.directives).toEqual([
    "connect-src",
    "frame-src",
    "img-src",
    "script-src-elem",
    "style-src-elem",
    "worker-src",
  ]);
});

test("the SDK's worker can ask its server and nobody else", async ({ page }) => {
  await openHome(page);
  await expect.poll(() => page.workers().length).toBeGreaterThan(0);
  const worker = page.workers()[0];
  const ask = (url: string) =>
    worker.evaluate(async (address) => {
      const directives: string[] = [];
      self.addEventListener("securitypolicyviolation", (event) => {
        if ("effectiveDirective" in event) directives.push(String(event.effectiveDirective));
      });
      const answered = await fetch(address).then(
        ({ status }) => status,
        () => "refused",
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { answered, directives };
    }, url);
  expect(await ask(new URL("/v1/tasks", page.url()).href)).toEqual({ answered: 200, directives: [] });
  expect(await ask("http://127.0.0.2:1/")).toEqual({ answered: "refused", directives: ["connect-src"] });
});
