/** The public surface of the SDK: what `window.tacit` and `import { tacit } from "tacit-sdk"` offer. */
import type { EventKind } from "../core/events/event.ts";
import type { FactValue } from "../core/events/fact.ts";
import type { Json } from "../core/json.ts";
import type { WishInput } from "../core/policy/wish.ts";
import type {
  ConsentFlags,
  EditionInForce,
  ExplainOptions,
  Explanation,
  ExportFile,
  ForYouOptions,
  ListOptions,
  ListRequest,
  MoveAnswer,
  MoveStep,
  Panel,
  Pins,
  Recommendation,
  SentReport,
  TacitExport,
  TrendingOptions,
} from "../worker/api.ts";
import type { DefaultsDate } from "./defaults.ts";

export interface TacitConfig {
  /** Origin (and path prefix) of the Tacit server. The script tag defaults to its own origin. */
  readonly server?: string;
  /** URL of `worker.js`, same origin as the page. Defaults to the file beside the script. */
  readonly worker?: string;
  /**
   * What holds until the person decides. `personalise` is true and `contribute` false by default: nothing
   * leaves a device by default. Global Privacy Control turns `contribute` off whatever is written here.
   */
  readonly consent?: Partial<ConsentFlags>;
  /**
   * Where events are kept while the person permits it and has not chosen. `device`, the default: on this
   * device. `memory`: in this page's memory, gone with it; nothing is stored before the person has said yes,
   * or no.
   */
  readonly storage?: "device" | "memory";
  /** IndexedDB name; `tacit` by default. */
  readonly database?: string;
  /**
   * Who may sum, as `tacit serve` prints it; all three or none. Without pins a browser contributes to a
   * server on a loopback address alone.
   */
  readonly pins?: Pins;
  /**
   * Origin (and path prefix) of an Oblivious HTTP relay that someone else runs: everything is asked of it and
   * sent to it, so that the server never sees an address.
   */
  readonly relay?: string;
  /**
   * `count`: whatever drives this browser, and however fast, it contributes like a person's; for tests of a
   * site. Without it, a browser that a program drives (`navigator.webdriver`) or that is faster than any
   * person is personalised for, and contributes to a server on a loopback address alone.
   */
  readonly automation?: "count";
  /**
   * Date of the behaviour that the site was made for: a new version changes nothing of it. Without one it is
   * that of the oldest version (docs/guides/configuration.md, "Dated defaults").
   */
  readonly defaults?: DefaultsDate;
  /** Told about everything that went wrong; the page never sees an exception otherwise. */
  readonly onError?: (error: Error) => void;
}

/** Who decided a permission: the person's own choice wins over all. */
export type ConsentSource = "person" | "gpc" | "site" | "default";

export interface ConsentState extends ConsentFlags {
  readonly because: { readonly personalise: ConsentSource; readonly contribute: ConsentSource };
}

export interface TrackProperties {
  readonly item?: string;
  readonly amount?: number;
  readonly query?: string;
  /** Place in a list, 1 for the first. */
  readonly position?: number;
  /** Name of that list. */
  readonly list?: string;
  /** How far down the item's page the person went, 0..1. */
  readonly depth?: number;
  /**
   * Names what may be told twice and happened once, such as an order's number: it counts once for each kind
   * and item.
   */
  readonly once?: string;
}

export interface TacitEventMap {
  /** The first items of the catalogue have come: recommendations are possible. */
  ready: undefined;
  /** The journal changed, here or in another tab; also told when an erasure is over, whoever made it. */
  change: undefined;
  /** Another edition of the model is in force, or the rest of this one. */
  edition: EditionInForce;
  report: SentReport;
  consent: ConsentState;
  /** An arm of an experiment was shown, for the first time in this session; told once that is kept. */
  exposure: { readonly experiment: string; readonly arm: string };
  error: Error;
}

/** In which form an export comes: one value, or Parquet files. */
export interface ExportOptions {
  readonly format: "json" | "parquet";
}

/** A wish of the person about the shelf, or several; `wish: null` takes back what was wished of it. */
export type WishesGiven = WishInput | readonly WishInput[];

/** What a fallback is one of: a site's arms have other values of that sort. */
export type Widened<Value> = Value extends string
  ? string
  : Value extends number
    ? number
    : Value extends boolean
      ? boolean
      : Value;

/** An event, or any number of them: ids, or events as the panel has them. */
export type EventsGiven = string | { readonly id: string } | Iterable<string | { readonly id: string }>;

/** An item, or any number of them: ids, or items as they were recommended. */
export type ItemsGiven = string | { readonly item: string } | Iterable<string | { readonly item: string }>;

/**
 * The methods of the SDK. None of them throws or rejects: what goes wrong is told to `onError` and to the
 * listeners of `error`, and the answer is the plain one (an empty list, null).
 */
