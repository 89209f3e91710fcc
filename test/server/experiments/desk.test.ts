/**
 * Experiments from draft to end over a whole server: what is in force, what each look asks, and what it finds.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeFixed } from "../../../core/sum/fixedpoint.ts";
import { lookOf } from "../../../core/tasks/experiments/contribution.ts";
import { experiments as shape } from "../../../core/tasks/experiments/kind.ts";
import { experimentsLayout } from "../../../core/tasks/experiments/layout.ts";
import { settingsOf, type Task } from "../../../core/tasks/task.ts";
import { dayMs } from "../../../core/time.ts";
import { fillRandom } from "../../../server/base/platform.ts";
import { runCli } from "../../../server/cli/main.ts";
import { listingLines, parseListing } from "../../../server/experiments/listed.ts";
import { looksAt } from "../../../server/experiments/looks.ts";
import { listExperiments, removeExperiment, storeExperiment } from "../../../server/store/experiments.ts";
import {
  admin,
  inForceOf,
  openServer,
  postWhole,
  reportOfSums,
  type TestServer,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "../harness.ts";

const startMs = Date.UTC(2026, 3, 1);

export const banner = {
  name: "banner",
  arms: [{ name: "as-now" }, { name: "large", value: { size: "large" } }],
  metrics: [
    { name: "conversion", of: { any: "purchase" }, cap: 1 },
    { name: "clicks", of: { count: "click" }, cap: 4 },
  ],
  days: 14,
  windowDays: 7,
};

interface World {
  readonly server: TestServer;
  readonly clock: { nowMs: number };
  readonly ask: (method: string, path: string, body?: unknown) => Promise<{ status: number; json: unknown }>;
}

async function world(
  more: Readonly<Record<string, unknown>> = {},
  { data = temporaryDirectory(), nowMs = startMs } = {},
): Promise<World> {
  const clock = { nowMs };
  const config = testConfig(data, {
    training: { on: false, dim: 3, blockLimit: 10 },
    experiments: { on: true, days: 7 },
    ...more,
  });
  const server = await openServer(config, { nowMs: () => clock.nowMs });
  return {
    server,
    clock,
    ask: async (method, path, body) => {
      const answer = await admin(
        server.app,
        method,
        path,
        body === undefined ? undefined : JSON.stringify(body),
      );
      return { status: answer.status, json: await answer.json() };
    },
  };
}

function inEdition(server: TestServer): readonly string[] {
  return (inForceOf(server).parts.experiments?.part ?? []).map(({ name }) => name);
}

async function lookTask({ app }: TestServer): Promise<Task | undefined> {
  return (await tasksOf(app)).tasks.find(({ kind }) => kind === shape.name);
}

test("a draft is in no edition; started it is, stays through an import, and leaves when it has ended", async () => {
  const { server, clock, ask } = await world();
  expect(await ask("POST", "/experiments", banner)).toMatchObject({
    status: 200,
    json: { state: "draft", draft: { coverage: 1, arms: [{ weight: 0.5 }, { weight: 0.5 }] } },
  });
  expect(inEdition(server)).toEqual([]);
  expect(await ask("POST", "/experiments/banner/start")).toMatchObject({ json: { state: "running" } });
  expect(inEdition(server)).toEqual(["banner"]);
  await admin(server.app, "POST", "/catalogue", "id,title\na,Mug\nb,Lamp\n");
  expect(inEdition(server)).toEqual(["banner"]);
  // New people for 14 days, their 7 days, and two looks for who comes late.
  for (const [days, state, isIn] of [
    [13.9, "running", true],
    [14, "closing", true],
    [34.9, "closing", true],
    [35, "ended", false],
  ] as const) {
    clock.nowMs = startMs + days * dayMs;
    await server.parts.cycle.openNext();
    expect(await ask("GET", "/experiments")).toMatchObject({ json: { experiments: [{ state }] } });
    expect(inEdition(server)).toEqual(isIn ? ["banner"] : []);
  }
});

test.each([
  ["a look at what there is to do", ({ server }: World) => server.parts.cycle.runIfDue()],
  ["its removal", ({ ask }: World) => ask("POST", "/experiments/banner/remove")],
])("one that has ended leaves the edition with %s, though nothing is asked any more", async (_, how) => {
  const data = temporaryDirectory();
  const { server, ask } = await world({}, { data });
  await ask("POST", "/experiments", banner);
  await ask("POST", "/experiments/banner/start");
  await server.parts.close();
  const off = { experiments: { on: false, days: 7 } };
  const later = await world(off, { data, nowMs: startMs + 30 * dayMs });
  await later.server.parts.cycle.runIfDue();
  expect(inEdition(later.server)).toEqual(["banner"]);
  later.clock.nowMs = startMs + 35 * dayMs;
  await how(later);
  expect(inEdition(later.server)).toEqual([]);
});

test("what has ended keeps its name, its state and its report, whatever is asked of it and however settings change", async () => {
  const data = temporaryDirectory();
  const { server, clock, ask } = await world({}, { data });
  await ask("POST", "/experiments", banner);
  await ask("POST", "/experiments/banner/start");
  clock.nowMs = startMs + 35 * dayMs;
  const [before] = await listExperiments(server.parts.leaderStore);
  const report = await ask("GET", "/experiments/banner/report");
  expect(report).toMatchObject({ status: 200, json: { state: "ended", plannedLooks: 4 } });
  await server.parts.close();
  for (const days of [1, 9]) {
    const later = await world({ experiments: { on: true, days } }, { data, nowMs: clock.nowMs });
    for (const [path, body] of [
      ["/experiments", banner],
      ["/experiments/banner/start", undefined],
      ["/experiments/banner/widen", { coverage: 1 }],
      ["/experiments/banner/stop", undefined],
    ] as const) {
      expect(await later.ask("POST", path, body)).toMatchObject({
        status: 400,
        json: { detail: expect.stringMatching(/banner is ended|got ended/) },
      });
    }
    expect(await later.ask("GET", "/experiments/banner/report")).toEqual(report);
    expect(await listExperiments(later.server.parts.leaderStore)).toEqual([before]);
    await later.server.parts.close();
  }
});

test("what another version wrote hinders no other experiment, and can be removed by its name", async () => {
  const { server, ask } = await world();
  for (const draft of ['{"name":"newer","colour":1}', "{", "7"]) {
    const row = { name: "newer", draft, createdAtMs: 1 };
    const started = { seed: "s9", fromMs: startMs, toMs: startMs + dayMs, lookDays: 7 };
    await storeExperiment(server.parts.leaderStore, { ...row, started });
    expect(await ask("GET", "/experiments")).toEqual({
      status: 200,
      json: { experiments: [], unread: ["newer"] },
    });
    for (const [path, body] of [
      ["/experiments", { ...banner, name: "newer" }],
      ["/experiments/newer/start", undefined],
    ] as const) {
      expect(await ask("POST", path, body)).toMatchObject({ status: 400 });
    }
    await ask("POST", "/experiments", banner);
    expect(await ask("POST", "/experiments/banner/start")).toMatchObject({ status: 200 });
    await server.parts.cycle.openNext();
    expect(inEdition(server)).toEqual(["banner"]);
    expect(listingLines(parseListing((await ask("GET", "/experiments")).json))).toContainEqual(
      expect.stringMatching(/^newer +not read: another version/),
    );
    expect(await ask("POST", "/experiments/newer/remove")).toMatchObject({ status: 200 });
    expect(await ask("GET", "/experiments")).toMatchObject({ json: { unread: [] } });
    await removeExperiment(server.parts.leaderStore, "banner");
  }
});

test("an older edition that is put in force again has the experiments of now with the next look", async () => {
  const { server, ask } = await world();
  const before = inForceOf(server).id;
  await ask("POST", "/experiments", banner);
  await ask("POST", "/experiments/banner/start");
  await admin(server.app, "POST", `/editions/${before}/publish`);
  await server.parts.cycle.openNext();
  expect(inEdition(server)).toEqual(["banner"]);
});

test.each([
  [["POST", "/experiments", { ...banner, metrics: [] }], "experiment: metrics must be >=1"],
  [["POST", "/experiments", { ...banner, colour: 1 }], "colour is not a known key"],
  [["POST", "/experiments", { ...banner, arms: [{ name: "alone" }] }], "arms"],
  [["POST", "/experiments", { ...banner, seed: "mine" }], "seed is not a known key: a start gives it"],
  [["POST", "/experiments", { ...banner, fromMs: 5 }], "fromMs is not a known key: a start gives it"],
  [["POST", "/experiments", { ...banner, toMs: startMs }], "toMs is not a known key: a start gives it"],
  [["POST", "/experiments", JSON.parse('{"constructor":1}')], "of known keys"],
  [["POST", "/experiments", { ...banner, days: 0 }], "experiment: days must be"],
  [["POST", "/experiments/banner/stop"], "expected banner to be running, got draft"],
  [["POST", "/experiments/other/start"], 'expected the name of one of banner, got "other"'],
  [["POST", "/experiments/banner/widen", { coverage: 0.5 }], "coverage must be from 1 to 1"],
  [["POST", "/experiments/banner/widen", {}], "coverage"],
] as const)(
  "%j is refused with what is wrong, and nothing is changed",
  async ([method, path, body], fault) => {
    const { server, ask } = await world();
    await ask("POST", "/experiments", banner);
    const { id } = inForceOf(server);
    expect(await ask(method, path, body)).toMatchObject({
      status: 400,
      json: { detail: expect.stringContaining(fault) },
    });
    expect(inForceOf(server).id).toBe(id);
  },
);

test("one that is running is not replaced, started twice or removed; one where nobody sums is not started", async () => {
  const { ask } = await world();
  await ask("POST", "/experiments", banner);
  await ask("POST", "/experiments/banner/start");
  for (const [path, body] of [
    ["/experiments", banner],
    ["/experiments/banner/start", undefined],
    ["/experiments/banner/remove", undefined],
  ] as const) {
    expect(await ask("POST", path, body)).toMatchObject({
      status: 400,
      json: { detail: expect.stringContaining("banner is running") },
    });
  }
  const silent = await world({ experiments: { on: false } });
  await silent.ask("POST", "/experiments", banner);
  expect(await silent.ask("POST", "/experiments/banner/start")).toMatchObject({
    status: 400,
    json: { detail: "experiment: experiments.on must be true, or nobody sums what comes of it" },
  });
});

test("two experiments that do not go together are refused when the second starts", async () => {
  const { server, ask } = await world();
  const layered = (name: string, from: number) => ({
    ...banner,
    name,
    layer: { name: "page", from, to: 6000 },
  });
  for (const one of [layered("one", 0), layered("two", 5000)]) await ask("POST", "/experiments", one);
  await ask("POST", "/experiments/one/start");
  expect(await ask("POST", "/experiments/two/start")).toMatchObject({
    status: 400,
    json: { detail: expect.stringContaining("layer page") },
  });
  expect(inEdition(server)).toEqual(["one"]);
  expect(await ask("GET", "/experiments")).toMatchObject({
    json: { experiments: [{ state: "running" }, { state: "draft" }] },
  });
});

test("coverage grows while it runs, and stopping lets nobody in from then on", async () => {
  const { server, clock, ask } = await world();
  await ask("POST", "/experiments", { ...banner, coverage: 0.2 });
  await ask("POST", "/experiments/banner/start");
  await ask("POST", "/experiments/banner/widen", { coverage: 0.6 });
  expect(inForceOf(server).parts.experiments?.part[0]).toMatchObject({ coverage: 0.6 });
  clock.nowMs += 3 * dayMs;
  expect(await ask("POST", "/experiments/banner/stop")).toMatchObject({
    json: { state: "closing", started: { fromMs: startMs, toMs: clock.nowMs } },
  });
});

test("no look is asked before a first window can be closed", async () => {
  const { server, clock, ask } = await world();
  await ask("POST", "/experiments", banner);
  await ask("POST", "/experiments/banner/start");
  clock.nowMs = startMs + 6.9 * dayMs;
  await server.parts.cycle.openNext();
  expect(await lookTask(server)).toBeUndefined();
  clock.nowMs = startMs + 7 * dayMs;
  await server.parts.cycle.openNext();
  const task = await lookTask(server);
  expect(task && settingsOf(task, shape)).toMatchObject({
    toMs: startMs + 7 * dayMs,
    experiments: [{ name: "banner", arms: ["as-now", "large"], strata: 1, windowDays: 7 }],
  });
});

test("a list of any script is asked about: the task is ASCII, and its settings say the list's name", async () => {
  const { server, clock, ask } = await world();
  const list = "Für dich 🎁 \u007f";
  await ask("POST", "/experiments", {
    ...banner,
    metrics: [{ name: "clicks", of: { any: "click", list }, cap: 1 }],
  });
  expect(await ask("POST", "/experiments/banner/start")).toMatchObject({ status: 200 });
  clock.nowMs = startMs + 7 * dayMs;
  await server.parts.cycle.openNext();
  const task = await lookTask(server);
  expect(task && settingsOf(task, shape).experiments[0].metrics[0].of).toEqual({ any: "click", list });
});

const longList = "x".repeat(200);
const wordy = Array.from({ length: 10 }, (_, at) => ({
  ...{ name: `metric-${at}`, of: { count: "click", list: longList }, cap: 2 },
  per: { of: { count: "impression", list: longList }, cap: 9 },
}));

test("what one task has no room for is refused when it starts, and what runs goes on", async () => {
  const { server, clock, ask } = await world();
  const names = ["a", "b", "c", "d", "e", "f"];
  const answers: number[] = [];
  for (const name of names) {
    await ask("POST", "/experiments", { ...banner, name, metrics: wordy });
    answers.push((await ask("POST", `/experiments/${name}/start`)).status);
  }
  const running = names.filter((_, at) => answers[at] === 200);
  expect(running).toEqual(names.slice(0, running.length));
  expect(await ask("POST", "/experiments/f/start")).toMatchObject({
    status: 400,
    json: { detail: expect.stringContaining("a task must have at most 20000 characters, got") },
  });
  expect(inEdition(server)).toEqual(running);
  clock.nowMs = startMs + 7 * dayMs;
  await server.parts.cycle.openNext();
  // The whole answer, as browsers read it.
  expect(await lookTask(server)).toBeDefined();
});

test("where settings leave room for fewer, looks are about the first that were started, and say whom they leave out", async () => {
  const data = temporaryDirectory();
  const before = await world({}, { data });
  for (const name of ["one", "two"]) {
    await before.ask("POST", "/experiments", { ...banner, name });
    await before.ask("POST", `/experiments/${name}/start`);
    before.clock.nowMs += 1000;
  }
  await before.server.parts.close();
  const roundOf = (maxBatch: number) => ({
    round: { minBatch: 4, maxBatch, batchSize: 1000, quietSeconds: 3600, roundSeconds: 86_400 },
  });
  const here = await world(roundOf(100_000), { data, nowMs: startMs + 8 * dayMs });
  await here.server.parts.cycle.openNext();
  const task = await lookTask(here.server);
  expect(task && settingsOf(task, shape).experiments.map(({ name }) => name)).toEqual(["one"]);
  await answered(here, new Array(4).fill({ arm: "large", bought: true, clicks: 1 }));
  const { json } = await here.ask("GET", "/status");
  expect(JSON.stringify(json)).toContain("one task had no room for two");
});

/** Reports people with a part in the open look, each with what was measured of them. */
async function answered(
  { server, clock }: World,
  people: readonly { readonly arm: string; readonly bought: boolean; readonly clicks: number }[],
): Promise<void> {
  const task = await lookTask(server);
  if (task === undefined) throw new Error("expected an open look, got none");
  const { toMs, experiments } = settingsOf(task, shape);
  const [{ name: experiment, seed }] = experiments;
  for (const { arm, bought, clicks } of people) {
    const { values } = lookOf(experimentsLayout(experiments), {
      toMs,
      untold: [{ experiment, seed, arm, stratum: 0, exposedMs: toMs - 7 * dayMs }],
      measure: () => [
        { y: bought ? 1 : 0, x: 0 },
        { y: clicks / 4, x: 0 },
      ],
    });
    const tasks = await tasksOf(server.app);
    const integers = encodeFixed(values, task, fillRandom);
    const report = await reportOfSums({ tasks, sums: [{ task, block: 0, values: integers }] });
    expect(await postWhole(server.app, report)).toMatchObject({ sums: [{ state: "accepted" }] });
  }
  clock.nowMs += 7 * dayMs;
  await admin(server.app, "POST", "/rounds/close?kind=experiments");
}

