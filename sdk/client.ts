/**
 * The SDK as a page sees it: every method of `Tacit`, none of which throws, rejects or waits in the page's
 * way.
 *
 * One rule for all of them: try, and on any failure tell `onError` and give the plain answer (an empty list,
 * null). Where there is no page, on a server, every method gives its plain answer and keeps nothing.
 */
import { proxy, type Remote } from "comlink";
import { type EventKind, parseEventInput } from "../core/events/event.ts";
import type {
  ConsentFlags,
  Explanation,
  ForYouOptions,
  ListOptions,
  Panel,
  Recommendation,
  TacitExport,
  WorkerApi,
  WorkerNotice,
} from "../worker/api.ts";
import { type Files, type Settings, settingsFrom } from "./config.ts";
import { Consent, parseChoices } from "./consent.ts";
import { WorkerLink, WorkerLost } from "./link.ts";
import { Listeners } from "./listeners.ts";
import { memoryStore, type Page } from "./page.ts";
import { prefetch } from "./prefetch.ts";
import { type EarlyCall, earlyNames, isEarlyName, Outbox } from "./queue.ts";
import { keepAsAllSpent, keepRemains, readRemains } from "./remains.ts";
import type { ConsentState, Tacit, TacitConfig, TacitEventMap, TrackProperties } from "./types.ts";
import { version } from "./version.ts";

