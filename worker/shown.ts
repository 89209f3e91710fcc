/** What the device shows the person, and gives along: the panel and the export. */
import type { LeftOutFor } from "../core/events/cleaning/rule.ts";
import type { TacitEvent } from "../core/events/event.ts";
import type { FactValue } from "../core/events/fact.ts";
import type { Wish } from "../core/policy/wish.ts";
import type { CategoryFeatures, Feature } from "../core/profile/feature.ts";

/**
 * Who runs the two halves of the sum: two parties by their hosts; `one` where a single operator runs both
 * (one origin, or a development server); `none` where the site names nobody, so that nothing is contributed.
 */
export type Parties = { readonly leader: string; readonly helper: string } | "one" | "none";

/** The two separate permissions of a person. */
export interface ConsentFlags {
  /** Keep events on this device and rank with them. Nothing leaves because of it. */
  readonly personalise: boolean;
  /** Add an unreadable share of what was learned to sums over crowds. */
  readonly contribute: boolean;
}

/**
 * A line of the ledger: one report that left the device, with every sum that was due together. It costs what
 * they cost.
 */
export interface SentReport {
  readonly id: string;
  readonly atMs: number;
  /** Bytes of the request body. */
  readonly bytes: number;
  /** Hex SHA-256 of the request body. */
  readonly sha256: string;
  /** At least one, each of another task. */
  readonly sums: readonly SentSum[];
}

/** What a report adds to one sum, and what became of it. */
export interface SentSum {
  /** Id of the task. */
  readonly task: string;
  readonly kind: string;
  readonly round: number;
  readonly block: number;
  /** Privacy cost (zCDP); null without bound, where the task adds no noise. */
  readonly rho: number | null;
  readonly state: "sending" | "accepted" | "refused";
  /** Which experiments it told of, each with its seed: none is told of again. Absent: of none. */
  readonly tells?: readonly string[];
  /**
   * When refused: the server's reason; `withdrawn` when consent was taken back before an answer came;
   * `outdated` when the server had moved on to another protocol before.
   */
  readonly why?: string;
}

/**
 * What the site sums, in words, as its signed privacy plan has it; a device answers within it and within its
 * own limits.
 */
export interface PlanView {
  readonly kinds: readonly PlannedKind[];
  /** What all of it costs within 30 days at most. */
  readonly per30Days: CostOf;
  readonly issuedAtMs: number;
}

export interface PlannedKind {
  readonly kind: string;
  /** A few words; the kind's name where this version does not take part in it. */
  readonly title: string;
  /** What is summed over the crowd, in a sentence; null where this version does not take part in it. */
  readonly what: string | null;
  /** What one report of it costs at most. */
  readonly perReport: CostOf;
  readonly reportsPer30Days: number;
}

/** A cost in rho and as epsilon at the budget's `delta`; null: without bound. */
export interface CostOf {
  readonly rho: number | null;
  readonly epsilon: number | null;
}

export interface Interest {
  readonly word: string;
  /**
   * Share of the interest in the words listed: magnitudes sum to 1. Negative for what the person dislikes.
   */
  readonly weight: number;
  readonly items: readonly string[];
}

/** What was spent of a limit. */
export interface SpentOf extends CostOf {
  readonly limit: CostOf;
}

/** What all reports of this device cost together, counting one honest aggregator's noise. */
export interface Budget {
  readonly last30Days: SpentOf;
  readonly lifetime: SpentOf;
  readonly delta: number;
  /** Day of the first report, as YYYY-MM-DD (UTC); null before any. */
  readonly since: string | null;
}

/** Which published model ranks, and how much of it is here. */
export interface EditionInForce {
  /** Hex SHA-256 of what its publisher signed. */
  readonly id: string;
  /** Grows with each edition. */
  readonly sequence: number;
  /** Item steps behind the factors. */
  readonly round: number;
  readonly items: number;
  /** False while only the first items have come, on a first visit. */
  readonly isWhole: boolean;
}

/** From the stage before it to this one. */
export interface StageChange {
  readonly before: number;
  readonly after: number;
}

/**
 * A stage of the ranking beyond its scores: whether it gains enough to be in force, and how much, of people
 * held out.
 */
export interface ShownStage {
  readonly stage: "ranker" | "variety";
  readonly isOn: boolean;
  /** How high what they then wanted stands in their lists, 0..1. */
  readonly ndcg: StageChange;
  /** Share of the catalogue in all their lists together. */
  readonly coverage: StageChange;
  /** How unlike the items of a list are. */
  readonly diversity: StageChange;
}

