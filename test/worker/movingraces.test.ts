/** What may come between the steps of a hand-over: other tabs, reports under way, erasures, files made by hand. */
import { afterEach, describe, expect, test } from "vitest";
import { productionLimits } from "../../core/sum/limits.ts";
import { rhoOf } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import type { MoveAnswer, MoveStep, SentReport } from "../../worker/api.ts";
import { Ledger } from "../../worker/contribute/ledger.ts";
import { keyOfCopy } from "../../worker/moving/codes.ts";
import { encodeContents } from "../../worker/moving/contents.ts";
import { type MovingParts, move } from "../../worker/moving/main.ts";
import { sealedCopy } from "../../worker/moving/seal.ts";
import { Database } from "../../worker/store/database.ts";
import {
  closeDevices,
  type Device,
  type DeviceOptions,
  device,
  eventOf,
  freshDatabase,
  pageOf,
  strongFill,
  turns,
  until,
} from "./device.ts";
import { type FakeServer, fakeServer } from "./fakeserver.ts";
import { aggregators } from "./parties.ts";
import { anyPlan, noonMs, shopModel, taskOn } from "./shop.ts";

afterEach(closeDevices);

const published = shopModel();
const { keys } = await aggregators();
const shop = (): FakeServer => fakeServer(published, keys);
const liking = () => [eventOf("purchase", 3), eventOf("like", 31)];
const asked = (round: number) =>
  taskOn(published, { round, minBatch: 50, sigma: 2.58, expiresAtMs: noonMs + 900 * dayMs }, { clipL2: 1 });
const rho = rhoOf(asked(1));

/** @param between what comes after what is here was looked at, and before it is written down. */
function newDevice(
  server: FakeServer,
  options: DeviceOptions = {},
  between: () => Promise<void> = async () => undefined,
): Promise<Device> {
  const watched = (store: MovingParts["store"]): MovingParts["store"] => ({
    events: async () => {
      await between();
      return store.events();
    },
    kept: () => store.kept(),
    reports: () => store.reports(),
    moving: () => store.moving(),
    exchange: (exchange) => store.exchange(exchange),
  });
  const module = {
    move: (step: MoveStep, parts: MovingParts) => move(step, { ...parts, store: watched(parts.store) }),
  };
  return device(server, { ...options, edges: { loadFile: async () => module } });
}

async function step<State extends MoveAnswer["state"]>(
  { worker }: Device,
  asks: MoveStep,
  state: State,
): Promise<Extract<MoveAnswer, { state: State }>> {
  const answer = await worker.move(asks);
  expect(answer).toMatchObject({ state });
  return answer as Extract<MoveAnswer, { state: State }>;
}

async function report(server: FakeServer, round: number, { worker }: Device): Promise<void> {
  await turns(50);
  server.tasks = [asked(round)];
  await worker.contribute();
}

