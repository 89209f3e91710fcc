/**
 * The SDK as a page sees it: what is said to it is recorded at once, and what it is asked the rest (rest/) answers. No
 * method throws, rejects or waits in the page's way.
 *
 * One rule for all of them: try, and on any failure tell `onError` and give the plain answer (an empty list,
 * null). Where there is no page, on a server, every method gives its plain answer and keeps nothing.
 */
import { type EventKind, eventFields, eventOf } from "../core/events/event.ts";
import { type FactInput, type FactValue, factsOf } from "../core/events/fact.ts";
import { pauseFact } from "../core/facts/steering.ts";
import { wishesOf } from "../core/policy/wish.ts";
import type { ConsentFlags } from "../worker/api.ts";
import { permissionsOf } from "./consent.ts";
import { Core, type CoreOptions } from "./core.ts";
import { oweErasure } from "./due.ts";
import { eraseAsLastResort } from "./lastresort.ts";
import type { Steered } from "./parts.ts";
import type { ConsentState, TacitConfig, TacitEventMap, TrackProperties, WishesGiven } from "./types.ts";

/** One SDK on one page. */
export class Client {
  readonly core: Core;
  /** Takes the `onError` of a configuration that was refused off again. */
  #stopOnError: () => void = () => undefined;
  #lastSaidMs = 0;
  /** When a call that is made now was made on the stub; 0: it is made now. */
  #earlyMs = 0;

  constructor(options: CoreOptions) {
    this.core = new Core(options);
    this.core.trackCaptured = (kind, captured) => this.#track(kind, captured);
  }

  init(config: TacitConfig = {}): void {
    this.core.attempt((page) => {
      if (this.core.isConfigured) throw new Error("init: expected one call per page, got another");
      this.#stopOnError();
      if (typeof config?.onError === "function") this.#stopOnError = this.on("error", config.onError);
      this.core.configure(config, page);
    });
  }

  track(kind: EventKind, properties?: TrackProperties): void {
    this.#track(kind, properties);
  }

  declare(facts: Readonly<Record<string, FactValue | null>>): void {
    this.core.attempt(() => {
      const said = factsOf(facts);
      if (said === null) this.core.fault("declare", facts);
      else this.#say(said);
    });
  }

  /** Resolves with what says again what held before, of what nobody has spoken of since. */
  steer(wishes: WishesGiven): Promise<() => void> {
    const { core } = this;
    let undo: Promise<unknown> = Promise.resolve(nothing);
    core.attempt(() => {
      const said = wishesOf(wishes);
      if (said === null) return core.fault("steer", wishes);
      const steered: Steered = { said, before: new Map(core.wished), say: (facts) => this.#say(facts) };
      // Asked before it is said; the page may go before the answer comes.
      undo = core.ask("steer", [() => steered], () => nothing);
      this.#say(said);
      for (const fact of said) core.wished.set(fact.fact, fact);
    });
    // The cast says what the rest answers (rest/undo.ts).
    return undo as Promise<() => void>;
  }

  pause(): void {
    this.declare({ [pauseFact]: true });
  }

  resume(): void {
    this.declare({ [pauseFact]: null });
  }

  consent(change?: Partial<ConsentFlags>): ConsentState {
    if (change !== undefined) {
      this.core.attempt(() => {
        const choices = permissionsOf(change);
        if (choices === null) this.core.fault("consent", change);
        else this.core.choose(choices);
      });
    }
    return this.core.permissions.state();
  }

  optIn(): void {
    this.consent({ personalise: true });
  }

  async optOut(): Promise<void> {
    this.consent({ personalise: false, contribute: false });
    await this.erase();
  }

  async erase(): Promise<void> {
    const { core } = this;
    const { page } = core;
    if (page === null) return;
    const atMs = Date.now();
    core.attempt(() => {
      core.eraseWaiting();
      core.erasedMs = atMs;
      oweErasure(page.store, atMs);
      core.load();
    });
    await core.ask("erase", [atMs], async () => {
      await eraseAsLastResort(page).catch(nothing);
      core.listeners.tell("change", undefined);
    });
  }

  on<Name extends keyof TacitEventMap>(
    name: Name,
    listener: (detail: TacitEventMap[Name]) => void,
  ): () => void {
    let stop = nothing;
    this.core.attempt(() => {
      stop = this.core.listeners.add(name, listener);
    });
    return stop;
  }

  /** Asks what the rest answers. */
  ask(name: string, args: readonly unknown[]): Promise<unknown> {
    const plain = () => plainAnswer(name);
    return this.core.page === null ? Promise.resolve(plain()) : this.core.ask(name, args, plain);
  }

  #track(kind: unknown, properties: unknown): void {
    const { core } = this;
    core.attempt(() => {
      const event = eventOf(kind, properties);
      if (event === null || hasUnknown(properties)) {
        // As it is now: a form goes on.
        core.fault("track", kind, typeof properties === "object" ? { ...properties } : properties);
      }
      if (event === null) return;
      const atMs = this.#nowMs();
      if (core.page?.isDebugged) {
        core.note("event", { event, atMs, isKept: core.permissions.state().personalise });
      }
      core.keep(event, atMs);
    });
  }

  #say(facts: readonly FactInput[]): void {
    for (const fact of facts) {
      // Of two that are said within one moment the later one holds.
      this.#lastSaidMs = Math.max(this.#nowMs(), this.#lastSaidMs + 1);
      this.core.keep(fact, this.#lastSaidMs);
    }
  }

  #nowMs(): number {
    return this.#earlyMs || Date.now();
  }

  /** Makes a call that a page made on the stub, with the time it was made. */
  early(run: () => unknown, atMs: number): unknown {
    this.#earlyMs = atMs;
    try {
      return run();
    } finally {
      this.#earlyMs = 0;
    }
  }
}

function nothing(): void {}

function hasUnknown(properties: unknown): boolean {
  return Object.keys(Object(properties)).some((name) => !(eventFields as readonly string[]).includes(name));
}

/** What is answered where there is nobody to ask. */
function plainAnswer(name: string): unknown {
  if (name === "lists") return {};
  if (name === "forget") return undefined;
  return /^(recommend|similar|goesWith|search|trending)$/.test(name) ? [] : null;
}
