/**
 * An experiment with real pages: two arms are shown, what people then did comes in a look, and the report shows
 * the arms. Who did not permit is in none, who leaves is gone from the sum. The server is in this process, so that
 * days can pass on its clock and the pages'.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { dayMs } from "../../core/time.ts";
import { parseConfig } from "../../server/base/config.ts";
import { runCli } from "../../server/cli/main.ts";
import { parseExperimentReport } from "../../server/experiments/reportschema.ts";
import { publishCatalogue } from "../../server/publishing/catalogue.ts";
import { createApp } from "../../server/roles/app.ts";
import { openParts, type Parts } from "../../server/roles/leader.ts";
import { adminToken } from "./admin.ts";
import { type OwnSite, openOwnSite } from "./ownsite.ts";

const crowd = 12;
const banner = {
  name: "banner",
  arms: [{ name: "as-now" }, { name: "large", value: "large" }],
  metrics: [{ name: "clicks", of: { any: "click" }, cap: 1 }],
  ...{ days: 7, windowDays: 1 },
};

const clock = { aheadMs: 0 };
const data = mkdtempSync(join(tmpdir(), "tacit-experiments-"));
let parts: Parts;
let site: OwnSite;
let port: number;
let close: () => void;

test.beforeAll(async () => {
  const config = parseConfig({
    ...{ data, adminToken, training: { on: false }, experiments: { on: true, days: 1 } },
    ...{ round: { minBatch: 10, maxBatch: 500 }, helper: { minBatch: 10 } },
  });
  parts = await openParts(config, { nowMs: () => Date.now() + clock.aheadMs });
  const items = Array.from({ length: 12 }, (_, k) => ({
    item: `item-${k}`,
    title: `Thing ${k}`,
    categories: [],
  }));
  const { contentDim } = config.catalogue;
  await publishCatalogue(parts.editions, items, { contentDim, dim: config.training.dim });
  await parts.cycle.openNext();
  const server = createServer(getRequestListener(createApp(parts).fetch));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
  close = () => void server.close();
  site = await openOwnSite(
    () => `<script src="/tacit/tacit.js" data-tacit-server="http://localhost:${port}"
      data-tacit-automation="count"></script>`,
    // On the pages' clock as many days have passed as on the server's; of a thread's files the first sets it.
    () =>
      `if (!globalThis.ahead) { const now = Date.now; globalThis.ahead = ${clock.aheadMs}; Date.now = () => now() + globalThis.ahead; }\n`,
  );
});
test.afterAll(async () => {
  site.close();
  close();
  await parts.close();
  rmSync(data, { recursive: true, force: true });
});

/** Runs a command against the server, which has the directory. */
async function tacit(...args: readonly string[]): Promise<string> {
  const out: string[] = [];
  const err: string[] = [];
  const env = { TACIT_ADMIN_TOKEN: adminToken, TACIT_LOG_FORMAT: "text" };
  const status = await runCli([...args, "--data", data, "--port", String(port)], {
    env,
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
  });
  expect(status, err.join("\n")).toBe(0);
  return out.join("\n");
}

async function visit(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${site.origin}/`);
  return page;
}

const inOf = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () => ((await window.tacit?.panel())?.experiments ?? []).map(({ arm }) => arm));
const sumsOf = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () =>
    ((await window.tacit?.panel())?.reports ?? []).flatMap(({ sums }) =>
      sums.map(({ kind, state }) => `${kind} ${state}`),
    ),
  );

test("two arms are shown, clicked, reported and read; no permission is no arm, and who leaves is in no sum", async ({
  browser,
}) => {
  // Twelve people, each twice.
  test.setTimeout(120_000);
  const file = join(data, "banner.json");
  writeFileSync(file, JSON.stringify(banner));
  await tacit("experiment", "create", file);
  expect(await tacit("experiment", "start", "banner")).toMatch(/^banner +running/);
  // Browsers are given an edition once the helper has vouched for it.
  await parts.cycle.openNext();

  const apart = await (await browser.newContext()).newPage();
  await apart.goto(`${site.origin}/`);
  await expect
    .poll(() => apart.evaluate(async () => (await window.tacit?.panel())?.edition ?? null))
    .not.toBeNull();
  expect(await apart.evaluate(() => window.tacit?.variant("banner", "plain"))).toBe("plain");
  expect(await inOf(apart)).toEqual([]);

  const contexts: BrowserContext[] = [];
  const arms: string[] = [];
  for (let k = 0; k < crowd; k++) {
    const context = await browser.newContext();
    contexts.push(context);
    const page = await visit(context);
    await page.evaluate(() => window.tacit?.consent({ contribute: true }));
    await expect.poll(() => inOf(page)).toHaveLength(1);
    const [arm] = await inOf(page);
    arms.push(arm);
    const shown = await page.evaluate(() => window.tacit?.variant("banner", "plain"));
    expect(shown).toBe(arm === "large" ? "large" : "plain");
    if (k % 2 === 0) await page.evaluate(() => window.tacit?.track("click", { item: "item-1" }));
    await expect
      .poll(() =>
        page.evaluate(async () =>
          ((await window.tacit?.panel())?.experiments ?? []).map(({ shownMs }) => shownMs),
        ),
      )
      .not.toEqual([null]);
    // The arm of the next page is there from its first moment.
    await page.reload();
    expect(await page.evaluate(() => window.tacit?.variant("banner", "plain"))).toBe(shown);
    if (k === crowd - 1) await page.evaluate(() => window.tacit?.leave("banner"));
    await page.close();
  }

  clock.aheadMs = 3 * dayMs;
  await parts.cycle.openNext();
  for (const context of contexts) {
    const page = await visit(context);
    await expect.poll(() => sumsOf(page), { timeout: 15_000 }).toEqual(["experiments accepted"]);
    await page.close();
  }
  await parts.cycle.closeNow("experiments");
  const report = parseExperimentReport(JSON.parse(await tacit("experiment", "report", "banner", "--json")));
  const told = arms.slice(0, -1);
  expect(report.arms.map(({ arm, people }) => [arm, Math.round(people.value)])).toEqual(
    ["as-now", "large"].map((arm) => [arm, told.filter((one) => one === arm).length]),
  );
  expect(await tacit("experiment", "report", "banner")).toContain("as-now");
});
