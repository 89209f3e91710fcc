/**
 * What a device keeps of lists on trial (trial.ts): a draw for each name of a list and day, so that a list
 * does not flicker, and which two items its servings had at the two places, so that a click can be told to be
 * of one. Pure; the device keeps what comes of it (worker/contribute/trials.ts).
 *
 * What a list holds may change with every act of the person. Until something is clicked at one of the two
 * places, these changes do not depend on the coin; afterwards they do, as what was clicked leaves the list.
 * So a draw counts what was clicked of one serving, the first of which anything was, until another took its
 * place: both items, each once.
 */
import type { TacitEvent } from "../events/event.ts";
import { dayMs } from "../time.ts";
import { drawTrial, type PlaceTrial, type UniformBelow } from "./trial.ts";

/** What stood at the two places from a moment on, until the next serving. */
export interface Serving {
  /** Milliseconds since the Unix epoch. */
  readonly fromMs: number;
  /**
   * As shown, at the first place and at the trial's; null: the list was shown as it is, so that nothing is
   * told.
   */
  readonly items: readonly [first: string, other: string] | null;
}

/** A draw for one list and day. */
export interface KeptTrial {
  /** The page's name for the list. */
  readonly list: string;
  /** Days since the Unix epoch (UTC). */
  readonly day: number;
  /** Null: the list is not on trial on that day. */
  readonly trial: PlaceTrial | null;
  /** The oldest first. */
  readonly servings: readonly Serving[];
}

export type KeptTrials = readonly KeptTrial[];

/** What is kept, of whatever was found where it is: what another version wrote in another form is as none. */
export function keptTrialsIn(found: unknown): KeptTrials {
  // The check below is of all that is read of one.
  return Array.isArray(found) ? found.filter((one): one is KeptTrial => isKeptTrial(one)) : [];
}

function isKeptTrial(found: unknown): boolean {
  if (typeof found !== "object" || found === null) return false;
  const { list, day, trial, servings } = found as Partial<KeptTrial>;
  const isTrial = trial === null || (typeof trial === "object" && Number.isInteger(trial.place));
  return typeof list === "string" && Number.isInteger(day) && isTrial && areServings(servings);
}

function areServings(found: unknown): boolean {
  return (
    Array.isArray(found) &&
    found.every((one) => {
      const { fromMs, items } = Object(one);
      return Number.isFinite(fromMs) && (items === null || (Array.isArray(items) && items.length === 2));
    })
  );
}

/** Those of the days that are asked about: neither over for long nor, by a clock that ran ahead, to come. */
export function standing(kept: KeptTrials, nowMs: number): KeptTrials {
  const today = dayOf(nowMs);
  return kept.filter(({ day }) => day <= today + 1 && day > today - trialLimits.days);
}

export const trialLimits = {
  /** What is asked about was over by then, and answered. */
  days: 62,
  trials: 400,
  /** Of a draw: after that many it is over, and the list is shown as it is. */
  servings: 8,
} as const;

/** A list as it would be shown without a trial. */
export interface Listed {
  readonly list: string;
  readonly atMs: number;
  readonly share: number;
  readonly ends: readonly number[];
  /** In their order; `isFixed`: it is not by its score that it stands there. */
  readonly rows: readonly { readonly item: string; readonly isFixed: boolean }[];
}

export interface Served {
  readonly kept: KeptTrials;
  /** What holds for this serving; null: it is shown as it is, and tells nothing. */
  readonly trial: PlaceTrial | null;
}

/** Draws where nothing was drawn yet for this list and day, and notes which items are at the two places. */
export function serve(kept: KeptTrials, listed: Listed, below: UniformBelow): Served {
  const { list, atMs, share, ends, rows } = listed;
  // Of one item nothing can be drawn: a longer list of that day may.
  if (rows.length < 2) return { kept, trial: null };
  const day = dayOf(atMs);
  const known = kept.find((one) => one.list === list && one.day === day);
  const draw: KeptTrial = known ?? {
    ...{ list, day, servings: [] },
    trial: drawTrial({ share, ends, length: rows.length }, below),
  };
  const { trial } = draw;
  const isOver = draw.servings.length > trialLimits.servings;
  if (trial === null || isOver) return { kept: draw === known ? kept : withTrial(kept, draw), trial: null };
  const servings = withServing(draw.servings, { fromMs: atMs, items: itemsAt(rows, trial) });
  const items = servings.length > trialLimits.servings ? null : servings[servings.length - 1].items;
  return {
    kept: servings === known?.servings ? kept : withTrial(kept, { ...draw, servings }),
    trial: items === null ? null : trial,
  };
}

/** A list with the two places swapped, where the coin says so. */
export function swapped<Row>(rows: readonly Row[], { place, isSwapped }: PlaceTrial): readonly Row[] {
  if (!isSwapped) return rows;
  return rows.map((row, at) => (at === 0 ? rows[place - 1] : at === place - 1 ? rows[0] : row));
}

/** What was clicked of the one serving that counts. */
export interface TrialClicks {
  readonly first: TacitEvent | null;
  readonly other: TacitEvent | null;
}

/** Null where nothing was clicked at the two places. */
export function clicksOf(
  { list, day, trial, servings }: KeptTrial,
  events: readonly TacitEvent[],
): TrialClicks | null {
  if (trial === null) return null;
  const clicks = events.filter(
    ({ kind, list: at, atMs }) => kind === "click" && at === list && dayOf(atMs) === day,
  );
  for (const [at, { fromMs, items }] of servings.slice(0, trialLimits.servings).entries()) {
    if (items === null) continue;
    const untilMs = servings[at + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    const found = (place: number, shown: string): TacitEvent | null =>
      clicks.find(
        ({ item, position, atMs }) =>
          item === shown && position === place && atMs >= fromMs && atMs < untilMs,
      ) ?? null;
    const [first, other] = [found(1, items[0]), found(trial.place, items[1])];
    if (first !== null || other !== null) return { first, other };
  }
  return null;
}

/** How many lists had two places swapped within so many days. */
export function swappedIn(
  kept: KeptTrials,
  { nowMs, days }: { readonly nowMs: number; readonly days: number },
) {
  const from = dayOf(nowMs) - days;
  return kept.filter(
    ({ day, trial, servings }) =>
      day > from && trial?.isSwapped === true && servings.some(({ items }) => items !== null),
  ).length;
}

/**
 * What is shown at the two places; null where one is not there, or stands where it stands for another reason.
 */
function itemsAt(rows: Listed["rows"], trial: PlaceTrial): Serving["items"] {
  const { place } = trial;
  if (place > rows.length || rows[0].isFixed || rows[place - 1].isFixed) return null;
  const shown = swapped(rows, trial);
  return [shown[0].item, shown[place - 1].item];
}

/** The same array while the same is shown. */
function withServing(servings: readonly Serving[], serving: Serving): readonly Serving[] {
  const last = servings.at(-1);
  const isSame =
    last !== undefined && last.items?.[0] === serving.items?.[0] && last.items?.[1] === serving.items?.[1];
  return isSame ? servings : [...servings, serving];
}

/** What is not on trial is kept for its day alone. */
function withTrial(kept: KeptTrials, noted: KeptTrial): KeptTrials {
  const others = kept.filter(
    ({ list, day, trial }) =>
      !(list === noted.list && day === noted.day) &&
      day > noted.day - trialLimits.days &&
      (trial !== null || day === noted.day),
  );
  return [...others, noted].slice(-trialLimits.trials);
}

function dayOf(atMs: number): number {
  return Math.floor(atMs / dayMs);
}
