/**
 * The one door out: straight, or through a relay to the real gateway, and with a token where the task asks
 * for one.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { toHex } from "../../core/bytes.ts";
import type { KeyList } from "../../core/wire/keylist.ts";
import { ohttpMedia } from "../../core/wire/ohttp.ts";
import { tokenBytes } from "../../core/wire/protocol.ts";
import { parseReport, reportBytes } from "../../core/wire/report.ts";
import { silent } from "../../server/base/log.ts";
import { Gateway } from "../../server/relay/gateway.ts";
import { GatewayKeys } from "../../server/relay/gatewaykeys.ts";
import { gatewayRoutes } from "../../server/relay/gatewayroutes.ts";
import type { Fetch } from "../../worker/edges.ts";
import { Database } from "../../worker/store/database.ts";
import { closeDevices, type Device, device, eventOf, freshDatabase, troublesOf } from "./device.ts";
import { type FakeServer, fakeServer } from "./fakeserver.ts";
import { headOf } from "./helperlog.ts";
import { aggregators, identities, keyListOf, signed } from "./parties.ts";
import { activityTask, noonMs, shopModel, taskOn } from "./shop.ts";

afterEach(closeDevices);
const folder = mkdtempSync(join(tmpdir(), "tacit-door-"));
afterAll(() => rmSync(folder, { recursive: true }));

const published = shopModel();
const isOfModel = (url: string) => /\/v1\/(?:edition|head|parts\/)/.test(url);
const { keys } = await aggregators();
const liking = () => [eventOf("purchase", 3), eventOf("like", 31)];
const relay = "https://relay.example/carry";
const viaRelay = { config: { relay } };

const sumsOf = async ({ worker }: Device) => (await worker.panel()).reports.flatMap(({ sums }) => sums);
const statesOf = async (own: Device) => (await sumsOf(own)).map(({ state }) => state);

function listing(
  server: FakeServer,
  lists: { readonly leader?: Partial<KeyList>; readonly helper?: Partial<KeyList> },
) {
  server.tamper = (answer) => ({
    ...answer,
    leader: signed("keys", identities.leader, keyListOf("leader", keys, lists.leader)),
    helper: signed(
      "keys",
      identities.helper,
      keyListOf("helper", keys, { log: headOf(answer.log), ...lists.helper }),
    ),
  });
}

let gateways = 0;

/** A server behind a gateway behind a relay, which notes what comes by. */
async function relayed() {
  const inner = fakeServer(published, keys);
  inner.tasks = [taskOn(published)];
  const gatewayKeys = async () =>
    GatewayKeys.open({ path: join(folder, `${gateways++}.json`), nowMs: noonMs });
  let current = await gatewayKeys();
  let named = current;
  const name = () => listing(inner, { leader: { gateway: toHex(named.encoded(noonMs)) } });
  name();
  const handle = async (request: Request) => {
    const url = request.url.replace("/v1/", "/base/v1/");
    const body = new Uint8Array(await request.arrayBuffer());
    return inner.fetch(url, { method: request.method, headers: request.headers, body });
  };
  const doorway = () =>
    gatewayRoutes({
      gateway: new Gateway({ keys: current, handle, nowMs: () => noonMs, log: silent }),
      limitBytes: 400_000,
    });
  const outer: { method: string; url: string; init: RequestInit }[] = [];
  const server: FakeServer = {
    ...inner,
    fetch: async (url, init) => {
      outer.push({ method: init.method ?? "GET", url, init });
      if (url === `${relay}/v1/relay`) return doorway().request("/gateway", init);
      return inner.fetch(url.replace(relay, "http://localhost/base"), init);
    },
  };
  return {
    server,
    inner,
    outer,
    /** The gateway has another key than its list names. */
    rotate: async () => {
      current = await gatewayKeys();
      name();
    },
    nameKey: () => {
      named = current;
      name();
    },
  };
}

