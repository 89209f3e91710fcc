/** Rounds: when they end, what they teach, and what the gate lets through. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { foldIn } from "../../core/foldin.ts";
import { gramOf } from "../../core/linear.ts";
import { jointDefaults } from "../../core/model/joint.ts";
import { dequantizeRows } from "../../core/model/quantize.ts";
import { clippedForRounding, encodeFixed } from "../../core/sum/fixedpoint.ts";
import { contributionOf } from "../../core/tasks/itemfactors/contribution.ts";
import { fillRandom } from "../../server/base/platform.ts";
import { Gate } from "../../server/publishing/gate.ts";
import { candidatesOf } from "../../server/publishing/learn.ts";
import { learnedParts, modelOf, settingsFor } from "../../server/publishing/model.ts";
import { learnCentrally } from "../../server/publishing/train/central.ts";
import type { HeldOutPerson } from "../../server/publishing/train/holdout.ts";
import { onRows } from "../../server/publishing/train/tastes.ts";
import type { HelperClient } from "../../server/tasks/helperclient.ts";
import { waitOf } from "../../server/tasks/policy.ts";
import {
  admin,
  inForceOf,
  itemSettings,
  openServer,
  personsValues,
  post,
  reportOf,
  type TestServer,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "./harness.ts";

const policy = { minBatch: 10, batchSize: 100, quietSeconds: 60, roundSeconds: 3600 };
const atMs = 1_700_000_000_000;

test.each([
  ["every block is full", [100, 130], 1, 1, true],
  ["one block is not full and reports still come", [100, 99], 1, 1, false],
  ["every block has enough and nothing comes any more", [10, 99], 100, 60, true],
  ["nothing comes any more, but one block has too few", [9, 500], 100, 60, false],
  ["the round is old and one block has enough", [10, 0], 3600, 1, true],
  ["the round is old and no block has enough", [9, 9], 90_000, 80_000, false],
  ["nobody has reported", [0, 0], 100, 100, false],
] as const)("a round in which %s (%j)", (_what, reports, ageSeconds, quietSeconds, due) => {
  const progress = {
    reports: reports.map((count) => [count]),
    openedAtMs: atMs,
    lastReportAtMs: atMs + (ageSeconds - quietSeconds) * 1000,
    nowMs: atMs + ageSeconds * 1000,
  };
  expect(waitOf(progress, policy) === null).toBe(due);
});

test("a lane with too few keeps a round open, and batchSize is of all lanes of a block together", () => {
  const at = (reports: readonly (readonly number[])[], quietSeconds = 1) =>
    waitOf(
      {
        reports,
        openedAtMs: atMs,
        lastReportAtMs: atMs + 100_000 - quietSeconds * 1000,
        nowMs: atMs + 100_000,
      },
      policy,
    ) === null;
  expect(at([[50, 50]])).toBe(true);
  expect(at([[91, 9]])).toBe(false);
  expect(at([[91, 9]], 90)).toBe(false);
  expect(at([[12, 11]], 90)).toBe(true);
  expect(at([[60, 39]])).toBe(false);
});

test("no round ends in which no block has minBatch reports, whatever the clock says", () => {
  const counts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(counts, fc.nat(1e6), fc.nat(1e6), (reports, ageSeconds, quietSeconds) => {
      const nowMs = atMs + ageSeconds * 1000;
      const progress = {
        reports: reports.map((count) => [count]),
        openedAtMs: atMs,
        lastReportAtMs: nowMs - quietSeconds * 1000,
        nowMs,
      };
      expect(waitOf(progress, policy)).toMatchObject({ why: "too-few-reports" });
    }),
  );
});

/** People of two kinds: even ones like even items, odd ones odd items. */
function tasteOf(person: number): readonly number[] {
  return Array.from({ length: 8 }, (_, k) => (person % 2) + 2 * ((person * 4 + k * 7) % 15));
}

