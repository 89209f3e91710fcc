/**
 * A report of each engine is accepted on the production set-up: leader, helper, issuer and relay as processes
 * of their own, tokens required.
 */
import { afterAll, beforeAll, expect } from "vitest";
import { type Parties, startParties } from "../browser/parties.ts";
import { sleep, type Tab } from "./engines/engine.ts";
import { inEveryEngine } from "./laws.ts";
import { bag, mug, ready, tin, track } from "./visit.ts";

const acceptedWithinMs = 120_000;
const ports = { leader: 18_641, helper: 18_642, relay: 18_643 };

let parties: Parties | undefined;
beforeAll(async () => {
  parties = await startParties({ ports, shopNamesThem: true });
}, 300_000);
afterAll(() => parties?.stop());

/** States of all sums sent so far. */
const sums = (tab: Tab) =>
  tab.run(async () =>
    ((await window.tacit?.panel())?.reports ?? []).flatMap((report) =>
      report.sums.map(({ kind, state, why }) => ({ kind, state, ...(why === undefined ? {} : { why }) })),
    ),
  );

inEveryEngine((law) => {
  law(
    "a report is accepted, through the relay and with a token",
    { site: {}, limitMs: acceptedWithinMs + 60_000 },
    async ({ tab }) => {
      if (parties === undefined) throw new Error("parties: expected them to have started, got none");
      const { leader, relay } = parties.recorders;
      const relayed = relay.requests.length;
      await tab.goto(`${leader.url}/`);
      await ready(tab);
      for (const item of [mug, bag, tin]) await track(tab, item);
      await tab.run(() => {
        window.said = [];
        window.tacit?.on("error", ({ message }) => window.said.push(message));
        window.tacit?.consent({ contribute: true });
      });
      let found = await sums(tab);
      for (const end = Date.now() + acceptedWithinMs; Date.now() < end; await sleep(1_000)) {
        found = await sums(tab);
        if (found.some(({ state }) => state === "accepted")) break;
      }
      const said = await tab.run(() => ({ isSecure: isSecureContext, said: window.said }));
      expect(found, JSON.stringify(said)).toContainEqual(expect.objectContaining({ state: "accepted" }));
      expect(relay.requests.length).toBeGreaterThan(relayed);
    },
  );
});
