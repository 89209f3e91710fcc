/**
 * Contributing over pages and visits: one clock for the device and its waits, set on by hand, and the drawn
 * pace of real sites.
 */
import { createHash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { seededRandom } from "../../core/seeded.ts";
import { dayMs, hourMs } from "../../core/time.ts";
import { tokenBytes } from "../../core/wire/protocol.ts";
import { unhurried } from "../../worker/contribute/pace.ts";
import { heartbeatMs } from "../../worker/contribute/schedule.ts";
import type { Edges } from "../../worker/edges.ts";
import {
  closeDevice,
  closeDevices,
  type Device,
  device,
  eventOf,
  freshDatabase,
  troublesOf,
  turns,
  until,
} from "./device.ts";
import { askedBesideModel, type FakeServer, fakeServer } from "./fakeserver.ts";
import { headOf } from "./helperlog.ts";
import { aggregators, identities, keyListOf, signed } from "./parties.ts";
import { noonMs, shopModel, taskOn } from "./shop.ts";

afterEach(closeDevices);

const published = shopModel();
const { keys } = await aggregators();
const liking = () => [eventOf("purchase", 3), eventOf("like", 31)];

/** A clock that tests set on; whoever waits is woken when it gets there. */
class Clock {
  nowMs = noonMs;
  #waiting: { readonly atMs: number; readonly wake: () => void }[] = [];

  readonly wait = (ms: number): Promise<void> =>
    new Promise((wake) => void this.#waiting.push({ atMs: this.nowMs + ms, wake }));

  /** Lets time pass, a second at a time, and what it wakes do its work. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    while (this.nowMs < untilMs) {
      this.nowMs = Math.min(untilMs, this.nowMs + 1000);
      const due = this.#waiting.filter(({ atMs }) => atMs <= this.nowMs);
      this.#waiting = this.#waiting.filter(({ atMs }) => atMs > this.nowMs);
      const still = this.#waiting.length;
      for (const { wake } of due) wake();
      // Whoever was woken does its work and waits again; a page that has closed does not.
      const deadline = performance.now() + 1_000;
      while (this.#waiting.length < still + due.length && performance.now() < deadline) await turns(1);
    }
  }

  /** As when the device sleeps or nobody has a page open: nobody is woken for it. */
  skip(ms: number): void {
    this.nowMs += ms;
    this.#waiting = [];
  }
}

function seededFill(seed: number): Edges["fill"] {
  const random = seededRandom(seed);
  return (bytes) => {
    for (let k = 0; k < bytes.length; k++) bytes[k] = Math.floor(random() * 256);
  };
}

interface Site {
  readonly server: FakeServer;
  readonly clock: Clock;
  /** Opens a page. */
  readonly page: (edges?: Partial<Edges>) => Promise<Device>;
}

function site(seed: number, change: (server: FakeServer) => void = () => undefined): Site {
  const server = fakeServer(published, keys);
  server.tasks = [taskOn(published)];
  change(server);
  const clock = new Clock();
  const database = freshDatabase();
  const fill = seededFill(seed);
  const page = async (edges: Partial<Edges> = {}) => {
    const own = await device(server, {
      database,
      fill,
      edges: { nowMs: () => clock.nowMs, wait: clock.wait, pace: unhurried, ...edges },
    });
    await own.worker.contribute();
    return own;
  };
  return { server, clock, page };
}

const waitingOf = async ({ worker }: Device) => (await worker.panel()).waiting;

describe("one visit", () => {
  test("of one page sends its report once, within three minutes, long after it asked, and then asks for nothing", async () => {
    const { server, clock, page } = site(1);
    const own = await page();
    await own.worker.append(liking());
    expect(askedBesideModel(server)).toEqual([]);
    await clock.pass(12_000);
    expect(askedBesideModel(server)).toEqual(["GET /v1/tasks"]);
    expect(await waitingOf(own)).toMatchObject({ why: "chance" });
    await clock.pass(180_000);
    expect(askedBesideModel(server)).toEqual(["GET /v1/tasks", "POST /v1/reports"]);
    await clock.pass(5 * hourMs);
    expect(server.bodies).toHaveLength(1);
    expect(askedBesideModel(server)).toHaveLength(2);
    const { why, untilMs } = await waitingOf(own);
    expect(why).toBe("round");
    expect(untilMs).toBeGreaterThan(clock.nowMs);
    expect(troublesOf(own)).toEqual([]);
  });

  test("of pages under 5 s each sends it in one of them, and asks once", async () => {
    const { server, clock, page } = site(2);
    for (let k = 0; k < 50 && server.bodies.length === 0; k++) {
      const own = await page();
      if (k === 0) await own.worker.append(liking());
      await clock.pass(4_000);
      await closeDevice(own);
      clock.skip(500);
    }
    expect(server.bodies).toHaveLength(1);
    expect(askedBesideModel(server)).toEqual(["GET /v1/tasks", "POST /v1/reports"]);
  });

  test("whose person likes something only near its end still has its report in it", async () => {
    const { server, clock, page } = site(3);
    const own = await page();
    await clock.pass(120_000);
    expect(askedBesideModel(server)).toEqual(["GET /v1/tasks"]);
    await own.worker.append(liking());
    await clock.pass(60_000);
    expect(server.bodies).toHaveLength(1);
  });

  test("that is over too soon goes on in the next, hours later, where it stood", async () => {
    const { server, clock, page } = site(4);
    const first = await page();
    await first.worker.append(liking());
    await clock.pass(20_000);
    const { untilMs } = await waitingOf(first);
    const leftMs = (untilMs ?? 0) - clock.nowMs;
    expect(troublesOf(first)).toEqual([]);
    expect(leftMs).toBeGreaterThan(30_000);
    await closeDevice(first);
    clock.skip(5 * hourMs);
    const next = await page();
    const stillMs = ((await waitingOf(next)).untilMs ?? 0) - clock.nowMs;
    expect(Math.abs(stillMs - leftMs)).toBeLessThanOrEqual(heartbeatMs);
    expect(server.bodies).toEqual([]);
    await clock.pass(leftMs + heartbeatMs + 2_000);
    expect(server.bodies).toHaveLength(1);
  });

  test("in two tabs sends one report and asks once, and goes on in the other when one closes", async () => {
    const { server, clock, page } = site(5);
    const [one, other] = [await page(), await page()];
    await one.worker.append(liking());
    await clock.pass(15_000);
    await closeDevice(one);
    await clock.pass(180_000);
    expect(askedBesideModel(server)).toEqual(["GET /v1/tasks", "POST /v1/reports"]);
    expect((await other.worker.panel()).reports[0].sums[0].state).toBe("accepted");
  });
});

describe("while nothing is due", () => {
  test("page after page asks for nothing, and the round after is answered in a page that stays open", async () => {
    const { server, clock, page } = site(6);
    const own = await page();
    await own.worker.append(liking());
    await clock.pass(200_000);
    await closeDevice(own);
    for (let k = 0; k < 20; k++) {
      clock.skip(60_000);
      await closeDevice(await page());
    }
    expect(askedBesideModel(server)).toHaveLength(2);
    server.tasks = [taskOn(published, { round: 5 })];
    const long = await page();
    await clock.pass(13 * hourMs);
    expect(server.bodies).toHaveLength(2);
    expect(askedBesideModel(server)).toHaveLength(4);
    await closeDevice(long);
  });

  test("a person with nothing to say is asked about once in half a day, however many pages", async () => {
    const { server, clock, page } = site(7);
    for (let k = 0; k < 12; k++) {
      const own = await page();
      await clock.pass(200_000);
      expect(await waitingOf(own)).toMatchObject({ why: k === 0 ? expect.any(String) : "events" });
      await closeDevice(own);
      clock.skip(1800_000);
    }
    expect(askedBesideModel(server)).toEqual(["GET /v1/tasks"]);
  });
});

describe("the panel says why nothing leaves", () => {
  test.each([
    [{ personalise: true, contribute: false }, {}, { why: "consent", untilMs: null }],
    [
      { personalise: true, contribute: true },
      { server: "https://shop.example/base" },
      { why: "pins", untilMs: null },
    ],
  ])("%j %j: %j", async (consent, config, waiting) => {
    const own = await device(fakeServer(published, keys), { consent, config });
    expect(await waitingOf(own)).toEqual(waiting);
  });

  test("the budget, the plan, the batch, each with its time", async () => {
    const { server, clock, page } = site(8);
    server.plan = {
      ...server.plan,
      kinds: [{ kind: "item-factors", rho: null, reportsPer30Days: 1 }],
    };
    const own = await page();
    await own.worker.append(liking());
    await clock.pass(190_000);
    const [{ atMs }] = (await own.worker.panel()).reports;
    expect(await waitingOf(own)).toEqual({ why: "plan", untilMs: atMs + 30 * dayMs });
  });

  test("a server that is away, until the next try", async () => {
    const { server, clock, page } = site(9);
    const own = await page();
    await own.worker.append(liking());
    await until(() => own.notices.some((notice) => notice.type === "edition" && notice.isWhole));
    server.online = false;
    await clock.pass(30_000);
    const { why, untilMs } = await waitingOf(own);
    expect(why).toBe("server");
    expect(untilMs).toBeGreaterThan(clock.nowMs - 2_000);
    server.online = true;
    await clock.pass(300_000);
    expect(server.bodies).toHaveLength(1);
  });
});

test("an issuer that refuses is come back to when it says, on whatever page, and the report leaves then", async () => {
  const spki = new Uint8Array(294).fill(7);
  const tokenKey = createHash("sha256").update(spki).digest("hex");
  const issuer = { url: "https://helper.example/", keys: [toHex(spki)] };
  const { server, clock, page } = site(10, (one) => {
    one.tasks = [taskOn(published, { tokenKey })];
    one.tamper = (answer) => ({
      ...answer,
      helper: signed(
        "keys",
        identities.helper,
        keyListOf("helper", keys, { log: headOf(answer.log), issuer }),
      ),
    });
  });
  const directory = {
    "issuer-request-uri": "/v1/tokens",
    "token-keys": [{ "token-type": 2, "token-key": Buffer.from(spki).toString("base64url") }],
  };
  const asked: number[] = [];
  const fetch: Edges["fetch"] = async (url, init) => {
    if (!url.startsWith(issuer.url)) return server.fetch(url, init);
    if (init.method !== "POST") return Response.json(directory);
    asked.push(clock.nowMs);
    return new Response(null, { status: 429, headers: { "retry-after": "10800" } });
  };
  const begin = async () => ({
    request: new Uint8Array(259),
    finish: async () => new Uint8Array(tokenBytes),
  });
  const edges = { fetch, loadPrivacyPass: async () => ({ begin }) };
  // The key above is none of the form that the wallet wants: the token that comes is put there by hand.
  const own = await page(edges);
  await own.worker.append(liking());
  await clock.pass(20_000);
  const { why, untilMs } = await waitingOf(own);
  expect(why).toBe("token");
  expect(untilMs).toBeGreaterThan(clock.nowMs);
  expect(server.bodies).toEqual([]);
});
