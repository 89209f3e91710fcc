/** A person's data on their way from one device to another, between whole devices. */
import { afterEach, describe, expect, test } from "vitest";
import { eventFields, type TacitEvent } from "../../core/events/event.ts";
import { rhoOf } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import type { MoveAnswer, MoveStep, Panel } from "../../worker/api.ts";
import { openedMove, publicKeyOf, readFile, sealedMove } from "../../worker/moving/seal.ts";
import {
  closeDevices,
  type Device,
  type DeviceOptions,
  device,
  eventOf,
  pageOf,
  turns,
  until,
} from "./device.ts";
import { type FakeServer, fakeServer } from "./fakeserver.ts";
import { aggregators } from "./parties.ts";
import { noonMs, shopModel, taskOn } from "./shop.ts";

afterEach(closeDevices);

const published = shopModel();
const { keys } = await aggregators();
const loadFile = (name: string): Promise<unknown> =>
  name === "moving.js" ? import("../../worker/moving/main.ts") : Promise.reject(new Error(name));

const shop = (): FakeServer => fakeServer(published, keys);
const newDevice = (server: FakeServer, options: DeviceOptions = {}): Promise<Device> =>
  device(server, { ...options, edges: { loadFile, ...options.edges } });

const asked = (round: number) =>
  taskOn(published, { round, minBatch: 50, sigma: 2.58, expiresAtMs: noonMs + 900 * dayMs }, { clipL2: 1 });
const rho = rhoOf(asked(1));

async function report(server: FakeServer, round: number, { worker }: Device): Promise<void> {
  // What a device begins by itself when something came is over by then.
  await turns(50);
  server.tasks = [asked(round)];
  await worker.contribute();
}

type Answer<State extends MoveAnswer["state"]> = Extract<MoveAnswer, { state: State }>;

async function step<State extends MoveAnswer["state"]>(
  { worker }: Device,
  asks: MoveStep,
  state: State,
): Promise<Answer<State>> {
  const answer = await worker.move(asks);
  expect(answer).toMatchObject({ state });
  return answer as Answer<State>;
}

const why = async ({ worker }: Device, asks: MoveStep): Promise<string> => {
  const answer = await worker.move(asks);
  return answer.state === "refused" ? answer.why : answer.state;
};

async function handedOver(from: Device, to: Device): Promise<Answer<"taken">> {
  const { code } = await step(to, { step: "ask" }, "asked");
  const { file } = await step(from, { step: "give", to: code }, "given");
  return step(to, { step: "take", file }, "taken");
}

const spentBy = ({ budget }: Panel): number => budget.lifetime.rho ?? Number.NaN;
const tasksIn = ({ reports }: Panel): readonly string[] =>
  reports.flatMap(({ sums }) => sums.map(({ task }) => task));

