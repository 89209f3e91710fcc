/** A random walk of one person in one engine, compared with the model as it goes. */
import { type Engine, sleep, type Tab } from "../engines/engine.ts";
import { before, html, openSite } from "../site.ts";
import { visit } from "../visit.ts";
import { type Account, type Seen, WalkModel } from "./model.ts";
import { type Step, steps, type Walker } from "./steps.ts";

export interface WalkOptions {
  readonly engine: Engine;
  /** The Tacit server. */
  readonly target: string;
  readonly count: number;
  readonly seed: number;
  readonly pageCache?: boolean;
  readonly say?: (line: string) => void;
}

/** After so many steps, and after each that takes something away. */
const compareEvery = 5;
const handedOverWithinMs = 2_000;

export async function walk({
  engine,
  target,
  count,
  seed,
  pageCache = true,
  say,
}: WalkOptions): Promise<Account> {
  const page = (to: string) =>
    html({
      head: '<script src="/workers.js"></script>',
      body: `<a id="go" href="${to}" data-tacit-item="20725">tile</a>`,
    });
  const site = await openSite(target, {
    pages: { "/a": page("/b"), "/b": page("/a") },
    prefixes: { "/tacit/worker.js": before(faultsOnRequest) },
  });
  const session = await engine.open({ pageCache });
  const model = new WalkModel();
  try {
    const random = mulberry32(seed);
    const walker: Walker = { session, url: site.url, model, random, tab: await session.tab() };
    await visit(walker.tab, `${site.url}/a`);
    for (let k = 1; k <= count; k++) {
      const [name, step] = pick(random());
      try {
        await step.run(walker, `${k} (${name})`);
        if (k % compareEvery === 0 || step.weight <= 3 || k === count)
          model.compare(await look(walker, model), `${k} (${name})`);
      } catch (error) {
        throw new Error(
          `step ${k} (${name}), seed ${seed}: ${error instanceof Error ? error.message : error}`,
        );
      }
      if (k % 100 === 0) say?.(`${k} steps, ${model.account().violations.length} violations`);
    }
    return model.account();
  } finally {
    await Promise.race([session.close(), sleep(5_000)]);
    await site.close();
  }
}

/** Runs in the worker: connections that close, and channels that are gone, when the walk says so. */
function faultsOnRequest(): void {
  const connections: IDBDatabase[] = [];
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...given) {
    const request = open.apply(this, given);
    request.addEventListener("success", () => connections.push(request.result));
    return request;
  };
  new BroadcastChannel("fault").onmessage = ({ data }) => {
    if (data === "close") for (const connection of connections.splice(0)) connection.close();
    if (data === "mute") Reflect.deleteProperty(globalThis, "BroadcastChannel");
  };
}

/** What the person's page shows; waits a while for events on their way. */
async function look({ tab }: Walker, model: WalkModel): Promise<Seen> {
  let seen = await shown(tab);
  for (const end = Date.now() + handedOverWithinMs; Date.now() < end; await sleep(100)) {
    if (model.missing(seen.serials) === 0) break;
    seen = await shown(tab);
  }
  return seen;
}

function shown(tab: Tab): Promise<Seen> {
  return tab.run(async () => {
    const panel = await window.tacit?.panel();
    const consent = window.tacit?.consent();
    if (!panel || !consent) throw new Error("panel: expected one, got none");
    return {
      personalise: consent.personalise,
      because: consent.because.personalise,
      serials: panel.events.filter(({ kind }) => kind === "cart_add").map(({ amount = 0 }) => amount),
      spent: panel.budget.lifetime.rho,
      sums: panel.reports.flatMap(({ id, sums }) => sums.map(({ task }) => ({ report: id, task }))),
    };
  });
}

function pick(chance: number): readonly [string, Step] {
  // Each step as often as it weighs.
  const deck = Object.entries(steps).flatMap((entry) => Array.from({ length: entry[1].weight }, () => entry));
  return deck[Math.floor(chance * deck.length)];
}

/** A small generator of chance with a seed, by Tommy Ettinger; uniform in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
