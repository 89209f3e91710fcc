/**
 * What the page may ask of the worker: types only, so that the page side carries no worker code.
 *
 * Everything here is answered from the device. Nothing in an answer is ever sent to a server.
 */
import type { Choices } from "../core/consent.ts";
import type { EventKind } from "../core/events/event.ts";
import type { Recorded } from "../core/events/fact.ts";
import type { Json } from "../core/json.ts";
import type { Attributes } from "../core/model/attributes.ts";
import type { Claims } from "../core/moving/claims.ts";
import type { ListPolicy } from "../core/policy/listpolicy.ts";
import type { Wish } from "../core/policy/wish.ts";
import type { DeviceClass } from "../core/profile/device.ts";
import type { Source } from "../core/ranking/sources.ts";
import type { Spending } from "../core/sum/spending.ts";
import type { MoveAnswer, MoveStep } from "./moves.ts";
import type {
  ConsentFlags,
  EditionInForce,
  ExportFile,
  Panel,
  SentReport,
  ShownEvent,
  StoredIn,
  TacitExport,
} from "./shown.ts";

export type * from "./moves.ts";
export type * from "./shown.ts";

/** What the arm of an experiment that this device is in has for a page. */
export interface PageArm {
  readonly arm: string;
  /** Absent: the page's own fallback. */
  readonly value?: Json;
  /** Beginnings of paths: elsewhere it is no exposure. Absent: it is one on every page. */
  readonly pages?: readonly string[];
}

/** By the experiment's name. */
export type PageArms = Readonly<Record<string, PageArm>>;

/** An arm was shown at that time; or the person leaves the experiment. */
export type ExperimentStep =
  | { readonly step: "shown"; readonly experiment: string; readonly atMs: number }
  | { readonly step: "leave"; readonly experiment: string };

/** That, and when, this device took part. It is the same for everybody who did. */
export interface Remains {
  /** Tasks answered, oldest first: not answered again. */
  readonly answeredTasks: readonly string[];
  /** What the reports cost: not spent again. */
  readonly spent: Spending;
}

/**
 * What outlives an erasure, and of which page and worker each keep a copy: where one is lost, the other
 * holds.
 */
export interface Kept {
  readonly choices: Choices;
  readonly remains: Remains;
  /** When everything was last erased, by the page's clock; in the database's copy alone. */
  readonly erasedAtMs?: number;
  /** Whose events are here, and whose right to contribute, once some have moved; likewise. */
  readonly claims?: Claims;
}

/** What is kept where everything was erased, at a time that is known. */
export type KeptErased = Kept & Required<Pick<Kept, "erasedAtMs">>;

export interface WorkerConfig {
  /** Origin (and path prefix) of the Tacit server, for example `https://shop.example/tacit`. */
  readonly server: string;
  /** Name of the IndexedDB database. One per site is enough. */
  readonly database: string;
  /** What holds now, by everyone's word. */
  readonly consent: ConsentFlags;
  /** Nothing is to be stored before the person chooses: a database that is not there is not made. */
  readonly storage?: "memory";
  /** Who may sum; without pins a browser contributes to a server on a loopback address alone. */
  readonly pins?: Pins;
  /** Address (and path prefix) of an Oblivious HTTP relay; reports then go through it alone. */
  readonly relay?: string;
  /** Where the files are that the worker fetches when somebody needs them. */
  readonly files?: Readonly<Partial<Record<WorkerFile, string>>>;
  /**
   * `driven`: the browser says that a program drives it. `counts`: whatever drives it and however fast, it
   * counts as a person's, as tests of a site want it. Neither: a person's, as far as its pace allows.
   */
  readonly automation?: "driven" | "counts";
  /** What the page is shown on, for the features of the person; never sent. */
  readonly device?: DeviceClass;
  /** Name of a lock (Web Locks) that the worker holds as long as it lives, so that the page can tell. */
  readonly lifeLock?: string;
}

