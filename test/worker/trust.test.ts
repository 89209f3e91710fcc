import { afterEach, describe, expect, test, vi } from "vitest";
import { canonicalJson } from "../../core/json.ts";
import type { PrivacyPlan } from "../../core/sum/plan.ts";
import { taskIdOf, taskJson } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import type { KeyList } from "../../core/wire/keylist.ts";
import type { Aggregator } from "../../core/wire/protocol.ts";
import type { TasksAnswer } from "../../core/wire/tasksanswer.ts";
import { sha256 } from "../../worker/digest.ts";
import { MemoryLogs } from "../../worker/store/logstore.ts";
import { clockSkewMs, isLoopback, partiesOf, sealKeysOf, trusted } from "../../worker/trust/trust.ts";
import { closeDevices, device, eventOf, troublesOf } from "./device.ts";
import { askedBesideModel, fakeServer } from "./fakeserver.ts";
import { HelperLog, headOf } from "./helperlog.ts";
import {
  aggregators,
  identities,
  keyListOf,
  newIdentity,
  production,
  signed,
  tasksAnswerOf,
} from "./parties.ts";
import { activityTask, noonMs, shopModel, taskOn } from "./shop.ts";

afterEach(closeDevices);
afterEach(() => vi.restoreAllMocks());

const published = shopModel();
const { keys } = await aggregators();
const task = taskOn(published, { minBatch: 50, sigma: 12 });
const plan: PrivacyPlan = {
  version: 3,
  kinds: [{ kind: "item-factors", rho: 0.04, reportsPer30Days: 4 }],
  rhoPer30Days: 0.16,
  issuedAtMs: noonMs - dayMs,
};
const stranger = newIdentity();
const answered = tasksAnswerOf(keys, [task], plan);
const helperList = (change: Partial<KeyList> = {}) =>
  keyListOf("helper", keys, { origin: production.pins.helper, log: headOf(answered.log), ...change });
const honest: TasksAnswer = { ...answered, helper: signed("keys", identities.helper, helperList()) };
/** A device that was never here before. */
const firstVisit = () => ({
  nowMs: noonMs,
  logs: new MemoryLogs(),
  wholeLog: () => Promise.reject(new Error("expected the usual entries to be enough")),
});
const pinned = (answer: TasksAnswer) => trusted(answer, { ...production, ...firstVisit() });
const listBy = (who: Aggregator, change: Partial<KeyList>) =>
  signed("keys", identities[who], who === "helper" ? helperList(change) : keyListOf(who, keys, change));