test("looks at one deal add up what people told; another deal begins anew", async () => {
  const here = await world();
  const { server, clock, ask } = here;
  await ask("POST", "/experiments", banner);
  await ask("POST", "/experiments/banner/start");
  clock.nowMs = startMs + 7 * dayMs;
  await server.parts.cycle.openNext();
  const some = (arm: string, bought: boolean, clicks: number) => ({ arm, bought, clicks });
  await answered(here, [
    ...[some("as-now", true, 4), some("as-now", false, 1), some("as-now", false, 0)],
    ...[some("large", true, 2), some("large", true, 2), some("gone", true, 4)],
  ]);
  await answered(here, [some("large", false, 4), ...new Array(3).fill(some("as-now", true, 1))]);
  const seed = await seedOf(server);
  const { looks, leftOut } = await looksAt(server.parts.leaderStore, { name: "banner", seed });
  expect(leftOut).toBe(0);
  expect(looks.map(({ toMs }) => (toMs - startMs) / dayMs)).toEqual([7, 14]);
  const told = looks.map(({ cells }) =>
    cells.arms.map(([{ n, metrics }]) =>
      [n, metrics[0].y, metrics[1].y, metrics[1].yy].map(({ value }) => value),
    ),
  );
  // People, who bought, clicks, squares of clicks: within the rounding of each report.
  for (const [at, expected] of [
    [3, 1, 5, 17, 2, 2, 4, 8],
    [3, 3, 3, 3, 1, 0, 4, 16],
  ].entries()) {
    for (const [k, value] of told[at].flat().entries()) expect(value).toBeCloseTo(expected[k], 1);
  }
  expect(await looksAt(server.parts.leaderStore, { name: "banner", seed: "another" })).toEqual({
    looks: [],
    leftOut: 0,
  });
});

