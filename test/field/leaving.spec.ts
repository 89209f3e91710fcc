/** Kind: nothing tracked is lost because the page goes, in any engine, whichever way it goes; none comes twice. */
import { expect } from "vitest";
import { sleep, type Tab } from "./engines/engine.ts";
import { inEveryEngine, type Scene } from "./laws.ts";
import { html, type SiteOptions } from "./site.ts";
import { bag, journalOf, leave, loaded, mug, ready, until, visit } from "./visit.ts";

const tile = (to: string, item: string) =>
  `<a id="go" href="${to}" data-tacit-item="${item}">tile</a><form id="form" action="${to}"></form>`;

const site: SiteOptions = {
  pages: {
    "/a": html({ body: tile("/b", mug) }),
    "/b": html({ body: tile("/a", bag) }),
    "/plain": "<!doctype html><title>plain</title>",
  },
};

/** Where no worker may start, the SDK runs on the page's own thread, which a page cache keeps. */
const onOwnThread: SiteOptions = {
  ...site,
  headers: { "content-security-policy": "script-src 'self'; worker-src 'none'" },
};

/** A window that a person's click opens, as blockers of windows want it; and what is tracked at that moment. */
const opener = html({
  body: `<button>open</button><script>document.querySelector("button").addEventListener("click", () => {
    if ("amount" in window) tacit.track("purchase", { item: "20725", amount });
    window.opened = open("/b");
  });</script>`,
});

const other = (path: string) => (path === "/a" ? "/b" : "/a");
const pathOf = (tab: Tab) => tab.run(() => location.pathname);
const serials = (count: number) => Array.from({ length: count }, (_, k) => k + 1);

/** Serial numbers in the journal, which `amount` carries, in order; twice where an event is there twice. */
async function kept(tab: Tab, count: number): Promise<readonly (number | undefined)[]> {
  const events = await journalOf(tab, "purchase", count);
  return events.map(({ amount }) => amount).sort((a = 0, b = 0) => a - b);
}

/** Tracks a purchase and leaves in the same task, by the way named. */
const ways: Readonly<Record<string, (tab: Tab, serial: number) => Promise<void>>> = {
  "location.href": (tab, serial) =>
    tab.run((amount) => {
      setTimeout(() => {
        window.tacit?.track("purchase", { item: "20725", amount });
        location.href = location.pathname === "/a" ? "/b" : "/a";
      });
    }, serial),
  "a form that is sent": (tab, serial) =>
    tab.run((amount) => {
      setTimeout(() => {
        window.tacit?.track("purchase", { item: "20725", amount });
        document.querySelector("form")?.submit();
      });
    }, serial),
  "location.replace": (tab, serial) =>
    tab.run((amount) => {
      setTimeout(() => {
        window.tacit?.track("purchase", { item: "20725", amount });
        location.replace(location.pathname === "/a" ? "/b" : "/a");
      });
    }, serial),
  "a handler of pagehide": (tab, serial) =>
    tab.run((amount) => {
      setTimeout(() => {
        addEventListener("pagehide", () => window.tacit?.track("purchase", { item: "20725", amount }));
        location.href = location.pathname === "/a" ? "/b" : "/a";
      });
    }, serial),
};