describe("a hand-over", () => {
  test("takes journal, ledger and spending along; the new device goes on, and the old one contributes no more", async () => {
    const server = shop();
    const [old, fresh] = [await newDevice(server), await newDevice(server)];
    const events = [eventOf("purchase", 3), eventOf("like", 31)];
    await old.worker.append(events);
    await fresh.worker.append([eventOf("purchase", 5), eventOf("like", 7)]);
    await report(server, 1, old);
    await report(server, 2, fresh);
    const before = await old.worker.panel();
    expect(spentBy(before)).toBeCloseTo(rho, 9);
    const taken = await handedOver(old, fresh);
    expect(taken).toEqual({ state: "taken", sort: "move", events: 2, mayContribute: true });
    const [left, now] = [await old.worker.panel(), await fresh.worker.panel()];
    expect(now.events.map(({ id }) => id)).toEqual(expect.arrayContaining(events.map(({ id }) => id)));
    expect(spentBy(now)).toBeCloseTo(2 * rho, 9);
    expect(tasksIn(now)).toEqual(expect.arrayContaining([...tasksIn(before)]));
    // The old one says so, keeps its events, asks nobody and sends nothing.
    expect(left.waiting.why).toBe("elsewhere");
    expect([left.reports, spentBy(left), left.events.length]).toEqual([[], 0, 2]);
    const asked = server.requests.length;
    await report(server, 3, old);
    expect([server.bodies.length, server.requests.length]).toEqual([2, asked]);
    // What the old one had answered, the new one does not answer again.
    await report(server, 1, fresh);
    expect(server.bodies.length).toBe(2);
    await report(server, 4, fresh);
    expect(server.bodies.length).toBe(3);
    expect(spentBy(await fresh.worker.panel())).toBeCloseTo(3 * rho, 9);
  });

  test("is taken in once, whatever is done with the file, and by the device that asked alone", async () => {
    const server = shop();
    const [old, fresh, third] = [await newDevice(server), await newDevice(server), await newDevice(server)];
    await old.worker.append([eventOf("purchase", 3), eventOf("like", 31)]);
    await report(server, 1, old);
    const { code } = await step(fresh, { step: "ask" }, "asked");
    expect((await step(fresh, { step: "ask" }, "asked")).code).toBe(code);
    const { file } = await step(old, { step: "give", to: code }, "given");
    expect(await why(third, { step: "take", file })).toBe("device");
    await step(third, { step: "ask" }, "asked");
    expect(await why(third, { step: "take", file })).toBe("device");
    expect(await why(old, { step: "take", file })).toBe("device");
    const twice = await Promise.all([1, 2].map(() => fresh.worker.move({ step: "take", file })));
    expect(twice.map(({ state }) => state).sort()).toEqual(["refused", "taken"]);
    expect(await why(fresh, { step: "take", file })).toBe("taken");
    expect(spentBy(await fresh.worker.panel())).toBeCloseTo(rho, 9);
    // A download that failed: the same file again, for the same device alone.
    const again = await step(old, { step: "give", to: code }, "given");
    expect(await again.file.arrayBuffer()).toEqual(await file.arrayBuffer());
    const other = await step(third, { step: "ask" }, "asked");
    expect(await why(old, { step: "give", to: other.code })).toBe("away");
  });

  test("there and back again spends neither twice nor half", async () => {
    const server = shop();
    const [one, two] = [await newDevice(server), await newDevice(server)];
    await one.worker.append([eventOf("purchase", 3), eventOf("like", 31)]);
    for (const round of [1, 2]) await report(server, round, one);
    for (let nth = 0; nth < 3; nth++) {
      await handedOver(one, two);
      await handedOver(two, one);
    }
    const panel = await one.worker.panel();
    expect(spentBy(panel)).toBeCloseTo(2 * rho, 9);
    expect(new Set(tasksIn(panel)).size).toBe(2);
    await report(server, 3, one);
    expect(spentBy(await one.worker.panel())).toBeCloseTo(3 * rho, 9);
    await report(server, 4, two);
    expect(server.bodies.length).toBe(3);
  });

  test("stays done where the database is lost, or everything is erased: the page's copy knows", async () => {
    const server = shop();
    const page = pageOf();
    const [old, fresh] = [await newDevice(server, { keepCopy: page.keepCopy }), await newDevice(server)];
    await old.worker.append([eventOf("purchase", 3), eventOf("like", 31)]);
    await report(server, 1, old);
    const { code } = await step(fresh, { step: "ask" }, "asked");
    await step(old, { step: "give", to: code }, "given");
    // It knew before the file was there.
    expect(page.kept().remains.spent).toMatchObject({ moves: 1, lifetime: 0 });
    await old.worker.erase();
    await old.worker.append([eventOf("purchase", 8), eventOf("like", 9)]);
    await report(server, 2, old);
    const next = await newDevice(server, { keepCopy: page.keepCopy });
    await next.worker.append([eventOf("purchase", 3), eventOf("like", 31)]);
    await report(server, 3, next);
    expect(server.bodies.length).toBe(1);
    for (const silent of [old, next]) expect((await silent.worker.panel()).waiting.why).toBe("elsewhere");
  });

  test("turns nothing on: a device whose person did not allow it contributes nothing of what came", async () => {
    const server = shop();
    const [old, fresh] = [
      await newDevice(server),
      await newDevice(server, { consent: { personalise: true, contribute: false } }),
    ];
    await old.worker.append([eventOf("purchase", 3), eventOf("like", 31)]);
    const { mayContribute } = await handedOver(old, fresh);
    expect(mayContribute).toBe(true);
    await report(server, 1, fresh);
    expect(server.bodies).toEqual([]);
    expect((await fresh.worker.panel()).waiting.why).toBe("consent");
  });

  test("is not taken in where personalising is off", async () => {
    const server = shop();
    const [old, fresh] = [await newDevice(server), await newDevice(server)];
    await old.worker.append([eventOf("purchase", 3)]);
    const { code } = await step(fresh, { step: "ask" }, "asked");
    const { file } = await step(old, { step: "give", to: code }, "given");
    await fresh.worker.setConsent({ personalise: false, contribute: false });
    expect(await why(fresh, { step: "take", file })).toBe("consent");
    expect((await fresh.worker.panel()).events).toEqual([]);
    await fresh.worker.setConsent({ personalise: true, contribute: false });
    await step(fresh, { step: "take", file }, "taken");
  });
});