const contributeAfterMs = 5_000;
/** A contribution downloads factors and uploads a report of some 150 kB, on a phone's network. */
const contributeLimitMs = 120_000;

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
  readonly #outbox: Outbox;
  /** Null until `init` was understood. */
  #settings: Settings | null = null;
  /** Kept once the page is initialised and shown; every question waits for it. */
  readonly #link: Promise<WorkerLink>;
  #openLink: (link: WorkerLink) => void = () => undefined;
  #lastConsent: ConsentState;
  readonly #reportedLost = new Set<string>();
  #contributionDue = false;

  constructor({ page, files }: ClientOptions) {
    this.#page = page;
    this.#files = files;
    this.#consent = new Consent(page ?? { store: memoryStore(), privacyControl: false });
    this.#lastConsent = this.#consent.state();
    this.#link = new Promise((resolve) => {
      this.#openLink = resolve;
    });
    this.#outbox = new Outbox({
      send: async (events) => (await this.#link).call("track", (worker) => worker.append(events)),
      onError: (error) => this.#report(error),
    });
  }

  init(config: TacitConfig = {}): void {
    this.#try((page) => {
      if (this.#settings !== null) throw new Error("init: expected one call per page, got another");
      if (typeof config?.onError === "function") this.#listeners.onError = config.onError;
      const settings = settingsFrom(config, { address: page.address, files: this.#files });
      this.#settings = settings;
      this.#consent.siteSays(settings.consent);
      page.onStoreChange(() => this.#try(() => this.#consentMayDiffer()));
      this.#consentMayDiffer();
      page.onShown(() => this.#try(() => this.#run(page, settings)));
    });
  }

  track(kind: EventKind, properties?: TrackProperties): void {
    this.#track(kind, properties, Date.now());
  }

  recommend(options: ForYouOptions = {}): Promise<readonly Recommendation[]> {
    return this.#ask("recommend", [], (worker) => worker.forYou(options));
  }

  similar(item: string, options: ListOptions = {}): Promise<readonly Recommendation[]> {
    return this.#ask("similar", [], (worker) => worker.similar(item, options));
  }

  trending(options: ListOptions = {}): Promise<readonly Recommendation[]> {
    return this.#ask("trending", [], (worker) => worker.trending(options));
  }

  explain(item: string): Promise<Explanation | null> {
    return this.#ask<Explanation | null>("explain", null, (worker) => worker.explain(item));
  }

  panel(): Promise<Panel | null> {
    return this.#ask<Panel | null>("panel", null, (worker) => worker.panel());
  }

  reportBytes(id: string): Promise<Uint8Array | null> {
    return this.#ask<Uint8Array | null>("reportBytes", null, (worker) => worker.reportBytes(id));
  }

  exportData(): Promise<TacitExport | null> {
    return this.#ask<TacitExport | null>("exportData", null, (worker) => worker.exportData());
  }

  consent(change?: Partial<ConsentFlags>): ConsentState {
    if (change !== undefined) {
      this.#try(() => {
        this.#consent.choose(parseChoices("consent", change));
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
    const page = this.#page;
    if (page === null) return;
    try {
      this.#outbox.clear();
      const link = await this.#link;
      // Events on their way arrive first, or come back to be dropped.
      await this.#outbox.flush();
      this.#outbox.clear();
      keepRemains(page.store, await link.call("erase", (worker) => worker.erase()));
    } catch (error) {
      this.#report(error);
      await this.#eraseWithoutWorker(page);
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
    const link = new WorkerLink({
      start: () => page.startWorker(worker),
      prepare: (remote) =>
        remote.start(
          {
            server,
            database,
            tokens,
            consent: this.#flags(),
            ...readRemains(page.store),
            ...(pins === null ? {} : { pins }),
            ...(relay === null ? {} : { relay }),
          },
          proxy((notice: WorkerNotice) => this.#try(() => this.#onNotice(notice))),
          proxy(prefetched),
        ),
    });
    this.#openLink(link);
    void link.call("init", async () => undefined).catch((error: unknown) => this.#report(error));
    this.#outbox.open();
    page.onHidden(() => void this.#outbox.flush());
    page.capture((kind, captured) => this.#track(kind, captured, Date.now()));
    this.#contributeSoon();
  }

  #track(kind: unknown, properties: unknown, atMs: number): void {
    this.#try(() => {
      const event = parseEventInput(kind, properties);
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

  /** Acts on a changed permission, whoever changed it: this page, another tab, the site's configuration. */
  #consentMayDiffer(): void {
    const state = this.#consent.state();
    const before = this.#lastConsent;
    if (JSON.stringify(state) === JSON.stringify(before)) return;
    this.#lastConsent = state;
    if (!state.personalise) this.#outbox.clear();
    if (state.personalise !== before.personalise || state.contribute !== before.contribute) {
      void this.#ask("consent", undefined, (worker) => worker.setConsent(this.#flags()));
    }
    this.#contributeSoon();
    this.#listeners.tell("consent", state);
  }

  #contributeSoon(): void {
    if (this.#contributionDue || !this.#flags().contribute) return;
    this.#contributionDue = true;
    this.#page?.whenIdle(contributeAfterMs, () => {
      this.#contributionDue = false;
      if (!this.#flags().contribute) return;
      void this.#ask("contribute", undefined, (worker) => worker.contribute(), contributeLimitMs);
    });
  }

  #flags(): ConsentFlags {
    const { personalise, contribute } = this.#consent.state();
    return { personalise, contribute };
  }

  /** A broken worker must not stand between a person and their right: the page deletes by itself. */
  async #eraseWithoutWorker(page: Page): Promise<void> {
    try {
      if (this.#settings === null) return;
      keepAsAllSpent(page.store);
      await page.deleteDatabase(this.#settings.database);
    } catch (error) {
      this.#report(error);
    }
  }

  /** The worker's answer to a question, which knows every event tracked before it, or the plain answer. */
  async #ask<T>(
    who: string,
    plain: T,
    ask: (worker: Remote<WorkerApi>) => Promise<T>,
    limitMs?: number,
  ): Promise<T> {
    if (this.#page === null) return plain;
    try {
      const link = await this.#link;
      await this.#outbox.flush();
      return await link.call(who, ask, limitMs);
    } catch (error) {
      this.#report(error);
      return plain;
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
    if (error instanceof WorkerLost) {
      // Every waiting call fails with it, and so may the next worker: once is enough.
      if (this.#reportedLost.has(error.message)) return;
      this.#reportedLost.add(error.message);
    }
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
