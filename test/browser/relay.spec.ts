/**
 * Oblivious HTTP from a real browser's worker: across origins, through a relay, over a rotation of the
 * gateway's keys.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAdaptorServer } from "@hono/node-server";
import { expect, type Page, test } from "@playwright/test";
import { Hono } from "hono";
import { build } from "vite";
import { dayMs } from "../../core/time.ts";
import { parseConfig } from "../../server/base/config.ts";
import { silent } from "../../server/base/log.ts";
import { baseApp } from "../../server/http/base.ts";
import { Gateway } from "../../server/relay/gateway.ts";
import { GatewayKeys } from "../../server/relay/gatewaykeys.ts";
import { gatewayRoutes } from "../../server/relay/gatewayroutes.ts";
import { relayRoutes } from "../../server/relay/relay.ts";
import type { RelayTried, RelayTry } from "./relayworker.ts";

const ports = { listedSite: 18_130, otherSite: 18_131, relay: 18_132, leader: 18_133 } as const;
const originOf = (port: number) => `http://127.0.0.1:${port}`;

const stops: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function listen(app: Hono, port: number): Promise<void> {
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  stops.push(async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    if ("closeAllConnections" in server) server.closeAllConnections();
    await closed;
  });
}

/** A page and the worker, as one file. */
async function site(): Promise<Hono> {
  const entry = fileURLToPath(new URL("relayworker.ts", import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      lib: { entry, formats: ["es"], fileName: "worker" },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const code = [built].flat().flatMap((one) => ("output" in one ? one.output[0].code : []))[0];
  return new Hono()
    .get("/", (c) => c.html("<!doctype html><title>a site</title>"))
    .get("/worker.js", (c) => c.body(code, 200, { "content-type": "text/javascript" }));
}

/** The keys cross to the page as numbers: it takes JSON. */
async function tryFrom(page: Page, { relay, keys, body }: RelayTry): Promise<RelayTried> {
  return page.evaluate(
    ({ relay, keys, body }) =>
      new Promise((resolve, reject) => {
        const worker = new Worker("/worker.js", { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage({ relay, keys: Uint8Array.from(keys), body: Uint8Array.from(body) });
      }),
    { relay, keys: [...keys], body: [...body] },
  );
}

test("a worker reports through a relay of another origin, and after a rotation with the new key alone", async ({
  page,
}) => {
  const directory = mkdtempSync(join(tmpdir(), "tacit-relay-"));
  stops.push(async () => rmSync(directory, { recursive: true, force: true }));
  let nowMs = 1_700_000_000_000;
  const keys = await GatewayKeys.open({
    path: join(directory, "gateway-keys.json"),
    nowMs,
    rotation: { rotateDays: 30, overlapDays: 3 },
  });
  const handle = async (request: Request) =>
    Response.json({ path: new URL(request.url).pathname, bytes: (await request.arrayBuffer()).byteLength });
  const gateway = new Gateway({ keys, handle, nowMs: () => nowMs, log: silent });
  const leader = new Hono().route("/v1", gatewayRoutes({ gateway, limitBytes: 400_000 }));
  const config = parseConfig({ data: directory, origins: [originOf(ports.listedSite)] });
  const relay = baseApp({ config, log: silent, nowMs: Date.now });
  relay.route("/v1", relayRoutes({ gateway: new URL(originOf(ports.leader)), log: silent }));
  const pages = await site();
  await listen(leader, ports.leader);
  await listen(relay, ports.relay);
  await listen(pages, ports.listedSite);
  await listen(pages, ports.otherSite);

  const old = keys.encoded(nowMs);
  const asked = { relay: originOf(ports.relay), keys: old, body: new Uint8Array(137_000).fill(3) };
  const counted = { state: "answered", status: 200, text: '{"path":"/v1/reports","bytes":137000}' };
  await page.goto(originOf(ports.listedSite));
  expect(await tryFrom(page, asked)).toEqual(counted);

  nowMs += 30 * dayMs;
  await keys.rotateIfDue(nowMs);
  expect(await tryFrom(page, asked), "within the overlap").toEqual(counted);
  nowMs += 3 * dayMs;
  expect(await tryFrom(page, asked), "after the overlap").toEqual({ state: "stale-key" });
  expect(await tryFrom(page, { ...asked, keys: keys.encoded(nowMs) })).toEqual(counted);

  await page.goto(originOf(ports.otherSite));
  expect(await tryFrom(page, { ...asked, keys: keys.encoded(nowMs) })).toEqual({ state: "refused" });
});
