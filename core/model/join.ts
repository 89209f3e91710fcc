/**
 * Puts a model together from its parts: everything in the catalogue's order, joined by item id.
 *
 * An item without content has a row of zeros. Its factors and share are the learned ones, else the predicted
 * ones, else zeros: then its content alone speaks for it. What parts say of items outside the catalogue does
 * not rank.
 */
import type { CatalogueCard } from "./card.ts";
import type { AsRead, CataloguePart } from "./catalogue.ts";
import type { ContentPart } from "./content.ts";
import type { ModelSettings } from "./edition.ts";
import type { FactorsPart } from "./factors.ts";
import type { HeadPart } from "./head.ts";
import type { JointParts } from "./joint.ts";
import { modelLimits } from "./limits.ts";
import type { PairsPart, PairWeights } from "./pairs.ts";
import type { SitePolicy } from "./policy.ts";
import type { PopularityPart } from "./popularity.ts";
import type { PredictedPart } from "./predicted.ts";
import type { QuantizedRows } from "./quantize.ts";
import type { RankerWeights } from "./ranker.ts";

export interface ModelParts {
  readonly catalogue: CataloguePart;
  /** A later part wins for an item in several. */
  readonly content: readonly ContentPart[];
  readonly factors: FactorsPart | null;
  readonly popularity: PopularityPart | null;
  readonly predicted: PredictedPart | null;
  readonly pairs?: PairsPart | null;
  readonly ranker?: RankerWeights | null;
  readonly policy?: SitePolicy | null;
}

/** What pairs say, and which rows of the catalogue their rows are. */
export interface JoinedPairs extends PairWeights {
  /** Row of the list by row of the catalogue, -1 for what is not in it. */
  readonly listed: Int32Array;
  /** Row of the catalogue by row of the list, -1 for what is not in it. */
  readonly rows: Int32Array;
}

/** What is wanted lately; popularity for what is not in the list. */
export interface JoinedRecent {
  readonly shares: Float32Array;
  readonly floor: number;
}

/** What ranks, in the catalogue's order; a `JointParts`. */
export interface JoinedModel extends ModelSettings, JointParts {
  readonly catalogue: readonly CatalogueCard[];
  readonly items: number;
  /** Item steps behind the factors. */
  readonly round: number;
  readonly popularity: Float32Array;
  /**
   * One byte per item, 1 for what came after everybody whose tastes were learned: its factors and share are
   * predicted.
   */
  readonly waiting?: Uint8Array;
  /** Absent: no pairs were published, or they have no weight. */
  readonly pairs?: JoinedPairs;
  /** Absent: it is not known. */
  readonly recent?: JoinedRecent;
  /** Absent: what is proposed is not ranked a second time. */
  readonly ranker?: RankerWeights;
  /** What the site decides about its lists. */
  readonly policy?: SitePolicy;
  /** What is known of the catalogue without looking at each card. */
  readonly asRead?: AsRead;
}

/**
 * @throws {RangeError} when parts do not go together: content of two spaces, or predictions for other
 * factors; and when their joint rows would be more than a device can take.
 */
export function joinParts(parts: ModelParts, settings: ModelSettings): JoinedModel {
  const { factors, popularity, predicted } = parts;
  const { cards, asRead } = parts.catalogue;
  const order = new CatalogueOrder(asRead?.items ?? cards.map(({ item }) => item));
  const [first, ...others] = parts.content;
  for (const { space, dim } of others) {
    if (space !== first.space || dim !== first.dim) {
      throw new RangeError(
        `joinParts: content must be of one space, got ${first.space} (${first.dim}) and ${space} (${dim})`,
      );
    }
  }
  if (factors !== null && predicted !== null && factors.dim !== predicted.dim) {
    throw new RangeError(`joinParts: predicted rows must have ${factors.dim} numbers, got ${predicted.dim}`);
  }
  const contentDim = first?.dim ?? 0;
  const factorDim = factors?.dim ?? predicted?.dim ?? 0;
  requireSize(cards.length, contentDim + factorDim);
  const shape = { order, count: cards.length };
  const shares = new Float32Array(cards.length);
  for (const source of [predicted, popularity]) {
    if (source === null) continue;
    const places = order.placesOf(source.items);
    if (places === "the same") shares.set(source.shares);
    else for (const [at, row] of places.entries()) if (row >= 0) shares[row] = source.shares[at];
  }
  return {
    ...settings,
    catalogue: cards,
    items: cards.length,
    round: factors?.round ?? 0,
    content: joinRows(parts.content, { ...shape, dim: contentDim }),
    contentDim,
    factors: joinRows([predicted, factors], { ...shape, dim: factorDim }),
    factorDim,
    popularity: shares,
    waiting: waitingRows(parts, order),
    ...joinedPairs(parts.pairs, settings, order),
    ...joinedRecent(parts.pairs, shares, order),
    ...(parts.ranker == null ? {} : { ranker: parts.ranker }),
    ...(parts.policy == null ? {} : { policy: parts.policy }),
    ...(asRead === undefined ? {} : { asRead }),
  };
}