/** What the worker of one person computes and reports in the open round. */
async function reportHonestly({ app, parts }: TestServer, person: number, block: number): Promise<void> {
  const tasks = await tasksOf(app);
  const [task] = tasks.tasks;
  const settings = itemSettings(tasks);
  const factors = dequantizeRows(inForceOf({ parts }).parts.factors.part.rows, settings.dim);
  const items = [...new Set(tasteOf(person))];
  const tastes = { items, weights: items.map(() => 1) };
  const { items: count, dim } = settings;
  const model = { rows: factors, count, gram: gramOf(factors, count, dim), ...settings };
  const { userVector } = foldIn(model, tastes);
  const { values } = contributionOf({ ...settings, ...tastes, factors, block, userVector });
  const rounded = encodeFixed(clippedForRounding(values, task), task, fillRandom);
  const report = await reportOf({ tasks, block, values: rounded });
  expect((await post(app, report)).state).toBe("accepted");
}

const heldOut: readonly HeldOutPerson[] = Array.from({ length: 12 }, (_, k) => {
  const items = [...new Set(tasteOf(k + 100))];
  const targets = Array.from({ length: 15 }, (_, at) => 2 * at + (k % 2)).filter(
    (item) => !items.includes(item),
  );
  return {
    known: new Map(items.map((item) => [`item-${item}`, 1])),
    targets: new Set(targets.map((item) => `item-${item}`)),
  };
});

test("rounds of honest reports teach what people like together, and popularity follows the crowd", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const gate = new Gate({ heldOut, k: 5, margin: 1 });
  const recallNow = async () => {
    const { model, parts } = inForceOf(server);
    // Factors alone, so that nothing but learning is judged.
    const settings = settingsFor(parts.factors.part, jointDefaults.factorLength);
    const verdict = await gate.judge([{ ...model, ...settings, contentScale: 0 }], null);
    return "candidate" in verdict ? verdict.candidate : Number.NaN;
  };
  const before = await recallNow();
  for (let round = 1; round <= 5; round++) {
    for (let person = 0; person < 24; person++) await reportHonestly(server, person, person % 3);
    expect(await server.parts.cycle.closeNow()).toBe(true);
    expect(inForceOf(server).model.round).toBe(round);
  }
  expect(await recallNow()).toBeGreaterThan(before + 0.2);
  const { popularity } = inForceOf(server).model;
  const liked = Array.from({ length: 24 }, (_, person) => new Set(tasteOf(person)));
  for (const [item, share] of popularity.entries()) {
    const block = Math.floor(item / 10);
    const reporters = liked.filter((_, person) => person % 3 === block);
    const exact = reporters.filter((items) => items.has(item)).length / reporters.length;
    // Shares are weighted by the clip, so they only follow the plain ones.
    expect(Math.abs(share - exact)).toBeLessThan(0.15);
  }
});

test("every round has a task of its own, on the factors in force", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const seen: string[] = [];
  for (let round = 1; round <= 3; round++) {
    const { tasks } = await tasksOf(server.app);
    expect(tasks).toMatchObject([{ round, settings: { factors: server.parts.editions.factorsInForce?.id } }]);
    seen.push(JSON.stringify(tasks[0]));
    for (let person = 0; person < 12; person++)
      await reportHonestly(server, person, person % tasks[0].blocks);
    await server.parts.cycle.closeNow();
  }
  expect(new Set(seen).size).toBe(3);
});

test("sums that lie cannot stop rounds: what follows from them is refused or harmless, and a new task opens", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  for (let attempt = 0; attempt < 5; attempt++) {
    const tasks = await tasksOf(server.app);
    expect(tasks.tasks.length).toBe(1);
    const largest = 2 ** 31 - 2 ** 20;
    for (let k = 0; k < 4; k++) {
      const values = personsValues(tasks, 0);
      const liar =
        attempt === 0
          ? values.map((_, at) => (at % 2 === 0 ? largest : -largest))
          : values.map(() => (attempt - 2) * 2 ** 28);
      expect((await post(server.app, await reportOf({ tasks, block: 0, values: liar }))).state).toBe(
        "accepted",
      );
    }
    await server.parts.cycle.closeNow();
    const { rounds } = await (await admin(server.app, "GET", "/status")).json();
    expect(rounds[0].state).toBe("open");
    expect(rounds[1].outcome).toMatch(/^(refused|published|nothing learned)/);
    if (attempt === 0) {
      // Longer than any honest reports can be: said so, where the operator looks.
      expect(rounds[1].batches[0].leftOut).toEqual({ "lane too-long": 4 });
      expect(rounds[1].outcome).toBe("nothing learned: no lane was within bounds");
    }
    expect(inForceOf(server).model.factors.scales.every(Number.isFinite)).toBe(true);
  }
});

