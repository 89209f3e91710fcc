/** Kind: "no" and erasing always hold, whatever state the page, the SDK or the storage is in. */
import { expect } from "vitest";
import { sleep, type Tab } from "./engines/engine.ts";
import { inEveryEngine, type LawOptions, type Scene } from "./laws.ts";
import { html, inline } from "./site.ts";
import { ask, bag, journal, loaded, mug, ready, tin, traces, track, until, visit } from "./visit.ts";

const storageThrows = inline(() => {
  Object.defineProperty(window, "localStorage", {
    get() {
      throw new DOMException("The operation is insecure.", "SecurityError");
    },
  });
});

const module = `<script type="module">
import { tacit } from "/tacit/index.js";
if (!("tacit" in window)) window.tacit = tacit;
</script>`;

interface Situation {
  /** The page where the person says no. */
  readonly page: string;
  readonly faults?: NonNullable<LawOptions["site"]>["faults"];
  readonly isReady?: (tab: Tab) => Promise<void>;
  readonly first?: (scene: Scene) => Promise<void>;
}

const situations: Readonly<Record<string, Situation>> = {
  "on a running page": { page: html(), isReady: ready },
  "of the module before init": { page: html({ tag: null, stub: false, head: module }) },
  "of the stub before the script has come": {
    page: html({
      head: inline(() => {
        addEventListener("DOMContentLoaded", () => Reflect.set(window, "early", window.tacit));
      }),
    }),
    isReady: async () => undefined,
  },
  "of the stub whose script never comes": {
    page: html({ tag: { src: "/never.js" } }),
    isReady: async () => undefined,
  },
  "after a pin that is no key": { page: html({ tag: { "data-tacit-site-key": "not-hex" } }) },
  "after an attribute that names no permission": {
    page: html({ tag: { "data-tacit-consent": "everything" } }),
  },
  "where the worker does not load": { page: html({ tag: { "data-tacit-worker": "/none/worker.js" } }) },
  "where localStorage throws": { page: html({ head: storageThrows }) },
  "while another tab is open": {
    page: html(),
    isReady: ready,
    first: async ({ session, site }) => visit(await session.tab(), `${site.url}/visit`),
  },
};

async function threeViews(tab: Tab, url: string): Promise<void> {
  await visit(tab, url);
  for (const item of [mug, bag, tin]) await track(tab, item);
  await until(tab, "three views", async () => (await journal(tab))?.length === 3);
}

/** Whether the list says that it is what it is because of the item. */
function follows(tab: Tab, item: string): Promise<boolean> {
  return tab.run(
    async (wanted) =>
      ((await window.tacit?.recommend({ count: 6 })) ?? []).some(({ reasons }) =>
        reasons.some((reason) => "item" in reason && reason.item === wanted),
      ),
    item,
  );
}

/** What the next page of the site says and keeps. */
async function nextPage(tab: Tab, url: string) {
  await tab.goto(url);
  await loaded(tab);
  await tab.run(() => window.tacit?.track("view", { item: "21212" }));
  // What localStorage lost the worker knows, and by its first answer the page does, too.
  await journal(tab);
  const consent = await tab.run(() => {
    const { personalise, because } = window.tacit?.consent() ?? {};
    return { personalise, because: because?.personalise };
  });
  await sleep(300);
  return { ...consent, events: (await journal(tab))?.length };
}

const no = { personalise: false, because: "person", events: 0 };