/**
 * `ranking.js`: for lists, loaded as the worker starts; `contributing.js`: where this device may contribute;
 * `shown.js`: for who looks at what is held, or takes it along; `tokens.js`: for who needs tokens;
 * `experiments.js`: where this device may contribute and the edition lists experiments;
 * `moving.js`, `parquet.js`: for who takes their data along; `words.js`: for free text; `encoder.js` and the
 * WebAssembly that it runs: likewise, where the edition lists an encoder.
 */
export type WorkerFile =
  | "ranking.js"
  | "contributing.js"
  | "shown.js"
  | "tokens.js"
  | "moving.js"
  | "parquet.js"
  | "words.js"
  | "experiments.js"
  | "encoder.js"
  | "encoder.wasm";

/** Takes the next events of a panel; null: what came so far is gone, and all comes anew. */
export type HandEvents = (events: readonly ShownEvent[] | null) => void | Promise<void>;

/** What a page may ask for before its worker runs. */
export type PrefetchPath = "/v1/edition" | "/v1/head";

/** An answer that nobody has read yet. */
export interface Prefetched {
  readonly status: number;
  readonly body: ReadableStream<Uint8Array>;
}

/** The answer that the page has asked for, given once; null when there is none. */
export type Prefetch = (path: PrefetchPath) => Promise<Prefetched | null>;

/** Whom a site trusts with its visitors' sums, written into its pages: nobody else can take their place. */
export interface Pins {
  /** The leader's identity: Ed25519 public key, 32 bytes in hex. It signs tasks and the leader's key list. */
  readonly siteKey: string;
  /** Origin of the helper. */
  readonly helper: string;
  /** The helper's identity, likewise in hex. It signs the helper's key list. */
  readonly helperKey: string;
}

export interface ItemCard {
  readonly item: string;
  readonly title: string;
  readonly url?: string;
  readonly image?: string;
  readonly price?: number;
  readonly categories: readonly string[];
  /** What else the shop says of it, by name. */
  readonly attributes?: Attributes;
}

/** Why an item is in a list. The contributions of one recommendation sum to its score. */
export type Reason =
  | {
      readonly why: "event";
      /** What the person did, and with which item. */
      readonly event: string;
      readonly kind: EventKind;
      readonly item: string;
      readonly title: string;
      readonly atMs: number;
      readonly contribution: number;
    }
  /** What the events, or items asked about, beyond those named add up to. */
  | { readonly why: "others"; readonly events: number; readonly contribution: number }
  /** Like that item, or one of those that it goes well with. */
  | {
      readonly why: "similar" | "together";
      readonly item: string;
      readonly title: string;
      readonly contribution: number;
    }
  /**
   * A word of the text that was searched for, and the word of the item's title or categories that is nearest
   * to it.
   */
  | {
      readonly why: "search";
      readonly asked: string;
      readonly found: string;
      readonly contribution: number;
    }
  /** The text that was searched for means the like. */
  | { readonly why: "meaning"; readonly asked: string; readonly contribution: number }
  /** What the person said of themselves (`declare`): which fact, and what of it. */
  | { readonly why: "said"; readonly fact: string; readonly said: string; readonly contribution: number }
  /** What the crowd wants, lately or always. */
  | { readonly why: "trending" | "popular"; readonly contribution: number }
  | { readonly why: "new"; readonly publishedAt: string; readonly contribution: number }
  | { readonly why: "catalogue"; readonly contribution: number }
  /** What the site lifts, or puts back. */
  | { readonly why: "site"; readonly rule: "boost" | "bury"; readonly contribution: number }
  /** What the person asked for more or less of; `title` where it is an item that the catalogue has. */
  | ({
      readonly why: "wish";
      readonly title?: string;
      readonly contribution: number;
    } & Wish)
  /** What a group of features adds (docs/RANKER.md). */
  | { readonly why: "feature"; readonly feature: ReasonFeature; readonly contribution: number };

