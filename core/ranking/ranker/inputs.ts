/** Features of rows for a person and a moment (features.ts), in the order of the table. */

import type { TasteRows } from "../../foldin.ts";
import { sessionGapMs } from "../../profile/sessions.ts";
import { dayMs, type LocalTime } from "../../time.ts";
import { againTastes } from "../mix.ts";
import type { RankingModel } from "../model.ts";
import type { Profile } from "../profile.ts";
import { cosinesWith } from "../together.ts";
import { type Columns, columnsOf, daysInCatalogue } from "./columns.ts";
import { type RankerFeature, rankerFeatures, standardised } from "./features.ts";
import type { BoughtItem, Told } from "./history.ts";

/** What a person's ranking by joint rows and pairs says, in standard deviations over the catalogue. */
export interface TasteScores {
  readonly joint: Float64Array;
  /** Zeros where no pairs are known. */
  readonly pairs: Float64Array;
}

/** What a person's ranking without a ranker is made of: for who goes on from it. */
export interface TasteParts extends TasteScores {
  /** Of `joint`, per unit of a score by joint rows. */
  readonly jointFactor: number;
  /** What a taste adds to `pairs` of a row. */
  readonly pairsBy: (taste: number, row: number) => number;
}

export interface Moment {
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
  /** Where the person is; absent: not known. */
  readonly local?: LocalTime | undefined;
}

export interface Asked {
  readonly model: RankingModel;
  readonly profile: Pick<Profile, "tastes" | "bought">;
  readonly scores: TasteScores;
  /** What the journal tells beside tastes; null where tastes are all that is known. */
  readonly told: Told | null;
  readonly moment: Moment | null;
}

const saturday = 5;
const eveningHours = { from: 17, to: 23 };
/** Days for what was never bought: longer ago than any journal reaches. */
const never = 1000;
const fewestDeviation = 0.22;

export class Inputs {
  readonly #asked: Asked;
  readonly #columns: Columns;
  readonly #nowMs: number;
  /** Of rows, with what was dealt with last; null where nothing was. */
  readonly #similar: Float64Array | null;
  readonly #weightOf: ReadonlyMap<number, number>;
  readonly #categories: ReadonlyMap<string, CategoryLiking>;
  readonly #price: { readonly mean: number; readonly deviation: number } | null;
  /** A vector with the features that are the same for every row, and zeros. */
  readonly #persons: Float64Array;

