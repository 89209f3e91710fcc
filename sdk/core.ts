/**
 * What the page's side of the SDK is from its first moment on: the person's permission, what was tracked and said, clicks,
 * the worker and the model on their way. The rest (rest/) comes in a file of its own, is handed this, and answers; until
 * then what it is asked waits, and what it never comes to is answered plainly or left to the next page.
 */
import type { EventInput } from "../core/events/event.ts";
import type { FactInput } from "../core/events/fact.ts";
import type { Files } from "./config.ts";
import { Consent } from "./consent.ts";
import { copyOf } from "./copy.ts";
import { takeRefusal } from "./due.ts";
import { startedNow } from "./earlyworker.ts";
import { glance } from "./glance.ts";
import { Listeners } from "./listeners.ts";
import { WorkerLost } from "./lost.ts";
import type { Note } from "./notes.ts";
import type { Page, TextStore } from "./page.ts";
import type { Misread, Rest, RestModule, Start } from "./parts.ts";
import { prefetch } from "./prefetch.ts";
import { Recorder } from "./recorder.ts";
import { Troubles } from "./troubles.ts";
import type { ConsentState, TacitConfig } from "./types.ts";
import { version } from "./version.ts";
import { eraseAhead, lastErasure, WriteAhead } from "./writeahead.ts";

/** How long what is asked waits for the rest. */
const waitMs = 10_000;

/** Where there is no page nothing is kept. */
const noStore: TextStore = { read: () => null, write: () => false, remove: () => undefined, keys: () => [] };

type TrackCaptured = (kind: string, captured: object) => void;

export interface CoreOptions {
  /** Null where there is none, as on a server. */
  readonly page: Page<RestModule<Core>> | null;
  readonly files: Files;
}

export class Core {
  readonly version: string = version;
  readonly page: Page<RestModule<Core>> | null;
  readonly files: Files;
  readonly listeners: Listeners = new Listeners();
  readonly troubles: Troubles;
  readonly permissions: Consent;
  readonly recorder: Recorder;
  /** What was wished last on this page, by name of its fact. */
  readonly wished: Map<string, FactInput> = new Map();
  /** For the overlay; none is made unless the page was opened with `?tacit-debug`. */
  readonly notes: Note[] = [];
  /** When this page was last asked to erase, in milliseconds since the Unix epoch; 0: never. */
  erasedMs = 0;
  /** Whether a configuration was given, and not refused. */
  isConfigured = false;
  #start: Start | null = null;
  #isShown = false;
  #rest: Rest | null = null;
  /** Where the rest comes from; null before it is asked for. */
  #restUrl: string | null = null;
  /** Whether it cannot come. */
  #isAlone = false;
  /** What waits for it: what to do then, and what to do without it. */
  #waiting: (readonly [run: (rest: Rest) => void, without: () => void])[] = [];
  #lastConsent: ConsentState;

  constructor({ page, files }: CoreOptions) {
    this.page = page;
    this.files = files;
    this.troubles = new Troubles({ listeners: this.listeners, note: (error) => this.note("error", error) });
    const { store, privacyControl } = page ?? { store: noStore, privacyControl: false };
    this.permissions = new Consent({ store, privacyControl });
    this.recorder = new Recorder({
      lastErasure: () => lastErasure(store),
      isPermitted: () => {
        this.writeAhead();
        return this.permissions.state().personalise;
      },
    });
    this.#lastConsent = this.permissions.state();
  }

  /** Runs what must not throw into the page; nothing where there is no page. */
  attempt(run: (page: Page<RestModule<Core>>) => void): void {
    const { page } = this;
    if (page !== null) this.troubles.attempt(() => run(page));
  }

  /** Starts as far as the configuration can be read here; the rest says whether all of it is right. */
  configure(config: TacitConfig, page: Page<RestModule<Core>>): void {
    this.isConfigured = true;
    const start = glance(config, { address: page.address, files: this.files });
    this.#later((rest) => rest.configure(config));
    if (start === null) this.load();
    else this.begin(start);
  }

