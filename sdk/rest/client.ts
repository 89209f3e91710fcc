/**
 * The SDK as a page sees it once page.js is there: what is said to it is recorded at once, and what it is
 * asked the page as a whole answers (wholepage.ts). Calls come from the loader, those that waited for it
 * first.
 *
 * One rule for all of them: try, and on any failure tell `onError` and give the plain answer (an empty list,
 * null). No method throws, rejects or waits in the page's way.
 */
import { type EventKind, eventFields, eventOf } from "../../core/events/event.ts";
import { type FactInput, type FactValue, factsOf } from "../../core/events/fact.ts";
import { pauseFact } from "../../core/facts/steering.ts";
import { wishesOf } from "../../core/policy/wish.ts";
import type { ConsentFlags } from "../../worker/api.ts";
import { permissionsOf } from "../decide.ts";
import { oweErasure } from "../due.ts";
import type { Edges } from "../edges.ts";
import type { Loaded, MakeCall, Misread, Rest, Steered } from "../parts.ts";
import type { ConsentState, TacitConfig, TacitEventMap, TrackProperties, WishesGiven } from "../types.ts";
import { Core } from "./core.ts";
import { nthId } from "./recorded.ts";
import { WholePage } from "./wholepage.ts";

/** One SDK on one page. */
export class Client {
  readonly core: Core;
  readonly #rest: Rest;
  /** Takes the `onError` of a configuration that was refused off again. */
  #stopOnError: () => void = nothing;
  #lastSaidMs = 0;
  /** When the call that is made now was made, and the id that it was given then; null: none. */
  #atMs = 0;
  #id: string | null = null;

  constructor(loaded: Loaded, edges: Edges) {
    this.core = new Core(loaded);
    this.core.trackCaptured = (kind, captured) => void this.call("track", [kind, captured], Date.now(), null);
    this.#rest = new WholePage(this.core, edges);
    this.core.rest = this.#rest;
    this.core.attempt(() => this.core.takeChosen());
  }

  readonly call: MakeCall = (name, args, atMs, id) => {
    this.#atMs = atMs;
    this.#id = id;
    const own: unknown = Reflect.get(this, name);
    return typeof own === "function" ? Reflect.apply(own, this, args) : this.#rest.answer(name, args);
  };

  init(config: TacitConfig = {}): void {
    this.core.attempt(() => {
      if (this.core.isConfigured) throw new Error("init: expected one call per page, got another");
      this.#stopOnError();
      if (typeof config?.onError === "function") this.#stopOnError = this.on("error", config.onError);
      this.core.isConfigured = true;
      this.#rest.configure(config);
    });
  }

  track(kind: EventKind, properties?: TrackProperties): void {
    const { core } = this;
    // Whoever hears of a fault may call in turn.
    const atMs = this.#atMs;
    const id = this.#id;
    core.attempt(() => {
      const event = eventOf(kind, properties);
      if (event === null || hasUnknown(properties)) this.#fault("track", kind, properties);
      if (event === null) return;
      if (core.page.isDebugged) {
        core.note("event", { event, atMs, isKept: core.permissions.state().personalise });
      }
      core.keep(event, atMs, id);
    });
  }

  declare(facts: Readonly<Record<string, FactValue | null>>): void {
    this.core.attempt(() => {
      const said = factsOf(facts);
      if (said === null) this.#fault("declare", facts);
      else this.#say(said, this.#atMs, this.#id);
    });
  }

  /** Resolves with what says again what held before, of what nobody has spoken of since. */
  steer(wishes: WishesGiven): Promise<unknown> {
    const { core } = this;
    let undo: Promise<unknown> = Promise.resolve(nothing);
    core.attempt(() => {
      const said = wishesOf(wishes);
      if (said === null) return this.#fault("steer", wishes);
      const before = new Map(core.wished);
      const again = (facts: readonly FactInput[]): void => this.#say(facts, Date.now(), null);
      const [atMs, id] = [this.#atMs, this.#id];
      const steered: Steered = { said, before, say: again };
      // Asked before it is said; the page may go before the answer comes.
      undo = this.#rest.answer("steer", [() => steered]);
      this.#say(said, atMs, id);
      for (const fact of said) core.wished.set(fact.fact, fact);
    });
    return undo;
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
        if (choices === null) this.#fault("consent", change);
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
    const atMs = this.#atMs;
    core.attempt(() => {
      core.eraseWaiting();
      core.erasedMs = atMs;
      oweErasure(core.page.store, atMs);
    });
    await this.#rest.answer("erase", [atMs]);
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

  variant(...args: readonly unknown[]): unknown {
    let value = args[1];
    this.core.attempt(() => {
      value = this.#rest.variant(args, this.#atMs);
    });
    return value;
  }

  /** What went wrong in the loader. */
  report(error: unknown): void {
    this.core.troubles.report(error);
  }

  /** Tells what is wrong with what a page said. */
  #fault(of: Misread, ...args: readonly unknown[]): void {
    this.core.attempt(() => this.#rest.fault(of, args));
  }

  #say(facts: readonly FactInput[], atMs: number, id: string | null): void {
    for (const [nth, fact] of facts.entries()) {
      // Of two that are said within one moment the later one holds.
      this.#lastSaidMs = Math.max(atMs, this.#lastSaidMs + 1);
      this.core.keep(fact, this.#lastSaidMs, id === null ? null : nthId(id, nth));
    }
  }
}

function nothing(): void {}

const known: ReadonlySet<string> = new Set(eventFields);

function hasUnknown(properties: unknown): boolean {
  for (const name of Object.keys(Object(properties))) if (!known.has(name)) return true;
  return false;
}