const everybody = Array.from(
  { length: 60 },
  (_, person) => new Map([...new Set(tasteOf(person))].map((item) => [`item-${item}`, 1])),
);
const training = { dim: 3, alpha0: 0.3, lambda: 0.003, sweeps: 6 };

test("the gate refuses a candidate that ranks worse than what is in force, and one worse than popularity", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const { model: publicSide } = inForceOf(server);
  const items = publicSide.catalogue.map(({ item }) => item);
  const modelBy = (people: readonly ReadonlyMap<string, number>[]) => {
    const made = learnedParts(learnCentrally(onRows(people, items), items, training), 1, publicSide);
    const settings = settingsFor(made.factors, jointDefaults.factorLength);
    return { ...modelOf(publicSide, made, settings), contentScale: 0 };
  };
  const good = modelBy(everybody);
  // Odd and even confused: item 2k pretends to be liked with 2k + 1 of another person.
  const confused = everybody.map(
    (tastes) =>
      new Map(
        [...tastes.keys()].map((item, at) => [`item-${(Number(item.slice(5)) * 7 + at * 11) % 30}`, 1]),
      ),
  );
  const bad = modelBy(confused);
  const gate = new Gate({ heldOut, k: 5, margin: 1 });
  expect(await gate.judge([good], bad)).toMatchObject({ verdict: "better or equal", people: 12 });
  expect(await gate.judge([bad], good)).toMatchObject({ verdict: "refused", why: "worse-than-in-force" });
  // A preference takes more than a measurement can miss; the first stays otherwise.
  expect(await gate.preferred([bad, good])).toBe(1);
  expect(await gate.preferred([good, bad, good])).toBe(0);
  expect(await new Gate({ heldOut: [], k: 5, margin: 1 }).preferred([bad, good])).toBeNull();
  // The best of several variants counts.
  expect(await gate.judge([bad, good], bad)).toMatchObject({ verdict: "better or equal", variant: 1 });
  // A popularity that knows the targets beats whoever does not.
  const first = [...heldOut[0].targets, ...heldOut[1].targets];
  const telling = Float32Array.from(bad.catalogue, ({ item }) => (first.includes(item) ? 0.5 : 0.1));
  const onlyFew = new Gate({ heldOut: heldOut.slice(0, 2), k: 20, margin: 0 });
  expect(await onlyFew.judge([{ ...bad, popularity: telling, popularityPower: 0 }], null)).toMatchObject({
    verdict: "refused",
    why: "worse-than-popularity",
  });
  // Popularity of all time is the yardstick, whatever is wanted lately.
  const lately = { shares: telling.map((share) => 0.6 - share), floor: 0.01 };
  const candidate = { ...bad, popularity: telling, popularityPower: 0 };
  const [without, beside] = [candidate, { ...candidate, recent: lately }].map((one) =>
    onlyFew.judge([one], null),
  );
  expect(await beside).toEqual(await without);
});

test("without people held out the gate says so; numbers that are none are refused all the same", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const { model } = inForceOf(server);
  const gate = new Gate({ heldOut: null, k: 20, margin: 1 });
  expect(await gate.judge([model], null)).toEqual({ verdict: "not measured", variant: 0 });
  const scales = model.factors.scales.slice();
  scales[4] = Number.NaN;
  const broken = { ...model, factors: { ...model.factors, scales } };
  expect(await gate.judge([broken], null)).toMatchObject({ why: "not-finite", detail: "item item-4" });
  const long = { ...model, factors: { ...model.factors, scales: scales.fill(1000) } };
  expect(await gate.judge([long], null)).toMatchObject({ verdict: "refused", why: "too-long" });
});

