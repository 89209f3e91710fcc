/** Permission comes before storing: what a person has not allowed is nowhere, whatever they said before. */
import { expect } from "vitest";
import type { Tab } from "./engines/engine.ts";
import { inEveryEngine } from "./laws.ts";
import { html } from "./site.ts";
import { bag, journal, journalOf, loaded, mug, shelf, tin, traces, track, until, visit } from "./visit.ts";

const asksFirst = html({ tag: { "data-tacit-consent": "" } });
const inMemory = html({ tag: { "data-tacit-storage": "memory" } });
const site = { pages: { "/asks": asksFirst, "/case": html(), "/memory": inMemory } };

/** Names of all that the page's origin has stored, wherever a browser lets it. */
const stored = (tab: Tab) =>
  tab.run(async () => [
    ...Object.keys(localStorage),
    ...Object.keys(sessionStorage),
    ...(await indexedDB.databases()).map(({ name = "" }) => name),
    ...("caches" in self ? await caches.keys() : []),
    ...(document.cookie === "" ? [] : ["a cookie"]),
  ]);

inEveryEngine((law) => {
  law(
    "before a yes there is a list, and no trace of the person in any storage",
    { site },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/asks`);
      await track(tab, mug, "cart_add");
      await tab.run(() => window.tacit?.declare({ interests: ["garden"] }));
      const list = await shelf(tab);
      expect({ stored: await stored(tab), items: list.items, follow: list.follow }).toEqual({
        stored: [],
        items: 6,
        follow: 0,
      });
    },
  );

  law(
    "in memory a list follows what was done on the page, nothing is stored, and the next page knows of nothing",
    { site },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/memory`);
      await track(tab, mug, "cart_add");
      await until(tab, "a list that follows", async () => (await shelf(tab)).follow > 0);
      await tab.run(() => window.tacit?.declare({ interests: ["garden"] }));
      const { storage } = await shelf(tab);
      expect({ storage, stored: await stored(tab) }).toEqual({ storage: "memory", stored: [] });
      await visit(tab, `${site.url}/memory`);
      expect({ events: await journal(tab), stored: await stored(tab) }).toEqual({ events: [], stored: [] });
    },
  );

  law("a yes keeps what is in memory, and a no leaves the answer alone", { site }, async ({ tab, site }) => {
    await visit(tab, `${site.url}/memory`);
    await track(tab, mug, "cart_add");
    await journalOf(tab, "cart_add", 1);
    await tab.run(() => window.tacit?.optIn());
    await track(tab, tin, "cart_add");
    await until(tab, "the device's storage", async () => (await shelf(tab)).storage === "device");
    await visit(tab, `${site.url}/memory`);
    const items = (await journalOf(tab, "cart_add", 2)).map(({ item }) => item);
    expect(items.sort()).toEqual([mug, tin].sort());
    await tab.run(() => window.tacit?.optOut());
    await visit(tab, `${site.url}/memory`);
    await track(tab, bag, "cart_add");
    expect({ events: await journal(tab), traces: await traces(tab, mug) }).toEqual({
      events: [],
      traces: [],
    });
  });

  law(
    "a yes counts from then on: what was done before it is not kept, what comes after is, on the next page too",
    { site },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/asks`);
      await track(tab, mug, "cart_add");
      await tab.run(() => window.tacit?.optIn());
      await track(tab, tin, "cart_add");
      await journalOf(tab, "cart_add", 1);
      await visit(tab, `${site.url}/asks`);
      expect((await journal(tab))?.map(({ item }) => item)).toEqual([tin]);
    },
  );

  law(
    "a no after a yes leaves the answer and what erasing must keep, and no event, on the next page too",
    { site },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/case`);
      await track(tab, mug, "cart_add");
      await journalOf(tab, "cart_add", 1);
      await tab.run(() => window.tacit?.optOut());
      await visit(tab, `${site.url}/case`);
      await track(tab, tin, "cart_add");
      const consent = await tab.run(() => window.tacit?.consent());
      expect({ consent, events: await journal(tab), follow: (await shelf(tab)).follow }).toMatchObject({
        consent: { personalise: false, contribute: false, because: { personalise: "person" } },
        events: [],
        follow: 0,
      });
      const words = await tab.run(() => JSON.stringify(Object.entries(localStorage)));
      expect([words.includes(mug), words.includes(tin)]).toEqual([false, false]);
    },
  );

  law("each of the two permissions is given and taken by itself", { site }, async ({ tab, site }) => {
    await visit(tab, `${site.url}/asks`);
    const after = (choice: { readonly personalise?: boolean; readonly contribute?: boolean }) =>
      tab.run((choice) => {
        const { personalise, contribute } = window.tacit?.consent(choice) ?? {};
        return [personalise, contribute];
      }, choice);
    expect([
      await after({ personalise: true }),
      await after({ contribute: true }),
      await after({ contribute: false }),
      await after({ personalise: false }),
    ]).toEqual([
      [true, false],
      [true, true],
      [true, false],
      [false, false],
    ]);
  });

  law(
    "Global Privacy Control turns contributing off and says so, lists follow the visit, and an own yes goes before it",
    { site, session: { privacyControl: true }, needs: ["privacyControl"] },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/case`);
      const said = () => tab.run(() => window.tacit?.consent());
      expect(await said()).toMatchObject({
        personalise: true,
        contribute: false,
        because: { contribute: "gpc" },
      });
      await track(tab, mug, "cart_add");
      await until(tab, "a list that follows", async () => (await shelf(tab)).follow > 0);
      await tab.run(() => window.tacit?.consent({ contribute: true }));
      await tab.goto(`${site.url}/case`);
      await loaded(tab);
      expect(await said()).toMatchObject({ contribute: true, because: { contribute: "person" } });
    },
  );
});