describe("with pins", () => {
  test("an honest answer is believed: its tasks by the ids both aggregators compute, its newest keys to seal to", async () => {
    const older = { id: 1, key: "ab".repeat(32) };
    const answer = { ...honest, helper: listBy("helper", { keys: [keys.helper, older] }) };
    const believed = await pinned(answer);
    expect(believed.tasks).toEqual([{ task, taskId: await taskIdOf(task, sha256) }]);
    expect(believed.plan).toEqual(plan);
    expect(believed.refused).toEqual([]);
    expect(sealKeysOf(believed)).toEqual(keys);
  });

  const swaps: readonly (readonly [string, TasksAnswer, string])[] = [
    [
      "a helper's key swapped by the leader, which signs for it",
      { ...honest, helper: signed("keys", identities.leader, helperList()) },
      "openSigned: a keys document must be signed by",
    ],
    [
      "another identity named in the helper's place",
      {
        ...honest,
        helper: signed("keys", stranger, helperList()),
        identities: { ...honest.identities, helper: stranger.publicKey },
      },
      "trust: the helper's identity must be the data-tacit-helper-key",
    ],
    [
      "another identity named in the leader's place",
      { ...honest, identities: { ...honest.identities, leader: stranger.publicKey } },
      "trust: the leader's identity must be the data-tacit-site-key",
    ],
    [
      "a key list of the helper for another origin",
      { ...honest, helper: listBy("helper", { origin: "https://other.example" }) },
      "trust: the helper must be the pinned https://helper.example, got https://other.example",
    ],
    [
      "a helper that runs within the leader",
      { ...honest, helper: listBy("helper", { origin: null }) },
      "trust: the helper must be the pinned https://helper.example, got https://shop.example",
    ],
    [
      "the helper's list played back as the leader's",
      { ...honest, leader: signed("keys", identities.leader, helperList()) },
      "trust: the leader's key list must be of role leader, got helper",
    ],
    [
      "an old list",
      { ...honest, helper: listBy("helper", { expiresAtMs: noonMs - clockSkewMs }) },
      "trust: the helper's key list must be in force, got one that expired at 2011-06-01T11:50:00.000Z",
    ],
    [
      "a list of the future, which says that this device's clock is wrong",
      { ...honest, leader: listBy("leader", { issuedAtMs: noonMs + clockSkewMs + 1 }) },
      "trust: the leader's key list must not be of the future",
    ],
    [
      "a plan that was edited",
      {
        ...honest,
        plan: { ...honest.plan, document: honest.plan.document.replace('"rho":0.04', '"rho":0.03') },
      },
      "openSigned: a plan document must be signed by",
    ],
    [
      "a plan signed by the helper",
      { ...honest, plan: signed("plan", identities.helper, plan) },
      "signed by",
    ],
    [
      "a plan signed as another kind of document",
      { ...honest, plan: signed("task", identities.leader, plan) },
      "openSigned: a plan document must be signed by",
    ],
    [
      "a plan whose kinds cost more than it says",
      { ...honest, plan: signed("plan", identities.leader, { ...plan, rhoPer30Days: 0.15 }) },
      "parsePlan: all kinds together must fit in rhoPer30Days 0.15, got 0.16",
    ],
    [
      "a list whose text is not canonical, though signed",
      { ...honest, leader: identities.leader.sign("keys", ` ${honest.leader.document}`) },
      "openSigned: a keys document must be canonical JSON",
    ],
  ];

  test.each(swaps)("%s is refused with the whole answer", async (_, answer, message) => {
    await expect(pinned(answer)).rejects.toThrow(message);
  });

  test("lists hold up to their last moment, the clocks apart by as much as is allowed", async () => {
    const atTheEdge = {
      ...honest,
      leader: listBy("leader", { issuedAtMs: noonMs + clockSkewMs }),
      helper: listBy("helper", { expiresAtMs: noonMs - clockSkewMs + 1 }),
    };
    expect((await pinned(atTheEdge)).tasks).toHaveLength(1);
  });

  const { document, signature } = honest.tasks[0];
  const reordered = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(document)).reverse()));
  const edits: readonly (readonly [string, TasksAnswer["tasks"][number], string])[] = [
    [
      "a task that was edited",
      { document: document.replace('"minBatch":50', '"minBatch":40'), signature },
      "signed by",
    ],
    ["a task whose keys were put in another order", { document: reordered, signature }, "signed by"],
    ["a task in another order, though signed", identities.leader.sign("task", reordered), "canonical JSON"],
    [
      "a task with a key twice, though signed",
      identities.leader.sign("task", document.replace("{", '{"blocks":9,')),
      "canonical JSON",
    ],
    ["a task signed by the helper", signed("task", identities.helper, taskJson(task)), "signed by"],
    ["a task signed by a stranger", signed("task", stranger, taskJson(task)), "signed by"],
    [
      "a task signed as another kind of document",
      signed("keys", identities.leader, taskJson(task)),
      "signed by",
    ],
    ["a key list signed as a task", signed("task", identities.leader, helperList()), "parseTask"],
    [
      "a signed task that is none",
      identities.leader.sign("task", canonicalJson({ version: 3, kind: "item-factors" })),
      "parseTask",
    ],
    [
      "a task of protocol 2",
      identities.leader.sign("task", canonicalJson({ kind: "item-factors", round: 3, dim: 32 })),
      "parseTask: version must be given, got undefined",
    ],
  ];

  test.each(edits)(
    "%s is refused, and does not stand in the way of a good one",
    async (_, edited, message) => {
      const { tasks, refused } = await pinned({ ...honest, tasks: [edited, honest.tasks[0]] });
      expect(tasks).toHaveLength(1);
      expect(refused.map((cause) => cause.message)).toEqual([expect.stringContaining(message)]);
    },
  );

  test("of two tasks of a kind the helper's newest alone is taken; one that is there twice is taken by nobody", async () => {
    const other = activityTask();
    const log = new HelperLog();
    const next = { ...task, round: 9 };
    const both = tasksAnswerOf(keys, [task, other, next], plan, log);
    const helper = signed("keys", identities.helper, helperList({ log: log.head }));
    const found = await pinned({ ...both, helper });
    expect(found.tasks.map((one) => one.task)).toEqual([other, next]);
    expect(found.refused.map((cause) => cause.message)).toEqual([
      expect.stringMatching(/^log: task of item-factors must be the newest .* is an older one$/),
    ]);
    const tasks = [task, other].map((one) => signed("task", identities.leader, taskJson(one)));
    const twice = await pinned({ ...honest, tasks: [tasks[0], tasks[0]] });
    expect(twice.tasks).toEqual([]);
    expect(twice.refused.map((cause) => cause.message)).toEqual([
      "trust: at most one task of a kind must be open, got 2 of item-factors",
    ]);
    // What nobody signed does not count.
    const forged = signed("task", stranger, taskJson({ ...task, round: 9 }));
    expect((await pinned({ ...honest, tasks: [tasks[0], forged] })).tasks).toHaveLength(1);
  });

  test("the order of the edited task really differs, and its value does not", () => {
    expect(reordered).not.toBe(document);
    expect(JSON.parse(reordered)).toEqual(JSON.parse(document));
  });
});