test("tacit experiment says over the directory what the server says over HTTP", async () => {
  const data = temporaryDirectory();
  const file = join(data, "banner.json");
  writeFileSync(file, JSON.stringify(banner));
  const catalogue = join(data, "catalogue.csv");
  writeFileSync(catalogue, "id,title\na,Mug\nb,Lamp\n");
  const run = async (...args: string[]): Promise<{ status: number; out: string; err: string }> => {
    const [out, err]: [string[], string[]] = [[], []];
    const env = { TACIT_EXPERIMENTS_ON: "true", TACIT_LOG_FORMAT: "text" };
    const status = await runCli([...args, "--data", join(data, "shop")], {
      env,
      out: (line) => void out.push(line),
      err: (line) => void err.push(line),
    });
    return { status, out: out.join("\n"), err: err.join("\n") };
  };
  expect(await run("experiment", "list")).toMatchObject({ out: expect.stringContaining("no experiments") });
  expect((await run("experiment", "create", file)).out).toContain("as-now 50 %, large 50 %; 100 % of people");
  expect((await run("experiment", "create", file, "--people", "2000")).out).toMatch(
    /with 2000 people.*\n {2}conversion: a lift of [\d.]+ % or more/,
  );
  expect(await run("experiment", "list", "--people", "9")).toMatchObject({
    err: "experiment: --people goes with create, got list",
  });
  expect(await run("experiment", "start", "banner")).toMatchObject({
    status: 1,
    err: expect.stringContaining("tacit import FILE"),
  });
  await run("import", catalogue);
  expect((await run("experiment", "start", "banner")).out).toMatch(/^banner +running/);
  expect(await run("experiment", "start", "bannr")).toMatchObject({
    status: 1,
    err: 'experiment: expected the name of one of banner, got "bannr"',
  });
  expect((await run("experiment", "stop", "banner")).out).toMatch(/^banner +closing/);
  expect(JSON.parse((await run("experiment", "list", "--json")).out)).toMatchObject({
    experiments: [{ state: "closing" }],
    unread: [],
  });
  expect((await run("experiment", "widen", "banner", "2")).err).toBe(
    'experiment: SHARE must be from 0 to 1, got "2"',
  );
});

async function seedOf({ parts }: TestServer): Promise<string> {
  const [{ started }] = await listExperiments(parts.leaderStore);
  if (started === null) throw new Error("expected one that was started, got a draft");
  return started.seed;
}
