/**
 * The SDK as a page sees it: every method of `Tacit`, none of which throws, rejects or waits in the page's
 * way.
 *
 * One rule for all of them: try, and on any failure tell `onError` and give the plain answer (an empty list,
 * null). Where there is no page, on a server, every method gives its plain answer and keeps nothing.
 */
import { proxy, type Remote } from "comlink";
import { show } from "../core/errors.ts";
import type { EventInput, EventKind } from "../core/events/event.ts";
import type { FactInput, FactValue } from "../core/events/fact.ts";
import { pauseFact } from "../core/facts/steering.ts";
import type { Wish } from "../core/policy/wish.ts";
import type {
  ConsentFlags,
  ExplainOptions,
  Explanation,
  ExportFile,
  ForYouOptions,
  Kept,
  ListOptions,
  ListRequest,
  MoveAnswer,
  MoveStep,
  Panel,
  Recommendation,
  ShownEvent,
  TacitExport,
  TrendingOptions,
  WorkerApi,
  WorkerNotice,
} from "../worker/api.ts";
import type { Capture } from "./capture.ts";
import { type Files, type Settings, settingsFrom } from "./config.ts";
import { Consent, parsePermissions } from "./consent.ts";
import { type EarlyCall, isEarlyName } from "./early.ts";
import { Erasure } from "./erasure.ts";
import { Gate } from "./gate.ts";
import { KeptCopy } from "./kept.ts";
import { WorkerLink } from "./link.ts";
import { Listeners } from "./listeners.ts";
import type { Note } from "./notes.ts";
import { memoryStore, type Page } from "./page.ts";
import { plainEvents, plainItem, plainItems, plainText } from "./plain.ts";
import { prefetch } from "./prefetch.ts";
import { answerLimitMs, Questions } from "./questions.ts";
import { Outbox } from "./queue.ts";
import { Saying } from "./saying.ts";
import { Troubles } from "./troubles.ts";
import type {
  ConsentState,
  EventsGiven,
  ExportOptions,
  ItemsGiven,
  Tacit,
  TacitConfig,
  TacitEventMap,
  TrackProperties,
  WishesGiven,
} from "./types.ts";
import { version } from "./version.ts";
import { eraseAhead, isAhead, lastErasure, WriteAhead } from "./writeahead.ts";