describe("without pins", () => {
  const loopback = ["localhost", "shop.localhost:8080", "127.0.0.1:81", "127.9.0.1", "[::1]:8080"];
  const elsewhere = [
    "shop.example",
    "localhost.example",
    "127.0.0.1.example",
    "10.0.0.1",
    "[::2]",
    "notlocalhost",
  ];

  test("a server on this machine may name its identities, and no other", async () => {
    for (const host of loopback) {
      const options = { pins: null, server: `http://${host}/tacit`, ...firstVisit() };
      expect((await trusted(honest, options)).tasks).toHaveLength(1);
    }
    for (const host of elsewhere) {
      const options = { pins: null, server: `https://${host}`, ...firstVisit() };
      await expect(trusted(honest, options)).rejects.toThrow(
        "with data-tacit-site-key, data-tacit-helper and data-tacit-helper-key, before a browser contributes",
      );
    }
    expect([...loopback, ...elsewhere].map((host) => isLoopback(`http://${host}`))).toEqual([
      ...loopback.map(() => true),
      ...elsewhere.map(() => false),
    ]);
  });

  test("even a server on this machine signs what it names", async () => {
    const options = { pins: null, server: "http://localhost:1", ...firstVisit() };
    const answer = { ...honest, identities: { ...honest.identities, helper: stranger.publicKey } };
    await expect(trusted(answer, options)).rejects.toThrow("must be signed by");
  });
});

test("who runs the two halves follows from the pins", () => {
  const { pins, server } = production;
  expect(partiesOf({ pins, server })).toEqual({ leader: "shop.example", helper: "helper.example" });
  expect(partiesOf({ pins: { ...pins, helper: "https://shop.example" }, server })).toBe("one");
  expect(partiesOf({ pins: null, server: "http://localhost:8080" })).toBe("one");
  expect(partiesOf({ pins: null, server })).toBe("none");
});

test("a browser without Ed25519 does not contribute, and says so", async () => {
  vi.spyOn(crypto.subtle, "importKey").mockRejectedValue(new DOMException("no", "NotSupportedError"));
  await expect(pinned(honest)).rejects.toThrow(
    "trust: this browser must know Ed25519 to contribute, got none",
  );
});

describe("a device", () => {
  const liking = () => [eventOf("purchase", 3), eventOf("like", 31)];

  test("without Ed25519 asks for no tasks, tells the page once, and its panel says why nothing leaves", async () => {
    const server = fakeServer(published, keys);
    const own = await device(server, { config: production });
    await own.worker.append(liking());
    vi.spyOn(crypto.subtle, "importKey").mockRejectedValue(new DOMException("no", "NotSupportedError"));
    await own.worker.contribute();
    expect(askedBesideModel(server)).toEqual([]);
    expect(troublesOf(own).filter((trouble) => trouble.startsWith("contribute"))).toEqual([
      "contribute: trust: this browser must know Ed25519 to contribute, got none",
    ]);
    expect((await own.worker.panel()).waiting).toMatchObject({ why: "signatures" });
  });

  test("contributes to a pinned pair of parties, and to nobody who takes a place of theirs", async () => {
    const server = fakeServer(published, keys);
    const own = await device(server, { config: production });
    await own.worker.append(liking());
    const log = server.log;
    const answer = tasksAnswerOf(keys, [task], plan, log);
    const honestHere = { ...answer, helper: listBy("helper", { log: log.head }) };
    const evil = { origin: "https://evil.example", log: log.head };
    server.tamper = () => ({ ...honestHere, helper: listBy("helper", evil) });
    await own.worker.contribute();
    expect(server.bodies).toEqual([]);
    expect(troublesOf(own)).toEqual([
      "contribute: trust: the helper must be the pinned https://helper.example, got https://evil.example",
    ]);
    server.tamper = () => honestHere;
    await own.worker.contribute();
    expect(server.bodies).toHaveLength(1);
    expect((await own.worker.panel()).parties).toEqual({ leader: "shop.example", helper: "helper.example" });
  });

  test("without pins sends a public server nothing", async () => {
    const server = fakeServer(published, keys);
    server.tasks = [task];
    const own = await device(server, { config: { server: production.server } });
    await own.worker.append(liking());
    await own.worker.contribute();
    expect(server.bodies).toEqual([]);
    expect(troublesOf(own)).toEqual([expect.stringContaining("trust: a site must pin who sums")]);
    expect((await own.worker.panel()).parties).toBe("none");
  });

  test("believes no list that ran out since the last visit", async () => {
    const server = fakeServer(published, keys);
    server.tasks = [task];
    server.tamper = () => honest;
    const own = await device(server, { config: production });
    await own.worker.append(liking());
    own.clock.nowMs += 3 * dayMs;
    await own.worker.contribute();
    expect(server.bodies).toEqual([]);
    expect(troublesOf(own)).toEqual([expect.stringContaining("must be in force")]);
  });
});