export interface Tacit {
  /**
   * Starts the SDK, once per page. The script tag does it by itself.
   *
   * @example
   * tacit.init({ server: "https://shop.example/tacit", onError: (error) => console.warn(error) });
   */
  init(config?: TacitConfig): void;
  /**
   * Records what the person did, now. It waits for nothing and is kept on this device only; without the
   * permission to personalise it does nothing. Every kind but `search` and `checkout` names an item; `amount`
   * is seconds for `dwell` and pieces for `cart_add`, `purchase` and `refund`; `position` is the place in a
   * list that the item was seen or clicked at, 1 for the first.
   *
   * @example
   * tacit.track("view", { item: "84879" });
   * tacit.track("purchase", { item: "84879", amount: 3 });
   * tacit.track("search", { query: "bird ornament" });
   */
  track(kind: EventKind, properties?: TrackProperties): void;
  /**
   * Records what the person said of themselves, such as answers to questions: each by a name, null to take it
   * back. It is kept on this device only, and the person sees it and can delete it. `categories` (names of
   * categories that they like) and `interests` (what they look for, in their own words) lean the shelf;
   * `ageBand`, `place` (a country or a part of one, as ISO 3166 has it) and `tier` (0 to 10) are checked.
   * Others are kept and shown.
   *
   * @example
   * tacit.declare({ categories: ["Garden", "Kitchen"], ageBand: "25-34" });
   * tacit.declare({ ageBand: null });
   */
  declare(facts: Readonly<Record<string, FactValue | null>>): void;
  /**
   * Records what the person asked of the shelf: `mute` an item, category, brand or word, so that no list has
   * it; `boost` it, or ask for `less`; of an item that is about whatever is like it. It holds at once, on
   * every page, until it is taken back (`wish: null`). It is kept on this device only, and shown in the
   * panel.
   *
   * Resolves with a function that undoes it: what was wished before holds again.
   *
   * @example
   * const undo = await tacit.steer({ wish: "mute", of: "category", value: "Garden" });
   * await tacit.steer([{ wish: "less", of: "item", value: "84879" }, { wish: "boost", of: "brand", value: "Acme" }]);
   * undo();
   */
  steer(wishes: WishesGiven): Promise<() => void>;
  /**
   * Records nothing of what is done from now on, in any tab, until `resume` or half an hour after the last act. Lists
   * are of what was known before.
   *
   * @example
   * tacit.pause();
   * console.log((await tacit.panel())?.pausedUntilMs);
   * tacit.resume();
   */
  pause(): void;
  /**
   * Goes on learning after `pause`.
   *
   * @example
   * tacit.resume();
   */
  resume(): void;
  /**
   * The best items for this person, best first; the most wanted or the newest ones while nothing is known.
   * Each brings its reasons, whose contributions sum to its score. Knows every event tracked before the call.
   *
   * @example
   * const items = await tacit.recommend({ count: 6, exclude: ["84879"] });
   * for (const { title, reasons } of items) console.log(title, reasons[0]?.why);
   */
  recommend(options?: ForYouOptions): Promise<readonly Recommendation[]>;
  /**
   * The items nearest to one item, nearest first.
   *
   * @example
   * const alike = await tacit.similar("84879", { count: 4 });
   * console.log(alike.map(({ title }) => title));
   */
  similar(item: string, options?: ListOptions): Promise<readonly Recommendation[]>;
  /**
   * What goes well with some items, as what is in a basket: by what the crowd has together and by what is
   * alike. None of the items is listed, nor another variant of one; those that are not in the catalogue are
   * ignored.
   *
   * @example const goWell = await tacit.goesWith(["84879", "22423"], { count: 4 }); for (const { title,
   *   reasons } of goWell) console.log(title, reasons[0]?.why);
   */
  goesWith(items: ItemsGiven, options?: ListOptions): Promise<readonly Recommendation[]>;
  /**
   * What a text asks for, nearest first: in whatever words where the shop publishes a word file (`tacit import
   * --words`), else in the catalogue's own. Each reason says which word of the text met which of the item. What it
   * takes is fetched with the first search, and the text stays on this device.
   *
   * @example
   * const found = await tacit.search("something for an infant", { count: 8 });
   * for (const { title, reasons } of found) console.log(title, reasons[0]?.why);
   */
  search(text: string, options?: ListOptions): Promise<readonly Recommendation[]>;
  /**
   * What the crowd wants most, lately as far as that is known; the newest items while no crowd has spoken. With `by`
   * what it always wants ("popular"), or what is new ("new").
   *
   * @example
   * const wanted = await tacit.trending({ count: 10 });
   * const arrivals = await tacit.trending({ count: 10, by: "new" });
   * console.log(wanted.length, arrivals.length);
   */
  trending(options?: TrendingOptions): Promise<readonly Recommendation[]>;
  /**
   * Several lists of one page, by names of the page's own: no item, and no variant of one, stands in two of
   * them. Those named first choose first.
   *
   * @example
   * const { forYou, wanted } = await tacit.lists({
   *   forYou: { list: "recommend", count: 6, quota: [{ of: "category", most: 2 }] },
   *   wanted: { list: "trending", count: 6, filter: { price: { to: 20 } } },
   * });
   * console.log(forYou.length, wanted.length);
   */
  lists<Name extends string>(
    requests: Readonly<Record<Name, ListRequest>>,
  ): Promise<Readonly<Record<Name, readonly Recommendation[]>>>;
  /**
   * Why an item stands where it stands for this person, recommended or not; with `includeSeen` where
   * `recommend` has it with the same; with `without` as it would stand had those events not been. Null when
   * the item is unknown or nothing can be said.
   *
   * @example const explanation = await tacit.explain("84879"); if (explanation)
   *   console.log(`${explanation.rank} of ${explanation.of}`);
   */
  explain(item: string, options?: ExplainOptions): Promise<Explanation | null>;
  /**
   * Reads the permissions, or sets those named as the person's own choice. A site may call it with an
   * argument only because the person acted: such a choice goes before every other source.
   *
   * @example
   * const { contribute, because } = tacit.consent();
   * if (!contribute) console.log("nothing is contributed, by decision of:", because.contribute);
   * tacit.consent({ contribute: true });
   */
  consent(change?: Partial<ConsentFlags>): ConsentState;
  /**
   * Turns both permissions off as the person's choice and erases everything on this device.
   *
   * @example
   * await tacit.optOut();
   * console.log(tacit.consent().personalise); // false
   */
  optOut(): Promise<void>;
  /**
   * Turns `personalise` on as the person's choice. `contribute` stays as it was: ask for it separately.
   *
   * @example
   * tacit.optIn();
   */
  optIn(): void;
  /**
   * Everything this device holds about the person, in the form a panel shows.
   *
   * @example
   * const panel = await tacit.panel();
   * for (const { word, weight } of panel?.interests ?? []) console.log(word, weight);
   */
  panel(): Promise<Panel | null>;
  /**
   * The body of a sent report exactly as it left, or null when only its digest is kept.
   *
   * @example
   * const panel = await tacit.panel();
   * const sent = panel?.reports[0];
   * if (sent) console.log((await tacit.reportBytes(sent.id))?.length);
   */
  reportBytes(id: string): Promise<Uint8Array | null>;
  /**
   * All of it as one JSON value for the person to keep.
   *
   * @example
   * const file = new Blob([JSON.stringify(await tacit.exportData(), null, 2)], { type: "application/json" });
   * console.log(file.size);
   */
  exportData(options?: { readonly format: "json" }): Promise<TacitExport | null>;
  /**
   * The same as Apache Parquet, a file a table: events, facts, wishes, features, categories, interests,
   * tastes, reports, trials, experiments.
   *
   * @example
   * const files = await tacit.exportData({ format: "parquet" });
   * for (const { name, file } of files ?? []) console.log(name, file.size);
   */
  exportData(options: { readonly format: "parquet" }): Promise<readonly ExportFile[] | null>;
  /**
   * Takes what this device holds to another of the person's devices, encrypted: the server has no part in it.
   *
   * To move: the new device asks (`{ step: "ask" }`) and shows a code; the old one gives (`{ step: "give",
   * to: code }`) a file that only the new one can take (`{ step: "take", file }`). What was spent and the
   * right to contribute go along: the old one contributes no more. To copy or keep: `{ step: "copy" }` gives
   * a file and the code that opens it; the right stays where it is.
   *
   * What cannot be done is an answer, `{ state: "refused", why }`. Call it only because the person acted.
   *
   * @example
   * const asked = await tacit.move({ step: "ask" });
   * if (asked?.state === "asked") console.log("type this on the old device:", asked.code);
   */
  move(step: MoveStep): Promise<MoveAnswer | null>;
  /**
   * Takes events out of the journal for good, by id: lists and explanations are then as if they had never been.
   *
   * @example
   * const panel = await tacit.panel();
   * await tacit.forget(panel?.events.slice(0, 1) ?? []);
   */
  forget(events: EventsGiven): Promise<void>;
  /**
   * Forgets everything on this device but the person's permissions, the ids of the tasks already answered and
   * what that cost, so that none is answered twice and no budget comes back.
   *
   * @example
   * await tacit.erase();
   */
  erase(): Promise<void>;
  /**
   * What this device shows in an experiment: the value of the arm that it is in, and `fallback` where it is in
   * none, the arm has no value, or nothing is known yet. At once, without waiting. That it is asked for is the
   * exposure, so ask where it is shown. Only who contributes is in an experiment; nobody else learns in which.
   *
   * @example
   * const banner = tacit.variant("banner", "plain");
   * console.log(banner);
   */
  variant<Value extends Json>(experiment: string, fallback: Value): Widened<Value>;
  /**
   * Takes this device out of an experiment, for good: it shows what everybody else sees, and counts no more.
   *
   * @example
   * await tacit.leave("banner");
   */
  leave(experiment: string): Promise<void>;
  /**
   * Listens to an event; returns the function that stops listening. Who listens to `ready` late is called all
   * the same.
   *
   * @example
   * const stop = tacit.on("change", async () => console.log(await tacit.recommend()));
   * stop();
   */
  on<Name extends keyof TacitEventMap>(
    name: Name,
    listener: (detail: TacitEventMap[Name]) => void,
  ): () => void;
  /** Version of the package. */
  readonly version: string;
}
