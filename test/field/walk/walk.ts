/** A random walk of one person in one engine, compared with the model as it goes. */
import { toHex } from "../../../core/bytes.ts";
import { parseReport } from "../../../core/wire/report.ts";
import { type Engine, type Session, sleep } from "../engines/engine.ts";
import { engines } from "../engines/registry.ts";
import { before, html, inline, openSite } from "../site.ts";
import { faultsOnRequest } from "./faults.ts";
import { type Account, type Seen, type SentSum, WalkModel } from "./model.ts";
import { type Step, steps } from "./steps.ts";
import { type Place, Walker } from "./walker.ts";

export interface WalkOptions {
  readonly engine: Engine;
  /** The Tacit server. */
  readonly target: string;
  readonly count: number;
  readonly seed: number;
  readonly pageCache?: boolean;
  /** Names of the steps to take; all unless given. */
  readonly only?: readonly string[];
  readonly say?: (line: string) => void;
  /** Whether each step is said. */
  readonly isTold?: boolean;
  /** Ends the walk after the step that is under way. */
  readonly signal?: AbortSignal;
}

export interface Walked extends Account {
  readonly steps: number;
  /** How often the model was compared with the page, by where the journal was then. */
  readonly looks: Readonly<Record<Seen["storage"], number>>;
}

const compareEvery = 5;
/** A worker that ended without a word is noticed within seconds, and what it had is tried again after more. */
const handedOverWithinMs = 15_000;
const sayEvery = 100;
/** How many steps before a contradiction are told with it. */
const trailLength = 14;

export async function walk({
  engine,
  target,
  count,
  seed,
  pageCache = true,
  only = Object.keys(steps),
  say = () => undefined,
  isTold = false,
  signal,
}: WalkOptions): Promise<Walked> {
  const model = new WalkModel();
  let done = 0;
  const page = (to: string) =>
    html({
      head: `${inline(askForRoom)}<script src="/workers.js"></script>`,
      body: `<a id="go" href="${to}" data-tacit-item="20725">tile</a>`,
    });
  const site = await openSite(target, {
    pages: { "/a": page("/b"), "/b": page("/a") },
    prefixes: { "/tacit/worker.js": before(faultsOnRequest) },
    onPosted: (path, body) => {
      if (path === "/v1/reports") for (const sum of sumsOf(body)) model.sent(sum, "on its way");
    },
  });
  const session = await engine.open({ pageCache });
  const looks = { device: 0, memory: 0 };
  const trail: string[] = [];
  try {
    const can: Walker["can"] = (ability) => engines[engine.name].cannot[ability] === undefined;
    const walker = new Walker({ session, url: site.url, model, random: mulberry32(seed), can });
    const deck = deckOf(can, only);
    walker.goTo(await walker.open("/a"));
    for (; done < count && signal?.aborted !== true; done++) {
      const nth = done + 1;
      const [name, step] = deck[Math.floor(walker.random() * deck.length)];
      const title = `${nth} (${name})`;
      const told = model.account().contradictions.length;
      trail.push(title);
      const beganMs = Date.now();
      try {
        await step.run(walker, title);
        if (nth % compareEvery === 0 || step.isCompared === true || nth === count) {
          const seen = await look(walker.place, model);
          looks[seen.storage] += 1;
          model.compare(seen, title);
        }
      } catch (error) {
        model.contradict(title, `${error instanceof Error ? error.message : error}; ${await said(walker)}`);
        try {
          await startAnew(walker, title);
        } catch (cause) {
          model.contradict(title, `the walk ends here: ${cause instanceof Error ? cause.message : cause}`);
          return { ...model.account(), steps: nth, looks };
        }
      }
      const fresh = model.account().contradictions.slice(told);
      for (const line of fresh) say(line);
      if (fresh.length > 0) say(`  before it: ${trail.slice(-trailLength, -1).join(", ")}`);
      if (isTold) say(`${title}: ${Date.now() - beganMs} ms, ${model.account().events} events`);
      else if (nth % sayEvery === 0) say(`${nth} steps`);
    }
    return { ...model.account(), steps: done, looks };
  } finally {
    await endOf(session);
    await site.close();
  }
}