test("a refused candidate is kept for the operator, not served, and the edition in force stays", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const { editions } = server.parts;
  const before = inForceOf(server);
  const learned = { ...before.learned, counts: before.learned.counts.map(() => 1) };
  const [candidate] = candidatesOf(before, editions, {
    learned,
    round: 1,
    origin: "round",
    scales: [{ factorLength: 0, content: "full" }],
  });
  const verdict = JSON.stringify({ verdict: "refused", why: "too-long", detail: "for the test" });
  const prepared = await editions.prepare({ ...(await candidate.draft()), verdict }, "refused");
  if (prepared === null) throw new Error("expected another edition than the one in force");
  await server.parts.leaderStore.transaction().execute(prepared.store);
  await prepared.stored();
  expect(editions.inForce).toBe(before);
  const { editions: list } = await (await admin(server.app, "GET", "/editions")).json();
  const [refused] = list.filter(({ state }: { state: string }) => state === "refused");
  expect(refused).toMatchObject({ inForce: false, round: 1, verdict: { why: "too-long" } });
  const factors = refused.parts.find(({ kind }: { kind: string }) => kind === "factors").id;
  expect((await server.app.request(`/v1/parts/${factors}`)).status).toBe(404);
  expect((await admin(server.app, "POST", `/editions/${refused.id}/publish`)).status).toBe(200);
  expect((await server.app.request(`/v1/parts/${factors}`)).status).toBe(200);
  expect(inForceOf(server).sequence).toBe(before.sequence + 2);
});

test("a task that was opening when the server died is opened when it starts again, and no other", async () => {
  const config = testConfig(temporaryDirectory());
  const registered: string[] = [];
  const through =
    (dies: "before" | "after" | "never") =>
    (helper: HelperClient): HelperClient => ({
      ...helper,
      vouch: async (request) => {
        if (request.kind !== "task") return helper.vouch(request);
        if (dies === "before") throw new Error("died before the helper had the task");
        const reply = await helper.vouch(request);
        registered.push(request.signed.document);
        if (dies === "after") throw new Error("died after the helper had the task");
        return reply;
      },
    });
  for (const dies of ["before", "after"] as const) {
    const server = await openServer(config, { throughHelper: through(dies) });
    expect((await tasksOf(server.app)).tasks).toEqual([]);
    await expect(server.parts.cycle.runIfDue()).rejects.toThrow(`died ${dies} the helper had the task`);
    const status = await (await admin(server.app, "GET", "/status")).json();
    expect(status).toMatchObject({
      opening: { "item-factors": { why: "helper-not-reached" } },
      rounds: [{ round: 1, state: "opening" }],
    });
    expect((await tasksOf(server.app)).tasks).toEqual([]);
    await server.parts.close();
  }
  const server = await openServer(config, { throughHelper: through("never") });
  expect((await tasksOf(server.app)).tasks).toEqual([]);
  await server.parts.cycle.runIfDue();
  expect((await tasksOf(server.app)).tasks).toMatchObject([{ round: 1 }]);
  expect(new Set(registered).size).toBe(1);
});

test("an expired task is closed: what has enough reports is learned from, the rest dropped, and the next task opens", async () => {
  const clock = { nowMs: Date.now() };
  const round = { minBatch: 4, maxBatch: 60, batchSize: 1000, quietSeconds: 1e9, roundSeconds: 1e9 };
  const server = await openServer(testConfig(temporaryDirectory(), { round }), { nowMs: () => clock.nowMs });
  const reportMany = async (reports: number) => {
    for (let person = 0; person < reports; person++) await reportHonestly(server, person, 0);
  };
  await reportMany(4);
  const [{ expiresAtMs }] = (await tasksOf(server.app)).tasks;
  clock.nowMs = expiresAtMs - 1;
  await server.parts.cycle.runIfDue();
  expect((await tasksOf(server.app)).tasks).toMatchObject([{ round: 1 }]);
  clock.nowMs = expiresAtMs;
  expect((await tasksOf(server.app)).tasks).toEqual([]);
  await server.parts.cycle.runIfDue();
  expect(inForceOf(server).model.round).toBe(1);
  const [next] = (await tasksOf(server.app)).tasks;
  expect(next.round).toBe(2);
  expect(next.expiresAtMs).toBeGreaterThan(expiresAtMs);
  await reportMany(3);
  clock.nowMs = next.expiresAtMs;
  await server.parts.cycle.runIfDue();
  expect(inForceOf(server).model.round).toBe(1);
  const { rounds } = await (await admin(server.app, "GET", "/status")).json();
  expect(rounds[1]).toMatchObject({ state: "finished", batches: [{ state: "dropped", reports: 3 }] });
  expect((await tasksOf(server.app)).tasks).toMatchObject([{ round: 3 }]);
});
