/** Two tabs of a person are one person: what one did, said or took back holds in the other. */
import { expect } from "vitest";
import type { Tab } from "./engines/engine.ts";
import { inEveryEngine } from "./laws.ts";
import { html } from "./site.ts";
import { journal, journalOf, mug, said, shelf, tin, traces, track, until, visit } from "./visit.ts";

const site = { pages: { "/case": html() } };
const permits = (tab: Tab) => tab.run(() => window.tacit?.consent()?.personalise);

inEveryEngine((law) => {
  law("what is done in one tab is in the list of the other", { site }, async ({ tab, site, session }) => {
    await visit(tab, `${site.url}/case`);
    const other = await session.tab();
    await visit(other, `${site.url}/case`);
    await track(tab, mug, "cart_add");
    await until(other, "a list that follows", async () => (await shelf(other)).follow > 0);
    expect((await journal(other))?.map(({ item }) => item)).toEqual([mug]);
  });

  law("50 events of each tab at once are a hundred, each once", { site }, async ({ tab, site, session }) => {
    const other = await session.tab();
    for (const one of [tab, other]) await visit(one, `${site.url}/case`);
    const buys = (from: number) => (one: Tab) =>
      one.run(async (from) => {
        for (let amount = from; amount < from + 50; amount++) {
          window.tacit?.track("purchase", { item: "20725", amount });
          // A task of its own; timers of a tab behind another come once a second.
          await new Promise((resolve) => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => resolve(port1.close());
            port2.postMessage(null);
          });
        }
      }, from);
    await Promise.all([buys(1)(tab), buys(51)(other)]);
    for (const one of [tab, other]) {
      const amounts = (await journalOf(one, "purchase", 100)).map(({ amount = 0 }) => amount);
      expect(amounts.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, k) => k + 1));
    }
  });

  law("a no in one tab holds in the other, and erases", { site }, async ({ tab, site, session }) => {
    const other = await session.tab();
    for (const one of [tab, other]) await visit(one, `${site.url}/case`);
    await track(other, mug, "cart_add");
    await journalOf(tab, "cart_add", 1);
    await tab.run(() => window.tacit?.optOut());
    await until(other, "to hear the no", async () => (await permits(other)) === false);
    await track(other, tin, "cart_add");
    expect({
      events: await journal(other),
      follow: (await shelf(other)).follow,
      traces: [...(await traces(other, mug)), ...(await traces(other, tin))],
    }).toEqual({ events: [], follow: 0, traces: [] });
  });

  law("a yes after a no holds in both, and both record again", { site }, async ({ tab, site, session }) => {
    const other = await session.tab();
    for (const one of [tab, other]) await visit(one, `${site.url}/case`);
    await tab.run(() => window.tacit?.optOut());
    await until(other, "to hear the no", async () => (await permits(other)) === false);
    await other.run(() => window.tacit?.optIn());
    await until(tab, "to hear the yes", async () => (await permits(tab)) === true);
    await track(tab, mug, "cart_add");
    await track(other, tin, "cart_add");
    const items = (await journalOf(other, "cart_add", 2)).map(({ item }) => item);
    expect(items.sort()).toEqual([mug, tin].sort());
  });

  law("an erasure in one tab empties the other's list at once", { site }, async ({ tab, site, session }) => {
    const other = await session.tab();
    for (const one of [tab, other]) await visit(one, `${site.url}/case`);
    await track(other, mug, "cart_add");
    await until(other, "a list that follows", async () => (await shelf(other)).follow > 0);
    await tab.run(() => window.tacit?.erase());
    await until(other, "an empty journal", async () => (await journal(other))?.length === 0);
    expect({ follow: (await shelf(other)).follow, traces: await traces(tab, mug) }).toEqual({
      follow: 0,
      traces: [],
    });
  });

  law(
    "a tab goes on when the one that was there first is closed",
    { site },
    async ({ tab, site, session }) => {
      // Somewhere to be while it closes.
      await tab.goto(`${site.url}/favicon.ico`);
      const first = await session.tab();
      const other = await session.tab();
      for (const one of [first, other]) await visit(one, `${site.url}/case`);
      await track(first, mug, "cart_add");
      await first.close();
      await track(other, tin, "cart_add");
      const items = (await journalOf(other, "cart_add", 2)).map(({ item }) => item);
      expect({ items: items.sort(), list: (await shelf(other)).items, said: await said(other) }).toEqual({
        items: [mug, tin].sort(),
        list: 6,
        said: [],
      });
    },
  );
});