describe("a copy", () => {
  test("brings the journal, opens as often as one likes, and leaves spending and the right where they are", async () => {
    const server = shop();
    const [one, two] = [await newDevice(server), await newDevice(server)];
    await one.worker.append([eventOf("purchase", 3), eventOf("like", 31)]);
    await report(server, 1, one);
    await two.worker.append([eventOf("purchase", 5), eventOf("like", 7)]);
    const { file, code } = await step(one, { step: "copy" }, "copied");
    const first = await step(two, { step: "take", file, code: code.toLowerCase() }, "taken");
    expect(first).toEqual({ state: "taken", sort: "copy", events: 2, mayContribute: false });
    expect(await step(two, { step: "take", file, code }, "taken")).toMatchObject({ events: 0 });
    const panel = await two.worker.panel();
    expect([spentBy(panel), panel.events.length, panel.waiting.why]).toEqual([0, 4, "elsewhere"]);
    await report(server, 2, two);
    expect(server.bodies.length).toBe(1);
    // The first goes on, also after its own copy.
    expect(await step(one, { step: "take", file, code }, "taken")).toMatchObject({ mayContribute: true });
    await report(server, 2, one);
    expect(server.bodies.length).toBe(2);
    // With the right of the first the second contributes for both.
    expect(await handedOver(one, two)).toMatchObject({ mayContribute: true });
    await report(server, 3, two);
    expect([server.bodies.length, spentBy(await two.worker.panel())]).toEqual([
      3,
      expect.closeTo(3 * rho, 9),
    ]);
  });

  test("brings every field of an event", async () => {
    const server = shop();
    const [one, two] = [await newDevice(server), await newDevice(server)];
    const { item: _none, ...search } = eventOf("search", 1);
    const events: readonly TacitEvent[] = [
      { ...eventOf("view", 3), list: "home", position: 2, depth: 0.25 },
      { ...eventOf("purchase", 4), amount: 3 },
      { ...search, query: "lamp" },
    ];
    expect(new Set(events.flatMap(Object.keys))).toEqual(
      new Set(["id", "kind", "atMs", ...eventFields.filter((name) => name !== "once")]),
    );
    await one.worker.append(events);
    const { file, code } = await step(one, { step: "copy" }, "copied");
    await step(two, { step: "take", file, code }, "taken");
    const [before, after] = [await one.worker.exportData(), await two.worker.exportData()];
    expect(after.events).toHaveLength(events.length);
    expect(after.events).toEqual(before.events);
  });

  test("linked devices that copy both ways have one journal, and one of them contributes", async () => {
    const server = shop();
    const [one, two] = [await newDevice(server), await newDevice(server)];
    await one.worker.append([eventOf("purchase", 3)]);
    await two.worker.append([eventOf("like", 7)]);
    await handedOver(two, one);
    const { file, code } = await step(one, { step: "copy" }, "copied");
    await step(two, { step: "take", file, code }, "taken");
    const journals = await Promise.all([one, two].map(async ({ worker }) => (await worker.panel()).events));
    expect(journals[0]).toEqual(journals[1]);
    expect(journals[0].length).toBe(2);
    for (const each of [one, two]) await report(server, 1, each);
    expect(server.bodies.length).toBe(1);
  });

  test("does not undo an erasure, says no where a no was said, and is taken in by an act of the person alone", async () => {
    const server = shop();
    const page = pageOf();
    const [one, two] = [await newDevice(server), await newDevice(server, { keepCopy: page.keepCopy })];
    await one.worker.append([eventOf("purchase", 3)]);
    await one.worker.setConsent(
      { personalise: true, contribute: false },
      { revision: 3, personalise: true, contribute: false },
    );
    const { file, code } = await step(one, { step: "copy" }, "copied");
    await two.worker.erase();
    expect((await two.worker.panel()).events).toEqual([]);
    await step(two, { step: "take", file, code }, "taken");
    expect((await two.worker.panel()).events.length).toBe(1);
    // A "no" came along; the "yes" to personalising did not.
    expect(page.kept().choices).toMatchObject({ contribute: false });
    expect(page.kept().choices.personalise).toBeUndefined();
    await two.worker.erase();
    expect((await two.worker.panel()).events).toEqual([]);
  });
});

