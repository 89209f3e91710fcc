/**
 * docs/quickstart/shopify.md: its export is imported, and its theme files are drawn by liquidjs with objects
 * named as Shopify names them, on a home page and on pages of products. Shopify itself cannot be had on a
 * machine of one's own.
 */
import { createServer } from "node:http";
import type { Browser } from "@playwright/test";
import { Liquid, type TagToken, type TopLevelToken } from "liquidjs";
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from "vitest";
import { openBrowser } from "./browser.ts";
import { follow, quickstartIn, quickstartText } from "./quickstart.ts";
import { visits } from "./visitor.ts";

const text = quickstartText("shopify");
const page = quickstartIn(text);
const [rendering = ""] = /(?<=`)\{% render "tacit".*?%\}(?=`)/.exec(text) ?? [];

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** What stands in a section's schema, which Shopify takes out. */
const schemas: string[] = [];

function theme(server: string): Liquid {
  const files = Object.entries(page.files).map(([name, text]) => [
    name.replace(/^\w+\/|\.liquid$/g, ""),
    text,
  ]);
  expect(rendering).toContain("http://localhost:8787");
  const layout = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ shop.name | escape }}</title>
    ${rendering.replace("http://localhost:8787", server)}</head><body>{% include "tacit-shelf" %}</body></html>`;
  const liquid = new Liquid({ templates: { ...Object.fromEntries(files), layout }, strictFilters: true });
  liquid.registerTag("schema", {
    parse(_token: TagToken, rest: TopLevelToken[]) {
      const inside: string[] = [];
      for (let token = rest.shift(); token !== undefined; token = rest.shift()) {
        if ("name" in token && token.name === "endschema") break;
        inside.push(token.getText());
      }
      schemas.push(inside.join(""));
    },
    render: () => undefined,
  });
  return liquid;
}

test("the section's shelf follows a click to a product's page, whatever the theme editor was told", async () => {
  const tarballs = { "tacit-sdk": inject("sdk"), "tacit-server": inject("server") };
  const { server } = await follow(page, tarballs);
  const liquid = theme(server);
  const draw = (address: string): Promise<string> => {
    const [, handle] = /^\/products\/([\w-]+)/.exec(address) ?? [];
    return liquid.renderFile("layout", {
      shop: { name: "Thimble" },
      request: { locale: { iso_code: "en" } },
      cart: { currency: { iso_code: "GBP" } },
      section: { settings: { list: "for-you", count: 4, heading: `Just "for" <you>` } },
      product: handle === undefined ? null : { handle },
    });
  };
  const site = createServer((request, response) => {
    void draw(request.url ?? "/").then(
      (html) => response.setHeader("content-type", "text/html; charset=utf-8").end(html),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => site.listen(0, "localhost", resolve));
  onTestFinished(() => void site.close());
  const at = site.address();
  const address = `http://localhost:${typeof at === "object" ? at?.port : ""}`;
  const { after } = await visits(browser, `${address}/`, { origins: [address, server] });
  expect(after).toHaveLength(4);
  expect(await draw("/")).toContain(`heading="Just &#34;for&#34; &lt;you&gt;"`);
  const [schema = ""] = schemas;
  expect(JSON.parse(schema)).toMatchObject({
    name: "Tacit shelf",
    settings: [{ id: "list" }, { id: "count" }, { id: "heading" }],
  });
});