/** What counts how much in this person's ranking, and why (core/choosing/matrix.ts). */
export interface RankingChoice {
  /** The row of the decision matrix that holds on this device, and why in words. */
  readonly row: string;
  readonly why: string;
  /** The row that holds for the site; null where its settings are not by the matrix. */
  readonly site: string | null;
  /**
   * Parts of a score, 0..1, by content and what people did, by pairs, by what is wanted lately and always.
   */
  readonly parts: Readonly<Record<"joint" | "pairs" | "lately" | "always", number>>;
  /** How many items are liked, and which share of them somebody has learned, or pairs know. */
  readonly liked: number;
  readonly onLearned: number;
  readonly onPairs: number;
  /** How many things the person said they like. */
  readonly facts: number;
  /** Days since the last event that counts; null before any. */
  readonly daysSince: number | null;
}

/** Where the journal is: in "memory" while the browser's storage does not work. */
export type StoredIn = "device" | "memory";

/** Why no report leaves at this moment. */
export interface Waiting {
  readonly why: WaitingFor;
  /** When this device looks again; null where no time is known. */
  readonly untilMs: number | null;
}

/**
 * `consent`: contributing is off. `automation`: a program does what is done here. `insecure`: the page is not
 * in a secure context, so there is no cryptography. `storage`: this browser denies storage. `pins`: the site
 * names nobody who sums. `signatures`: this browser has no Ed25519. `chance`: it leaves at a time that was
 * drawn. `elsewhere`: another device of the person's contributes what is here. `token`: the issuer gives one
 * later. `events`: too little to say yet. `period`: what is asked about is not over. `round`: all that is
 * asked was answered. `batch`: the same, with a sum that found its batch full. `plan`, `budget`: the site's
 * promise or this device's budget has no room. `server`: whoever is asked did not answer.
 */
export type WaitingFor =
  | "consent"
  | "elsewhere"
  | "automation"
  | "insecure"
  | "storage"
  | "pins"
  | "signatures"
  | "chance"
  | "token"
  | "events"
  | "period"
  | "round"
  | "batch"
  | "plan"
  | "budget"
  | "server";

/** How many events do not count, and why; they are kept, and shown. */
export interface Cleaned extends Readonly<Record<LeftOutFor, number>> {
  /** How many count as of a usual age, because their time cannot be. */
  readonly time: number;
  /** A program does what is done here, so that nothing of it is contributed. */
  readonly isAutomated: boolean;
}

/** An event as a panel shows it. */
export interface ShownEvent extends TacitEvent {
  readonly title?: string;
  /** Why it does not count; nothing where it does. */
  readonly leftOut?: LeftOutFor;
  /** It counts, and its time cannot be: as of a usual age. */
  readonly isUndated?: true;
}

/** A feature as a panel shows it. */
export interface ShownFeature extends Pick<Feature, "name" | "title" | "unit" | "levels" | "missing"> {
  /** Null where there is nothing to compute it from: then `missing` says so. */
  readonly value: number | null;
}

export interface ShownProfile {
  readonly features: readonly ShownFeature[];
  readonly categories: readonly CategoryFeatures[];
}

/** What the person said of themselves, as a panel shows it; `declare` with null takes it back. */
export interface ShownFact {
  readonly fact: string;
  /** What it is called; a site's own fact by its name. */
  readonly title: string;
  readonly value: FactValue;
  readonly atMs: number;
}

/** What the person asked of the shelf, as a panel shows it; `steer` takes it back. */
export interface ShownWish extends Wish {
  /** Of an item that the catalogue has. */
  readonly title?: string;
  readonly atMs: number;
}

/**
 * Which of the segments that a site publishes the person is nearest to, as this device works it out; nobody
 * else sees it. Unknown where the site publishes none, where this version does not know all features that
 * they are told by, and as long as there are too few acts to say anything.
 */
export type ShownSegment =
  | {
      readonly state: "known";
      /** What sets its people apart, in a few words. */
      readonly name: string;
      /** Of the crowd, 0..1. */
      readonly share: number;
      /** How many segments there are. */
      readonly of: number;
      /** What it was learned from: sums over so many people, or so many people in the site's logs. */
      readonly people: number;
      readonly origin: "crowd" | "logs";
      /** What an event of its people counts half after; nothing where that is as for everybody. */
      readonly halfLifeDays?: number;
      /** What its people have more (above 0) or less of than all, in spreads of the crowd; most first. */
      readonly differs: readonly SegmentDifference[];
    }
  | {
      readonly state: "unknown";
      readonly why: "no-segments" | "other-features" | "too-few-acts" | "declined";
    };

