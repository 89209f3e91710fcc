/**
 * The SDK of a page from its first moment until page.js has come, and what stays of it then: a way to that.
 * It knows what may be kept and where, and keeps calls as they were made, unread: in memory for page.js, and
 * where the person permits on disk, for the next page's where this one ends first. Clicks are captured, the
 * worker and the model are on their way.
 */

import { armIn, armsKey } from "../arms.ts";
import { copyOf } from "../copy.ts";
import { permissionsOf } from "../decide.ts";
import { oweErasure } from "../due.ts";
import { startedNow } from "../earlyworker.ts";
import type { Files } from "../files.ts";
import { glance } from "../glance.ts";
import { eraseAsLastResort } from "../lastresort.ts";
import { aheadPrefix, eraseAhead, lastErasure } from "../leftahead.ts";
import { type Page, randomId, valueIn } from "../page.ts";
import type { Begun, Loaded, MakeCall, RestModule, Start } from "../parts.ts";
import { prefetch } from "../prefetch.ts";
import { version } from "../version.ts";
import { type Call, isSaying, textOf, weighs } from "./call.ts";
import { Permission } from "./permission.ts";

/** How long what is asked waits for the rest. */
const waitMs = 10_000;
const mostWaiting = 5_000;
const mostWritten = 1_000;

export interface LoaderOptions {
  /** Null where there is none, as on a server. */
  readonly page: Page<RestModule> | null;
  readonly files: Files;
}

export class Loader implements Loaded {
  readonly version: string = version;
  readonly page: LoaderOptions["page"];
  readonly files: Files;
  readonly #permission: Permission;
  /** In their order. */
  calls: Call[] = [];
  readonly written: Map<string, readonly Call[]> = new Map();
  mayWrite = false;
  dropped = 0;
  erasedMs = 0;
  /** Those that are not written yet, and how many they are with those that are. */
  #fresh: Call[] = [];
  #ahead = 0;
  #lastMs = 0;
  #start: Start | null = null;
  #begun: Begun | null = null;
  /** Null before it has come. */
  #rest: MakeCall | null = null;
  /** Where the rest comes from; "" before it is asked for. */
  #restUrl = "";
  /** Whether it cannot come. */
  #isAlone = false;

  constructor({ page, files }: LoaderOptions) {
    this.page = page;
    this.files = files;
    this.#permission = new Permission(page);
  }

