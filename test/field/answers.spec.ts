/** Kind: every question is answered in stated time, and what cannot be kept is told. */
import { expect } from "vitest";
import { sleep, type Tab } from "./engines/engine.ts";
import { inEveryEngine, type Scene } from "./laws.ts";
import { before, type FileFault, html, type SiteOptions } from "./site.ts";
import {
  answersTo,
  ask,
  beginAsking,
  journal,
  journalOf,
  loaded,
  mug,
  pending,
  type Question,
  ready,
  said,
  until,
  visit,
} from "./visit.ts";

/** What a page may ask; `erase` and `optOut` come last, as they leave nothing to ask about. */
const questions: readonly (readonly [Question, ...unknown[]])[] = [
  ["recommend", { count: 6 }],
  ["similar", mug],
  ["goesWith", [mug]],
  ["search", "a mug"],
  ["trending"],
  ["explain", mug],
  ["panel"],
  ["exportData"],
  ["reportBytes", "none"],
  ["erase"],
  ["optOut"],
];

/** As the stub is told to wait for its script. */
const stubLimitMs = 30_000;
const limitMs = 15_000;

/** What is pending at the limit on a page of each site, and what nobody caught; all pages wait at once. */
async function pendingIn(
  { session, openSite }: Scene,
  sites: Readonly<Record<string, SiteOptions>>,
  limitMs: number,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const tabs: [string, Tab][] = [];
  for (const [state, options] of Object.entries(sites)) {
    const { url } = await openSite({
      ...options,
      pages: { "/case": html(), "/plain": "<!doctype html>" },
    });
    const tab = await session.tab();
    // Where the script is never answered for, the page never finishes loading.
    await tab.goto(`${url}/plain`);
    await tab.run(() => {
      location.href = "/case";
    });
    await until(tab, "the stub", () => tab.run(() => typeof window.tacit?.panel === "function"));
    await beginAsking(tab, questions, limitMs);
    tabs.push([state, tab]);
  }
  const left: Record<string, readonly string[]> = {};
  for (const [state, tab] of tabs) {
    const uncaught = (await said(tab)).filter((line) => line.startsWith("uncaught"));
    // A page in the place of a script is a fault that the browser itself tells.
    const ours = uncaught.filter((line) => !/as a test|SyntaxError/.test(line));
    const found = [...pending(await answersTo(tab)), ...ours];
    if (found.length > 0) left[state] = found;
  }
  return left;
}

