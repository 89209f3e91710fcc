/**
 * The SDK as a page sees it: every method of `Tacit`, none of which throws, rejects or waits in the page's
 * way.
 *
 * One rule for all of them: try, and on any failure tell `onError` and give the plain answer (an empty list,
 * null). Where there is no page, on a server, every method gives its plain answer and keeps nothing.
 */
import { proxy, type Remote } from "comlink";
import { type EventKind, eventFields, parseEventInput } from "../core/events/event.ts";
import { nearestName } from "../core/nearest.ts";
import type {
  ConsentFlags,
  Explanation,
  ForYouOptions,
  Kept,
  ListOptions,
  Panel,
  Recommendation,
  TacitExport,
  WorkerApi,
  WorkerNotice,
} from "../worker/api.ts";
import type { Capture } from "./capture.ts";
import { type Files, type Settings, settingsFrom } from "./config.ts";
import { Consent, parsePermissions } from "./consent.ts";
import { type EarlyCall, earlyNames, isEarlyName } from "./early.ts";
import { Erasure } from "./erasure.ts";
import { Gate } from "./gate.ts";
import { KeptCopy } from "./kept.ts";
import { PageLeft, WorkerLink, WorkerLost } from "./link.ts";
import { Listeners } from "./listeners.ts";
import { memoryStore, type Page } from "./page.ts";
import { optionKeys, plainForYou, plainItem, plainList } from "./plain.ts";
import { prefetch } from "./prefetch.ts";
import { Outbox } from "./queue.ts";
import type { ConsentState, Tacit, TacitConfig, TacitEventMap, TrackProperties } from "./types.ts";
import { version } from "./version.ts";
import { eraseAhead, isAhead, lastErasure, WriteAhead } from "./writeahead.ts";

/** At a developer's server it answers when the report is through, elsewhere at once or after one step. */
const contributeLimitMs = 120_000;
/** A page that lives has long handed over by then what it wrote ahead. */
const takeOverAfterMs = 2_000;
/** How long a question may wait for `init`. */
const startLimitMs = 10_000;
/** How long it may take in all. */
const answerLimitMs = 12_000;

export interface ClientOptions {
  /** Null where there is none, as on a server. */
  readonly page: Page | null;
  readonly files: Files;
}

/** One SDK on one page. */
export class Client implements Tacit {
  readonly version: string = version;
  readonly #page: Page | null;
  readonly #files: Files;
  readonly #listeners = new Listeners();
  readonly #consent: Consent;
  readonly #kept: KeptCopy;
  readonly #erasure: Erasure | null;
  readonly #outbox: Outbox;
  /** Null until `init` was understood. */
  #settings: Settings | null = null;
  /** Open once the page is initialised and shown; every question waits for it. */
  readonly #link = new Gate<WorkerLink>();
  #lastConsent: ConsentState;
  /** What was told once, and is not told again. */
  readonly #told = new Set<string>();
  #contributionDue = false;
  #isWritingAhead = false;
  #takeOver: ReturnType<typeof setTimeout> | undefined;
  /** Null until the page is initialised and shown. */
  #capture: Capture | null = null;