describe("with a relay", () => {
  test("tasks are asked through it, and a report goes through it sealed: the server is sent nothing directly", async () => {
    const { server, inner, outer } = await relayed();
    const own = await device(server, viaRelay);
    await own.worker.append(liking());
    await own.worker.contribute();
    expect(await statesOf(own)).toEqual(["accepted"]);
    const besideModel = outer.filter(({ url }) => !isOfModel(url));
    const asked = besideModel.map(({ method, url }) => `${method} ${url}`);
    expect(asked).toEqual([`GET ${relay}/v1/tasks`, `POST ${relay}/v1/relay`]);
    // What the server opened is what the ledger says; what the relay carried shows nothing of it.
    const [{ id }] = (await own.worker.panel()).reports;
    const [body] = inner.bodies;
    expect(await own.worker.reportBytes(id)).toEqual(body);
    const { init } = besideModel[1];
    expect(init).toMatchObject({
      headers: { "content-type": ohttpMedia.request },
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    const carried = Buffer.from(init.body as Uint8Array);
    expect(carried.length).toBeLessThan(body.length + 400);
    expect(carried.includes(Buffer.from(body.subarray(40, 56)))).toBe(false);
  });

  test("contributing taken back while the gateway's new key is asked for: the report does not go again", async () => {
    const { server, inner, outer, rotate, nameKey } = await relayed();
    const { fetch } = server;
    const own = await device(
      {
        ...server,
        fetch: async (url, init) => {
          const response = await fetch(url, init);
          if (url.endsWith("/v1/relay")) nameKey();
          const isAskedAgain = url.endsWith("/v1/tasks") && outer.some(({ method }) => method === "POST");
          if (isAskedAgain) await own.worker.setConsent({ personalise: true, contribute: false });
          return response;
        },
      },
      viaRelay,
    );
    await own.worker.append(liking());
    await rotate();
    await own.worker.contribute();
    expect(outer.filter(({ method }) => method === "POST")).toHaveLength(1);
    expect(outer.filter(({ url }) => url.endsWith("/v1/tasks"))).toHaveLength(2);
    expect(inner.bodies).toEqual([]);
  });

  test("a rotated key of the gateway: the tasks are asked again, and the same report goes again, once", async () => {
    const { server, inner, outer, rotate, nameKey } = await relayed();
    const own = await device(
      {
        ...server,
        fetch: async (url, init) => {
          const answer = await server.fetch(url, init);
          // The list names the new key only after the old one was used.
          if (url.endsWith("/v1/relay")) nameKey();
          return answer;
        },
      },
      viaRelay,
    );
    await own.worker.append(liking());
    await rotate();
    await own.worker.contribute();
    expect(await statesOf(own)).toEqual(["accepted"]);
    expect(inner.bodies).toHaveLength(1);
    const besideModel = outer.filter(({ url }) => !isOfModel(url));
    const asked = besideModel.map(({ url }) => url.slice(relay.length));
    expect(asked).toEqual(["/v1/tasks", "/v1/relay", "/v1/tasks", "/v1/relay"]);
    expect(troublesOf(own)).toEqual([]);
  });

  test("a gateway that knows none of its list's keys is asked twice, and the report waits for the next visit", async () => {
    const { server, inner, outer, rotate, nameKey } = await relayed();
    const own = await device(server, viaRelay);
    await own.worker.append(liking());
    await rotate();
    await own.worker.contribute();
    expect(outer.filter(({ method }) => method === "POST")).toHaveLength(2);
    expect(await statesOf(own)).toEqual(["sending"]);
    expect(troublesOf(own)).toEqual([expect.stringContaining("two that it does not know")]);
    const [{ id }] = (await own.worker.panel()).reports;
    nameKey();
    await own.worker.contribute();
    expect(await statesOf(own)).toEqual(["accepted"]);
    expect(inner.bodies.map((body) => toHex(parseReport(body).id))).toEqual([id]);
  });

  test("without a gateway in the list, or with a relay that fails, nothing goes around it", async () => {
    const { server, inner, outer } = await relayed();
    listing(inner, {});
    const own = await device(server, viaRelay);
    await own.worker.append(liking());
    await own.worker.contribute();
    expect(troublesOf(own)).toEqual([
      "contribute: relay: the leader's key list must name a gateway for a report to go to, got none",
    ]);
    const { server: behind, inner: reached, outer: passed } = await relayed();
    const failing = await device(
      {
        ...behind,
        fetch: (url, init) =>
          url.endsWith("/v1/relay")
            ? behind.fetch(url, init).then(() => new Response("bad gateway", { status: 502 }))
            : behind.fetch(url, init),
      },
      viaRelay,
    );
    await failing.worker.append(liking());
    await failing.worker.contribute();
    expect(await statesOf(failing)).toEqual(["sending"]);
    expect(reached.bodies).toHaveLength(1);
    // The model comes through it too: the server sees no address at all.
    const hosts = [...outer, ...passed];
    expect(hosts.some(({ url }) => isOfModel(url))).toBe(true);
    expect(new Set(hosts.map(({ url }) => new URL(url).host))).toEqual(new Set(["relay.example"]));
    expect(inner.bodies).toEqual([]);
  });
});

describe("with tokens", () => {
  const spki = new Uint8Array(294).fill(7);
  const tokenKey = createHash("sha256").update(spki).digest("hex");
  const issuer = { url: "https://helper.example/", keys: [toHex(spki)] };
  const tokenOf = (fill: number) => new Uint8Array(tokenBytes).fill(fill);

  const taskOfRound = (round: number) => taskOn(published, { tokenKey, round });

  async function tokened(database: string, tokens: readonly Uint8Array[]) {
    const server = fakeServer(published, keys);
    server.tasks = [taskOfRound(1)];
    listing(server, { helper: { issuer } });
    // An issuer that gives nothing: no test here is about what it gives.
    const issuing: string[] = [];
    const fetch: Fetch = async (url, init) => {
      if (!url.startsWith(issuer.url)) return server.fetch(url, init);
      issuing.push(`${init.method} ${url}`);
      return new Response(null, { status: 503 });
    };
    const own = await device(server, { database, edges: { fetch } });
    await own.worker.append(liking());
    const store = new Database(database, () => undefined);
    await store.tokens.add(tokenKey, tokens);
    store.close();
    return { server, own, issuing };
  }

  test("a report spends one, which is gone from the device, and has the size that everybody's has", async () => {
    const database = freshDatabase();
    const { server, own } = await tokened(database, [tokenOf(1), tokenOf(2)]);
    for (const round of [1, 2]) {
      server.tasks = [taskOfRound(round)];
      await own.worker.contribute();
    }
    const spent = server.bodies.map((body) => parseReport(body).token);
    expect(spent.map(([first]) => first).sort()).toEqual([1, 2]);
    for (const body of server.bodies) {
      expect(body).toHaveLength(reportBytes([server.tasks[0].length], { token: true }));
    }
    const store = new Database(database, () => undefined);
    expect(await store.tokens.count(tokenKey)).toBe(0);
    store.close();
  });

  test("a device without one waits and costs nothing; one is fetched, likes or not", async () => {
    const { server, own, issuing } = await tokened(freshDatabase(), []);
    await own.worker.contribute();
    expect(server.bodies).toEqual([]);
    expect((await own.worker.panel()).reports).toEqual([]);
    const asked = [`GET ${issuer.url}.well-known/private-token-issuer-directory`];
    expect(issuing).toEqual(asked);

    const nobody = await tokened(freshDatabase(), []);
    await nobody.own.worker.erase();
    await nobody.own.worker.contribute();
    expect(nobody.issuing).toEqual(asked);
  });

  test("nothing is asked of an issuer that stands in no key list", async () => {
    const { server, own, issuing } = await tokened(freshDatabase(), [tokenOf(1)]);
    listing(server, { leader: { issuer: { ...issuer, keys: ["00"] } } });
    await own.worker.contribute();
    expect(server.bodies).toEqual([]);
    expect(issuing).toEqual([]);
    expect(troublesOf(own)).toEqual([
      expect.stringContaining("trust: the task's token key must be an issuer's"),
    ]);
  });

  test("two tabs never spend the same one", async () => {
    const database = freshDatabase();
    const { server, own } = await tokened(database, [tokenOf(1), tokenOf(2), tokenOf(3)]);
    const there = await device(server, { database });
    for (const round of [1, 2, 3, 4, 5]) {
      server.tasks = [taskOfRound(round)];
      await Promise.all([own.worker.contribute(), there.worker.contribute()]);
    }
    const spent = server.bodies.map((body) => parseReport(body).token[0]);
    expect(spent.sort()).toEqual([1, 2, 3]);
  });

  test.each(["token-spent", "bad-token"] as const)(
    "a report refused as %s is settled, not tried again",
    async (why) => {
      const { server, own } = await tokened(freshDatabase(), [tokenOf(1), tokenOf(2)]);
      server.refusal = { state: "refused", why, detail: "" };
      await own.worker.contribute();
      await own.worker.contribute();
      expect(server.bodies).toHaveLength(1);
      expect(await sumsOf(own)).toMatchObject([{ state: "refused", why }]);
    },
  );

  test("two sums that ask for the same key spend one together, two keys one each", async () => {
    const database = freshDatabase();
    const { server, own } = await tokened(database, [tokenOf(1), tokenOf(2)]);
    server.tasks = [taskOfRound(1), activityTask({ tokenKey, round: 1 })];
    await own.worker.contribute();
    expect(server.bodies.map((body) => parseReport(body).sums.length)).toEqual([2]);
    // Nobody asks for a token with this one: it leaves by itself.
    server.tasks = [taskOfRound(2), activityTask({ tokenKey: null, round: 2 })];
    await own.worker.contribute();
    const [together, ...alone] = server.bodies.map(parseReport);
    expect(together.token).toHaveLength(tokenBytes);
    expect(alone.map(({ sums, token }) => [sums.length, token.length]).sort()).toEqual([
      [1, 0],
      [1, tokenBytes],
    ]);
    const store = new Database(database, () => undefined);
    expect(await store.tokens.count(tokenKey)).toBe(0);
    store.close();
  });

  test("consent taken back while the tasks are under way takes none", async () => {
    const database = freshDatabase();
    const { server, own } = await tokened(database, [tokenOf(1)]);
    const { tamper } = server;
    server.tamper = (answer) => {
      void own.worker.setConsent({ personalise: true, contribute: false });
      return tamper(answer);
    };
    await own.worker.contribute();
    const store = new Database(database, () => undefined);
    expect(await store.tokens.count(tokenKey)).toBe(1);
    store.close();
    expect(server.bodies).toEqual([]);
  });

  test("a task that this browser refuses takes none", async () => {
    const database = freshDatabase();
    const { server, own, issuing } = await tokened(database, [tokenOf(1)]);
    server.tasks = [taskOn(published, { tokenKey, minBatch: 9 })];
    await own.worker.contribute();
    expect(troublesOf(own)).toEqual([expect.stringContaining("minBatch")]);
    expect(issuing).toEqual([]);
    const store = new Database(database, () => undefined);
    expect(await store.tokens.count(tokenKey)).toBe(1);
    store.close();
  });
});
