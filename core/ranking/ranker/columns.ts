/** What the ranker reads of each item, whoever asks: made once for a model. */
import { dayMs } from "../../time.ts";
import { hasShares, type RankingModel } from "../model.ts";
import { riseOf } from "../recent.ts";

export interface Columns {
  /** Features `lately`, `always` and `trend` before they are standardised; NaN where they are not known. */
  readonly lately: Float64Array;
  readonly always: Float64Array;
  readonly trend: Float64Array;
  /** Milliseconds since the Unix epoch; NaN without a date. */
  readonly publishedMs: Float64Array;
  /** Natural logarithm; NaN without a price above 0. */
  readonly logPrice: Float64Array;
  readonly categories: readonly (readonly string[])[];
}

/** A quarter of a percent: shares above it are told apart by their ratio, those below by their difference. */
const leastShare = 0.0025;

const known = new WeakMap<RankingModel, Columns>();

export function columnsOf(model: RankingModel): Columns {
  const columns = known.get(model) ?? made(model);
  known.set(model, columns);
  return columns;
}

function made(model: RankingModel): Columns {
  const { count, cards, shares, recent, waiting } = model;
  const isShared = hasShares(model);
  const columns = {
    lately: new Float64Array(count).fill(Number.NaN),
    always: new Float64Array(count).fill(Number.NaN),
    trend: new Float64Array(count).fill(Number.NaN),
    publishedMs: new Float64Array(count),
    logPrice: new Float64Array(count),
    categories: cards.map(({ categories = [] }) => categories),
  };
  const { lately, always, trend, publishedMs, logPrice } = columns;
  const floor = Math.max(leastShare, recent?.floor ?? 0);
  for (let row = 0; row < count; row++) {
    const { publishedAt, price } = cards[row];
    publishedMs[row] = Date.parse(publishedAt ?? "");
    logPrice[row] = price !== undefined && price > 0 ? Math.log(price) : Number.NaN;
    // Nobody could want yet what waits to be learned.
    if (waiting?.[row] === 1) continue;
    if (isShared) always[row] = Math.log1p(shares[row] / leastShare);
    if (recent === null || !isShared) continue;
    lately[row] = Math.log1p(recent.shares[row] / floor);
    trend[row] = riseOf(recent.shares[row], shares[row], recent.floor);
  }
  return columns;
}

/** Days in the catalogue; NaN without a date, and before it. */
export function daysInCatalogue({ publishedMs }: Columns, row: number, nowMs: number): number {
  const days = (nowMs - publishedMs[row]) / dayMs;
  return days >= 0 ? days : Number.NaN;
}
