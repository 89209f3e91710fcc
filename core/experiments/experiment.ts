/**
 * An experiment, as an edition lists it: the same for everybody, signed. Which arm a device is in, it finds
 * out by itself (assignment.ts); what came of it, a private sum tells (core/tasks/experiments/).
 *
 * An arm is a value for the page, or settings of the ranking, or both. The first arm is the control: whoever
 * is in no arm sees what the control sees, and counts nowhere.
 */
import type { EventKind } from "../events/event.ts";
import type { Json } from "../json.ts";
import type { ModelSettings } from "../model/edition.ts";
import { type DeviceClass, deviceClasses } from "../profile/device.ts";

export interface Experiment {
  /** What page, panel and report call it. */
  readonly name: string;
  /** Hashed with the device's number: another seed deals everybody anew. */
  readonly seed: string;
  /** Whoever is in one experiment of a layer is in no other of it; null: it overlaps with all others. */
  readonly layer: LayerShare | null;
  /** 0..1: share of those it is open to who are in it. */
  readonly coverage: number;
  /** At least two. */
  readonly arms: readonly Arm[];
  /** Whom it is open to. */
  readonly audience: Audience;
  /** What kinds of visitors the arms are balanced over, and told apart by. */
  readonly strata: Strata;
  /** At least one; the first is the one that it was planned for. */
  readonly metrics: readonly Metric[];
  /** First exposures count from `fromMs` up to, not including, `toMs` (milliseconds since the Unix epoch). */
  readonly fromMs: number;
  readonly toMs: number;
  /** Of a person counts what they do in so many days after their first exposure. */
  readonly windowDays: number;
  /** Days before the first exposure that covariates are of. */
  readonly beforeDays: number;
}

/** Of the 10,000 buckets of a layer, those from `from` up to, not including, `to`. */
export interface LayerShare {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export interface Arm {
  readonly name: string;
  /** Shares of those in the experiment; the weights of all arms sum to 1. */
  readonly weight: number;
  /** What `variant` answers; absent: the page's own fallback. */
  readonly value?: Json | undefined;
  /** Instead of what the edition says. */
  readonly ranking?: RankingChange | undefined;
}

/** Settings of the ranking that an arm has of its own. */
export interface RankingChange {
  readonly model?: Partial<Omit<ModelSettings, "choice" | "newItemWeight">> | undefined;
  /** false: without the learned second stage. */
  readonly ranker?: boolean | undefined;
  /** 0..1, instead of the default share of variety. */
  readonly variety?: number | undefined;
  /** Days in which the weight of an act halves. */
  readonly halfLifeDays?: number | undefined;
}

/** All that it names must hold, of several values one; what is not known of a person holds for nobody. */
export interface Audience {
  readonly devices?: readonly DeviceClass[] | undefined;
  /** Numbers of segments of the edition. */
  readonly segments?: readonly number[] | undefined;
  /** Whether the journal has an event of an earlier day. */
  readonly returning?: boolean | undefined;
  /** BCP 47; "de" is any German. Of a person counts the language that they prefer. */
  readonly languages?: readonly string[] | undefined;
  /** What the person declared, by the name of the fact. */
  readonly facts?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Beginnings of paths of this site ("/gifts/"): elsewhere there is no exposure. */
  readonly pages?: readonly string[] | undefined;
}

/** Strata are numbered from 0; what is not known of a device is the last. */
export type Strata =
  | { readonly by: "nothing" }
  /** Phone, tablet, desktop, not known. */
  | { readonly by: "device" }
  /** New; returning. */
  | { readonly by: "visitor" }
  /** The first `count` segments of the edition; another, or none known. */
  | { readonly by: "segment"; readonly count: number };

export function strataCount(strata: Strata): number {
  if (strata.by === "nothing") return 1;
  if (strata.by === "device") return deviceClasses.length + 1;
  return strata.by === "visitor" ? 2 : strata.count + 1;
}

/**
 * What is counted of a person: a number from 0 up to `cap`, which is stated before anybody reports, so that
 * the sensitivity of the sum is exact.
 */
export interface Metric {
  readonly name: string;
  readonly of: Measure;
  /** What one person counts for at most, in the measure's unit; 1 for `any`. */
  readonly cap: number;
  /** A ratio of two sums: of all people together, so much `of` for each `per`. */
  readonly per?: { readonly of: Measure; readonly cap: number } | undefined;
  /** Whether the same measure in the days before reduces the variance (CUPED); not beside `per`. */
  readonly isAdjusted?: boolean | undefined;
  /** Mean that is expected, as a share of `cap`: only where the noise falls hangs on it. */
  readonly expected?: number | undefined;
}

export type Measure =
  /** 1 where there is such an event, else 0. */
  | { readonly any: EventKind; readonly list?: string | undefined }
  /** How many there are. */
  | { readonly count: EventKind; readonly list?: string | undefined }
  /** Orders: what was bought within one session is one. */
  | { readonly orders: "purchase" }
  /** Seconds of `dwell`. */
  | { readonly seconds: "dwell" }
  /** Pieces x price of what was bought and not given back; what has no price is worth nothing. */
  | { readonly money: "purchase" };

/** A person's number is 0 or 1: its square is itself. */
export function isBinary({ of, per }: Pick<Metric, "of" | "per">): boolean {
  return "any" in of && per === undefined;
}