  constructor({ page, files }: ClientOptions) {
    this.#page = page;
    this.#files = files;
    const { store, privacyControl } = page ?? { store: memoryStore(), privacyControl: false };
    this.#consent = new Consent({ store, privacyControl });
    this.#kept = new KeptCopy(store, this.#consent);
    this.#erasure = page && new Erasure({ page, kept: this.#kept, consent: this.#consent });
    this.#lastConsent = this.#consent.state();
    this.#outbox = new Outbox({
      send: async (events) => (await this.#started("track")).call("track", (worker) => worker.append(events)),
      lastErasure: () => lastErasure(store),
      onError: (error) => this.#report(error),
    });
  }

  init(config: TacitConfig = {}): void {
    this.#try((page) => {
      if (this.#settings !== null) throw new Error("init: expected one call per page, got another");
      if (typeof config?.onError === "function") this.#listeners.onError = config.onError;
      try {
        this.#settings = settingsFrom(config, { address: page.address, files: this.#files });
      } catch (cause) {
        this.#link.refuse(new Error("expected the SDK to be started, got a configuration that was refused"));
        throw cause;
      }
      const settings = this.#settings;
      if (this.#erasure?.takeRefusal()) this.consent({ personalise: false, contribute: false });
      this.#consent.siteSays(settings.consent);
      page.onStoreChange((key) => this.#try(() => this.#onStoreChange(key)));
      this.#consentMayDiffer();
      page.onShown(() => this.#try(() => this.#run(page, settings)));
    });
  }

  track(kind: EventKind, properties?: TrackProperties): void {
    this.#track(kind, properties, Date.now());
  }

  recommend(options?: ForYouOptions): Promise<readonly Recommendation[]> {
    return this.#ask("recommend", [], () => {
      const plain = plainForYou(options);
      this.#tellUnknown("recommend: options", options, optionKeys.recommend);
      return (worker) => worker.forYou(plain);
    });
  }

  similar(item: string, options?: ListOptions): Promise<readonly Recommendation[]> {
    return this.#ask("similar", [], () => {
      const id = plainItem("similar", item);
      const plain = plainList("similar", options);
      this.#tellUnknown("similar: options", options, optionKeys.similar);
      return (worker) => worker.similar(id, plain);
    });
  }

  trending(options?: ListOptions): Promise<readonly Recommendation[]> {
    return this.#ask("trending", [], () => {
      const plain = plainList("trending", options);
      this.#tellUnknown("trending: options", options, optionKeys.trending);
      return (worker) => worker.trending(plain);
    });
  }

  explain(item: string): Promise<Explanation | null> {
    return this.#ask<Explanation | null>("explain", null, () => {
      const id = plainItem("explain", item);
      return (worker) => worker.explain(id);
    });
  }

  panel(): Promise<Panel | null> {
    return this.#ask<Panel | null>("panel", null, () => (worker) => worker.panel());
  }

  reportBytes(id: string): Promise<Uint8Array | null> {
    return this.#ask<Uint8Array | null>("reportBytes", null, () => (worker) => worker.reportBytes(id));
  }

  exportData(): Promise<TacitExport | null> {
    return this.#ask<TacitExport | null>("exportData", null, () => (worker) => worker.exportData());
  }

  consent(change?: Partial<ConsentFlags>): ConsentState {
    if (change !== undefined) {
      this.#try(() => {
        const choices = parsePermissions("consent", change);
        // Before it is written down: a full store has room for it then.
        if (choices.personalise === false) this.#eraseWaiting();
        this.#consent.choose(choices);
        this.#consentMayDiffer();
      });
    }
    return this.#consent.state();
  }

  async optOut(): Promise<void> {
    this.consent({ personalise: false, contribute: false });
    await this.erase();
  }

  optIn(): void {
    this.consent({ personalise: true });
  }

  async erase(): Promise<void> {
    const erasure = this.#erasure;
    if (erasure === null) return;
    try {
      this.#eraseWaiting();
      await erasure.run(this.#link.value, (error) => this.#report(error));
    } catch (error) {
      this.#report(error);
    }
  }

  on<Name extends keyof TacitEventMap>(
    name: Name,
    listener: (detail: TacitEventMap[Name]) => void,
  ): () => void {
    let stop: () => void = () => undefined;
    this.#try(() => {
      stop = this.#listeners.add(name, listener);
    });
    return stop;
  }

  /** Makes a call that a page made on the stub, with the time it was made. */
  early({ name, args, atMs, answer }: EarlyCall): void {
    this.#try(() => {
      if (name === "track") answer(this.#track(args[0], args[1], atMs));
      else if (isEarlyName(name)) answer(Reflect.apply(this[name], this, args));
      else throw new TypeError(`stub: expected a call of ${earlyNames.join(", ")}, got ${name}`);
    });
  }

  #run(page: Page, { server, worker, tokens, database, pins, relay }: Settings): void {
    const prefetched = prefetch(page, { from: relay ?? server, database });
    const keepCopy = (kept: Kept): Kept => {
      const all = this.#kept.merge(kept);
      this.#writeAhead(page, database);
      this.#try(() => this.#consentMayDiffer());
      return all;
    };
    const link = new WorkerLink({
      ways: page.workerWays(worker),
      isHeld: (lock) => page.isHeld(lock),
      prepare: (remote, lifeLock) =>
        remote.start(
          {
            lifeLock,
            server,
            database,
            tokens,
            consent: this.#flags(),
            ...(pins === null ? {} : { pins }),
            ...(relay === null ? {} : { relay }),
          },
          proxy((notice: WorkerNotice) => this.#try(() => this.#onNotice(notice))),
          proxy(keepCopy),
          proxy(prefetched),
        ),
      onDetour: (way, because) => this.#report(new Error(`worker: runs ${way}; ${because}`)),
    });
    this.#link.open(link);
    this.#eraseIfDue(link, database);
    void link.call("init", async () => undefined).catch((error: unknown) => this.#report(error));
    void this.#writeAheadIfKnown(page, database);
    this.#outbox.open();
    page.onHidden(() => this.#outbox.hidden());
    page.onLeft(() => this.#leave(link));
    page.onBack(() => this.#try(() => this.#comeBack(link)));
    this.#capture = page.capture((kind, captured) => this.#track(kind, captured, Date.now()), database);
    this.#contributeSoon();
  }

  /** Before any question: an earlier page was asked to erase, and did not come to it. */
  #eraseIfDue(link: WorkerLink, database: string): void {
    if (this.#erasure === null) return;
    this.#erasure.begin(database);
    if (!this.#erasure.isDue) return;
    void this.#erasure.run(link, (error) => this.#report(error)).catch((error) => this.#report(error));
  }

  /** On a first visit nobody has said anything: that is known before the worker runs. */
  async #writeAheadIfKnown(page: Page, database: string): Promise<void> {
    const isKnown = this.#consent.isKnown || (await page.hasDatabase(database)) === false;
    if (isKnown) this.#try(() => this.#writeAhead(page, database));
  }

  /** Events are written where they outlive the page once it is certain that the person did not say no. */
  #writeAhead(page: Page, database: string): void {
    if (this.#isWritingAhead) return;
    this.#isWritingAhead = true;
    if (!this.#consent.state().personalise) eraseAhead(page.store);
    this.#outbox.writeAhead(new WriteAhead(page.store, database));
  }

  #leave(link: WorkerLink): void {
    this.#kept.restore();
    link.leave();
  }

  #comeBack(link: WorkerLink): void {
    link.comeBack();
    this.#storeMayDiffer();
    void this.#outbox.flush();
  }

  #track(kind: unknown, properties: unknown, atMs: number): void {
    this.#try(() => {
      const event = parseEventInput(kind, properties);
      this.#tellUnknown("track: properties", properties, eventFields);
      if (this.#consent.state().personalise) this.#outbox.add(event, atMs);
    });
  }

  #onNotice(notice: WorkerNotice): void {
    switch (notice.type) {
      case "change":
        this.#listeners.tell("change", undefined);
        break;
      case "edition": {
        const { type: _type, ...edition } = notice;
        this.#listeners.tellReady();
        this.#listeners.tell("edition", edition);
        // A new edition may bring new tasks.
        if (edition.isWhole) this.#contributeSoon();
        break;
      }
      case "report":
        this.#listeners.tell("report", notice.report);
        break;
      case "trouble":
        this.#report(new Error(notice.message));
        break;
    }
  }

  #onStoreChange(key: string | null): void {
    if (isAhead(key)) this.#takeOverSoon();
    else this.#storeMayDiffer();
  }

  /** An event of another page: it hands it over itself, unless it has gone. */
  #takeOverSoon(): void {
    if (this.#takeOver !== undefined) return;
    this.#takeOver = setTimeout(() => {
      this.#takeOver = undefined;
      this.#try(() => this.#outbox.takeOver());
    }, takeOverAfterMs);
  }

  /** Another tab chose, or erased, or the site cleared what is kept here. */
  #storeMayDiffer(): void {
    this.#consentMayDiffer();
    this.#kept.restore();
  }

  /** Acts on a changed permission, whoever changed it: this page, another tab, the site's configuration. */
  #consentMayDiffer(): void {
    const state = this.#consent.state();
    const before = this.#lastConsent;
    if (JSON.stringify(state) === JSON.stringify(before)) return;
    this.#lastConsent = state;
    if (!state.personalise) this.#eraseWaiting();
    else if (!before.personalise) this.#capture?.lookAgain();
    if (state.personalise !== before.personalise || state.contribute !== before.contribute) {
      void this.#tellWorker();
    }
    this.#contributeSoon();
    this.#listeners.tell("consent", state);
  }

  async #tellWorker(): Promise<void> {
    const link = this.#link.value;
    // A worker that starts later is told then.
    if (link === null) return;
    try {
      await link.call("consent", (worker) => worker.setConsent(this.#flags(), this.#consent.choices()));
    } catch (error) {
      this.#report(error);
    }
  }

  /** Forgets, in every tab, what has not reached the worker yet. */
  #eraseWaiting(): void {
    this.#outbox.clear();
    if (this.#page !== null) eraseAhead(this.#page.store);
  }

  #contributeSoon(): void {
    if (this.#contributionDue || !this.#flags().contribute) return;
    this.#contributionDue = true;
    // Not later: a page may be short, and the worker has times of its own for what it does.
    this.#page?.whenIdle(0, () => {
      this.#contributionDue = false;
      if (!this.#flags().contribute) return;
      void this.#ask("contribute", undefined, () => (worker) => worker.contribute(), contributeLimitMs);
    });
  }

  #flags(): ConsentFlags {
    const { personalise, contribute } = this.#consent.state();
    return { personalise, contribute };
  }

  /** The worker's answer to a question, which knows every event tracked before it, or the plain answer. */
  async #ask<T>(
    who: string,
    plain: T,
    question: () => (worker: Remote<WorkerApi>) => Promise<T>,
    limitMs = answerLimitMs,
  ): Promise<T> {
    if (this.#page === null) return plain;
    let limit: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `${who}: expected an answer within ${limitMs} ms, got none`;
      limit = setTimeout(() => reject(new WorkerLost(message)), limitMs);
    });
    try {
      return await Promise.race([this.#answer(who, question(), limitMs), late]);
    } catch (error) {
      this.#report(error);
      return plain;
    } finally {
      clearTimeout(limit);
    }
  }

  async #answer<T>(who: string, ask: (worker: Remote<WorkerApi>) => Promise<T>, limitMs: number): Promise<T> {
    const link = await this.#started(who);
    await this.#outbox.flush();
    return link.call(who, ask, limitMs);
  }

  #started(who: string): Promise<WorkerLink> {
    return this.#link.pass(startLimitMs, `${who}: expected init to be called and the page to be shown`);
  }

  /** Says once of each what a page wrote that means nothing, and what was probably meant. */
  #tellUnknown(what: string, given: unknown, known: readonly string[]): void {
    if (typeof given !== "object" || given === null) return;
    for (const name of Object.keys(given)) {
      if (known.includes(name)) continue;
      const meant = nearestName(name, known);
      const message = `${what} must be among ${known.join(", ")}, got ${name}`;
      this.#reportOnce(new TypeError(meant === null ? message : `${message}: ${meant} is meant?`));
    }
  }

  /** Runs what must not throw into the page; nothing where there is no page. */
  #try(run: (page: Page) => void): void {
    if (this.#page === null) return;
    try {
      run(this.#page);
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    // Nobody is there to be told of a page that was left.
    if (error instanceof PageLeft) return;
    // Every waiting call fails with a lost worker, and so may the next one; a slip of the site's code is made
    // again and again: once is enough.
    const isSlip = error instanceof Error && (error.name === "RangeError" || error.name === "TypeError");
    if (error instanceof WorkerLost || isSlip) this.#reportOnce(error);
    else this.#listeners.report(error);
  }

  #reportOnce(error: Error): void {
    if (this.#told.has(error.message)) return;
    this.#told.add(error.message);
    this.#listeners.report(error);
  }
}

/** The client without its inner parts, and with methods that may be passed around on their own. */
export function surfaceOf(client: Client): Tacit {
  return {
    version: client.version,
    init: (config) => client.init(config),
    track: (kind, properties) => client.track(kind, properties),
    recommend: (options) => client.recommend(options),
    similar: (item, options) => client.similar(item, options),
    trending: (options) => client.trending(options),
    explain: (item) => client.explain(item),
    consent: (change) => client.consent(change),
    optOut: () => client.optOut(),
    optIn: () => client.optIn(),
    panel: () => client.panel(),
    reportBytes: (id) => client.reportBytes(id),
    exportData: () => client.exportData(),
    erase: () => client.erase(),
    on: (name, listener) => client.on(name, listener),
  };
}
