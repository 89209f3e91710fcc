/**
 * How long the page itself is held up: the built SDK on a page in Chromium, everything that orders lists on,
 * through what a visit does (events, shelves, several lists, why, wishes, the panel). In turn with visits to
 * the same page without the SDK, which wait and draw alike: what is in both is the machine's.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext } from "@playwright/test";
import { type Ahead, aheadPage, visitAhead } from "./ahead.ts";
import type { Measured } from "./indevice.ts";
import { bundled, root, type ServedFile, withPage } from "./page.ts";
import { nameOf, type ShopSize, shopOf } from "./shops.ts";

export interface MainThreadBench {
  readonly shop: ShopSize;
  /** Lengths of the journal. */
  readonly journals: readonly number[];
  readonly visits: number;
  /** Events of a visit, each followed by a shelf. */
  readonly turns: number;
}

/** How long the page was held up in a part of a visit. */
export interface HeldUp {
  /** Tasks of 50 ms or more on the main thread, ms (https://www.w3.org/TR/longtasks/). */
  readonly longMs: readonly number[];
  /** The longest in which the page took no message, ms. */
  readonly heldMs: number;
}

export interface PageVisit {
  /** From the page's first script to the last list and wish. */
  readonly lists: HeldUp;
  /** While it was told why one item stands where it stands: by every act there is. */
  readonly why: HeldUp;
  /** While it was told everything that the device holds. */
  readonly panel: HeldUp;
  /** Items in its last shelf; 0 without the SDK. */
  readonly listed: number;
}

export interface PageVisits {
  readonly events: number;
  readonly withTacit: readonly PageVisit[];
  readonly without: readonly PageVisit[];
  /** A list that was computed ahead. */
  readonly ahead: Ahead;
}