/** Runs in the page, before the SDK. */
function askForRoom(): void {
  window.canRead = () => {
    try {
      return localStorage.length >= 0;
    } catch {
      return false;
    }
  };
  window.writesBack = () => {
    try {
      if (localStorage.getItem("tacit.consent") !== null) return true;
      localStorage.setItem("probe", "x".repeat(40));
      localStorage.removeItem("probe");
      return true;
    } catch {
      return false;
    }
  };
  window.hasRoom = () => {
    try {
      localStorage.setItem("probe", "x".repeat(400));
      localStorage.removeItem("probe");
      // Where nobody knows what the person chose before, nothing may be written down yet.
      return localStorage.getItem("tacit.consent") !== null;
    } catch {
      return false;
    }
  };
}

/** Each step as often as it weighs. */
function deckOf(can: Walker["can"], only: readonly string[]): readonly (readonly [string, Step])[] {
  const unknown = only.filter((name) => !Object.hasOwn(steps, name));
  if (unknown.length > 0) throw new Error(`walk: expected ${Object.keys(steps).join("; ")}, got ${unknown}`);
  const wanted = Object.entries(steps).filter(([name]) => only.includes(name));
  const possible = wanted.filter(([, { needs }]) => needs === undefined || can(needs));
  return possible.flatMap((entry) => Array.from({ length: entry[1].weight }, () => entry));
}

/** What the person's page shows; waits a while for events, and choices of another tab, on their way. */
async function look(place: Place, model: WalkModel): Promise<Seen> {
  let seen = await shown(place);
  for (const end = Date.now() + handedOverWithinMs; Date.now() < end; await sleep(50)) {
    const isComplete = seen.storage === "memory" || !seen.isReading || model.missing(seen.serials) === 0;
    if (isComplete && model.knowsChoice(seen)) break;
    seen = await shown(place);
  }
  return seen;
}

async function shown({ tab, page }: Place): Promise<Seen> {
  const seen = await tab.run(async () => {
    const panel = await window.tacit?.panel();
    const consent = window.tacit?.consent();
    if (!panel || !consent) throw new Error("panel: expected one, got none");
    return {
      atMs: Date.now(),
      personalise: consent.personalise,
      because: consent.because.personalise,
      storage: panel.storage,
      isReading: window.canRead(),
      serials: panel.events.filter(({ kind }) => kind === "cart_add").map(({ amount = 0 }) => amount),
      spent: panel.budget.lifetime.rho,
      sums: panel.reports.flatMap(({ id, sums }) => sums.map(({ task }) => ({ report: id, task }))),
    };
  });
  return { ...seen, page };
}

/** What a report says in the clear. */
function sumsOf(body: Uint8Array): readonly SentSum[] {
  const { id, sums } = parseReport(body);
  return sums.map(({ task }) => ({ report: toHex(id), task }));
}

/** What the page's console was told. */
function said(walker: Walker): Promise<string> {
  const none = sleep(1_000).then(() => "the page does not say");
  const lines = walker.place.tab.run(() => JSON.stringify(window.said));
  return Promise.race([lines.catch(() => none), none]);
}

/** After a step that went wrong the person is in a tab that may not answer. */
async function startAnew(walker: Walker, step: string): Promise<void> {
  const { page, tab } = walker.place;
  const next = await walker.open("/a");
  // When it went, and how, is not known.
  walker.model.pageWent(step, { page, atMs: 0, writesBack: false });
  await Promise.race([tab.close().catch(() => undefined), sleep(5_000)]);
  walker.goTo(next);
}

async function endOf(session: Session): Promise<void> {
  await Promise.race([session.close(), sleep(5_000)]);
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
