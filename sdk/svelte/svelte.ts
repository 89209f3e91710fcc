/**
 * Tacit in Svelte, 4 or 5: stores that follow what the person does by themselves.
 *
 *     import { recommendations } from "tacit-sdk/svelte";
 *     const shelf = recommendations({ count: 6 });   // {#each $shelf.items as { item, title, url } (item)}
 *
 * They are stores by contract (https://svelte.dev/docs/svelte/stores#Store-contract) and need no package. On a
 * server, and until the first answer, a list is what the page gave as `initial`, else empty.
 */
import type {
  ForYouOptions,
  ListOptions,
  ListRequest,
  Panel,
  Recommendation,
  TrendingOptions,
} from "../../worker/api.ts";
import { type Lists, liveConsent, liveList, liveLists, livePanel, type Requests } from "../bindings/lists.ts";
import type { Live } from "../bindings/live.ts";
import { startOnce } from "../bindings/start.ts";
import { tacit as entrys } from "../index.ts";
import type { ConsentState, Tacit, TacitConfig } from "../types.ts";

export type { Lists, Requests } from "../bindings/lists.ts";

/** As `svelte/store` has it. */
export interface Readable<T> {
  /** Calls with the value there is, at once and whenever there is another. */
  subscribe(run: (value: T) => void): () => void;
}

/** A list, and whether it was answered. */
export interface List {
  readonly items: readonly Recommendation[];
  readonly state: "waiting" | "known";
}

/** Where a list is from, and what is there before its first answer and where that is empty. */
export interface StoreOptions {
  /** Another than that of `tacit-sdk`, such as `window.tacit` of the script tag. */
  readonly tacit?: Tacit;
  readonly initial?: readonly Recommendation[];
}

/**
 * Starts the SDK, once a page; does nothing on a server.
 *
 * @example
 * start({ server: "https://shop.example/tacit" });
 */
export function start(config: TacitConfig, { tacit = entrys }: StoreOptions = {}): void {
  startOnce(tacit, config);
}

/** Any list: `list({ list: "similar", item, count: 4 })`. */
export function list(
  request: ListRequest,
  { tacit = entrys, initial = [] }: StoreOptions = {},
): Readable<List> {
  return storeOf(liveList(tacit, request), (answer) => ({
    items: answer?.length ? answer : initial,
    state: answer === null ? "waiting" : "known",
  }));
}

/** What this person may like. */
export function recommendations(options: ForYouOptions = {}, given?: StoreOptions): Readable<List> {
  return list({ list: "recommend", ...options }, given);
}

/** What is like an item. */
export function similar(item: string, options: ListOptions = {}, given?: StoreOptions): Readable<List> {
  return list({ list: "similar", item, ...options }, given);
}

/** What goes well with some items, as with what is in a basket. */
export function goesWith(
  items: readonly string[],
  options: ListOptions = {},
  given?: StoreOptions,
): Readable<List> {
  return list({ list: "goesWith", items, ...options }, given);
}

/** What the crowd wants. */
export function trending(options: TrendingOptions = {}, given?: StoreOptions): Readable<List> {
  return list({ list: "trending", ...options }, given);
}

/** Several lists of one page, none of which repeats an item of another; null until they are answered. */
export function lists<Name extends string>(
  requests: Requests<Name>,
  { tacit = entrys }: StoreOptions = {},
): Readable<Lists<Name> | null> {
  return storeOf(liveLists(tacit, requests), (answer) => answer);
}

/** What this device holds about the person; null until it is known. */
export function panel({ tacit = entrys }: StoreOptions = {}): Readable<Panel | null> {
  return storeOf(livePanel(tacit), (answer) => answer);
}

/**
 * The permissions; `tacit.consent(change)` changes them, only where the person acted. A store says what holds
 * at once, and cannot know of hydration: on a page that a server drew, what depends on it is drawn after
 * `onMount`.
 */
export function consent({ tacit = entrys }: StoreOptions = {}): Readable<ConsentState> {
  return storeOf(liveConsent(tacit), (state) => state ?? tacit.consent());
}

function storeOf<T, Value>(
  { read, subscribe }: Live<T>,
  shown: (answer: T | null) => Value,
): Readable<Value> {
  return {
    subscribe(run) {
      run(shown(read()));
      // On a server a store is read once, and nobody is there to answer.
      if (typeof document === "undefined") return () => undefined;
      return subscribe(() => run(shown(read())));
    },
  };
}
