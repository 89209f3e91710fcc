/**
 * A leader that holds its own identity and whatever the helper ever signed, and tries to show a device what
 * others are not shown. Its helper is honest, but where a test says that it forks: then it was taken over, or
 * restored from a backup.
 */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { PrivacyPlan } from "../../core/sum/plan.ts";
import { type Task, taskJson } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import type { KeyList } from "../../core/wire/keylist.ts";
import type { LogTail } from "../../core/wire/log.ts";
import { MemoryLogs } from "../../worker/store/logstore.ts";
import { type EditionOptions, vouchedEdition } from "../../worker/trust/vouchededition.ts";
import { closeDevices, type Device, device, eventOf, troublesOf } from "./device.ts";
import { type FakeServer, fakeServer } from "./fakeserver.ts";
import { HelperLog } from "./helperlog.ts";
import {
  aggregators,
  identities,
  keyListOf,
  newIdentity,
  production,
  signed,
  tasksAnswerOf,
} from "./parties.ts";
import { noonMs, shopModel, taskOn } from "./shop.ts";

afterEach(closeDevices);
afterEach(() => vi.restoreAllMocks());

const published = shopModel();
const { keys } = await aggregators();
const taskOf = (round: number): Task => taskOn(published, { round, minBatch: 50, sigma: 12 });
const plan: PrivacyPlan = {
  version: 3,
  kinds: [{ kind: "item-factors", rho: 0.04, reportsPer30Days: 4 }],
  rhoPer30Days: 0.16,
  issuedAtMs: noonMs - dayMs,
};
const helperList = (change: Partial<KeyList>) =>
  signed("keys", identities.helper, keyListOf("helper", keys, { origin: production.pins.helper, ...change }));
const leaders = (task: Task) => signed("task", identities.leader, taskJson(task));

/** What a server of the pinned pair answers; its helper vouches for all of it. */
function answerOf(log: HelperLog, tasks: readonly Task[]) {
  return { ...tasksAnswerOf(keys, tasks, plan, log), helper: helperList({ log: log.head }) };
}

interface Shop {
  readonly server: FakeServer;
  readonly log: HelperLog;
  /** Serves from now on what a test says, and this as the whole log. */
  readonly serve: (answer: unknown, whole?: LogTail) => void;
}

/** A shop whose helper has vouched for the plan and two tasks, one after the other. */
function shop(): Shop {
  const server = fakeServer(published, keys);
  const { log } = server;
  answerOf(log, [taskOf(1)]);
  let whole: LogTail | null = null;
  const { fetch } = server;
  const throughHere: typeof fetch = async (url, init) =>
    new URL(url).pathname === "/base/v1/log" ? Response.json(whole ?? log.tail(0)) : fetch(url, init);
  server.tamper = () => answerOf(log, [taskOf(2)]);
  const serve: Shop["serve"] = (answer, other) => {
    server.tamper = () => answer;
    whole = other ?? null;
  };
  return { server: Object.assign(server, { fetch: throughHere }), log, serve };
}

async function visitor({ server }: Shop): Promise<Device> {
  const own = await device(server, { config: production });
  await own.worker.append([eventOf("purchase", 3), eventOf("like", 31)]);
  return own;
}

/**
 * One that comes for the first time, and one that has seen the honest log before and answered the task of
 * then.
 */
async function visitors(at: Shop) {
  const before = await visitor(at);
  await before.worker.contribute();
  expect(at.server.bodies.splice(0)).toHaveLength(1);
  expect(troublesOf(before)).toEqual([]);
  return { first: await visitor(at), before };
}

async function expectRefused(at: Shop, own: Device, message: RegExp): Promise<void> {
  await own.worker.contribute();
  expect(at.server.bodies).toEqual([]);
  expect(troublesOf(own)).toEqual([expect.stringMatching(message)]);
}

test("an honest pair is taken, by who comes for the first time and by who was there before the next task", async () => {
  const at = shop();
  const { first, before } = await visitors(at);
  at.serve(answerOf(at.log, [taskOf(3)]));
  await first.worker.contribute();
  await before.worker.contribute();
  expect(at.server.bodies).toHaveLength(2);
  expect([...troublesOf(first), ...troublesOf(before)]).toEqual([]);
});

test("a task for each device, which the helper never saw, is answered by none", async () => {
  const at = shop();
  const { first, before } = await visitors(at);
  for (const [k, own] of [first, before].entries()) {
    const honest = answerOf(at.log, [taskOf(2)]);
    at.serve({ ...honest, tasks: [leaders(taskOf(50 + k))] });
    await expectRefused(at, own, /log: task of item-factors must be the newest .* which it never saw/);
  }
});