inEveryEngine((law) => {
  law(
    "every question to the stub is answered though tacit.js does not come",
    { limitMs: 90_000 },
    async (scene) => {
      const states = ["refused", "missing", "page", "silent"] satisfies readonly FileFault[];
      const sites = states.map((fault) => [fault, { faults: { "/tacit/tacit.js": fault } }] as const);
      expect(await pendingIn(scene, Object.fromEntries(sites), stubLimitMs)).toEqual({});
    },
  );

  law("every question is answered though worker.js does not work", { limitMs: 120_000 }, async (scene) => {
    const states: Readonly<Record<string, SiteOptions>> = {
      refused: { faults: { "/tacit/worker.js": "refused" } },
      "ranking.js refused": { faults: { "/tacit/ranking.js": "refused" } },
      "ranking.js missing": { faults: { "/tacit/ranking.js": "missing" } },
      "ranking.js a page": { faults: { "/tacit/ranking.js": "page" } },
      "ranking.js never answered for": { faults: { "/tacit/ranking.js": "silent" } },
      "shown.js missing": { faults: { "/tacit/shown.js": "missing" } },
      missing: { faults: { "/tacit/worker.js": "missing" } },
      "a page": { faults: { "/tacit/worker.js": "page" } },
      "never answered for": { faults: { "/tacit/worker.js": "silent" } },
      "broken at its first line": {
        prefixes: { "/tacit/worker.js": "throw new Error('as a test wants it');" },
      },
      "ending itself at once": { prefixes: { "/tacit/worker.js": "self.close();" } },
      "deaf to every message": {
        prefixes: {
          "/tacit/worker.js": "addEventListener('message', (event) => event.stopImmediatePropagation());",
        },
      },
    };
    expect(await pendingIn(scene, states, limitMs)).toEqual({});
  });

  const refusals: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "a pin that is no key": { "data-tacit-site-key": "not-hex" },
    "one pin of three": { "data-tacit-site-key": "ab".repeat(32) },
    "a server that is no address": { "data-tacit-server": "http://" },
    "a permission nobody has": { "data-tacit-consent": "everything" },
    "an empty database name": { "data-tacit-database": "" },
  };
  for (const [reason, tag] of Object.entries(refusals)) {
    law(
      `every question is answered, and the reason told, after ${reason}`,
      { site: { pages: { "/case": html({ tag }) } } },
      async ({ tab, site }) => {
        await tab.goto(`${site.url}/case`);
        await loaded(tab);
        const answers = await ask(tab, questions, limitMs);
        expect({
          pending: pending(answers),
          told: (await said(tab)).some((line) => line.includes("init")),
        }).toEqual({ pending: [], told: true });
      },
    );
  }

  law(
    "every question to a module is answered though nobody calls init",
    {
      site: {
        pages: {
          "/case": html({
            tag: null,
            stub: false,
            head: `<script type="module">import { tacit } from "/tacit/index.js"; window.tacit = tacit;</script>`,
          }),
        },
      },
    },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case`);
      await loaded(tab);
      expect(pending(await ask(tab, questions, limitMs))).toEqual([]);
    },
  );

  const watched = {
    pages: { "/case": html({ head: '<script src="/workers.js"></script>' }), "/next": html() },
  };

  law(
    "a purchase tracked after the worker was ended in silence is on the next page",
    { site: watched },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/case`);
      await tab.run(() => {
        for (const worker of window.workers) worker.terminate();
        window.tacit?.track("purchase", { item: "20725", amount: 1 });
      });
      await sleep(500);
      await visit(tab, `${site.url}/next`);
      expect((await journalOf(tab, "purchase", 1)).length).toBe(1);
    },
  );

  law(
    "after the worker was ended in silence the page ranks again, with no reload",
    { site: watched },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/case`);
      await tab.run(() => {
        for (const worker of window.workers) worker.terminate();
      });
      const first = await ask(tab, [["recommend", { count: 6 }]], 15_000);
      const list = await tab.run(async () => ((await window.tacit?.recommend({ count: 6 })) ?? []).length);
      expect({ pending: pending(first), list }).toEqual({ pending: [], list: 6 });
    },
  );

  law(
    "a worker ended five times in a visit is started six times, and no purchase is lost",
    { site: watched, limitMs: 120_000 },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/case`);
      for (let k = 1; k <= 5; k++) {
        await tab.run((amount) => {
          for (const worker of window.workers) worker.terminate();
          window.tacit?.track("purchase", { item: "20725", amount });
        }, k);
        await ask(tab, [["recommend"]], 15_000);
      }
      await visit(tab, `${site.url}/next`);
      const purchases = await journalOf(tab, "purchase", 5);
      expect(purchases.map(({ amount }) => amount).sort()).toEqual([1, 2, 3, 4, 5]);
    },
  );

  law(
    "a worker that is busy for 15 s costs those seconds and no more: it is not ended for being busy",
    {
      site: {
        pages: watched.pages,
        prefixes: {
          "/tacit/worker.js": before(() => {
            new BroadcastChannel("fault").onmessage = () => {
              for (const end = Date.now() + 15_000; Date.now() < end; );
            };
          }),
        },
      },
      limitMs: 90_000,
    },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/case`);
      await tab.run(() => new BroadcastChannel("fault").postMessage("busy"));
      const during = await ask(tab, [["recommend", { count: 6 }]], 20_000);
      await sleep(5_000);
      const after = await tab.run(async () => ({
        items: ((await window.tacit?.recommend({ count: 6 })) ?? []).length,
        workers: window.workers.length,
      }));
      expect({ pending: pending(during), after }).toEqual({ pending: [], after: { items: 6, workers: 1 } });
    },
  );

  law(
    "2,000 purchases tracked in one task are all kept, or the loss is told",
    { site: watched },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/case`);
      await tab.run(() => {
        for (let k = 0; k < 2_000; k++)
          window.tacit?.track("purchase", { item: String(20_000 + k), amount: 1 });
      });
      const kept = (await journalOf(tab, "purchase", 2_000)).length;
      const isTold = (await said(tab)).some((line) => /purchase|event/.test(line));
      expect(kept === 2_000 || isTold, `kept ${kept}, told: ${await said(tab)}`).toBe(true);
    },
  );

  law(
    "purchases outlive 20,000 clicks tracked in the same task, and what was dropped is told",
    { site: watched },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/case`);
      await tab.run(() => {
        for (let k = 1; k <= 5; k++) window.tacit?.track("purchase", { item: "20725", amount: k });
        for (let k = 0; k < 20_000; k++) window.tacit?.track("click", { item: String(20_000 + (k % 3_000)) });
      });
      const purchases = (await journalOf(tab, "purchase", 5)).length;
      const all = (await journal(tab))?.length ?? 0;
      const isTold = (await said(tab)).some((line) => /drop|full|more than|lost|kept/i.test(line));
      expect({ purchases, isTold: all >= 20_005 || isTold }).toEqual({ purchases: 5, isTold: true });
    },
  );

  law(
    "tracking costs the same with 4,000 events waiting as with none",
    { site: watched },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/case`);
      await ready(tab);
      const { alone, crowded } = await tab.run(async () => {
        const costOf = (calls: number): number => {
          const begun = performance.now();
          for (let k = 0; k < calls; k++) window.tacit?.track("view", { item: "20725" });
          return performance.now() - begun;
        };
        // The first calls of a page are slow whatever they do.
        costOf(200);
        await window.tacit?.panel();
        let alone = 0;
        for (let k = 0; k < 10; k++) {
          alone += costOf(20);
          await window.tacit?.panel();
        }
        costOf(4_000);
        return { alone, crowded: costOf(200) };
      });
      expect(crowded, `200 calls with none waiting took ${alone} ms`).toBeLessThan(3 * alone + 2);
    },
  );
});
