/**
 * Bridges in a real browser, on a page that is measured and asked for consent as shops are: beside the stub,
 * before the tag.
 */
import { expect, type Page, test } from "@playwright/test";

const mug = "84879";
const order = `gtag("event", "purchase", { transaction_id: "T 7", items: [{ item_id: "${mug}", quantity: 2 }] });`;

function site(pushed: string, product = ""): string {
  return `<!doctype html><title>case</title>${product}
<script>
  window.dataLayer = window.dataLayer || [];
  function gtag() { dataLayer.push(arguments); }
  ${pushed}
</script>
<script src="/tacit/stub.js"></script>
<script async src="/tacit/tacit.js" data-tacit-server="/"></script>
<script type="module">
  import { fromConsentMode, fromDataLayer, fromProductData } from "/tacit/bridges.js";
  fromDataLayer(window.tacit);
  fromConsentMode(window.tacit);
  fromProductData(window.tacit);
</script><body>`;
}

async function open(page: Page, body: string): Promise<void> {
  await page.unroute("**/case");
  await page.route("**/case", (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body }));
  await page.goto("/case");
  await page.waitForFunction(() => window.tacit !== undefined && "version" in window.tacit);
}

function events(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const panel = await window.tacit?.panel();
    return (panel?.events ?? [])
      .map(({ kind, item, amount = "" }) => `${kind} ${item} ${amount}`.trim())
      .sort();
  });
}

test("what a page tells its data layer, before and after, is in the journal, and an order once however often its page is loaded", async ({
  page,
}) => {
  const product = `<script type="application/ld+json">{"@type": "Product", "sku": "20725"}</script>`;
  for (let time = 0; time < 2; time++) {
    await open(page, site(order, time === 0 ? product : ""));
    await expect.poll(() => events(page)).toContain(`purchase ${mug} 2`);
  }
  await page.evaluate((item) => {
    const { dataLayer } = window as unknown as { readonly dataLayer: unknown[] };
    dataLayer.push({ event: "add_to_cart", ecommerce: { items: [{ item_id: item, quantity: 3 }] } });
  }, mug);
  await expect.poll(() => events(page)).toEqual([`cart_add ${mug} 3`, `purchase ${mug} 2`, "view 20725"]);
});

test("what was chosen in a consent tool before the SDK came holds, and the panel's word after it holds on the next page", async ({
  page,
}) => {
  const denied = `gtag("consent", "update", { personalization_storage: "denied" });`;
  const state = () => page.evaluate(() => window.tacit?.consent());
  await open(page, site(`${order} ${denied}`));
  await expect.poll(async () => (await state())?.personalise).toBe(false);
  expect((await state())?.because.personalise).toBe("person");
  expect(await events(page)).toEqual([]);
  await page.evaluate(() => window.tacit?.optIn());
  await open(page, site(denied));
  await page.evaluate(() => window.tacit?.panel());
  expect((await state())?.personalise).toBe(true);
  await page.evaluate(() => {
    const { dataLayer } = window as unknown as { readonly dataLayer: unknown[] };
    const push = (...said: unknown[]): void => {
      (function (..._: unknown[]) {
        // biome-ignore lint/complexity/noArguments: that is what gtag's snippet pushes.
        dataLayer.push(arguments);
      })(...said);
    };
    push("consent", "update", { personalization_storage: "granted" });
    push("consent", "update", { personalization_storage: "denied" });
  });
  expect((await state())?.personalise).toBe(false);
});