/** At a developer's server it answers when the report is through, elsewhere at once or after one step. */
const contributeLimitMs = 120_000;
/** A file of its own is loaded, and a whole journal sealed. */
const fileLimitMs = 60_000;
/** A page that lives has long handed over by then what it wrote ahead. */
const takeOverAfterMs = 2_000;
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
  readonly #troubles: Troubles;
  readonly #consent: Consent;
  readonly #kept: KeptCopy;
  readonly #erasure: Erasure | null;
  readonly #outbox: Outbox;
  readonly #questions: Questions;
  readonly #saying: Saying;
  /** Null until `init` was understood. */
  #settings: Settings | null = null;
  /** Open once the page is initialised and shown; every question waits for it. */
  readonly #link = new Gate<WorkerLink>();
  /** Takes the `onError` of a configuration that was refused off again. */
  #stopOnError: () => void = () => undefined;
  #lastConsent: ConsentState;
  #contributionDue = false;
  #isWritingAhead = false;
  #takeOver: ReturnType<typeof setTimeout> | undefined;
  /** Null until the page is initialised and shown. */
  #capture: Capture | null = null;
  /** For the overlay; none is made unless the page was opened with `?tacit-debug`. */
  readonly #notes: Note[] = [];

  constructor({ page, files }: ClientOptions) {
    this.#page = page;
    this.#files = files;
    this.#troubles = new Troubles({
      listeners: this.#listeners,
      note: (error) => this.#note("error", error),
    });
    const { store, privacyControl } = page ?? { store: memoryStore(), privacyControl: false };
    this.#consent = new Consent({ store, privacyControl });
    this.#kept = new KeptCopy(store, this.#consent);
    this.#erasure = page && new Erasure({ page, kept: this.#kept });
    this.#lastConsent = this.#consent.state();
    this.#outbox = new Outbox({
      send: async (events) =>
        (await this.#questions.started("track")).call("track", (worker) => worker.append(events())),
      lastErasure: () => lastErasure(store),
      onError: (error) => this.#report(error),
    });
    this.#questions = new Questions({
      isThere: page !== null,
      link: this.#link,
      flush: () => this.#outbox.flush(),
      troubles: this.#troubles,
      noteList: (listed) => this.#note("list", listed),
    });
    this.#saying = new Saying({
      keep: (event, atMs) => this.#keep(event, atMs),
      noteEvent: (event, atMs) =>
        this.#note("event", { event, atMs, isKept: this.#consent.state().personalise }),
      wishes: () => this.#wishes(),
      troubles: this.#troubles,
    });
  }

  init(config: TacitConfig = {}): void {
    this.#try((page) => {
      if (this.#settings !== null) throw new Error("init: expected one call per page, got another");
      this.#stopOnError();
      if (typeof config?.onError === "function") this.#stopOnError = this.on("error", config.onError);
      try {
        this.#settings = settingsFrom(config, { address: page.address, files: this.#files });
      } catch (cause) {
        this.#link.refuse(new Error("expected the SDK to be started, got a configuration that was refused"));
        throw cause;
      } finally {
        this.#openOverlay(page);
      }
      const settings = this.#settings;
      if (this.#erasure?.takeRefusal()) this.consent({ personalise: false, contribute: false });
      this.#consent.siteSays(settings.consent);
      page.onStoreChange((key, text) => this.#try(() => this.#onStoreChange(key, text)));
      this.#consentMayDiffer();
      page.onShown(() => this.#try(() => this.#run(page, settings)));
    });
  }

  track(kind: EventKind, properties?: TrackProperties): void {
    this.#track(kind, properties, Date.now());
  }

  declare(facts: Readonly<Record<string, FactValue | null>>): void {
    this.#declare(facts, Date.now());
  }

  steer(wishes: WishesGiven): Promise<() => void> {
    return this.#steer(wishes, Date.now());
  }

  pause(): void {
    this.#declare({ [pauseFact]: true }, Date.now());
  }

  resume(): void {
    this.#declare({ [pauseFact]: null }, Date.now());
  }

  recommend(options?: ForYouOptions): Promise<readonly Recommendation[]> {
    return this.#questions.list("recommend", { options }, (plain) => (worker) => worker.forYou(plain));
  }

  similar(item: string, options?: ListOptions): Promise<readonly Recommendation[]> {
    return this.#questions.list("similar", { about: item, options }, (plain) => {
      const about = plainItem("similar", item);
      return (worker) => worker.similar(about, plain);
    });
  }

  goesWith(items: ItemsGiven, options?: ListOptions): Promise<readonly Recommendation[]> {
    return this.#questions.list("goesWith", { about: items, options }, (plain) => {
      const about = plainItems("goesWith", items);
      return (worker) => worker.goesWith(about, plain);
    });
  }

  search(text: string, options?: ListOptions): Promise<readonly Recommendation[]> {
    return this.#questions.list("search", { about: text, options }, (plain) => {
      const asked = plainText("search", text);
      return (worker) => worker.search(asked, plain);
    });
  }

  trending(options?: TrendingOptions): Promise<readonly Recommendation[]> {
    return this.#questions.list("trending", { options }, (plain) => (worker) => worker.trending(plain));
  }

  lists<Name extends string>(
    requests: Readonly<Record<Name, ListRequest>>,
  ): Promise<Readonly<Record<Name, readonly Recommendation[]>>> {
    return this.#questions.lists(requests);
  }

  explain(item: string, options?: ExplainOptions): Promise<Explanation | null> {
    return this.#questions.ask<Explanation | null>("explain", null, () => {
      const plain = this.#questions.plainOptions("explain", options);
      const about = plainItem("explain", item);
      return (worker) => worker.explain(about, plain);
    });
  }

  panel(): Promise<Panel | null> {
    return this.#questions.ask<Panel | null>("panel", null, () => async (worker) => {
      let events: ShownEvent[] = [];
      const take = (some: readonly ShownEvent[] | null): void => {
        if (some === null) events = [];
        else events.push(...some);
      };
      const panel = await worker.panel(proxy(take));
      return { ...panel, events: [...events, ...panel.events] };
    });
  }

  reportBytes(id: string): Promise<Uint8Array | null> {
    return this.#questions.ask<Uint8Array | null>(
      "reportBytes",
      null,
      () => (worker) => worker.reportBytes(plainItem("reportBytes", id, "id")),
    );
  }

  exportData(options?: { readonly format: "json" }): Promise<TacitExport | null>;
  exportData(options: { readonly format: "parquet" }): Promise<readonly ExportFile[] | null>;
  exportData(options?: ExportOptions): Promise<TacitExport | readonly ExportFile[] | null> {
    let limitMs = answerLimitMs;
    const question = () => {
      const { format = "json" } = options ?? {};
      if (format === "parquet") {
        limitMs = fileLimitMs;
        return (worker: Remote<WorkerApi>) => worker.exportFiles();
      }
      if (format === "json") return (worker: Remote<WorkerApi>) => worker.exportData();
      throw new TypeError(`exportData: format must be "json" or "parquet", got ${show(format)}`);
    };
    return this.#questions.ask<TacitExport | readonly ExportFile[] | null>(
      "exportData",
      null,
      question,
      () => limitMs,
    );
  }

  move(step: MoveStep): Promise<MoveAnswer | null> {
    return this.#questions.ask<MoveAnswer | null>(
      "move",
      null,
      () => (worker) => worker.move(step),
      () => fileLimitMs,
    );
  }

  async forget(events: EventsGiven): Promise<void> {
    await this.#questions.ask<void>("forget", undefined, () => {
      const ids = plainEvents("forget", events);
      return (worker) => worker.forget(ids);
    });
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
      else if (name === "declare") answer(this.#declare(args[0], atMs));
      else if (name === "steer") answer(this.#steer(args[0], atMs));
      else if (name === "pause") answer(this.#declare({ [pauseFact]: true }, atMs));
      else if (name === "resume") answer(this.#declare({ [pauseFact]: null }, atMs));
      else if (isEarlyName(name)) answer(Reflect.apply(this[name], this, args));
      else throw new TypeError(`stub: expected a method, got ${name}`);
    });
  }

  #openOverlay({ overlay }: Page): void {
    overlay?.(this.#settings?.debug ?? this.#files("debug.js"))
      .then(({ open }) =>
        open({
          version,
          notes: this.#notes,
          settings: this.#settings,
          consent: this.#consent,
          outbox: this.#outbox,
          link: this.#link,
        }),
      )
      .catch((error) => this.#report(error));
  }

  #note<What extends Note["what"]>(what: What, detail: (Note & { readonly what: What })["detail"]): void {
    // The cast says what the signature does: a note's detail is of its kind.
    if (this.#page?.overlay) this.#notes.push({ what, atMs: performance.now(), detail } as Note);
  }

  #run(page: Page, settings: Settings): void {
    const { server, worker, files, database, pins, relay } = settings;
    const automation = settings.automation === "counts" ? "counts" : page.automated ? "driven" : undefined;
    const prefetched = prefetch(page, { from: relay ?? server, database });
    this.#kept.restore();
    const keepCopy = (kept: Kept, isAll: boolean): Kept => {
      const all = isAll ? this.#kept.merge(kept) : this.#kept.hear(kept);
      this.#writeAhead();
      this.#try(() => this.#consentMayDiffer());
      return all;
    };
    const link = new WorkerLink({
      ways: page.workerWays(worker),
      isHeld: (lock) => page.isHeld(lock),
      prepare: async (remote, lifeLock) => {
        this.#note("worker", "starts");
        await remote.start(
          {
            lifeLock,
            server,
            database,
            files,
            consent: this.#flags(),
            ...(pins === null ? {} : { pins }),
            ...(relay === null ? {} : { relay }),
            ...(automation === undefined ? {} : { automation }),
            ...(page.device === null ? {} : { device: page.device }),
          },
          proxy((notice: WorkerNotice) => this.#try(() => this.#onNotice(notice))),
          proxy(keepCopy),
          proxy(prefetched),
        );
        this.#note("worker", "runs");
        this.#outbox.sendAgain();
      },
      onDetour: (way, because) => this.#report(new Error(`worker: runs ${way}; ${because}`)),
    });
    this.#link.open(link);
    this.#eraseIfDue(link, database);
    void link.call("init", async () => undefined).catch((error: unknown) => this.#report(error));
    void this.#writeAheadOnFirstVisit(page, database);
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
    const { dueMs } = this.#erasure;
    if (dueMs === null) return;
    const report = (error: unknown): void => this.#report(error);
    void this.#erasure.run(link, report, dueMs).catch(report);
  }

  /** On a first visit nobody has said anything: that is known before the worker runs. */
  async #writeAheadOnFirstVisit(page: Page, database: string): Promise<void> {
    this.#writeAhead();
    if (this.#isWritingAhead || (await page.hasDatabase(database)) !== false) return;
    this.#try(() => this.#writeAhead(true));
  }

  /**
   * Events are written where they outlive the page once it is shown, and certain that the person did not say
   * no: the worker says so, or another page has since.
   */
  #writeAhead(isFirstVisit = false): void {
    if (this.#isWritingAhead || this.#page === null || this.#settings === null) return;
    if (this.#link.value === null || !(isFirstVisit || this.#consent.isKnown)) return;
    this.#isWritingAhead = true;
    const { store } = this.#page;
    if (!this.#consent.state().personalise) this.#eraseWaiting();
    this.#outbox.writeAhead(new WriteAhead(store, this.#settings.database));
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
    this.#try(() => this.#saying.track(kind, properties, atMs));
  }

  #declare(facts: unknown, atMs: number): void {
    this.#try(() => this.#saying.declare(facts, atMs));
  }

  async #steer(wishes: unknown, atMs: number): Promise<() => void> {
    return this.#page === null ? () => undefined : this.#saying.steer(wishes, atMs);
  }

  async #wishes(): Promise<readonly Wish[]> {
    try {
      return await (await this.#questions.started("steer")).call("steer", (worker) => worker.wishes());
    } catch (error) {
      this.#report(error);
      return [];
    }
  }

  #keep(event: EventInput | FactInput, atMs: number): void {
    this.#writeAhead();
    // A clock shows the same moment for a while, and a call on the stub may be older.
    if (this.#consent.state().personalise)
      this.#outbox.add(event, Math.max(atMs, (this.#erasure?.lastMs ?? 0) + 1));
  }

  #onNotice(notice: WorkerNotice): void {
    this.#note("notice", notice);
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
      case "back":
        this.#outbox.sendAgain();
        break;
      case "report":
        this.#listeners.tell("report", notice.report);
        break;
      case "trouble":
        this.#report(new Error(notice.message));
        break;
    }
  }

  #onStoreChange(key: string | null, text: string | null): void {
    if (key !== null) this.#consent.hear(key, text);
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
    this.#writeAhead();
  }

  /** Acts on a changed permission, whoever changed it: this page, another tab, the site's configuration. */
  #consentMayDiffer(): void {
    const state = this.#consent.state();
    const before = this.#lastConsent;
    if (JSON.stringify(state) === JSON.stringify(before)) return;
    this.#lastConsent = state;
    this.#note("consent", state);
    if (!state.personalise) this.#eraseWaiting();
    else if (!before.personalise) this.#capture?.lookAgain();
    // Also where only its reason has changed: a choice that says what held anyway has to outlive the default.
    void this.#tellWorker();
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
      void this.#questions.ask(
        "contribute",
        undefined,
        () => (worker) => worker.contribute(),
        () => contributeLimitMs,
      );
    });
  }

  #flags(): ConsentFlags {
    const { personalise, contribute } = this.#consent.state();
    return { personalise, contribute };
  }

  /** Runs what must not throw into the page; nothing where there is no page. */
  #try(run: (page: Page) => void): void {
    const page = this.#page;
    if (page !== null) this.#troubles.attempt(() => run(page));
  }

  #report(error: unknown): void {
    this.#troubles.report(error);
  }
}