describe("while a device hands over", () => {
  test("a report that is written down before it is done goes along, and is paid for once", async () => {
    const server = shop();
    let isDue = true;
    const old: Device = await newDevice(server, {}, async () => {
      if (!isDue) return;
      isDue = false;
      await report(server, 2, old);
    });
    const fresh = await newDevice(server);
    await old.worker.append(liking());
    await report(server, 1, old);
    const { code } = await step(fresh, { step: "ask" }, "asked");
    const { file } = await step(old, { step: "give", to: code }, "given");
    await step(fresh, { step: "take", file }, "taken");
    const panel = await fresh.worker.panel();
    expect(panel.reports.length).toBe(2);
    expect(panel.budget.lifetime.rho).toBeCloseTo(2 * rho, 9);
    expect((await old.worker.panel()).reports).toEqual([]);
  });

  test("what waits for an answer is withdrawn, and its bytes are gone; what it cost goes along", async () => {
    const server = shop();
    const [old, fresh] = [await newDevice(server), await newDevice(server)];
    await old.worker.append(liking());
    server.way = "offline";
    await report(server, 1, old);
    const [{ id }] = (await old.worker.panel()).reports;
    expect(await old.worker.reportBytes(id)).not.toBeNull();
    const { code } = await step(fresh, { step: "ask" }, "asked");
    const { file } = await step(old, { step: "give", to: code }, "given");
    expect(await old.worker.reportBytes(id)).toBeNull();
    await step(fresh, { step: "take", file }, "taken");
    server.way = "fine";
    await report(server, 1, fresh);
    const panel = await fresh.worker.panel();
    expect(panel.reports.map(({ sums }) => sums[0])).toMatchObject([{ state: "refused", why: "withdrawn" }]);
    expect(panel.budget.lifetime.rho).toBeCloseTo(rho, 9);
    expect(server.bodies).toEqual([]);
  });

  test("another tab learns of it at once, and asks nobody any more, whatever is done there", async () => {
    const server = shop();
    const database = freshDatabase();
    const [tab, other] = [await newDevice(server, { database }), await newDevice(server, { database })];
    const fresh = await newDevice(server);
    server.tasks = [asked(1)];
    // It had nothing to say, and would try again with the next event.
    await other.worker.contribute();
    const { code } = await step(fresh, { step: "ask" }, "asked");
    await step(tab, { step: "give", to: code }, "given");
    await until(async () => (await other.worker.panel()).waiting.why === "elsewhere");
    const before = server.requests.length;
    for (const each of [other, tab]) await each.worker.append(liking());
    await turns(100);
    expect(server.requests.length).toBe(before);
  });

  test("a tab that heard nothing of it can write no report down: the database says no", async () => {
    const server = shop();
    const database = freshDatabase();
    const [old, fresh] = [await newDevice(server, { database }), await newDevice(server)];
    const events = liking();
    await old.worker.append(events);
    const store = new Database(database, () => undefined);
    const deaf = new Ledger(store, { limits: productionLimits });
    const sum = { task: "ab".repeat(32), kind: "item-factors", round: 1, block: 0 };
    const entry: SentReport = {
      ...{ id: "r", atMs: noonMs, bytes: 3, sha256: "0".repeat(64) },
      sums: [{ ...sum, rho: 0.01, state: "sending" }],
    };
    const written = {
      ...{ entry, body: new Uint8Array(3), basedOn: [events[0].id] },
      ...{ lookedAtMs: noonMs, plan: anyPlan },
    };
    const { code } = await step(fresh, { step: "ask" }, "asked");
    await step(old, { step: "give", to: code }, "given");
    expect(await deaf.begin(written)).toBeNull();
    expect(await store.reports()).toEqual([]);
    store.close();
  });
});

describe("while a file is taken in", () => {
  test("an erasure is final: what came before it was asked for is not brought in after it", async () => {
    const server = shop();
    const [one, two] = [await newDevice(server), await newDevice(server)];
    await one.worker.append(liking());
    const { file, code } = await step(one, { step: "copy" }, "copied");
    const slow = Object.assign(new Blob([file]), {
      arrayBuffer: async () => {
        await two.worker.erase();
        return file.arrayBuffer();
      },
    });
    const answer = await step(two, { step: "take", file: slow, code }, "refused");
    expect(answer.why).toBe("erased");
    expect((await two.worker.panel()).events).toEqual([]);
  });

  test("a copy that claims rights, made by hand, brings none: it opens more than once", async () => {
    const server = shop();
    const [one, two] = [await newDevice(server), await newDevice(server)];
    await one.worker.append(liking());
    const { code } = await step(one, { step: "copy" }, "copied");
    const claims = { origins: ["f".repeat(32)], rights: ["f".repeat(32)] };
    const spent = { days: [], lifetime: 0.5, sinceDay: null };
    const contents = encodeContents({
      ...{ journal: liking(), refused: [], origins: claims.origins },
      load: { claims, answeredTasks: [], spent, entries: [] },
    });
    const sealing = { key: await keyOfCopy(code), site: "http://localhost/base", fill: strongFill };
    const file = new Blob([await sealedCopy(contents, sealing)]);
    const taken = await step(two, { step: "take", file, code }, "taken");
    expect(taken).toMatchObject({ sort: "copy", events: 2, mayContribute: false });
    expect((await two.worker.panel()).budget.lifetime.rho).toBe(0);
  });

  test("a choice that was made here stays, whatever was chosen where the file comes from", async () => {
    const server = shop();
    const page = pageOf();
    const [one, two] = [await newDevice(server), await newDevice(server, { keepCopy: page.keepCopy })];
    const no = { personalise: true, contribute: false };
    await one.worker.setConsent(no, { revision: 9, ...no });
    const yes = { personalise: true, contribute: true };
    await two.worker.setConsent(yes, { revision: 1, ...yes });
    const { file, code } = await step(one, { step: "copy" }, "copied");
    await step(two, { step: "take", file, code }, "taken");
    expect(page.kept().choices).toEqual({ revision: 1, ...yes });
  });
});