/** Zeros take as much room as numbers, and a small part may say a large dimension. */
function requireSize(count: number, dim: number): void {
  const { jointNumbers, jointProducts } = modelLimits;
  if (count * dim > jointNumbers || count * dim ** 2 > jointProducts) {
    throw new RangeError(
      `joinParts: joint rows must have at most ${jointNumbers} numbers and take ${jointProducts} products, got ${count} rows of ${dim}`,
    );
  }
}

function joinedPairs(
  part: PairsPart | null | undefined,
  { pairWeight = 0 }: ModelSettings,
  order: CatalogueOrder,
): Pick<JoinedModel, "pairs"> {
  // Before anybody has reported there are pairs to ask about, and nothing to rank by.
  if (part == null || part.round === 0 || pairWeight === 0) return {};
  const { items, pattern, values, scales } = part;
  const places = order.placesOf(items);
  const rows = places === "the same" ? Int32Array.from(items.keys()) : places;
  const listed = new Int32Array(order.items.length).fill(-1);
  for (const [at, row] of rows.entries()) if (row >= 0) listed[row] = at;
  return { pairs: { pattern, values, scales, listed, rows } };
}

function joinedRecent(
  part: PairsPart | null | undefined,
  popularity: Float32Array,
  order: CatalogueOrder,
): Pick<JoinedModel, "recent"> {
  if (part == null || part.round === 0 || part.recent === null) return {};
  const { shares: listed, floor } = part.recent;
  const shares = popularity.slice();
  const places = order.placesOf(part.items);
  if (places === "the same") shares.set(listed);
  else for (const [at, row] of places.entries()) if (row >= 0) shares[row] = listed[at];
  return { recent: { shares, floor } };
}

function waitingRows({ factors, predicted }: ModelParts, order: CatalogueOrder): Uint8Array {
  const waiting = new Uint8Array(order.items.length);
  if (predicted === null || predicted.items.length === 0) return waiting;
  const learned = new Set(factors?.items);
  for (const item of predicted.items) {
    const row = order.rowOf.get(item);
    if (row !== undefined && !learned.has(item)) waiting[row] = 1;
  }
  return waiting;
}

/** The head as a small model of its own. */
export function joinHead(head: HeadPart, settings: ModelSettings): JoinedModel {
  const { cards, content, contentDim, factors, factorDim, shares, round } = head;
  return {
    ...settings,
    catalogue: cards,
    items: cards.length,
    round,
    content,
    contentDim,
    factors,
    factorDim,
    popularity: Float32Array.from(shares),
  };
}

interface RowSource {
  readonly items: readonly string[];
  readonly rows: QuantizedRows;
}

interface JoinShape {
  readonly order: CatalogueOrder;
  readonly count: number;
  readonly dim: number;
}

/** The catalogue's items and their rows. */
class CatalogueOrder {
  readonly items: readonly string[];
  #rowOf: ReadonlyMap<string, number> | null = null;

  constructor(items: readonly string[]) {
    this.items = items;
  }

  get rowOf(): ReadonlyMap<string, number> {
    this.#rowOf ??= new Map(this.items.map((item, row) => [item, row]));
    return this.#rowOf;
  }

  /**
   * The row of each item of a part, -1 outside the catalogue; in one word where the items are the catalogue's.
   * Parts mostly stand in the catalogue's order: an item is looked up only where it does not stand behind the
   * one before.
   */
  placesOf(items: readonly string[]): Int32Array | "the same" {
    if (items === this.items) return "the same";
    const found = new Int32Array(items.length);
    let isSame = items.length === this.items.length;
    for (let at = 0, next = 0; at < items.length; at++) {
      const row = this.items[next] === items[at] ? next : (this.rowOf.get(items[at]) ?? -1);
      found[at] = row;
      isSame &&= row === at;
      if (row >= 0) next = row + 1;
    }
    return isSame ? "the same" : found;
  }
}

/**
 * Rows of the catalogue from those of the sources; a later source wins. A single one that has the catalogue's
 * order is taken as it is.
 */
function joinRows(sources: readonly (RowSource | null)[], shape: JoinShape): QuantizedRows {
  const { count, dim } = shape;
  const given = sources.flatMap((source) => (source === null || source.items.length === 0 ? [] : source));
  const placesOf = given.map(({ items }) => shape.order.placesOf(items));
  if (given.length === 1 && placesOf[0] === "the same") return given[0].rows;
  const values = new Int8Array(count * dim);
  const scales = new Float32Array(count);
  for (const [source, { rows }] of given.entries()) {
    const places = placesOf[source];
    if (places === "the same") {
      values.set(rows.values);
      scales.set(rows.scales);
      continue;
    }
    for (const [at, row] of places.entries()) {
      if (row < 0) continue;
      values.set(rows.values.subarray(at * dim, (at + 1) * dim), row * dim);
      scales[row] = rows.scales[at];
    }
  }
  return { values, scales };
}