  /** Begins, once: the page may be shown already. */
  begin(start: Start): void {
    const { page } = this;
    if (this.#start !== null || page === null) return;
    this.#start = start;
    if (takeRefusal(page.store)) this.choose({ personalise: false, contribute: false });
    this.permissions.siteSays(start.consent);
    this.permissionsMayDiffer();
    page.onShown(() => this.attempt(() => this.#run(page, start)));
  }

  choose(choices: Parameters<Consent["choose"]>[0]): void {
    // What was said before is of before: a yes is none to that.
    this.recorder.takeNotes();
    // Before it is written down: a full store has room for it then.
    if (choices.personalise === false) this.eraseWaiting();
    this.permissions.choose(choices);
    this.permissionsMayDiffer();
  }

  /** Acts on a changed permission, whoever changed it: this page, another tab, the site's configuration. */
  permissionsMayDiffer(): void {
    const state = this.permissions.state();
    const before = this.#lastConsent;
    if (JSON.stringify(state) === JSON.stringify(before)) return;
    this.#lastConsent = state;
    this.note("consent", state);
    if (!state.personalise) this.eraseWaiting();
    this.#rest?.permissionsChanged(before, state);
    this.listeners.tell("consent", state);
  }

  /** Forgets, in every tab, what has not reached the worker yet. */
  eraseWaiting(): void {
    this.recorder.clear();
    this.#rest?.forgotten();
    if (this.page !== null) eraseAhead(this.page.store);
  }

  /** Keeps it, where the person permits. */
  keep(said: EventInput | FactInput, atMs: number): void {
    // A clock shows the same moment for a while, and a call on the stub may be older.
    this.recorder.add(said, Math.max(atMs, this.erasedMs + 1));
  }

  /**
   * Events are written where they outlive the page once it is shown, and certain that the person did not say
   * no: the worker says so, or another page has since; or nobody has been here before.
   */
  writeAhead(isFirstVisit = false): void {
    const { page, recorder } = this;
    if (recorder.mayWriteAhead || page === null || this.#start === null || !this.#isShown) return;
    if (!isFirstVisit && !this.permissions.isKnown) return;
    if (!this.permissions.state().personalise) this.eraseWaiting();
    recorder.writeAhead(new WriteAhead(page.store, this.#start.database));
  }

  /** Tells what is wrong with what a page said. */
  fault(of: Misread, ...args: readonly unknown[]): void {
    this.#later((rest) => rest.fault(of, args));
  }

  /** What the rest answers, or `without` it what that gives. */
  ask(name: string, args: readonly unknown[], without: () => unknown): Promise<unknown> {
    return new Promise((resolve) => {
      let isLate = false;
      const limit = setTimeout(() => {
        isLate = true;
        const expected =
          this.#restUrl === null ? "init to be called and the page to be shown" : this.#restUrl;
        this.troubles.report(
          new WorkerLost(`${name}: expected ${expected} within ${waitMs} ms, got nothing`),
        );
        resolve(without());
      }, waitMs);
      // Read when it is asked: an iterator gives its ids once, and a basket goes on.
      const given = this.#rest === null ? args.map((arg) => copyOf(arg)) : args;
      const settle = (answer: () => unknown): void => {
        clearTimeout(limit);
        if (!isLate) resolve(answer());
      };
      this.#later(
        (rest) => settle(() => rest.answer(name, given)),
        () => settle(without),
      );
    });
  }

  note<What extends Note["what"]>(what: What, detail: (Note & { readonly what: What })["detail"]): void {
    // The cast says what the signature does: a note's detail is of its kind.
    if (this.page?.isDebugged) this.notes.push({ what, atMs: performance.now(), detail } as Note);
  }

  /** Has the rest come, once. */
  load(): void {
    const { page } = this;
    if (page === null || this.#restUrl !== null) return;
    const urls = this.#start?.pages ?? [this.files("page.js")];
    this.#restUrl = urls.join(" or ");
    this.#loadFrom(page, urls);
  }

  #loadFrom(page: NonNullable<CoreOptions["page"]>, [url, ...others]: readonly string[]): void {
    page.loadRest(url).then(
      ({ begin }) => this.attempt(() => this.#arrive(begin(this))),
      (cause) => {
        if (others.length > 0) this.#loadFrom(page, others);
        else this.#goOnAlone(new Error(`page.js: expected ${this.#restUrl}, got ${cause}`));
      },
    );
  }

  #run(page: Page<RestModule<Core>>, { server, relay, worker, database }: Start): void {
    this.#isShown = true;
    const asked = prefetch(page, { from: relay ?? server, database });
    const startWorker = startedNow(() => page.startWorker(worker));
    this.load();
    this.writeAhead();
    if (!this.recorder.mayWriteAhead) void this.#writeAheadOnFirstVisit(page, database);
    const track: TrackCaptured = (kind, captured) => this.trackCaptured(kind, captured);
    const clicking = page.clicks(track, database);
    this.#later((rest) => rest.run({ startWorker, asked, clicking }));
  }

  /** What captured elements track; the client says how. */
  trackCaptured: TrackCaptured = () => undefined;

  /** On a first visit nobody has said anything: that is known before the worker runs. */
  async #writeAheadOnFirstVisit(page: Page, database: string): Promise<void> {
    if ((await page.hasDatabase(database)) === false) this.attempt(() => this.writeAhead(true));
  }

  #later(run: (rest: Rest) => void, without: () => void = () => undefined): void {
    const rest = this.#rest;
    if (rest !== null) this.attempt(() => run(rest));
    else if (this.#isAlone) without();
    else this.#waiting.push([run, without]);
  }

  #arrive(rest: Rest): void {
    this.#rest = rest;
    for (const [run] of this.#waiting.splice(0)) this.attempt(() => run(rest));
  }

  #goOnAlone(because: Error): void {
    this.#isAlone = true;
    this.troubles.report(because);
    for (const [, without] of this.#waiting.splice(0)) without();
  }
}
