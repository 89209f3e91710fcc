/**
 * What all of the page's side shares once it is there: permission, recorder, listeners, troubles, and what
 * the loader began.
 */
import type { EventInput } from "../../core/events/event.ts";
import type { FactInput } from "../../core/events/fact.ts";
import type { TrackCaptured } from "../capture/clicking.ts";
import { Consent } from "../consent.ts";
import { takeChosen, takeRefusal } from "../due.ts";
import type { Files } from "../files.ts";
import { databasesKey } from "../lastresort.ts";
import { eraseAhead, lastErasure } from "../leftahead.ts";
import { Listeners } from "../listeners.ts";
import type { Note } from "../notes.ts";
import type { Page, TextStore } from "../page.ts";
import type { Begun, Loaded, Rest, Start } from "../parts.ts";
import { Recorder } from "../recorder.ts";
import { Troubles } from "../troubles.ts";
import type { ConsentState } from "../types.ts";
import { WriteAhead } from "../writeahead.ts";
import { type HeldStore, heldStore } from "./heldstore.ts";

export class Core {
  readonly version: string;
  readonly page: Page;
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
  erasedMs: number;
  /** Whether a configuration was given, and not refused. */
  isConfigured = false;
  /** What captured elements track; the client says how. */
  trackCaptured: TrackCaptured = () => undefined;
  /** The page as a whole, which is made of this. */
  rest: Rest | null = null;
  readonly #loaded: Loaded;
  readonly #store: HeldStore;
  #start: Start | null = null;
  #isShown = false;
  #lastConsent: ConsentState;

  /** @throws {TypeError} where there is no page. */
  constructor(loaded: Loaded) {
    const { page, files, version, dropped } = loaded;
    if (page === null) throw new TypeError("page.js: expected a page, got none");
    this.#loaded = loaded;
    this.version = version;
    this.erasedMs = loaded.erasedMs;
    this.page = page;
    this.#store = heldStore(page.store);
    // Only a store that may write has the names of databases: an earlier visit was permitted to.
    if (page.store.read(databasesKey) !== null) this.#store.release();
    this.files = files;
    this.troubles = new Troubles({ listeners: this.listeners, note: (error) => this.note("error", error) });
    const { store } = this;
    const { privacyControl } = page;
    this.permissions = new Consent({ store: page.store, privacyControl, mayStore: () => this.mayStore });
    this.recorder = new Recorder({
      lastErasure: () => lastErasure(store),
      isPermitted: () => {
        this.writeAhead();
        return this.permissions.state().personalise;
      },
    });
    this.recorder.dropped = dropped;
    this.#lastConsent = this.permissions.state();
  }

  /** Runs what must not throw into the page. */
  attempt(run: () => void): void {
    this.troubles.attempt(run);
  }

  /** Begins, once: the page may be shown already. */
  begin(start: Start): void {
    if (this.#start !== null) return;
    this.#start = start;
    if (takeRefusal(this.page.store)) this.choose({ personalise: false, contribute: false });
    this.permissions.siteSays(start.consent);
    this.#storeMayWrite();
    this.permissionsMayDiffer();
    this.#loaded.begin(start, (begun) => this.attempt(() => this.#run(begun, start)));
  }

  /** What was chosen on a page, this or another, whose rest had not come. */
  takeChosen(): void {
    const choices = takeChosen(this.page.store);
    if (choices !== null) this.choose(choices);
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
    this.#storeMayWrite();
    const state = this.permissions.state();
    const before = this.#lastConsent;
    if (JSON.stringify(state) === JSON.stringify(before)) return;
    this.#lastConsent = state;
    this.note("consent", state);
    if (!state.personalise) this.eraseWaiting();
    this.rest?.permissionsChanged(before, state);
    this.listeners.tell("consent", state);
  }

  /** What the page keeps: in memory until anything may be stored. */
  get store(): TextStore {
    return this.#store;
  }

  /** Whether anything may be stored: the person has answered, or what holds until they do allows it. */
  get mayStore(): boolean {
    return !this.#store.isHeld;
  }

  #storeMayWrite(): void {
    const { storage = "memory" } = this.#start ?? {};
    const { personalise, because } = this.permissions.state();
    // A no is an answer, too: what must be known of it is kept.
    const isPermitted = because.personalise === "person" || (storage === "device" && personalise);
    if (this.#store.isHeld && isPermitted) this.#store.release();
  }

  /** Forgets, in every tab, what has not reached the worker yet. */
  eraseWaiting(): void {
    this.recorder.clear();
    this.rest?.forgotten();
    eraseAhead(this.store);
  }

  /** Keeps it, where the person permits; `id`: one that it has already. */
  keep(said: EventInput | FactInput, atMs: number, id: string | null): void {
    // A clock shows the same moment for a while, and a call on the stub may be older.
    this.recorder.add(said, Math.max(atMs, this.erasedMs + 1), id);
  }

  /**
   * Events are written where they outlive the page once it is shown, and certain that the person did not say
   * no: the worker says so, or another page has since; or nobody has been here before.
   */
  writeAhead(isFirstVisit = false): void {
    const { recorder } = this;
    if (recorder.mayWriteAhead || this.#start === null || !this.#isShown) return;
    if (!isFirstVisit && !this.permissions.isKnown) return;
    if (!this.permissions.state().personalise) this.eraseWaiting();
    const ahead = new WriteAhead(this.store, this.#start.database);
    for (const [key, calls] of this.#loaded.written) ahead.adopt(key, calls);
    recorder.writeAhead(ahead);
  }

  note<What extends Note["what"]>(what: What, detail: (Note & { readonly what: What })["detail"]): void {
    // The cast says what the signature does: a note's detail is of its kind.
    if (this.page.isDebugged) this.notes.push({ what, atMs: performance.now(), detail } as Note);
  }

  #run(begun: Begun, { database }: Start): void {
    this.#isShown = true;
    this.writeAhead(this.#loaded.mayWrite);
    if (!this.recorder.mayWriteAhead) void this.#writeAheadOnFirstVisit(database);
    this.rest?.run(begun);
  }

  /** On a first visit nobody has said anything: that is known before the worker runs. */
  async #writeAheadOnFirstVisit(database: string): Promise<void> {
    if ((await this.page.hasDatabase(database)) === false) this.attempt(() => this.writeAhead(true));
  }
}