  constructor(asked: Asked) {
    const { model, profile, told, moment } = asked;
    this.#asked = asked;
    this.#columns = columnsOf(model);
    this.#nowMs = moment?.nowMs ?? Number.NaN;
    this.#similar = similarTo(model, told?.lastRows ?? []);
    const { tastes, bought } = profile;
    this.#weightOf = againTastes(bought, tastes);
    this.#categories = this.#liking(tastes);
    this.#price = this.#pricesOf(tastes);
    this.#persons = new Float64Array(rankerFeatures.length);
    const persons = personsOf(tastes.items.length, told, moment);
    for (const { name } of rankerFeatures) put(this.#persons, name, persons[name] ?? Number.NaN);
  }

  /** Cosine with what was dealt with last, added up over it and divided by its number; null where nothing was. */
  get similar(): Float64Array | null {
    return this.#similar;
  }

  /** Scores of what is in the category that the person likes most; NaN elsewhere. Null where none is liked. */
  inFavourite(scores: Float64Array): Float64Array | null {
    let favourite: string | null = null;
    let most = 0;
    for (const [category, { share }] of this.#categories) {
      if (share <= most) continue;
      favourite = category;
      most = share;
    }
    if (favourite === null) return null;
    const { categories } = this.#columns;
    const name = favourite;
    return scores.map((score, row) => (categories[row].includes(name) ? score : Number.NaN));
  }

  /** Features of a row into `x`, one number a feature of the table. */
  into(row: number, x: Float64Array): void {
    const { scores, profile, told } = this.#asked;
    const { lately, always, trend } = this.#columns;
    x.set(this.#persons);
    put(x, "joint", scores.joint[row]);
    put(x, "pairs", scores.pairs[row]);
    put(x, "similar", this.#similar?.[row] ?? Number.NaN);
    put(x, "lately", lately[row]);
    put(x, "always", always[row]);
    put(x, "trend", trend[row]);
    put(x, "age", Math.log1p(daysInCatalogue(this.#columns, row, this.#nowMs)));
    put(x, "price", this.#priceOf(row));
    this.#putCategories(row, x);
    if (profile.bought[row] !== 0) this.#putAgain(row, told?.bought.get(row), x);
  }

  /** What was never bought is known not to be: zeros. */
  #putAgain(row: number, item: BoughtItem | undefined, x: Float64Array): void {
    put(x, "bought", 1);
    put(x, "again", Math.sqrt(this.#weightOf.get(row) ?? 0));
    const { told } = this.#asked;
    if (item === undefined || told === null) return;
    const since = this.#daysSince(item.lastMs);
    put(x, "timesBought", Math.log1p(item.days));
    put(x, "boughtRate", item.days / told.orderDays);
    put(x, "sinceBought", Math.log1p(since));
    put(x, "ordersSince", Math.log1p(item.ordersSince));
    put(x, "due", dueOf(since, item.intervalMs));
    put(x, "inLastOrder", item.ordersSince === 0 ? 1 : 0);
  }

  #putCategories(row: number, x: Float64Array): void {
    const categories = this.#columns.categories[row];
    if (categories.length === 0 || this.#categories.size === 0) return;
    let liked = 0;
    let since = never;
    for (const category of categories) {
      const known = this.#categories.get(category);
      liked += known?.share ?? 0;
      since = Math.min(since, known?.sinceDays ?? never);
    }
    put(x, "category", liked);
    if (this.#asked.told !== null) put(x, "sinceCategory", Math.log1p(since));
  }

  #priceOf(row: number): number {
    if (this.#price === null) return Number.NaN;
    return (this.#columns.logPrice[row] - this.#price.mean) / this.#price.deviation;
  }

  #daysSince(atMs: number): number {
    return Number.isNaN(this.#nowMs) ? Number.NaN : Math.max(0, this.#nowMs - atMs) / dayMs;
  }

  #liking({ items, weights }: TasteRows): ReadonlyMap<string, CategoryLiking> {
    const liking = new Map<string, { share: number; sinceDays: number }>();
    let whole = 0;
    for (let at = 0; at < items.length; at++) whole += Math.max(0, weights[at]);
    for (let at = 0; at < items.length; at++) {
      const row = items[at];
      const weight = weights[at];
      if (!(weight > 0)) continue;
      const categories = this.#columns.categories[row];
      const lastMs = this.#asked.told?.bought.get(row)?.lastMs;
      const sinceDays = lastMs === undefined ? never : this.#daysSince(lastMs);
      for (const category of categories) {
        const known = liking.get(category) ?? { share: 0, sinceDays: never };
        liking.set(category, known);
        known.share += weight / whole / categories.length;
        known.sinceDays = Math.min(known.sinceDays, sinceDays);
      }
    }
    return liking;
  }

  /** Mean and deviation of the logarithms of liked prices, by weight; null where no liked item has a price. */
  #pricesOf({ items, weights }: TasteRows): { readonly mean: number; readonly deviation: number } | null {
    let [whole, sum, squares] = [0, 0, 0];
    for (let at = 0; at < items.length; at++) {
      const weight = weights[at];
      const price = this.#columns.logPrice[items[at]];
      if (!(weight > 0) || Number.isNaN(price)) continue;
      whole += weight;
      sum += weight * price;
      squares += weight * price * price;
    }
    if (whole === 0) return null;
    const mean = sum / whole;
    // One price says nothing of how far others may be from it.
    const deviation = Math.max(fewestDeviation, Math.sqrt(Math.max(0, squares / whole - mean * mean)));
    return { mean, deviation };
  }
}

interface CategoryLiking {
  readonly share: number;
  readonly sinceDays: number;
}

const placeOf = Object.fromEntries(rankerFeatures.map(({ name }, place) => [name, place])) as Readonly<
  Record<RankerFeature, number>
>;

function put(x: Float64Array, name: RankerFeature, value: number): void {
  const place = placeOf[name];
  x[place] = standardised(rankerFeatures[place], value);
}

/** Above 0 for what is overdue; NaN where nobody knows what is usual. */
function dueOf(sinceDays: number, intervalMs: number | null): number {
  return intervalMs === null ? Number.NaN : Math.log((sinceDays + 1) / (intervalMs / dayMs + 1));
}

function personsOf(
  items: number,
  told: Told | null,
  moment: Moment | null,
): Partial<Record<RankerFeature, number>> {
  const known: Partial<Record<RankerFeature, number>> = { items: Math.log1p(items), ...whenOf(moment) };
  if (told === null) return known;
  const { orderDays, lastOrderMs, lastActMs, lastActs } = told;
  const nowMs = moment?.nowMs ?? Number.NaN;
  const isInVisit = lastActMs !== null && nowMs - lastActMs <= sessionGapMs;
  return {
    ...known,
    orders: Math.log1p(orderDays),
    sinceOrder: lastOrderMs === null ? Number.NaN : Math.log1p(Math.max(0, nowMs - lastOrderMs) / dayMs),
    position: isInVisit ? Math.log1p(lastActs) : 0,
  };
}

function whenOf(moment: Moment | null): Partial<Record<RankerFeature, number>> {
  const local = moment?.local;
  if (local === undefined) return {};
  const isEvening = local.hour >= eveningHours.from && local.hour < eveningHours.to;
  return { weekend: local.weekday >= saturday ? 1 : 0, evening: isEvening ? 1 : 0 };
}

function similarTo(model: RankingModel, rows: readonly number[]): Float64Array | null {
  if (rows.length === 0) return null;
  const cosines = cosinesWith(model, rows);
  for (let row = 0; row < cosines.length; row++) cosines[row] /= rows.length;
  return cosines;
}