inEveryEngine((law) => {
  const walks: readonly [string, SiteOptions, boolean][] = [
    ["page cache on", site, true],
    ["page cache off", site, false],
    ["on the page's own thread, page cache on", onOwnThread, true],
  ];
  for (const [where, site, pageCache] of walks) {
    law(
      `a walk of 12 linked pages: 12 answers within 2 s each and 12 clicks kept (${where})`,
      { site, session: { pageCache }, limitMs: 120_000 },
      async ({ tab, site }) => {
        await visit(tab, `${site.url}/a`);
        const slow: number[] = [];
        for (let k = 0; k < 12; k++) {
          await leave(tab, other(await pathOf(tab)), () => tab.click("#go"));
          await loaded(tab);
          const tookMs = await tab.run(async () => {
            const begun = performance.now();
            const never = new Promise<readonly unknown[]>((resolve) => setTimeout(resolve, 8_000, []));
            const list = await Promise.race([window.tacit?.recommend({ count: 6 }) ?? [], never]);
            return list.length === 6 ? performance.now() - begun : Number.MAX_SAFE_INTEGER;
          });
          if (tookMs > 2_000) slow.push(k);
        }
        const clicks = await journalOf(tab, "click", 12);
        expect({ clicks: clicks.length, slow }).toEqual({ clicks: 12, slow: [] });
      },
    );
  }

  for (const [way, go] of Object.entries(ways)) {
    law(
      `10 purchases tracked as the page is left by ${way} are 10`,
      { site, limitMs: 90_000 },
      async ({ tab, site }) => {
        await visit(tab, `${site.url}/a`);
        for (const serial of serials(10)) {
          await leave(tab, other(await pathOf(tab)), () => go(tab, serial));
          await ready(tab);
        }
        expect(await kept(tab, 10)).toEqual(serials(10));
      },
    );
  }

  law("purchases tracked as the page is reloaded are all kept", { site }, async ({ tab, site }) => {
    await visit(tab, `${site.url}/a`);
    for (const serial of serials(6)) {
      await leave(tab, "/a", () =>
        tab.run((amount) => {
          setTimeout(() => {
            window.tacit?.track("purchase", { item: "20725", amount });
            location.reload();
          });
        }, serial),
      );
      await ready(tab);
    }
    expect(await kept(tab, 6)).toEqual(serials(6));
  });

  law(
    "purchases tracked as the person goes back are all kept",
    { site, limitMs: 90_000 },
    async ({ tab, site }) => {
      for (const serial of serials(4)) {
        await visit(tab, `${site.url}/a`);
        await leave(tab, "/b", () => tab.click("#go"));
        await ready(tab);
        await tab.run((amount) => {
          setTimeout(() => {
            window.tacit?.track("purchase", { item: "20725", amount });
            history.back();
          });
        }, serial);
        await sleep(200);
        await tab.run(() => location.pathname).catch(() => undefined);
      }
      await visit(tab, `${site.url}/b`);
      expect(await kept(tab, 4)).toEqual(serials(4));
    },
  );

  law("a page that the person comes back to tracks and ranks as before", { site }, async ({ tab, site }) => {
    await visit(tab, `${site.url}/a`);
    await leave(tab, "/b", () => tab.click("#go"));
    await ready(tab);
    await tab.back();
    await ready(tab);
    await tab.run(() => window.tacit?.track("purchase", { item: "22383", amount: 1 }));
    const list = await tab.run(async () => ((await window.tacit?.recommend({ count: 6 })) ?? []).length);
    expect({ list, purchases: await kept(tab, 1) }).toEqual({ list: 6, purchases: [1] });
  });

  law(
    "purchases tracked 20 ms before the tab is closed are all kept",
    { site, limitMs: 90_000 },
    async (scene) => {
      await closing(scene, (tab) => tab.close());
    },
  );

  law(
    "purchases tracked 50 ms before the tab's process ends are all kept",
    { site, needs: ["crash"], limitMs: 90_000 },
    async (scene) => {
      await closing(scene, async (tab) => {
        await sleep(30);
        await tab.crash();
      });
    },
  );

  law(
    "purchases tracked as a window closes itself are all kept",
    { site: { pages: { ...site.pages, "/opener": opener } } },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/opener`);
      for (const serial of serials(4)) {
        await openWindow(tab);
        await tab.run(async (amount) => {
          const opened: Window = Reflect.get(window, "opened");
          while (!("version" in (opened.tacit ?? {})))
            await new Promise((resolve) => setTimeout(resolve, 50));
          opened.tacit?.track("purchase", { item: "20725", amount });
          opened.close();
        }, serial);
      }
      expect(await kept(tab, 4)).toEqual(serials(4));
    },
  );

  law(
    "what is tracked while the next page opens beside it is kept once",
    { site: { pages: { ...site.pages, "/opener": opener } } },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/opener`);
      for (const serial of serials(4)) {
        await tab.run((amount) => void Reflect.set(window, "amount", amount), serial);
        await openWindow(tab);
        await sleep(700);
        await tab.run(() => (Reflect.get(window, "opened") as Window).close());
      }
      expect(await kept(tab, 4)).toEqual(serials(4));
    },
  );
});

async function openWindow(tab: Tab): Promise<void> {
  await tab.run(() => void Reflect.set(window, "opened", null));
  await tab.click("button");
  await until(tab, "a window", () => tab.run(() => Reflect.get(window, "opened") !== null));
}

/** Eight tabs of a person, each closed soon after a purchase. */
async function closing({ tab, session, site }: Scene, close: (tab: Tab) => Promise<void>): Promise<void> {
  await tab.goto(`${site.url}/plain`);
  for (const serial of serials(8)) {
    const short = await session.tab();
    await visit(short, `${site.url}/a`);
    await short.run((amount) => window.tacit?.track("purchase", { item: "20725", amount }), serial);
    await sleep(20);
    await close(short);
  }
  await visit(tab, `${site.url}/b`);
  expect(await kept(tab, 8)).toEqual(serials(8));
}
