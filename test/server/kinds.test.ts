/**
 * Two kinds at once in one server: a report of both, activity from reports to `tacit status`, the plan that
 * is signed.
 */
import { expect, test } from "vitest";
import { fromField } from "../../core/sum/field.ts";
import { plannedRhoOf } from "../../core/sum/plan.ts";
import { type ActivitySettings, activityLayout } from "../../core/tasks/activity/contribution.ts";
import { activity } from "../../core/tasks/activity/kind.ts";
import { settingsOf, type Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import type { Report } from "../../core/wire/report.ts";
import { silent } from "../../server/base/log.ts";
import { runCli } from "../../server/cli/main.ts";
import { startServer } from "../../server/roles/serve.ts";
import { aggregatesOf } from "../../server/store/batches.ts";
import { markTaskClosed } from "../../server/store/tasks.ts";
import {
  admin,
  adminToken,
  type OpenTasks,
  openServer,
  plainSum,
  postRaw,
  postWhole,
  randomValues,
  reportOfSums,
  type TestServer,
  tasksOf,
  temporaryDirectory,
  testConfig,
  withSum,
} from "./harness.ts";

const on = { activity: { on: true, days: 7, positions: 3 } };

/** The open tasks on items and on activity. */
function both({ tasks }: Pick<OpenTasks, "tasks">): { readonly items: Task; readonly seen: Task } {
  const find = (name: string) => {
    const task = tasks.find(({ kind }) => kind === name);
    if (task === undefined) throw new Error(`expected an open task of ${name}, got none`);
    return task;
  };
  return { items: find("item-factors"), seen: find("activity") };
}

const smallValues = (task: Task) => randomValues({ tasks: [task] }, 2 ** 8);

test("a report may carry the sums of several kinds: they give the same sums as reports of one each", async () => {
  for (const together of [true, false]) {
    const server = await openServer(testConfig(temporaryDirectory(), on));
    const tasks = await tasksOf(server.app);
    const { items, seen } = both(tasks);
    const vectors = Array.from({ length: 6 }, () => ({ items: smallValues(items), seen: smallValues(seen) }));
    for (const values of vectors) {
      const sums = [
        { task: items, block: 2, values: values.items },
        { task: seen, block: 0, values: values.seen },
      ];
      for (const some of together ? [sums] : sums.map((sum) => [sum])) {
        const answer = await postWhole(server.app, await reportOfSums({ tasks, sums: some }));
        expect(answer).toMatchObject({ state: "answered", sums: some.map(() => ({ state: "accepted" })) });
      }
    }
    expect(await server.parts.cycle.closeNow()).toBe(true);
    const released = await Promise.all([1, 2].map((seq) => aggregatesOf(server.parts.leaderStore, seq)));
    const theirs = (name: "items" | "seen") => vectors.map((values) => values[name]);
    expect(released.map((aggregates) => aggregates.map(({ sum }) => sum))).toEqual([
      [plainSum(theirs("items"), items.length)],
      [plainSum(theirs("seen"), seen.length)],
    ]);
  }
});

test("each sum of a report is decided by itself; the status is that of the first refusal only when nothing is taken", async () => {
  const server = await openServer(testConfig(temporaryDirectory(), on));
  const { app, parts } = server;
  const tasks = await tasksOf(app);
  const { items, seen } = both(tasks);
  const report = (): Promise<Report> =>
    reportOfSums({
      tasks,
      sums: [
        { task: items, block: 0, values: smallValues(items) },
        { task: seen, block: 0, values: smallValues(seen) },
      ],
    });
  const send = async (sent: Report) => {
    const response = await postRaw(app, sent);
    const { sums } = await response.json();
    return [response.status, ...sums.map((sum: { state: string; why?: string }) => sum.why ?? sum.state)];
  };
  const wrong = withSum(await report(), { block: 9 });
  expect(await send(wrong)).toEqual([200, "wrong-block", "accepted"]);
  // Again, put right: the other sum is known.
  expect(await send(withSum(wrong, { block: 1 }))).toEqual([200, "accepted", "duplicate"]);
  const task = await parts.tasks.ofKind("item-factors");
  await parts.tasks.change((transaction) => markTaskClosed(transaction, task?.seq ?? -1));
  expect(await send(await report())).toEqual([200, "task-closed", "accepted"]);
  const late = await report();
  const strange = { ...late, sums: [late.sums[0], { ...late.sums[1], task: "ab".repeat(32) }] };
  expect(await send(strange)).toEqual([409, "task-closed", "unknown-task"]);
  const turned = { ...strange, sums: [...strange.sums].reverse() };
  expect(await send(turned)).toEqual([404, "unknown-task", "task-closed"]);
  expect(parts.intake.refused).toEqual({ "wrong-block": 1, "task-closed": 3, "unknown-task": 2 });
});

test("each kind goes its own way: activity is closed and opened again while the round on items goes on", async () => {
  const clock = { nowMs: 1_800_000_000_000 };
  const server = await openServer(testConfig(temporaryDirectory(), on), { nowMs: () => clock.nowMs });
  const before = both(await tasksOf(server.app));
  await countActivity(server, 5);
  clock.nowMs += 7 * dayMs - 1;
  await server.parts.cycle.runIfDue();
  expect(both(await tasksOf(server.app))).toEqual(before);
  clock.nowMs += 1;
  await server.parts.cycle.runIfDue();
  const after = both(await tasksOf(server.app));
  expect(after.items).toEqual(before.items);
  expect(after.seen.round).toBe(2);
  // The next days follow on those that were asked about.
  const [first, second] = [before.seen, after.seen].map((task) => settingsOf(task, activity));
  expect(second.fromMs).toBe(first.toMs);
  expect(second.toMs - second.fromMs).toBe(7 * dayMs);
});

/** So many people who clicked once, on the first place of a list. */
async function countActivity({ app }: TestServer, people: number): Promise<ActivitySettings> {
  const tasks = await tasksOf(app);
  const { seen } = both(tasks);
  const settings = settingsOf(seen, activity);
  const layout = activityLayout(settings);
  const values = new Int32Array(seen.length);
  const one = 2 ** seen.fractionBits;
  values[0] = one;
  values[layout.kinds + settings.kinds.indexOf("click")] = one / settings.mostEvents;
  values[layout.hours + 13] = one / settings.mostEvents;
  values[layout.clicked] = one / settings.mostPlaces;
  for (let k = 0; k < people; k++) {
    const report = await reportOfSums({ tasks, sums: [{ task: seen, block: 0, values }] });
    expect(await postWhole(app, report)).toMatchObject({ sums: [{ state: "accepted" }] });
  }
  return settings;
}

test("activity becomes a finding whose intervals hold the noise, and `tacit status` shows it", async () => {
  const data = temporaryDirectory();
  const config = testConfig(data, { activity: { on: true, noiseMultiplier: 0.5, mostEvents: 10 } });
  const server = await openServer(config);
  await countActivity(server, 30);
  await server.parts.cycle.closeNow("activity");
  const { findings, rounds } = await (await admin(server.app, "GET", "/status")).json();
  expect(rounds[1]).toMatchObject({ kind: "activity", round: 1, outcome: "counted: 30 people in 1 sum" });
  const [{ finding }] = findings;
  const [{ sum }] = await aggregatesOf(server.parts.leaderStore, 2);
  // 0.5 x sqrt(5) of each aggregator, both drawn once: 1.96 sqrt(2) of it on each side.
  const reach = 1.96 * Math.SQRT2 * 0.5 * Math.sqrt(5);
  const people = fromField(sum)[0] / 2 ** 15;
  expect(finding.estimate.people.value).toBeCloseTo(Math.max(0, people), 2);
  expect(finding.estimate.people.high - people).toBeCloseTo(reach, 2);
  expect(finding.estimate.kinds.map(({ kind }: { kind: string }) => kind)).toContain("click");
  await server.parts.close();

  const running = await startServer({ ...config, port: 0 }, silent);
  try {
    const { port } = new URL(running.url);
    const lines: string[] = [];
    const args = ["status", "--data", data, "--port", port];
    const io = {
      env: { TACIT_ADMIN_TOKEN: adminToken },
      out: (line: string) => lines.push(line),
      err: console.error,
    };
    expect(await runCli(args, io)).toBe(0);
    const text = lines.join("\n");
    expect(text).toMatch(/^activity 1 {2}finished .*counted: 30 people in 1 sum$/m);
    expect(text).toMatch(/^ {2}\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d: \d+ \(\d+ to \d+\) people$/m);
    expect(text).toMatch(/^ {2}click +\d+ \(\d+ to \d+\)$/m);
  } finally {
    await running.stop();
  }
  const lines: string[] = [];
  const io = {
    env: { TACIT_ADMIN_TOKEN: adminToken },
    out: () => {},
    err: (line: string) => lines.push(line),
  };
  expect(await runCli(["status", "--data", data, "--port", "18499"], io)).toBe(1);
  expect(lines[0]).toMatch(
    /^status: a server must answer at http:\/\/127\.0\.0\.1:18499\/v1\/admin\/status, got /,
  );
});

test("the plan names the kinds that are asked for, is signed once, and again when the settings say otherwise", async () => {
  const data = temporaryDirectory();
  const settings = { ...on, training: { dim: 3, blockLimit: 10, noiseMultiplier: 2, reportsPer30Days: 2 } };
  const clock = { nowMs: 1_800_000_000_000 };
  const opened = async (more: object) => {
    const server = await openServer(testConfig(data, { ...settings, ...more }), { nowMs: () => clock.nowMs });
    const { plan, answer } = await tasksOf(server.app);
    await server.parts.close();
    clock.nowMs += 1000;
    return { plan, signed: answer.plan };
  };
  const first = await opened({});
  expect(first.plan.kinds).toMatchObject([
    { kind: "item-factors", rho: (1 + 0.25 ** 2) / 8, reportsPer30Days: 2 },
    { kind: "activity", rho: null, reportsPer30Days: 5 },
  ]);
  expect(first.plan.rhoPer30Days).toBe(null);
  expect((await opened({})).signed).toEqual(first.signed);
  const second = await opened({ activity: { ...on.activity, noiseMultiplier: 4 } });
  expect(second.plan.issuedAtMs).toBeGreaterThan(first.plan.issuedAtMs);
  expect(second.plan.rhoPer30Days).toBeCloseTo((2 * (1 + 0.25 ** 2)) / 8 + 5 / 32, 12);
  expect(plannedRhoOf(second.plan)).toBe(second.plan.rhoPer30Days);
});

test("a kind that the settings no longer ask for has no open task after a restart", async () => {
  const data = temporaryDirectory();
  const first = await openServer(testConfig(data, on));
  expect((await tasksOf(first.app)).tasks.length).toBe(2);
  await first.parts.close();
  const second = await openServer(testConfig(data));
  expect((await tasksOf(second.app)).tasks.map(({ kind }) => kind)).toEqual(["item-factors"]);
  const { rounds } = await (await admin(second.app, "GET", "/status")).json();
  expect(rounds[0]).toMatchObject({
    kind: "activity",
    state: "finished",
    outcome: "superseded: nothing of its kind is asked any more",
  });
});