test("a task of its own beside the honest one is refused, and the honest one answered", async () => {
  const at = shop();
  const own = await visitor(at);
  const honest = answerOf(at.log, [taskOf(2)]);
  at.serve({ ...honest, tasks: [leaders(taskOf(50)), ...honest.tasks] });
  await own.worker.contribute();
  expect(at.server.bodies).toHaveLength(1);
  expect(troublesOf(own)).toEqual([expect.stringMatching(/which it never saw/)]);
});

test("an older task is not answered once the log that comes with it has another", async () => {
  const at = shop();
  const { first, before } = await visitors(at);
  at.serve({ ...answerOf(at.log, [taskOf(2)]), tasks: [leaders(taskOf(1))] });
  await expectRefused(at, first, /log: task of item-factors must be the newest .* which is an older one/);
  await expectRefused(at, before, /which is an older one/);
});

test("a plan of its own, and an older one, are refused with the whole answer", async () => {
  const at = shop();
  const own = await visitor(at);
  const honest = answerOf(at.log, [taskOf(2)]);
  const looser = signed("plan", identities.leader, { ...plan, issuedAtMs: noonMs });
  at.serve({ ...honest, plan: looser });
  await expectRefused(at, own, /log: plan must be the newest .* which it never saw/);
  at.log.vouch("plan", looser);
  at.serve({ ...honest, helper: helperList({ log: at.log.head }), log: at.log.usual() });
  const other = await visitor(at);
  await expectRefused(at, other, /log: plan must be the newest .* which is an older one/);
});

