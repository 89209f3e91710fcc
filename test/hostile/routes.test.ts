/**
 * Hostile requests to every route of every role, over sockets to processes that the command line started. A few
 * hundred in `npm test`, HOSTILE_INPUTS of all campaigns' in `npm run test:hostile`.
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseConfig } from "../../server/base/config.ts";
import { createApp, createHelperApp, createRelayApp } from "../../server/roles/app.ts";
import { openHelperParts } from "../../server/roles/helper.ts";
import { openParts } from "../../server/roles/leader.ts";
import { openRelayParts } from "../../server/roles/relay.ts";
import { temporaryDirectory, testConfig } from "../server/harness.ts";
import { type Role, roles } from "../server/processes.ts";
import { answerOf, requireDecent } from "./answers.ts";
import { Fault, type Grammar, wage } from "./campaign.ts";
import { anyGrammar } from "./messages.ts";
import { type Asked, hostileRequest, requestBytes, shownRequest } from "./requests.ts";
import { type Requests, requestsTo, routesOf, slowRoutes } from "./routes.ts";
import { openSite, requireService, requireSound, type Site, watch } from "./site.ts";
import { hostileConversations } from "./sockets.ts";
import { Pool } from "./wire.ts";

const waitMs = 30_000;

/** Routes of the applications as each role has them, tokens and all. */
async function routesByRole(): Promise<Readonly<Record<Role, readonly string[]>>> {
  const data = temporaryDirectory();
  const key = createHash("sha256").update("a leader").digest("hex");
  const tokens = { issue: true };
  const at = (role: string) => ({ data: join(data, role), publicUrl: "http://localhost:9", tokens });
  const all = await openParts(testConfig(join(data, "all"), { tokens, publicUrl: "http://localhost:9" }));
  const helper = await openHelperParts(parseConfig({ ...at("helper"), role: "helper", leader: { key } }));
  const relay = openRelayParts(parseConfig({ role: "relay", relay: { gateway: "http://localhost:9" } }));
  const apps = { leader: createApp(all), helper: createHelperApp(helper), relay: createRelayApp(relay) };
  await all.close();
  await helper.close();
  return { leader: routesOf(apps.leader), helper: routesOf(apps.helper), relay: routesOf(apps.relay) };
}

/** Sends what a grammar makes to a role of a site. */
class Sender {
  readonly #requests: Requests;
  readonly #pools: ReadonlyMap<Role, Pool>;
  readonly #hosts: Readonly<Record<Role, string>>;

  constructor({ urls }: Site, requests: Requests) {
    this.#requests = requests;
    this.#hosts = {
      leader: new URL(urls.leader).host,
      helper: new URL(urls.helper).host,
      relay: new URL(urls.relay).host,
    };
    this.#pools = new Map(roles.map((role) => [role, new Pool(Number(new URL(urls[role]).port))]));
    onTestFinished(() => {
      for (const pool of this.#pools.values()) pool.close();
    });
  }

  grammarOf(role: Role, route: string): Grammar<unknown> {
    return anyGrammar<Asked>({
      name: `${role} ${route}`,
      make: (chance) => {
        const valid = this.#requests.byRoute.get(route);
        if (valid === undefined) throw new Fault(`expected a valid request to ${route}, got none`);
        return hostileRequest(chance, valid(chance), this.#requests.bodies);
      },
      run: (asked) => this.#answered(role, asked),
      show: shownRequest,
    });
  }

  async #answered(role: Role, asked: Asked): Promise<string> {
    const bytes = requestBytes(asked, this.#hosts[role]);
    const reply = await this.#pools.get(role)?.ask(bytes, asked.method === "HEAD", waitMs);
    if (typeof reply !== "object") throw new Fault(`expected an answer, got ${reply}`);
    requireDecent(answerOf(reply));
    return `${role} ${reply.status}`;
  }
}

test("whatever is asked and said, servers answer as documented, log nothing of it, stay small, and serve honest ones after", async () => {
  const site = await openSite(temporaryDirectory());
  const watching = setInterval(() => watch(site), 500);
  onTestFinished(() => clearInterval(watching));
  const requests = await requestsTo(site);
  const routes = await routesByRole();
  const all = Object.values(routes).flat();
  expect(all.length).toBeGreaterThan(25);
  expect(all.filter((route) => !requests.byRoute.has(route))).toEqual([]);
  expect([...requests.byRoute.keys()].filter((route) => !all.includes(route))).toEqual([]);

  const sender = new Sender(site, requests);
  const often = (route: string) => (slowRoutes.has(route) ? 1 : 5);
  const grammars = roles.flatMap((role) =>
    routes[role].flatMap((route) =>
      Array<Grammar<unknown>>(often(route)).fill(sender.grammarOf(role, route)),
    ),
  );
  await wage({ name: "routes", grammars, atOnce: 12 });
  const ports = roles.map((role) => Number(new URL(site.urls[role]).port));
  await wage({ name: "sockets", grammars: hostileConversations(ports), atOnce: 30 });

  watch(site);
  requireSound(site);
  await requireService(site);
  requireSound(site);
}, 3_600_000);
