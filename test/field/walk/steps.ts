/** The steps of a random walk, each with how often it comes. A step does, and tells the model what it did. */
import { type Session, sleep, type Tab } from "../engines/engine.ts";
import { leave, ready, until, visit } from "../visit.ts";
import type { WalkModel } from "./model.ts";

export interface Walker {
  readonly session: Session;
  readonly url: string;
  readonly model: WalkModel;
  readonly random: () => number;
  /** The tab the person is in. */
  tab: Tab;
}

export interface Step {
  readonly weight: number;
  readonly run: (walker: Walker, name: string) => Promise<void>;
}

const loseWithinMs = 400;
const other = (path: string) => (path === "/a" ? "/b" : "/a");
const pathOf = (tab: Tab) => tab.run(() => location.pathname);
/** Half of them shorter than the bound, half longer. */
const someDelay = (random: () => number) => Math.floor(random() * 120);

/** How the page is left after an event: in the page, so that the age is known to the millisecond. */
type Way = "link" | "href" | "reload" | "replace" | "worker-ended";

async function trackAndLeave({ tab, model, random }: Walker, way: Way, name: string): Promise<void> {
  const delayMs = someDelay(random);
  const serial = model.next();
  const path = await pathOf(tab);
  model.tracked(name);
  await leave(tab, way === "reload" ? path : other(path), () =>
    tab.run(
      ({ serial, delayMs, way }) => {
        const go = () => {
          if (way === "worker-ended") for (const worker of window.workers) worker.terminate();
          if (way === "link") document.querySelector<HTMLElement>("#go")?.click();
          else if (way === "reload") location.reload();
          else if (way === "replace") location.replace(location.pathname === "/a" ? "/b" : "/a");
          else location.href = location.pathname === "/a" ? "/b" : "/a";
        };
        setTimeout(() => {
          window.tacit?.track("cart_add", { item: "20725", amount: serial });
          if (delayMs === 0) go();
          else setTimeout(go, delayMs);
        });
      },
      { serial, delayMs, way },
    ),
  );
  model.pageWent(delayMs, `${name} after ${delayMs} ms`);
  await ready(tab);
}

async function trackHere({ tab, model, random }: Walker, name: string): Promise<void> {
  const count = 1 + Math.floor(random() * 3);
  for (let k = 0; k < count; k++) {
    const serial = model.next();
    await tab.run((amount) => window.tacit?.track("cart_add", { item: "20725", amount }), serial);
    model.tracked(name);
  }
}

const takeDatabases = (tab: Tab) =>
  tab.run(async () => {
    for (const { name = "" } of await indexedDB.databases()) {
      await new Promise<void>((resolve) => {
        const gone = indexedDB.deleteDatabase(name);
        gone.onsuccess = gone.onerror = () => resolve();
        setTimeout(resolve, 3_000);
      });
    }
  });

/** Faults of the worker's storage, which worker.js listens for here (walk.ts). */
const fault = (tab: Tab, name: "close" | "mute") =>
  tab.run((name) => {
    const channel = new BroadcastChannel("fault");
    channel.postMessage(name);
    channel.close();
  }, name);

export const steps: Readonly<Record<string, Step>> = {
  "leave by a link": { weight: 14, run: (walker, name) => trackAndLeave(walker, "link", name) },
  "leave by location.href": { weight: 14, run: (walker, name) => trackAndLeave(walker, "href", name) },
  "leave by location.replace": { weight: 6, run: (walker, name) => trackAndLeave(walker, "replace", name) },
  reload: { weight: 8, run: (walker, name) => trackAndLeave(walker, "reload", name) },
  "leave with the worker ended": {
    weight: 6,
    run: (walker, name) => trackAndLeave(walker, "worker-ended", name),
  },
  track: { weight: 14, run: trackHere },
  back: {
    weight: 6,
    async run({ tab, url }) {
      await tab.back().catch(() => undefined);
      const at = await tab.run(() => location.pathname).catch(() => "nowhere");
      if (at === "/a" || at === "/b") await ready(tab);
      else await visit(tab, `${url}/a`);
    },
  },
  "close the tab": {
    weight: 8,
    async run(walker, name) {
      const { session, url, model, random, tab } = walker;
      const delayMs = someDelay(random);
      const next = await session.tab();
      const serial = model.next();
      await tab.run((amount) => window.tacit?.track("cart_add", { item: "20725", amount }), serial);
      model.tracked(name);
      await sleep(delayMs);
      await tab.close();
      model.pageWent(delayMs, `${name} after ${delayMs} ms`);
      walker.tab = next;
      await visit(next, `${url}/a`);
    },
  },
  "a second tab": {
    weight: 4,
    async run({ session, url, model }, name) {
      const second = await session.tab();
      await visit(second, `${url}/b`);
      const serial = model.next();
      await second.run((amount) => window.tacit?.track("cart_add", { item: "20725", amount }), serial);
      model.tracked(name);
      await sleep(200);
      await second.close();
      model.pageWent(200, name);
    },
  },
  "end the worker": {
    weight: 4,
    async run(walker, name) {
      await walker.tab.run(() => {
        for (const worker of window.workers) worker.terminate();
      });
      await trackHere(walker, name);
    },
  },
  "close the connection": { weight: 3, run: ({ tab }) => fault(tab, "close") },
  "take BroadcastChannel": { weight: 2, run: ({ tab }) => fault(tab, "mute") },
  "delete the databases": {
    weight: 2,
    async run({ tab, model }, name) {
      await takeDatabases(tab);
      model.storageTaken(name);
      await sleep(loseWithinMs);
    },
  },
  "clear localStorage": {
    weight: 2,
    async run({ tab, model }, name) {
      await tab.run(() => localStorage.clear());
      model.storageTaken(name);
      await sleep(loseWithinMs);
    },
  },
  erase: {
    weight: 2,
    async run({ tab, model }, name) {
      await tab.run(() => window.tacit?.erase());
      model.erased(name);
    },
  },
  "opt out": {
    weight: 2,
    async run({ tab, model }, name) {
      await tab.run(() => window.tacit?.optOut());
      model.optedOut(name);
    },
  },
  "opt in": {
    weight: 3,
    async run({ tab, model }) {
      await tab.run(() => window.tacit?.optIn());
      model.optedIn();
    },
  },
  "stay, and contribute": {
    weight: 1,
    async run({ tab, model }) {
      if (!model.isTracking) return;
      await tab.run(() => window.tacit?.consent({ personalise: true, contribute: true }));
      model.optedIn();
      await sleep(8_000);
      await until(tab, "an answer after a stay", () => tab.run(() => "version" in (window.tacit ?? {})));
    },
  },
};