export interface SegmentDifference {
  /** Name of a feature of the profile. */
  readonly feature: string;
  readonly title: string;
  readonly deviation: number;
}

/** A list of one day that two places might have been swapped in, to learn how much a place counts. */
export interface ShownTrial {
  /** The page's name for the list. */
  readonly list: string;
  /** As YYYY-MM-DD (UTC). */
  readonly day: string;
  /** The place that the first may have changed with; null where the list is not on trial on that day. */
  readonly place: number | null;
  readonly isSwapped: boolean;
  /** Which items stood there, the oldest first; null: the list was shown as it is. */
  readonly servings: readonly {
    readonly atMs: number;
    readonly items: readonly [first: string, other: string] | null;
  }[];
}

/** An experiment of the site that this device is in, or was shown an arm of. */
export interface ShownExperiment {
  readonly experiment: string;
  readonly arm: string;
  /** Since when it is in it. */
  readonly atMs: number;
  /** When it was first shown its arm; null: not yet. */
  readonly shownMs: number | null;
  /** The person left it: it shows what everybody else sees, and tells nothing. */
  readonly hasLeft: boolean;
}

/** What is felt for an item, as a panel shows it. */
export interface ShownTaste {
  readonly item: string;
  /** Below zero for what is not wanted. */
  readonly weight: number;
  /** Of an item that the catalogue has. */
  readonly title?: string;
  /** None of an item that the catalogue has not. */
  readonly categories: readonly string[];
}

/** Everything the device holds about the person, in the form a panel shows it. */
export interface Panel {
  /** Newest first. */
  readonly events: readonly ShownEvent[];
  readonly cleaned: Cleaned;
  /** The first said first. */
  readonly facts: readonly ShownFact[];
  /** What was asked of the shelf, the first said first. */
  readonly wishes: readonly ShownWish[];
  /** Until when nothing of what is done is recorded; null: it is. */
  readonly pausedUntilMs: number | null;
  /** What this device has worked out about the person; nobody else sees it. */
  readonly profile: ShownProfile;
  readonly segment: ShownSegment;
  readonly interests: readonly Interest[];
  /** What `interests` come from: what was done with each item, added up. */
  readonly tastes: readonly ShownTaste[];
  /** Newest first. */
  readonly reports: readonly SentReport[];
  readonly budget: Budget;
  /** In how many lists of the last 30 days, one a name and day, two places were swapped. */
  readonly trials: number;
  /** Those that the person left among them. */
  readonly experiments: readonly ShownExperiment[];
  /** As last asked for; null before, and a device asks only where it may contribute. */
  readonly plan: PlanView | null;
  /** Why nothing leaves now, and until when. */
  readonly waiting: Waiting;
  readonly parties: Parties;
  readonly edition: EditionInForce | null;
  /** None where the edition has no ranker, or none that was measured. */
  readonly stages: readonly ShownStage[];
  /** Null before a model is here. */
  readonly choice: RankingChoice | null;
  readonly storage: StoredIn;
}

/** A file of an export, to be kept as it is. */
export interface ExportFile {
  readonly name: string;
  readonly file: Blob;
}

/** The export: complete, self-describing JSON. */
export interface TacitExport {
  readonly format: "tacit-export";
  readonly version: 3;
  readonly exportedAt: string;
  readonly consent: ConsentFlags;
  readonly events: readonly TacitEvent[];
  readonly cleaned: Cleaned;
  /** Ids of those that do not count. */
  readonly leftOut: readonly { readonly event: string; readonly why: LeftOutFor }[];
  readonly facts: readonly ShownFact[];
  readonly wishes: readonly ShownWish[];
  readonly profile: ShownProfile;
  readonly segment: ShownSegment;
  readonly tastes: readonly { readonly item: string; readonly weight: number }[];
  readonly userVector: readonly number[];
  readonly interests: readonly Interest[];
  readonly reports: readonly SentReport[];
  readonly budget: Budget;
  readonly trials: readonly ShownTrial[];
  readonly experiments: readonly ShownExperiment[];
  readonly parties: Parties;
  readonly edition: EditionInForce | null;
  readonly choice: RankingChoice | null;
}