  /** Makes a call, with the time when it was made. */
  call(name: string, args: readonly unknown[], atMs: number = Date.now()): unknown {
    const { page } = this;
    if (this.#rest !== null) return this.#rest(name, args, atMs, null);
    if (page === null) return name === "variant" ? args[1] : this.plain(name);
    if (name === "steer")
      return this.#ask(
        name,
        (answer) => this.#say(page, name, args, atMs, answer),
        () => nothing,
      );
    if (isSaying(name)) return this.#say(page, name, args, atMs, run);
    const call = this.#callOf(page, name, args, atMs);
    if (name === "variant") {
      this.#wait(call);
      const { personalise, contribute } = this.#permission.state();
      const arms = personalise && contribute && valueIn(page.store.read(armsKey));
      const { value = args[1] } = armIn(arms, args[0]);
      return value;
    }
    const change = name === "consent" ? args[0] : choiceIn[name];
    if (change !== undefined) this.#choose(page, change);
    switch (name) {
      case "init":
        this.#wait(call);
        this.#glance(page, args[0]);
        return undefined;
      case "optIn":
      case "consent":
        this.#wait(call);
        return name === "consent" ? this.#permission.state() : undefined;
      case "on":
        return this.#on(call);
    }
    const isErasing = /^(erase|optOut)$/.test(name);
    if (isErasing) {
      this.#forget(page);
      this.erasedMs = atMs;
      oweErasure(page.store, atMs);
    }
    const asked = this.#ask(
      name,
      (answer) => this.#wait({ ...call, answer }),
      async () => {
        if (isErasing) {
          await eraseAsLastResort(page).catch(nothing);
          this.#tell("change");
        }
        return this.plain(name);
      },
    );
    if (isErasing) this.load();
    return asked;
  }

  /** What is answered where there is nobody to ask. */
  plain(name: string): unknown {
    if (name === "consent") return this.#permission.state();
    if (name === "on") return nothing;
    if (/^(init|optIn|track|declare|pause|resume)$/.test(name)) return undefined;
    const isList = /^(recommend|similar|goesWith|search|trending)$/.test(name);
    const none = /^(forget|erase|optOut)$/.test(name) ? undefined : null;
    return Promise.resolve(isList ? [] : name === "lists" ? {} : name === "steer" ? nothing : none);
  }

  /** Begins, once, when the page is shown; `run` has what is on its way then. */
  begin(start: Start, run: (begun: Begun) => void = nothing): void {
    const { page } = this;
    this.#permission.site = start.consent;
    this.#start ??= start;
    page?.onShown(() => {
      if (this.#begun === null) {
        this.#begun = this.#begin(page, start);
        this.#write(false);
        this.load();
      }
      run(this.#begun);
    });
  }

  /** Has the rest come, once. */
  load(): void {
    const { page } = this;
    if (page === null || this.#restUrl !== "") return;
    const urls = this.#start?.pages ?? [this.files("page.js")];
    this.#restUrl = urls.join(" or ");
    this.#loadFrom(page, urls);
  }

  #loadFrom(page: Page<RestModule>, [url, ...others]: readonly string[]): void {
    page.loadRest(url).then(
      ({ begin }) => this.#handOver(page, begin),
      (cause) => {
        if (others.length > 0) this.#loadFrom(page, others);
        else this.#goOnAlone(cause);
      },
    );
  }

  #glance(page: Page, config: unknown): void {
    if (this.#start !== null || this.#restUrl !== "") return;
    const start = glance(config, { address: page.address, files: this.files });
    if (start === null) this.load();
    else this.begin(start);
  }

  #begin(page: Page, { server, relay, worker, database }: Start): Begun {
    const hasDatabase = page.hasDatabase(database);
    const asked = prefetch(page, { from: relay ?? server, hasDatabase });
    const startWorker = startedNow(() => page.startWorker(worker));
    const clicking = page.clicks((...captured) => void this.call("track", captured), database);
    // On a first visit nobody has said anything: that is known before the worker runs.
    void hasDatabase.then((has) => this.#write(has === false));
    return { startWorker, asked, clicking };
  }

  #callOf(page: Page, name: string, args: readonly unknown[], atMs: number): Call {
    // Read when it is made: an iterator gives its ids once, and a form goes on.
    const given = /^(init|on)$/.test(name) ? args : args.map((arg) => copyOf(arg));
    const erasure = lastErasure(page.store);
    return { id: randomId(), name, args: given, atMs, erasure, answer: run };
  }

  #say(page: Page, name: string, args: readonly unknown[], nowMs: number, answer: Call["answer"]): void {
    // Of two that are said within one moment the later one holds; one call may say several.
    const atMs = name === "track" ? nowMs : Math.max(nowMs, this.#lastMs + 1);
    const call = { ...this.#callOf(page, name, args, atMs), answer };
    if (name !== "track") this.#lastMs = atMs + Object.keys(Object(call.args[0])).length;
    if (!this.#permission.state().personalise) {
      answer(null);
      return;
    }
    const much = weighs(call);
    if (this.calls.length <= (much ? 2 : 1) * mostWaiting) this.#wait(call);
    else {
      this.dropped += 1;
      answer(null);
    }
    // Clicks do not push a purchase out.
    if (this.#ahead >= (much ? 2 : 1) * mostWritten) return;
    this.#ahead += 1;
    if (this.#fresh.push(call) === 1) queueMicrotask(() => this.#write(false));
    // A window that closes itself has no storage any more when its task ends (WebKit): what weighs is written before.
    if (much) this.#write(false);
  }

  /** Writes what this task said where it outlives the page, if it is certain that the person permits it. */
  #write(isFirstVisit: boolean): void {
    const { page } = this;
    this.mayWrite ||= isFirstVisit || (this.#begun !== null && this.#permission.isKnown);
    if (!this.mayWrite || page === null || this.#start === null || this.#rest !== null) return;
    const fresh = this.#fresh.splice(0);
    const { personalise, because } = this.#permission.state();
    const { database, storage } = this.#start;
    if (!personalise || (storage === "memory" && because.personalise !== "person")) return;
    const put = (calls: readonly Call[]): boolean => {
      if (calls.length === 0) return true;
      const key = `${aheadPrefix}${database}.${calls[0].id}`;
      return page.store.write(key, textOf(calls)) && this.written.set(key, calls) !== undefined;
    };
    // A store that has no room for all may have it for some.
    if (!put(fresh)) for (const call of fresh) put([call]);
  }

  #choose(page: Page, change: unknown): void {
    const said = permissionsOf(change);
    if (said === null) return;
    // Before it is written down: a full store has room for it then.
    if (said.personalise === false) this.#forget(page);
    this.#permission.choose(said);
    if (this.#isAlone) this.#tell("consent", this.#permission.state());
  }

  /** Forgets, in every tab, what has not reached the worker yet. */
  #forget(page: Page): void {
    const calls = this.calls;
    this.calls = calls.filter(({ name }) => !isSaying(name));
    for (const { name, answer } of calls) if (isSaying(name)) answer(null);
    this.#fresh = [];
    this.#ahead = 0;
    this.written.clear();
    // Where nothing of ours stands there is nobody to tell, and nothing may be stored, perhaps.
    if (page.store.keys("tacit.").length > 0) eraseAhead(page.store);
  }

  #on(call: Call): () => void {
    let stop = (): void => {
      this.calls = this.calls.filter((one) => one.id !== call.id);
    };
    this.#wait({
      ...call,
      answer: (ofRest) => {
        if (ofRest !== null) stop = ofRest() as () => void;
      },
    });
    return () => stop();
  }

  #ask(name: string, wait: (answer: Call["answer"]) => void, without: () => unknown): Promise<unknown> {
    return new Promise((resolve) => {
      const limit = setTimeout(() => {
        const expected = this.#restUrl || "init to be called and the page to be shown";
        this.report(new Error(`${name}: expected ${expected} within ${waitMs} ms, got nothing`));
        resolve(without());
      }, waitMs);
      wait((ofRest) => {
        clearTimeout(limit);
        resolve((ofRest ?? without)());
      });
    });
  }

  #wait(call: Call): void {
    if (this.#isAlone && call.name !== "on") call.answer(null);
    else this.calls.push(call);
  }

  #handOver(page: Page, begin: RestModule["begin"]): void {
    const { isTaken } = this.#permission;
    let rest: MakeCall;
    try {
      rest = begin(this);
    } catch (error) {
      // Another version's, perhaps.
      this.#goOnAlone(error);
      return;
    }
    this.#rest = rest;
    const last = lastErasure(page.store);
    for (const { name, args, atMs, id, erasure, answer } of this.calls.splice(0)) {
      // What was said before another tab erased is not said after it, nor what was chosen before it chose.
      const isPast = isSaying(name) ? erasure !== last : isTaken && /^(optIn|consent)$/.test(name);
      answer(isPast ? null : () => rest(name, args, atMs, id));
    }
  }

  #goOnAlone(cause: unknown): void {
    this.#isAlone = true;
    this.report(new Error(`page.js: expected ${this.#restUrl}, got ${cause}`));
    const waiting = this.calls;
    this.calls = waiting.filter(({ name }) => /^(on|init)$/.test(name));
    for (const call of waiting) call.answer(null);
  }

  /** To whoever asked for errors, else to the console. */
  report(error: unknown): void {
    if (this.#rest !== null) return void this.#rest("report", [error], 0, null);
    if (!this.#tell("error", error))
      console.warn("tacit:", Object(error).message ?? error, "(tacit-sdk/docs/errors.md)");
  }

  /** Whether anybody heard it. */
  #tell(what: string, detail?: unknown): boolean {
    const heard = this.calls
      .map(({ name, args }) =>
        name === "init" && what === "error"
          ? Object(args[0]).onError
          : name === "on" && args[0] === what
            ? args[1]
            : null,
      )
      .filter((listener) => typeof listener === "function");
    for (const listener of heard) {
      try {
        listener(detail);
      } catch (error) {
        console.error("tacit:", error);
      }
    }
    return heard.length > 0;
  }
}

const choiceIn: Readonly<Record<string, object>> = {
  optIn: { personalise: true },
  optOut: { personalise: false, contribute: false },
};

function nothing(): void {}

function run(ofRest: (() => unknown) | null): void {
  ofRest?.();
}
