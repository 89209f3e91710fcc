/**
 * How the two halves of the SDK meet: the loader (loader/), which the page waits for, and the rest (rest/),
 * which comes in a file of its own, `page.js`, as soon as the page is shown. The rest is handed the loader and
 * keeps nothing twice.
 */
import type { FactInput } from "../core/events/fact.ts";
import type { ConsentFlags } from "../worker/api.ts";
import type { Clicking } from "./capture/clicking.ts";
import type { Files } from "./files.ts";
import type { WrittenCall } from "./loader/call.ts";
import type { Page, WorkerPort } from "./page.ts";
import type { Asked } from "./prefetch.ts";
import type { ConsentState, TacitConfig } from "./types.ts";

/** As much of the configuration as the loader has to know; all of it stands in `Settings` (config.ts). */
export interface Start {
  /** Absolute, without a slash at its end. */
  readonly server: string;
  readonly relay: string | null;
  readonly worker: string;
  /** Where the file of the rest may be, the likeliest first. */
  readonly pages: readonly string[];
  readonly database: string;
  readonly consent: Partial<ConsentFlags>;
  /** Where events are kept before the person has chosen. */
  readonly storage: "device" | "memory";
}

/** What the loader has begun by the time the page is shown. */
export interface Begun {
  /**
   * Gives the worker that is on its way, once; another when it is asked again. @throws {Error} when it was
   * refused.
   */
  readonly startWorker: () => WorkerPort;
  readonly asked: Asked;
  /** Null where another copy of the SDK captures. */
  readonly clicking: Clicking | null;
}

/** What a page said that means nothing: the rest says what is wrong with it. */
export type Misread = "track" | "declare" | "steer" | "consent";

/** What was wished, what this page had wished before, and how to say it anew. */
export interface Steered {
  readonly said: readonly FactInput[];
  readonly before: ReadonlyMap<string, FactInput>;
  readonly say: (facts: readonly FactInput[]) => void;
}

/** What the client asks of the page as a whole. */
export interface Rest {
  /** Checks a configuration. @throws {TypeError} when it is refused. */
  configure(config: TacitConfig): void;
  /** The page is shown. */
  run(begun: Begun): void;
  permissionsChanged(before: ConsentState, state: ConsentState): void;
  /** What waits was forgotten; so is what is under way. */
  forgotten(): void;
  /** What the arm of an experiment has, which was asked for then. */
  variant(args: readonly unknown[], atMs: number): unknown;
  answer(name: string, args: readonly unknown[]): Promise<unknown>;
  /** Tells what is wrong with it. */
  fault(of: Misread, args: readonly unknown[]): void;
}

/** Makes a call of the page; `id`: what it was given when it was made, null where it is made now. */
export type MakeCall = (name: string, args: readonly unknown[], atMs: number, id: string | null) => unknown;

/** What was loaded first, as far as the rest goes on with it. */
export interface Loaded {
  readonly version: string;
  readonly page: Page<RestModule> | null;
  readonly files: Files;
  /** Whether it is certain that what is said may be written down. */
  readonly mayWrite: boolean;
  /** What was, by key. */
  readonly written: ReadonlyMap<string, readonly WrittenCall[]>;
  /** When this page was last asked to erase, in milliseconds since the Unix epoch; 0: never. */
  readonly erasedMs: number;
  /** How many calls had to go. */
  readonly dropped: number;
  /** Begins what is to be on its way, once, when the page is shown. */
  begin(start: Start, run: (begun: Begun) => void): void;
}

/** What page.js exports. */
export interface RestModule {
  readonly begin: (loaded: Loaded) => MakeCall;
}
