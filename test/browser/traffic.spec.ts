/** What leaves a browser, recorded on the wire and compared with docs/PRIVACY.md in both directions. */
import { readFileSync } from "node:fs";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { splitRequest } from "../../core/wire/ohttp.ts";
import { parseReport } from "../../core/wire/report.ts";
import { tokenRequestBytes } from "../../core/wire/tokens.ts";
import { startParties } from "./parties.ts";
import { type RecordedRequest, recordVisit } from "./recorder.ts";
import { lunchBags, modelIsWhole, openHome, openPanel, openPart, viewProduct } from "./shop.ts";

const text = readFileSync(new URL("../../docs/PRIVACY.md", import.meta.url), "utf8");

/** Rows of the table: "GET /v1/edition" -> its fields. */
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

function fieldsOf({ method, headers, body, url }: RecordedRequest): readonly string[] {
  const own = Object.keys(headers).filter((name) => !browserHeaders().has(name));
  const parts = own.map((name) => `header ${name}`);
  if (body.length === 0) return parts;
  // What parses refuses bytes that belong to no field, so these are all there are.
  const parse = bodies[`${method} ${url}`];
  expect(parse, `${method} ${url} has no body`).toBeDefined();
  return [...parts, ...(parse?.(body) ?? []).map((name) => `body ${name}`)];
}

const bodies: Readonly<Record<string, (body: Buffer) => readonly string[]>> = {
  "POST /v1/reports": (body) => {
    const report = parseReport(body);
    return ["version", ...Object.keys(report), ...report.sums.flatMap(Object.keys)];
  },
  "POST /v1/relay": (body) => Object.keys(splitRequest(body)),
  "POST /v1/tokens": (body) => {
    expect(body).toHaveLength(tokenRequestBytes);
    return ["token_type", "truncated_token_key_id", "blinded_msg"];
  },
};

type Seen = Map<string, Set<string>>;

/** A part's name is the hash of its bytes: every part is asked for in the same way. */
const routeOf = (url: string) => url.replace(/^\/v1\/parts\/[0-9a-f]{64}$/, "/v1/parts/ID");

/** Adds what one party was asked by browsers. */
function note(seen: Seen, requests: readonly RecordedRequest[]): void {
  for (const request of requests) {
    const { method, url, headers } = request;
    // The parties talk to each other too; that is no browser's.
    if (!headers["user-agent"]?.includes("Chrom")) continue;
    expect(headers.cookie, "no cookies anywhere").toBeUndefined();
    if (!/^\/(?:v1|\.well-known)\//.test(url)) {
      expect(method).toBe("GET");
      continue;
    }
    expect(headers.referer).toBeUndefined();
    if (method === "OPTIONS") {
      // A browser's own question whether another origin may be asked.
      expect(fieldsOf(request)).toEqual([]);
      continue;
    }
    const route = `${method} ${routeOf(url)}`;
    const fields = seen.get(route) ?? new Set<string>();
    for (const field of fieldsOf(request)) fields.add(field);
    seen.set(route, fields);
  }
}

async function contributeIn(page: Page): Promise<Locator> {
  const panel = await openPanel(page);
  await panel.getByRole("switch", { name: "Help to improve the lists" }).click();
  await openPart(panel, "Each report, who adds up");
  return panel;
}

const accepted = (panel: Locator) => panel.getByText("accepted", { exact: true }).first();