describe("a file", () => {
  test("of another site, cut, changed anywhere, of a later version, or with a wrong code is refused, and nothing is taken in", async () => {
    const server = shop();
    const [one, two] = [await newDevice(server), await newDevice(server)];
    const elsewhere = await newDevice(server, { config: { server: "http://localhost/other/" } });
    await one.worker.append([eventOf("purchase", 3)]);
    const { file, code } = await step(one, { step: "copy" }, "copied");
    const bytes = new Uint8Array(await file.arrayBuffer());
    const changed = (at: number, value = bytes[at] ^ 1): Blob => {
      const other = Uint8Array.from(bytes);
      other[at] = value;
      return new Blob([other]);
    };
    const take = (of: Blob, withCode: string | undefined = code): Promise<string> =>
      why(
        two,
        withCode === undefined ? { step: "take", file: of } : { step: "take", file: of, code: withCode },
      );
    expect(await why(elsewhere, { step: "take", file, code })).toBe("site");
    expect(await take(new Blob(["what is this?"]))).toBe("file");
    expect(await take(changed(8, 2))).toBe("version");
    expect(await take(file, "")).toBe("code-needed");
    expect(await take(file, code.replace(/.$/, code.endsWith("0") ? "1" : "0"))).toBe("code");
    const another = await step(one, { step: "copy" }, "copied");
    expect(await take(file, another.code)).toBe("code");
    for (const length of [9, 20, 60, 500, bytes.length - 1]) {
      expect(await take(new Blob([bytes.slice(0, length)]))).toBe("damaged");
    }
    for (const at of [58, 60, 500, 9_000, bytes.length - 1]) expect(await take(changed(at))).toBe("damaged");
    // The salt says which site and which code it is of.
    expect(await take(changed(30))).toBe("site");
    expect((await two.worker.panel()).events).toEqual([]);
    expect(await take(file)).toBe("taken");
  });

  test("says neither how much is in it nor what", async () => {
    const server = shop();
    const [one, two] = [await newDevice(server), await newDevice(server)];
    await one.worker.append([eventOf("purchase", 3)]);
    await two.worker.append(
      Array.from({ length: 150 }, (_, row) => eventOf("view", row % 40, noonMs - row * 60_000)),
    );
    const copies = await Promise.all([one, two].map((each) => step(each, { step: "copy" }, "copied")));
    expect(copies[0].file.size).toBe(copies[1].file.size);
    expect(copies[0].code).not.toBe(copies[1].code);
    const text = new TextDecoder("latin1").decode(await copies[1].file.arrayBuffer());
    for (const sign of ["view", "event-", "origins", "localhost"]) expect(text).not.toContain(sign);
  });

  test("of a hand-over that was changed is refused, and the right one can still be taken in", async () => {
    const server = shop();
    const [old, fresh] = [await newDevice(server), await newDevice(server)];
    await old.worker.append([eventOf("purchase", 3)]);
    const { code } = await step(fresh, { step: "ask" }, "asked");
    const { file } = await step(old, { step: "give", to: code }, "given");
    const bytes = new Uint8Array(await file.arrayBuffer());
    bytes[bytes.length - 5] ^= 4;
    expect(await why(fresh, { step: "take", file: new Blob([bytes]) })).toBe("damaged");
    await step(fresh, { step: "take", file }, "taken");
  });

  test("of more than any journal is damaged, however small it came", async () => {
    const seed = new Uint8Array(32).fill(7);
    const site = "http://localhost";
    const bomb = await sealedMove(" ".repeat(65 * 2 ** 20), { to: await publicKeyOf(seed), site });
    const file = await readFile(bomb, site);
    await expect(openedMove(file, { seed, site })).rejects.toMatchObject({ why: "damaged" });
  });

  test("a code that is mistyped, of another site or one's own is none to hand over to", async () => {
    const server = shop();
    const [one, two] = [await newDevice(server), await newDevice(server)];
    const elsewhere = await newDevice(server, { config: { server: "http://localhost/other/" } });
    const { code } = await step(two, { step: "ask" }, "asked");
    expect(await why(one, { step: "give", to: code.replace(/^./, "Z") })).toBe("code");
    expect(await why(one, { step: "give", to: "hello" })).toBe("code");
    expect(await why(elsewhere, { step: "give", to: code })).toBe("code");
    expect(await why(two, { step: "give", to: code })).toBe("self");
    expect((await one.worker.panel()).waiting.why).not.toBe("elsewhere");
  });
});

test("another tab of a device that handed over sends nothing more, whatever it had begun", async () => {
  const server = shop();
  const database = `tabs-${Math.floor(noonMs / 1000)}`;
  const [tab, other] = [await newDevice(server, { database }), await newDevice(server, { database })];
  const fresh = await newDevice(server);
  await tab.worker.append([eventOf("purchase", 3), eventOf("like", 31)]);
  await report(server, 1, other);
  const { code } = await step(fresh, { step: "ask" }, "asked");
  server.tasks = [asked(2)];
  server.way = "answer-lost";
  await Promise.all([other.worker.contribute(), tab.worker.move({ step: "give", to: code })]);
  server.way = "fine";
  const sent = server.bodies.length;
  for (const round of [2, 3]) await report(server, round, other);
  await until(async () => (await other.worker.panel()).waiting.why === "elsewhere");
  expect(server.bodies.length).toBe(sent);
});
