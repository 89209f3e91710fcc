/**
 * The steps of a random walk, each with how often it comes. A step does, and tells the model what it did.
 * Those that take something away from the device are in faults.ts.
 */
import { type Ability, sleep, type Tab } from "../engines/engine.ts";
import { ready, until } from "../visit.ts";
import type { Room } from "./choice.ts";
import { faults } from "./faults.ts";
import type { Place, Walker } from "./walker.ts";

export interface Step {
  /** How often it comes, beside the others. */
  readonly weight: number;
  readonly needs?: Ability;
  /** Whether the model is compared with the page after it, each time. */
  readonly isCompared?: boolean;
  readonly run: (walker: Walker, name: string) => Promise<void>;
}

/** Half of the times are shorter than the bound, half longer. */
const mostDelayMs = 100;
const chanceOfAnotherTab = 0.3;
const contributesWithinMs = 8_000;

/** How the page is left after an event: in the page, so that the age is known to the millisecond. */
type Way = "link" | "href" | "reload" | "replace";

async function trackAndLeave(walker: Walker, name: string, way: Way, isWorkerEnded = false): Promise<void> {
  const { model } = walker;
  const delayMs = walker.someMs(mostDelayMs);
  const { page } = walker.place;
  const by = async (tab: Tab): Promise<number> => {
    const now = await tab.run(trackThenGo, { amount: model.next(), delayMs, way, isWorkerEnded });
    model.tracked(name, { page, ...now });
    return now.atMs + delayMs;
  };
  await walker.leave(name, by, way === "link" || way === "href" ? 1 : 0);
}

/** Runs in the page. */
function trackThenGo({
  amount,
  delayMs,
  way,
  isWorkerEnded,
}: {
  readonly amount: number;
  readonly delayMs: number;
  readonly way: Way;
  readonly isWorkerEnded: boolean;
}): { readonly atMs: number; readonly isAhead: boolean } {
  const go = () => {
    if (isWorkerEnded) for (const worker of window.workers) worker.terminate();
    if (way === "link") document.querySelector<HTMLElement>("#go")?.click();
    else if (way === "reload") location.reload();
    else if (way === "replace") location.replace(location.pathname === "/a" ? "/b" : "/a");
    else location.href = location.pathname === "/a" ? "/b" : "/a";
  };
  setTimeout(() => {
    window.tacit?.track("cart_add", { item: ["20725", "10002", "10080"][amount % 3], amount });
    if (delayMs === 0) go();
    else setTimeout(go, delayMs);
  });
  return { atMs: Date.now(), isAhead: window.hasRoom() };
}

async function trackSome(walker: Walker, name: string): Promise<void> {
  for (let count = 1 + walker.someMs(3); count > 0; count--) await walker.track(name);
}

interface Ending {
  readonly end: (tab: Tab) => Promise<void>;
  /** Whether the page hears of it. */
  readonly isHeard: boolean;
}

/** Closes or ends the tab, some time after an event, and goes on in another, which may be open before. */
async function trackAndClose(walker: Walker, name: string, { end, isHeard }: Ending): Promise<void> {
  const { place, model } = walker;
  const writesBack = isHeard && (await place.tab.run(() => window.writesBack()));
  const early = walker.random() < chanceOfAnotherTab ? await walker.open("/a") : null;
  const delayMs = walker.someMs(mostDelayMs);
  await walker.track(name);
  await sleep(delayMs);
  model.pageWent(name, { page: place.page, atMs: Date.now(), writesBack });
  await end(place.tab);
  walker.goTo(early ?? (await walker.open("/a")));
}

/** Does it where the person is, or in another tab, which is closed then. */
async function hereOrElsewhere(walker: Walker, name: string, act: (tab: Tab) => Promise<void>) {
  if (walker.random() >= chanceOfAnotherTab) return act(walker.place.tab);
  await inAnotherTab(walker, name, ({ tab }) => act(tab));
}