inEveryEngine((law) => {
  for (const [situation, { page, faults = {}, isReady = loaded, first }] of Object.entries(situations)) {
    const site = {
      pages: { "/visit": html(), "/case": page, "/plain": "<!doctype html>" },
      faults: { "/never.js": "refused" as const, ...faults },
    };
    law(
      `optOut() ${situation} settles, forgets earlier visits and holds on the next page`,
      { site, limitMs: 90_000 },
      async (scene) => {
        const { tab, site } = scene;
        await threeViews(tab, `${site.url}/visit`);
        await first?.(scene);
        await tab.goto(`${site.url}/case`);
        await until(tab, "a surface", () => tab.run(() => typeof window.tacit?.optOut === "function"));
        await isReady(tab);
        const { optOut } = await ask(tab, [["optOut"]], 15_000);
        await sleep(500);
        await tab.goto(`${site.url}/plain`);
        const left = await traces(tab, mug);
        const next = await nextPage(tab, `${site.url}/visit`);
        expect({ settled: optOut.settled, left, next }).toEqual({ settled: true, left: [], next: no });
      },
    );
  }

  for (const situation of [
    "of the module before init",
    "after a pin that is no key",
    "where the worker does not load",
    "where localStorage throws",
  ]) {
    const { page } = situations[situation];
    law(
      `erase() ${situation} settles and forgets earlier visits`,
      { site: { pages: { "/visit": html(), "/case": page, "/plain": "<!doctype html>" } } },
      async ({ tab, site }) => {
        await threeViews(tab, `${site.url}/visit`);
        await tab.goto(`${site.url}/case`);
        await until(tab, "a surface", () => tab.run(() => typeof window.tacit?.erase === "function"));
        await loaded(tab);
        const { erase } = await ask(tab, [["erase"]], 15_000);
        await sleep(500);
        await tab.goto(`${site.url}/plain`);
        expect({ settled: erase.settled, left: await traces(tab, mug) }).toEqual({ settled: true, left: [] });
      },
    );
  }

  /** What may happen to one of the storages after the person has said no. */
  const losses: Readonly<Record<string, () => Promise<void>>> = {
    "localStorage is cleared": async () => localStorage.clear(),
    "every key of localStorage is set to nonsense": async () => {
      for (const key of Object.keys(localStorage)) localStorage.setItem(key, "{");
    },
    "every database is deleted": async () => {
      for (const { name = "" } of await indexedDB.databases()) {
        await new Promise<void>((resolve) => {
          const gone = indexedDB.deleteDatabase(name);
          gone.onsuccess = gone.onerror = () => resolve();
        });
      }
    },
  };
  for (const [loss, lose] of Object.entries(losses)) {
    law(
      `a "no" holds on the next page though ${loss}`,
      { site: { pages: { "/case": html(), "/next": html() } } },
      async ({ tab, site }) => {
        await threeViews(tab, `${site.url}/case`);
        const { optOut } = await ask(tab, [["optOut"]], 15_000);
        await tab.run(lose);
        await sleep(200);
        expect({ settled: optOut.settled, ...(await nextPage(tab, `${site.url}/next`)) }).toEqual({
          settled: true,
          ...no,
        });
      },
    );
  }

  law(
    `a "no" said while localStorage is full holds on the next page`,
    { site: { pages: { "/case": html(), "/next": html() } } },
    async ({ tab, site }) => {
      await threeViews(tab, `${site.url}/case`);
      await tab.run(() => {
        for (let size = 1 << 22, k = 0; size >= 1; k++) {
          try {
            localStorage.setItem(`shop.${k}`, "x".repeat(size));
          } catch {
            size = Math.floor(size / 2);
          }
        }
      });
      const { optOut } = await ask(tab, [["optOut"]], 15_000);
      expect({ settled: optOut.settled, ...(await nextPage(tab, `${site.url}/next`)) }).toEqual({
        settled: true,
        ...no,
      });
    },
  );

  law(
    `a "no" to personalising alone holds though localStorage is cleared, and a later "yes" holds too`,
    { site: { pages: { "/case": html() } } },
    async ({ tab, site }) => {
      await threeViews(tab, `${site.url}/case`);
      await tab.run(async () => {
        window.tacit?.consent({ personalise: false });
        await window.tacit?.panel();
        localStorage.clear();
      });
      await sleep(200);
      const next = await nextPage(tab, `${site.url}/case`);
      await tab.run(() => window.tacit?.optIn());
      await sleep(300);
      await tab.goto(`${site.url}/case`);
      await loaded(tab);
      await track(tab, bag);
      await sleep(300);
      const later = await tab.run(() => window.tacit?.consent().personalise);
      expect({ next, later, events: (await journal(tab))?.length }).toEqual({
        next: no,
        later: true,
        events: 1,
      });
    },
  );

  law(
    `a "no" said in one tab stops another that is open`,
    { site: { pages: { "/case": html() } } },
    async ({ tab, session, site }) => {
      await threeViews(tab, `${site.url}/case`);
      const second = await session.tab();
      await visit(second, `${site.url}/case`);
      await ask(second, [["optOut"]], 15_000);
      await sleep(500);
      await track(tab, bag);
      await sleep(500);
      expect({
        events: (await journal(tab))?.length,
        says: await tab.run(() => window.tacit?.consent().personalise),
      }).toEqual({ events: 0, says: false });
    },
  );

  law(
    "signing out with Clear-Site-Data forgets what was, keeps what comes, and ranks by it",
    {
      site: {
        pages: { "/case": html(), "/sign-out": { body: "bye", headers: { "clear-site-data": '"storage"' } } },
      },
    },
    async ({ tab, site }) => {
      const origin = site.url.replace("127.0.0.1", "localhost");
      await visit(tab, `${origin}/case`);
      await track(tab, mug);
      // A first visit's list follows nobody before all of the catalogue has come.
      await until(tab, "a list that follows", () => follows(tab, mug));
      await tab.run(() => fetch("/sign-out").then(() => undefined));
      // A database that is busy may take seconds to come back.
      await until(tab, "what was to be forgotten", async () => (await journal(tab))?.length === 0);
      await track(tab, bag);
      expect({
        follows: await follows(tab, bag),
        events: (await journal(tab))?.map(({ item }) => item),
      }).toEqual({ follows: true, events: [bag] });
    },
  );

  law(
    "a document that was written anew hears a no of another tab",
    { site: { pages: { "/case": html({ body: "<p>shop</p>" }) } } },
    async ({ tab, session, site }) => {
      await visit(tab, `${site.url}/case`);
      await tab.run(() => {
        window.tacit?.on("consent", ({ personalise }) => window.said.push(`personalise is ${personalise}`));
        document.open();
        document.write("<!doctype html><body><p>written anew</p>");
        document.close();
      });
      // Found by the next search of capture.
      await sleep(1_000);
      const other = await session.tab();
      await visit(other, `${site.url}/case`);
      await other.run(() => window.tacit?.optOut());
      await until(
        tab,
        "to hear of it",
        () => tab.run(() => window.said.includes("personalise is false")),
        5_000,
      );
    },
  );
});