test("every field of every request stands in docs/PRIVACY.md, and every field there was seen", async ({
  browser,
  baseURL,
}) => {
  test.setTimeout(300_000);
  const seen: Seen = new Map();
  await recordVisit({ browser, target: baseURL ?? "" }, async (page, requests) => {
    await openHome(page);
    await modelIsWhole(page);
    for (const item of lunchBags) await viewProduct(page, item);
    await page.goto("/search?q=lantern");
    const panel = await contributeIn(page);
    await expect(accepted(panel)).toBeVisible({ timeout: 30_000 });
    await expect(panel.getByText("One operator runs both halves of the sum here")).toBeVisible();
    // Byte for byte: what the panel shows is what went over the wire.
    const sent = requests.find(({ url }) => url === "/v1/reports");
    const shown = await page.evaluate(async () => {
      const panel = await window.tacit?.panel();
      return Array.from((await window.tacit?.reportBytes(panel?.reports[0]?.id ?? "")) ?? []);
    });
    expect(Buffer.from(shown)).toEqual(sent?.body);
    await page.reload();
    await openHome(page);
    note(seen, requests);
  });

  const parties = await startParties();
  const { leader, helper, relay } = parties.recorders;
  const context = await browser.newContext({ baseURL: leader.url });
  try {
    const page = await context.newPage();
    await page.addInitScript((config) => {
      window.tacitConfig = config;
    }, parties.config);
    await openHome(page);
    await modelIsWhole(page);
    for (const item of lunchBags) await viewProduct(page, item);
    await contributeIn(page);
    const issued = () =>
      helper.requests.filter(({ method, url }) => method === "POST" && url === "/v1/tokens").length;
    await expect.poll(issued, { timeout: 30_000 }).toBe(1);
    // Whoever leaves before the answer has come asks again: the token is here first.
    const waitsFor = () => page.evaluate(async () => (await window.tacit?.panel())?.waiting.why);
    await expect.poll(waitsFor, { timeout: 30_000 }).not.toBe("token");
    await openHome(page);
    const panel = await openPanel(page);
    await openPart(panel, "Each report, who adds up");
    await expect(accepted(panel)).toBeVisible({ timeout: 30_000 });
    await expect(panel.getByText(new URL(helper.url).host)).toBeVisible();
    expect(issued()).toBe(1);

    // Whoever has the report never had a request from the browser about it, and whoever carried it cannot
    // read it.
    expect(leader.requests.filter(({ method }) => method === "POST")).toEqual([]);
    const isBrowser = ({ headers }: RecordedRequest) => headers["user-agent"]?.includes("Chrom") === true;
    const ofLeader = leader.requests.filter(
      (request) => isBrowser(request) && request.url.startsWith("/v1/"),
    );
    expect(ofLeader, "nothing but the site's own files is asked of the leader").toEqual([]);
    // However many pages: nothing is asked while nothing is due.
    const tasks = relay.requests.filter(({ method, url }) => method === "GET" && url === "/v1/tasks");
    expect(tasks.length).toBeLessThanOrEqual(2);
    const shown = await page.evaluate(async () => {
      const panel = await window.tacit?.panel();
      const sums = panel?.reports.flatMap((report) => report.sums) ?? [];
      return { parties: panel?.parties, sums, spent: panel?.budget.lifetime.rho };
    });
    expect(shown.parties).toEqual({ leader: new URL(leader.url).host, helper: new URL(helper.url).host });
    const likes = shown.sums.find(({ kind }) => kind === "item-factors");
    expect(likes?.rho).toBeCloseTo((1 + 0.25 ** 2) / (2 * 2 ** 2), 12);
    expect(shown.spent).toBeCloseTo(
      shown.sums.reduce((total, { rho }) => total + (rho ?? Infinity), 0),
      12,
    );
    for (const recorder of [leader, helper, relay]) note(seen, recorder.requests);
  } finally {
    await context.close();
    await parties.stop();
  }
  expect(seen).toEqual(documentedFields());
});

test("what a person likes changes no request: two people differ in nothing but random and sealed bytes", async ({
  browser,
  baseURL,
}) => {
  const shapes: string[][] = [];
  for (const items of [lunchBags, ["22423", "85123A", "47566"]]) {
    await recordVisit({ browser, target: baseURL ?? "" }, async (page, requests) => {
      await openHome(page);
      await modelIsWhole(page);
      for (const item of items) await viewProduct(page, item);
      await expect(accepted(await contributeIn(page))).toBeVisible({ timeout: 30_000 });
      const asked = requests.filter(({ url }) => url.startsWith("/v1/"));
      shapes.push(asked.map(({ method, url, body }) => `${method} ${url} ${body.length}`));
    });
  }
  expect(shapes[0]).toEqual(shapes[1]);
});
