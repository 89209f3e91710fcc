/**
 * An experiment from the operator's file to the report, over a whole server and real workers: what devices
 * drew and did is what the report tells, and nobody else is in it.
 */
import "fake-indexeddb/auto";
import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { dayMs } from "../../../core/time.ts";
import { parseExperimentReport } from "../../../server/experiments/reportschema.ts";
import type { PageArms } from "../../../worker/api.ts";
import { platformFill } from "../../../worker/edges.ts";
import { fileFromSource } from "../../../worker/fromsource.ts";
import { TacitWorker } from "../../../worker/tacit.ts";
import { admin, openServer, type TestServer, temporaryDirectory, testConfig } from "../harness.ts";

const baseMs = Date.UTC(2026, 3, 1, 10);
const clock = { nowMs: baseMs };
const crowd = 60;

const banner = {
  name: "banner",
  arms: [{ name: "as-now" }, { name: "large", value: { size: "large" } }],
  metrics: [
    { name: "conversion", of: { any: "purchase" }, cap: 1 },
    { name: "clicks", of: { count: "click" }, cap: 4 },
  ],
  ...{ days: 7, windowDays: 7 },
};

async function openShop(): Promise<TestServer> {
  clock.nowMs = baseMs;
  const config = testConfig(temporaryDirectory(), {
    training: { on: false, dim: 3, blockLimit: 10 },
    experiments: { on: true, days: 7 },
    round: { minBatch: 12, maxBatch: 500 },
  });
  const server = await openServer(config, { nowMs: () => clock.nowMs });
  const file = await admin(server.app, "POST", "/experiments", JSON.stringify(banner));
  expect(file.status).toBe(200);
  expect((await admin(server.app, "POST", "/experiments/banner/start")).status).toBe(200);
  await server.parts.cycle.openNext();
  return server;
}

interface Visitor {
  readonly worker: TacitWorker;
  readonly arms: () => PageArms;
}

async function visitor({ app }: TestServer, contribute = true): Promise<Visitor> {
  const worker = new TacitWorker({
    nowMs: () => clock.nowMs,
    fill: platformFill,
    fetch: async (url, init) => app.request(url, init),
    loadFile: fileFromSource,
  });
  let arms: PageArms = {};
  await new Promise<void>((resolve, reject) => {
    const consent = { personalise: true, contribute };
    const config = { server: "http://localhost", database: `end-${randomUUID()}`, consent };
    worker
      .start(config, (notice) => {
        if (notice.type === "trouble") reject(new Error(notice.message));
        if (notice.type === "arms") ({ arms } = notice);
        // Experiments come with the whole edition, and arms of nothing before.
        if (notice.type === "arms" && (!contribute || "banner" in notice.arms)) resolve();
      })
      .catch(reject);
  });
  onTestFinished(() => worker.end());
  return { worker, arms: () => arms };
}

const shown = ({ worker }: Visitor): Promise<void> =>
  worker.experiment({ step: "shown", experiment: "banner", atMs: clock.nowMs });

async function acts({ worker }: Visitor, clicks: number, isBuying: boolean): Promise<void> {
  const act = (kind: "click" | "purchase", at: number) => ({
    ...{ id: randomUUID(), kind, item: `item-${at}`, atMs: clock.nowMs + at * 60_000 },
  });
  const done = Array.from({ length: clicks }, (_, at) => act("click", at));
  clock.nowMs += 10 * 60_000;
  await worker.append([...done, ...(isBuying ? [act("purchase", 9)] : [])]);
}

async function answered({ worker }: Visitor): Promise<readonly unknown[]> {
  await worker.contribute();
  return (await worker.panel()).reports.flatMap(({ sums }) => sums.map(({ kind }) => kind));
}

async function reportOf({ app }: TestServer) {
  return parseExperimentReport(await (await admin(app, "GET", "/experiments/banner/report")).json());
}

test("what devices drew and did is what the report tells; who left, who was never shown it and who does not contribute are in no arm of it", async () => {
  const server = await openShop();
  const all: Visitor[] = [];
  for (let k = 0; k < crowd; k++) all.push(await visitor(server));
  const arms = all.map((one) => one.arms().banner.arm);
  expect(new Set(arms)).toEqual(new Set(["as-now", "large"]));
  for (const [k, one] of all.entries()) {
    expect(one.arms().banner.value).toEqual(arms[k] === "large" ? { size: "large" } : undefined);
  }
  const apart = await visitor(server, false);
  expect(apart.arms()).toEqual({});
  // The last two: one leaves after all, one never sees it.
  const [leaving, unseen] = all.slice(-2);
  const told = all.slice(0, -2);
  const done = told.map((_, k) => ({ clicks: k % 4, isBuying: k % 3 === 0 }));
  clock.nowMs = baseMs + dayMs;
  for (const one of [...told, leaving]) await shown(one);
  for (const [k, one] of told.entries()) await acts(one, done[k].clicks, done[k].isBuying);
  await acts(leaving, 4, true);
  await acts(unseen, 4, true);
  await leaving.worker.experiment({ step: "leave", experiment: "banner" });
  expect(leaving.arms()).toEqual({});
  clock.nowMs = baseMs + 9 * dayMs;
  await server.parts.cycle.openNext();
  for (const one of [...told, leaving, unseen]) expect(await answered(one)).toEqual(["experiments"]);
  expect(await answered(apart)).toEqual([]);
  await admin(server.app, "POST", "/rounds/close?kind=experiments");

  const report = await reportOf(server);
  expect(report).toMatchObject({ looks: 1, isNoisy: false, mismatch: { isOff: false } });
  const of = (arm: string) => done.filter((_, k) => arms[k] === arm);
  for (const [at, arm] of ["as-now", "large"].entries()) {
    const here = of(arm);
    expect(report.arms[at].people.value).toBeCloseTo(here.length, 1);
    const shares = [
      here.filter(({ isBuying }) => isBuying).length / here.length,
      here.reduce((sum, { clicks }) => sum + clicks, 0) / here.length,
    ];
    for (const [metric, share] of shares.entries()) {
      expect(report.metrics[metric].arms[at].mean?.value).toBeCloseTo(share, 1);
    }
  }
  // The next look: they answer again, and nobody is told of twice.
  clock.nowMs += 7 * dayMs;
  await server.parts.cycle.openNext();
  for (const one of told) expect(await answered(one)).toEqual(["experiments", "experiments"]);
  await admin(server.app, "POST", "/rounds/close?kind=experiments");
  const after = await reportOf(server);
  expect(after.looks).toBe(2);
  expect(after.arms.map(({ people }) => people.value)).toEqual(
    report.arms.map(({ people }) => expect.closeTo(people.value, 1)),
  );
}, 120_000);