test("an older log with all that belongs to it is refused by whoever has seen more of it", async () => {
  const at = shop();
  const { before } = await visitors(at);
  // Plan, first task and edition, without the second task.
  const earlier = at.log.fork(3);
  at.serve(answerOf(earlier, [taskOf(1)]));
  await expectRefused(at, before, /log: the helper's log must not shrink, got 3 entries after \d+/);
  // Who comes for the first time cannot know: the list is in force for three days, and what it shows was
  // everybody's then.
  at.server.log = earlier;
  const first = await visitor(at);
  await first.worker.contribute();
  expect(at.server.bodies).toHaveLength(1);
});

test("a log that forks is refused by whoever has seen the other branch, however short the tail and the whole log are", async () => {
  const at = shop();
  const { before } = await visitors(at);
  const fork = at.log.fork(2);
  for (let round = 60; round < 70; round++) fork.vouch("task", leaders(taskOf(round)));
  const forked = answerOf(fork, [taskOf(70)]);
  const short = { ...forked, log: fork.tail(8) };
  at.serve(forked);
  await expectRefused(at, before, /log: entry \d+ must have the hash .* the log forks/);
  for (const [whole, message] of [
    [fork.tail(0), /the log forks/],
    [fork.tail(8), /must reach back to entry \d+/],
    [at.log.tail(0), /must reach back to entry \d+|lead to the signed head/],
    [{ ...fork.tail(4), start: 0 }, /lead to the signed head|the log forks/],
  ] as const) {
    before.notices.splice(0);
    at.serve(short, whole);
    await expectRefused(at, before, message);
  }
});

test("entries of the leader's making, a head that it signed itself, and a list without one vouch for nothing", async () => {
  const at = shop();
  const { first, before } = await visitors(at);
  const mine = at.log.fork();
  const own = answerOf(mine, [taskOf(80)]);
  const honestList = helperList({ log: at.log.head });
  const ownList = keyListOf("helper", keys, { origin: production.pins.helper, log: mine.head });
  for (const [answer, message] of [
    [{ ...own, helper: honestList }, /lead to the signed head/],
    [{ ...own, helper: signed("keys", identities.leader, ownList) }, /must be signed by/],
    [{ ...own, helper: helperList({ log: null }) }, /must name the head of its log/],
    [{ ...own, helper: signed("keys", newIdentity(), ownList) }, /must be signed by/],
    [{ ...own, log: undefined }, /parseTasksAnswer: log/],
    [{ ...own, log: { ...own.log, entries: [] } }, /lead to the signed head/],
  ] as const) {
    for (const visiting of [first, before]) {
      visiting.notices.splice(0);
      at.serve(answer);
      await expectRefused(at, visiting, message);
    }
  }
});

test("who was away for long asks for the whole log once, without saying where it was, and goes on", async () => {
  const at = shop();
  const { before } = await visitors(at);
  for (let round = 100; round < 150; round++) answerOf(at.log, [taskOf(round)]);
  at.serve(answerOf(at.log, [taskOf(150)]));
  await before.worker.contribute();
  expect(at.server.bodies).toHaveLength(1);
  expect(troublesOf(before)).toEqual([]);
});

describe("an edition", () => {
  const edition = (sequence: number) => signed("edition", identities.leader, { version: 3, sequence });
  const pinned = { pins: production.pins, server: production.server };
  const named = { leader: identities.leader.publicKey, helper: identities.helper.publicKey };

  function reader(change: Partial<EditionOptions> = {}): EditionOptions & { readonly reported: string[] } {
    const reported: string[] = [];
    return {
      ...{ ...pinned, nowMs: noonMs, logs: new MemoryLogs(), reported },
      wholeLog: () => Promise.reject(new Error("expected the usual entries to be enough")),
      report: (cause) => void reported.push(String(cause)),
      ...change,
    };
  }

  function vouched(sequences: readonly number[], log = new HelperLog()) {
    for (const sequence of sequences) log.vouch("edition", edition(sequence));
    const helper = helperList({ log: log.head });
    const last = edition(sequences[sequences.length - 1]);
    return { edition: last, helper, log: log.usual(), identities: named };
  }

  test("is the newest that the helper vouched for; its own for each device and an older one are refused", async () => {
    const honest = vouched([1, 2]);
    expect(await vouchedEdition(honest, reader())).toEqual({ version: 3, sequence: 2 });
    for (const [sequence, message] of [
      [9, "which it never saw"],
      [1, "which is an older one"],
    ] as const) {
      const answer = { ...honest, edition: edition(sequence) };
      await expect(vouchedEdition(answer, reader())).rejects.toThrow(message);
    }
    const another = signed("edition", newIdentity(), { version: 3, sequence: 2 });
    await expect(vouchedEdition({ ...honest, edition: another }, reader())).rejects.toThrow("signed by");
    const expired = helperList({ log: null, expiresAtMs: noonMs - dayMs });
    await expect(vouchedEdition({ ...honest, helper: expired }, reader())).rejects.toThrow("in force");
    const { helper: _, ...without } = honest;
    await expect(vouchedEdition(without, reader())).rejects.toThrow("must come with the key list");
    const elsewhere = { ...honest, helper: helperList({ origin: null }) };
    await expect(vouchedEdition(elsewhere, reader())).rejects.toThrow("must be the pinned");
    const others = { ...honest, identities: { ...named, helper: named.leader } };
    await expect(vouchedEdition(others, reader())).rejects.toThrow("data-tacit-helper-key");
  });

  test("shares the log with the tasks: what was seen with the one binds the other", async () => {
    const log = new HelperLog();
    const early = vouched([1], log);
    const device = reader();
    await vouchedEdition(vouched([2], log), device);
    await expect(vouchedEdition(early, device)).rejects.toThrow("must not shrink");
    const fork = vouched([1, 5, 6]);
    await expect(vouchedEdition(fork, device)).rejects.toThrow("the log forks");
  });

  test("of a site without pins is the server's own word, and on this very machine that of the identities it names", async () => {
    const honest = vouched([1]);
    const anybody = reader({ pins: null });
    expect(await vouchedEdition({ edition: edition(8) }, anybody)).toEqual({ version: 3, sequence: 8 });
    expect(anybody.reported).toEqual([]);
    const local = () => reader({ pins: null, server: "http://localhost:8080" });
    expect(await vouchedEdition({ ...honest, helper: helperList({ log: honestHead() }) }, local())).toEqual({
      version: 3,
      sequence: 1,
    });
    await expect(vouchedEdition({ ...honest, edition: edition(8) }, local())).rejects.toThrow("never saw");
    await expect(vouchedEdition({ edition: edition(8) }, local())).rejects.toThrow("must come with");

    function honestHead() {
      const log = new HelperLog();
      log.vouch("edition", edition(1));
      return log.head;
    }
  });

  test("cannot be checked by a browser without Ed25519, which takes it and says so", async () => {
    vi.spyOn(crypto.subtle, "importKey").mockRejectedValue(new DOMException("no", "NotSupportedError"));
    const old = reader();
    expect(await vouchedEdition({ ...vouched([1]), edition: edition(8) }, old)).toMatchObject({
      sequence: 8,
    });
    expect(old.reported).toEqual([expect.stringContaining("this browser must know Ed25519 to check whose")]);
  });
});
