/** What leaves a browser, recorded on the wire and compared with docs/PRIVACY.md in both directions. */
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { parseReport } from "../../core/protocol.ts";
import { type RecordedRequest, recordVisit } from "./recorder.ts";
import { lunchBags, openDrawer, openHome, viewProduct } from "./shop.ts";

const text = readFileSync(new URL("../../docs/PRIVACY.md", import.meta.url), "utf8");

/** Rows of the table: "GET /v1/bundle" -> its fields. */
function documentedFields(): ReadonlyMap<string, ReadonlySet<string>> {
  const fields = new Map<string, Set<string>>();
  for (const [, request, field] of text.matchAll(/^\| `((?:GET|POST) [^`]+)` \| ([^|]+) \|/gm)) {
    const known = fields.get(request) ?? new Set<string>();
    if (field.trim() !== "-") known.add(field.trim().replaceAll("`", ""));
    fields.set(request, known);
  }
  return fields;
}

/** The headers that browsers add by themselves, as the paragraph below the table lists them. */
function browserHeaders(): ReadonlySet<string> {
  const paragraph = text.split(/\n\n/).find((part) => part.startsWith("Browsers add headers"));
  return new Set([...(paragraph ?? "").matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));
}

function fieldsOf({ headers, body, url }: RecordedRequest): readonly string[] {
  const own = Object.keys(headers).filter((name) => !browserHeaders().has(name));
  const parts = own.map((name) => `header ${name}`);
  if (body.length === 0) return parts;
  expect(url, "only reports have a body").toBe("/v1/reports");
  // parseReport refuses bytes that belong to no field, so these are all there are, with the version before them.
  return [...parts, "body version", ...Object.keys(parseReport(body)).map((name) => `body ${name}`)];
}

test("every field of every request stands in docs/PRIVACY.md, and every field there was seen", async ({
  browser,
  baseURL,
}) => {
  await recordVisit({ browser, target: baseURL ?? "" }, async (page, requests) => {
    await openHome(page);
    for (const item of lunchBags) await viewProduct(page, item);
    await page.goto("/search?q=lantern");
    const drawer = await openDrawer(page);
    await drawer.getByRole("switch", { name: "Contribute to the crowd" }).click();
    await expect(drawer.getByText("accepted", { exact: true })).toBeVisible({ timeout: 30_000 });
    // Byte for byte: what the drawer shows is what went over the wire.
    const sent = requests.find(({ url }) => url === "/v1/reports");
    const shown = await page.evaluate(async () => {
      const panel = await window.tacit?.panel();
      return Array.from((await window.tacit?.reportBytes(panel?.reports[0]?.id ?? "")) ?? []);
    });
    expect(Buffer.from(shown)).toEqual(sent?.body);
    await page.reload();
    await openHome(page);

    const seen = new Map<string, Set<string>>();
    for (const request of requests) {
      expect(request.headers.cookie, "no cookies anywhere").toBeUndefined();
      if (!request.url.startsWith("/v1/")) {
        expect(request.method).toBe("GET");
        continue;
      }
      expect(request.headers.referer).toBeUndefined();
      const fields = seen.get(`${request.method} ${request.url}`) ?? new Set<string>();
      for (const field of fieldsOf(request)) fields.add(field);
      seen.set(`${request.method} ${request.url}`, fields);
    }
    expect(seen).toEqual(documentedFields());
  });
});

test("what a person likes changes no request: two people differ in nothing but random and sealed bytes", async ({
  browser,
  baseURL,
}) => {
  const shapes: string[][] = [];
  for (const items of [lunchBags, ["22423", "85123A", "47566"]]) {
    await recordVisit({ browser, target: baseURL ?? "" }, async (page, requests) => {
      await openHome(page);
      for (const item of items) await viewProduct(page, item);
      const drawer = await openDrawer(page);
      await drawer.getByRole("switch", { name: "Contribute to the crowd" }).click();
      await expect(drawer.getByText("accepted", { exact: true })).toBeVisible({ timeout: 30_000 });
      const asked = requests.filter(({ url }) => url.startsWith("/v1/"));
      shapes.push(asked.map(({ method, url, body }) => `${method} ${url} ${body.length}`));
    });
  }
  expect(shapes[0]).toEqual(shapes[1]);
});