/**
 * A group of what the ranker looks at: that it was bought before (`again`), is like what was dealt with last
 * (`session`), how long it is in the shop (`fresh`), its categories and price, how much and when the person
 * buys (`habits`, `moment`), how many want it (`wanted`), and what the person likes where no single act
 * speaks for the item (`taste`). `diversity`: what likeness to items before it takes; `novelty`: what is held
 * back of what everybody wants; `unproposed`: what no source of candidates proposes comes behind what one
 * does; `later`: others took the places that lists have.
 */
export type ReasonFeature =
  | "taste"
  | "session"
  | "again"
  | "wanted"
  | "fresh"
  | "category"
  | "price"
  | "habits"
  | "moment"
  | "diversity"
  | "novelty"
  | "unproposed"
  | "later";

export interface Recommendation extends ItemCard {
  readonly score: number;
  /** Where it comes from: what adds most to its score. */
  readonly from: Source;
  /**
   * Most important first, the twentieth and beyond as one; their contributions sum to `score`. `explain`
   * names all.
   */
  readonly reasons: readonly Reason[];
  /**
   * The person dealt with it before, and it is here because nothing else is left, or was asked for with
   * `again`.
   */
  readonly again?: boolean;
  /** The site pinned it to its place: its score is not why it stands there. */
  readonly pinned?: boolean;
  /**
   * Its place and that of another item changed, so that the site learns how much a place counts: its score
   * would have it at the other's (`panel().trials`).
   */
  readonly swapped?: boolean;
}

export interface ForYouOptions extends ListPolicy {
  /** How many to return; 12 unless given. */
  readonly count?: number;
  /** Item ids to leave out besides those the person already dealt with. */
  readonly exclude?: readonly string[];
  /**
   * Whether to return items that the person already dealt with: beside the others (true), never (false), or,
   * unless given, once no others are left.
   */
  readonly includeSeen?: boolean;
  /**
   * Only what the person bought and did not return, the strongest taste first; `includeSeen` has then no say.
   */
  readonly again?: boolean;
  /** Ids of events: the list as it would be had they not been. */
  readonly without?: readonly string[];
  /**
   * The page's name for the list, as its `data-tacit-list` has it; in `lists` its key unless given. Where the
   * site's policy has lists of that name on trial and the person contributes, two places may be swapped.
   */
  readonly name?: string;
}

/** Which ranking an item is explained in: that of `recommend` with the same options. */
export type ExplainOptions = Pick<ForYouOptions, "includeSeen" | "without"> & ListPolicy;

export interface ListOptions extends ListPolicy {
  readonly count?: number;
  readonly exclude?: readonly string[];
}

export interface TrendingOptions extends ListOptions {
  /** What is wanted lately, as far as that is known, unless given; what is always wanted; or what is new. */
  readonly by?: "trending" | "popular" | "new";
}

/** A list of a page: of which kind, about what, and how. */
export type ListRequest =
  | ({ readonly list: "recommend" } & ForYouOptions)
  | ({ readonly list: "similar"; readonly item: string } & ListOptions)
  | ({ readonly list: "goesWith"; readonly items: readonly string[] } & ListOptions)
  | ({ readonly list: "search"; readonly text: string } & ListOptions)
  | ({ readonly list: "trending" } & TrendingOptions);

/** Why one item scores what it scores for this person, whether or not it was recommended. */
export interface Explanation {
  readonly item: string;
  readonly title: string;
  readonly score: number;
  /** Place among all items but those that a rule or a wish rules out, 1 for the best. */
  readonly rank: number;
  readonly of: number;
  readonly reasons: readonly Reason[];
}

/** What a worker asked of the network, as its browser noted it. */
export interface MadeRequests {
  /** When the clock of the entries began, since the Unix epoch. */
  readonly originMs: number;
  /** Resource Timing (https://www.w3.org/TR/resource-timing/), as JSON. */
  readonly entries: readonly Partial<PerformanceResourceTiming>[];
}