async function inAnotherTab(walker: Walker, name: string, act: (place: Place) => Promise<void>) {
  const place = await walker.open("/b");
  await act(place);
  const writesBack = await place.tab.run(() => window.writesBack());
  walker.model.pageWent(name, { page: place.page, atMs: Date.now(), writesBack });
  await place.tab.close();
}

/** Asked after the choice: a full localStorage has room for one that is there. */
async function roomFor(walker: Walker, tab: Tab): Promise<Room> {
  const localStorage = await tab.run(() => window.writesBack());
  return { database: walker.hasRoom, localStorage, page: walker.place.page };
}

export const steps: Readonly<Record<string, Step>> = {
  "leave by a link": { weight: 14, run: (walker, name) => trackAndLeave(walker, name, "link") },
  "leave by location.href": { weight: 14, run: (walker, name) => trackAndLeave(walker, name, "href") },
  "leave by location.replace": { weight: 6, run: (walker, name) => trackAndLeave(walker, name, "replace") },
  reload: { weight: 8, run: (walker, name) => trackAndLeave(walker, name, "reload") },
  "leave with the worker ended": {
    weight: 6,
    run: (walker, name) => trackAndLeave(walker, name, "href", true),
  },
  track: { weight: 14, run: trackSome },
  back: {
    weight: 6,
    async run(walker, name) {
      if (walker.place.behind === 0) return walker.enter(name, "/b");
      const by = async (tab: Tab): Promise<number> => {
        const atMs = Date.now();
        await tab.back();
        // A page that was left before it was whole has no place in the history.
        if (await tab.run(() => location.href === "about:blank")) await walker.show(tab, "/b");
        return atMs;
      };
      await walker.leave(name, by, -1);
    },
  },
  "close the tab": {
    weight: 6,
    run: (walker, name) => trackAndClose(walker, name, { end: (tab) => tab.close(), isHeard: true }),
  },
  "end the page's process": {
    weight: 2,
    needs: "crash",
    run: (walker, name) => trackAndClose(walker, name, { end: (tab) => tab.crash(), isHeard: false }),
  },
  "a second tab": {
    weight: 3,
    run: (walker, name) =>
      inAnotherTab(walker, name, async (place) => {
        await walker.track(name, place);
        await sleep(walker.someMs(mostDelayMs));
      }),
  },
  "end the worker": {
    weight: 4,
    async run(walker, name) {
      const { tab } = walker.place;
      // One that ends before it has begun cannot be told from one that loads slowly: answers.spec.ts has that.
      await ready(tab);
      await tab.run(() => {
        for (const worker of window.workers) worker.terminate();
      });
      await trackSome(walker, name);
    },
  },
  erase: {
    weight: 2,
    isCompared: true,
    run: (walker, name) =>
      hereOrElsewhere(walker, name, async (tab) => {
        await tab.run(() => window.tacit?.erase());
        walker.model.erased(name);
      }),
  },
  "opt out": {
    weight: 2,
    isCompared: true,
    run: (walker, name) =>
      hereOrElsewhere(walker, name, async (tab) => {
        await tab.run(() => window.tacit?.optOut());
        walker.model.optedOut(name, await roomFor(walker, tab));
      }),
  },
  "opt in": {
    weight: 3,
    isCompared: true,
    run: (walker, name) =>
      hereOrElsewhere(walker, name, async (tab) => {
        await tab.run(() => window.tacit?.optIn());
        walker.model.optedIn(await roomFor(walker, tab));
      }),
  },
  "stay, and contribute": {
    weight: 1,
    isCompared: true,
    async run(walker) {
      const { place, model } = walker;
      const { tab } = place;
      if (!model.isTracking) return;
      await tab.run(() => window.tacit?.consent({ personalise: true, contribute: true }));
      model.optedIn(await roomFor(walker, tab));
      const isDone = () =>
        tab.run(async () => {
          const panel = await window.tacit?.panel();
          return panel?.storage === "memory" || !["chance", "token"].includes(panel?.waiting.why ?? "chance");
        });
      await until(tab, "nothing to be due", isDone, contributesWithinMs);
    },
  },
  ...faults,
};