/** @throws {Error} before the SDK was built. */
export async function measureMainThread({
  shop: size,
  journals,
  visits,
  turns,
}: MainThreadBench): Promise<readonly PageVisits[]> {
  const shop = await shopOf(size);
  const name = nameOf(size);
  const folder = mkdtempSync(join(tmpdir(), "tacit-mainthread-"));
  try {
    const now = await bundled(join(folder, "now.ts"), root);
    const databaseOf = (events: number): string => `${name}-${events}`;
    const files = new Map<string, ServedFile>([
      ...readdirSync(join(root, "dist/sdk"))
        .filter((file) => file.endsWith(".js"))
        .map((file): [string, ServedFile] => [
          `/sdk/${file}`,
          ["text/javascript", readFileSync(join(root, "dist/sdk", file))],
        ]),
      ["/plain.html", ["text/html", pageOf(null, turns)]],
      ...journals.map((events): [string, ServedFile] => [
        `/${events}.html`,
        ["text/html", pageOf({ database: databaseOf(events), ids: shop.ids.slice(0, 300) }, turns)],
      ]),
      ...journals.map((events): [string, ServedFile] => [
        `/${events}-ahead.html`,
        ["text/html", aheadPage(databaseOf(events))],
      ]),
    ]);
    const served = { shops: new Map([[name, shop]]), scripts: new Map([["now", now]]), files };
    return await withPage(served, async ({ ask, context, origin }) => {
      const measured: PageVisits[] = [];
      for (const events of journals) {
        const seeded: Measured = {
          ...{ shop: name, events, hasWishes: true, turns: 0, mostMs: 0 },
          database: databaseOf(events),
        };
        await ask("now", { seed: seeded });
        // What earlier visits keep is there, as of anybody who comes again.
        await ask("now", seeded);
        const [withTacit, without]: [PageVisit[], PageVisit[]] = [[], []];
        for (let visit = 0; visit < visits; visit++) {
          without.push(await visitTo(context, `${origin}/plain.html`));
          withTacit.push(await visitTo(context, `${origin}/${events}.html`));
        }
        const ahead = await visitAhead(context, `${origin}/${events}-ahead.html`);
        measured.push({ events, withTacit, without, ahead });
      }
      return measured;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function visitTo(context: BrowserContext, address: string): Promise<PageVisit> {
  const page = await context.newPage();
  try {
    page.setDefaultTimeout(120_000);
    await page.goto(address);
    const found = await page.waitForFunction("window.visited");
    // The page's own script, below, makes it.
    const visit = (await found.jsonValue()) as PageVisit & { readonly trouble?: string };
    if (visit.trouble !== undefined) throw new Error(`mainthread: expected a visit, got ${visit.trouble}`);
    return visit;
  } finally {
    await page.close();
  }
}

interface OnPage {
  readonly database: string;
  readonly ids: readonly string[];
}

/** Watches from its first script on, does what a visit does, and draws what it is answered. */
function pageOf(tacit: OnPage | null, turns: number): string {
  const tag =
    tacit === null
      ? ""
      : `<script src="/sdk/tacit.js" data-tacit-database="${tacit.database}" data-tacit-consent="personalise"></script>`;
  return `<!doctype html><meta charset="utf-8"><title>a visit</title><ul id="shelf"></ul><script>
  let longMs = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longMs.push(duration);
  }).observe({ type: "longtask", buffered: true });
  let heldMs = 0;
  let lastMs = performance.now();
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const nowMs = performance.now();
    heldMs = Math.max(heldMs, nowMs - lastMs);
    lastMs = nowMs;
    setTimeout(() => port2.postMessage(null), 1);
  };
  port2.postMessage(null);
  </script>${tag}<script type="module">
  const ids = ${JSON.stringify(tacit?.ids ?? [])};
  const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const draw = (list) => shelf.replaceChildren(...list.map(({ title }) => {
    const item = document.createElement("li");
    item.textContent = title;
    return item;
  }));
  // What was observed is told a little later.
  const heldUp = async () => {
    await later(100);
    const told = { longMs, heldMs };
    longMs = [];
    heldMs = 0;
    return told;
  };
  const some = Array.from({ length: 12 }, (_, k) => ({ title: "Product " + k }));
  const tacit = window.tacit ?? null;
  const visit = async () => {
    let listed = [];
    const troubles = [];
    // The server has the shop's parts alone: that it has no newer edition is not what is measured.
    if (tacit) tacit.on("error", ({ message }) => message.startsWith("edition:") || troubles.push(message));
    for (let turn = 0; turn < ${turns}; turn++) {
      if (tacit) {
        tacit.track(turn % 5 === 4 ? "purchase" : "view", { item: ids[(turn * 37) % ids.length] });
        listed = await tacit.recommend({ count: 12, includeSeen: true });
      } else await later(20);
      draw(tacit ? listed : some);
      await later(20);
    }
    if (tacit) {
      const { forYou } = await tacit.lists({
        forYou: { list: "recommend", count: 12, quota: [{ of: "category", most: 3 }] },
        wanted: { list: "trending", count: 12 },
      });
      draw(forYou);
      if (forYou.length === 0) troubles.push("no items beside another list");
      const undo = await tacit.steer({ wish: "mute", of: "category", value: "Garden" });
      undo();
    } else await later(500);
    const lists = await heldUp();
    if (tacit && (await tacit.explain(ids[0])) === null) throw new Error("no explanation");
    const why = await heldUp();
    if (tacit) {
      const { events } = await tacit.panel();
      if (events.length < ${turns}) throw new Error("fewer events than were tracked: " + events.length);
      if (troubles.length > 0) throw new Error(troubles.join("; "));
      if (listed.length !== 12) throw new Error("expected 12 items, got " + listed.length);
    } else await later(500);
    return { lists, why, panel: await heldUp(), listed: listed.length };
  };
  visit().then((one) => { window.visited = one; }, (error) => { window.visited = { trouble: String(error) }; });
  </script>`;
}