/** What the worker says to the page without being asked. */
export type WorkerNotice =
  /** Events were added or erased, here or in another tab: recommendations may differ. */
  | { readonly type: "change" }
  /** Another edition is in force, or the rest of this one. */
  | ({ readonly type: "edition" } & EditionInForce)
  | { readonly type: "report"; readonly report: SentReport }
  /**
   * The database answers again: what was in memory alone may be handed over again, and is then on the device.
   */
  | { readonly type: "back" }
  /** The arms that this device is in now; none where it is in no experiment. */
  | { readonly type: "arms"; readonly arms: PageArms }
  /** An arm was shown, for the first time in this session. */
  | { readonly type: "exposure"; readonly experiment: string; readonly arm: string }
  /** Something expected went wrong in the background (offline, refused): nothing to do for the page. */
  | { readonly type: "trouble"; readonly message: string };

/**
 * Has the page keep a copy of what the worker keeps; gives back all that the page keeps then, which another
 * tab or an earlier visit may have left there. Unless it `isAll`, the worker could not read what it keeps,
 * and nobody is to take it that there is no more.
 */
export type KeepCopy = (kept: Kept, isAll: boolean) => Kept | Promise<Kept>;

export interface WorkerApi {
  /**
   * Resolves when the device's store is open, or memory stands in for it, and what page and store keep is
   * one.
   *
   * @param keepCopy the page's copy; without it the store is the only one.
   * @param prefetch what the page has asked for already; the worker asks for everything itself without it.
   */
  start(
    config: WorkerConfig,
    notify: (notice: WorkerNotice) => void,
    keepCopy?: KeepCopy,
    prefetch?: Prefetch,
  ): Promise<void>;
  /** Appends events; resolves when they are durable, or in memory where nothing better is to be had. */
  append(events: readonly Recorded[]): Promise<StoredIn>;
  forYou(options: ForYouOptions): Promise<readonly Recommendation[]>;
  similar(item: string, options: ListOptions): Promise<readonly Recommendation[]>;
  goesWith(items: readonly string[], options: ListOptions): Promise<readonly Recommendation[]>;
  search(text: string, options: ListOptions): Promise<readonly Recommendation[]>;
  trending(options: TrendingOptions): Promise<readonly Recommendation[]>;
  /**
   * The lists of one page: no item, and no variant of one, stands in two of them; those asked for first
   * choose.
   */
  lists(requests: readonly ListRequest[]): Promise<readonly (readonly Recommendation[])[]>;
  explain(item: string, options: ExplainOptions): Promise<Explanation>;
  /** What the person asked of the shelf, as it holds now. */
  wishes(): Promise<readonly Wish[]>;
  /**
   * @param consent what holds now
   * @param choices of them, what the person chose; nothing unless given
   */
  setConsent(consent: ConsentFlags, choices?: Choices): Promise<void>;
  /**
   * @param hand given the events part by part, newest first, where there are many, which the answer then has
   * not: no part holds up a page.
   */
  panel(hand?: HandEvents): Promise<Panel>;
  /** Request body of a sent report exactly as it left, or null when only its digest is kept. */
  reportBytes(id: string): Promise<Uint8Array | null>;
  exportData(): Promise<TacitExport>;
  /** The same as Parquet, a file a table. */
  exportFiles(): Promise<readonly ExportFile[]>;
  /** A step of taking the data to another device. */
  move(step: MoveStep): Promise<MoveAnswer>;
  /**
   * Forgets everything on this device but what page and worker keep.
   *
   * @throws {Error} when the device's store could not be emptied now; what was in memory is forgotten all the
   *   same.
   */
  /** @param atMs when the person asked for it: no event of before is taken any more, wherever it waited. */
  erase(atMs?: number): Promise<void>;
  /** Takes events out of the journal, by id: as if they had never been. */
  forget(ids: readonly string[]): Promise<void>;
  /** Of an experiment that this device is in; nothing where it is in none of that name. */
  experiment(step: ExperimentStep): Promise<void>;
  /** For a developer to look at. */
  requests(): Promise<MadeRequests>;
  /**
   * Does what is due of contributing, when allowed, and goes on by itself at the times that were drawn for as
   * long as the page is open. Called when a page starts, and when a permission or the edition changed.
   */
  contribute(): Promise<void>;
}
