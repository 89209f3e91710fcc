/**
 * Part `pairs`: the public list of item pairs that the crowd is asked about, and what their sums have taught
 * so far: how much having one item of a pair says for the other, and what is wanted lately. Tasks of the kind
 * `item-pairs` number pairs and items as this part does, so that a report means the same to whoever made the
 * list and whoever reports on it.
 *
 * It may hold items that have left the feed, and the catalogue may have others that wait for the next list.
 */
import * as v from "valibot";
import { wholeSchema } from "./limits.ts";
import { type PairPattern, patternOfUpper, upperOf } from "./pairlist.ts";
import { encodePart, headerFields, parsePart } from "./part.ts";
import {
  idSection,
  readIds,
  readScaled,
  readShares,
  readU16,
  requireShape,
  rowSections,
  shareSection,
  u16Section,
} from "./sections.ts";

export const pairsKind = "pairs";

/** Rows are numbered by two bytes. */
export const pairLimits = { items: 65_536, pairs: 4_000_000 } as const;

/** How much having an item says for another one. */
export interface PairWeights {
  readonly pattern: PairPattern;
  /** By place of `pattern.neighbours`: what having the item says for that neighbour, in its item's scale. */
  readonly values: Int8Array;
  /** One an item. */
  readonly scales: Float32Array;
}

/**
 * What is wanted lately: by item the share of people that it would have if they had always done as they do
 * lately.
 */
export interface RecentShares {
  /** 0..1, one an item; read to one part in 4,096. */
  readonly shares: ArrayLike<number>;
  /** What noise makes of nothing, about: 1e-9 to 1. */
  readonly floor: number;
}

export interface PairsPart extends PairWeights {
  /** Null before the crowd has spoken, and where it was too small to say. */
  readonly recent: RecentShares | null;
  /**
   * Reports that all of it was learned from, and the round of the task that asked for them; 0 before there
   * are any.
   */
  readonly reports: number;
  readonly asked: number;
  readonly items: readonly string[];
  /** Rounds on pairs so far, of which the last one's sums made the weights; 0 before the crowd has spoken. */
  readonly round: number;
}

/** @throws {TypeError | RangeError} for weights or shares of another shape, or ids that no browser would take. */
export function encodePairs({
  items,
  pattern,
  values,
  scales,
  recent,
  ...learned
}: PairsPart): Uint8Array<ArrayBuffer> {
  const { starts, pairCount } = pattern;
  const { round, reports, asked } = learned;
  if (starts.length !== items.length + 1 || values.length !== 2 * pairCount) {
    throw new RangeError(
      `encodePairs: expected ${items.length} items and ${2 * pairCount} weights, got ${starts.length - 1} and ${values.length}`,
    );
  }
  if (recent !== null && recent.shares.length !== items.length) {
    throw new RangeError(`encodePairs: expected ${items.length} shares, got ${recent.shares.length}`);
  }
  if (recent !== null && !(recent.floor >= leastFloor && recent.floor <= 1)) {
    throw new RangeError(`encodePairs: a floor must be ${leastFloor} to 1, got ${recent.floor}`);
  }
  requireShape(
    { values: new Int8Array(items.length), scales },
    { count: items.length, dim: 1 },
    "encodePairs",
  );
  const { degrees, neighbours } = upperOf(pattern);
  return encodePart({
    kind: pairsKind,
    fields: {
      ...{ items: items.length, pairs: pairCount, round, reports, asked },
      ...(recent === null ? {} : { recentFloor: recent.floor }),
    },
    sections: [
      u16Section("degrees", degrees),
      u16Section("neighbours", neighbours),
      ...rowSections({ values, scales }),
      ...(recent === null ? [] : [shareSection(recent.shares, recentSection)]),
      idSection(items),
    ],
  });
}

const recentSection = "recentShares";
const leastFloor = 1e-9;

const headerSchema = v.object({
  items: v.pipe(wholeSchema, v.maxValue(pairLimits.items)),
  pairs: v.pipe(wholeSchema, v.maxValue(pairLimits.pairs)),
  round: wholeSchema,
  reports: wholeSchema,
  asked: wholeSchema,
  /** Absent: there are no shares of lately. */
  recentFloor: v.exactOptional(v.pipe(v.number(), v.minValue(leastFloor), v.maxValue(1))),
});

/**
 * @param known its ids, when it has been read before.
 * @throws {TypeError | RangeError} `parsePairs: …`
 */
export function parsePairs(bytes: Uint8Array, known?: readonly string[]): PairsPart {
  const who = "parsePairs";
  const part = parsePart(bytes, { kind: pairsKind, who });
  const { items: count, pairs, recentFloor: floor, ...learned } = headerFields(part, headerSchema, who);
  const degrees = readU16(part, "degrees", count);
  const neighbours = readU16(part, "neighbours", pairs);
  requireUpper(degrees, neighbours, who);
  const { values, scales } = readScaled(part, { count, numbers: 2 * pairs }, who);
  return {
    items: readIds(part, count, who, known),
    ...{ round: learned.round, reports: learned.reports, asked: learned.asked },
    recent: floor === undefined ? null : { shares: readShares(part, count, who, recentSection), floor },
    pattern: patternOfUpper({ degrees, neighbours }),
    values,
    scales,
  };
}

/** Each item's neighbours are above it, in ascending order, and there. */
function requireUpper(degrees: Uint16Array, neighbours: Uint16Array, who: string): void {
  let pair = 0;
  for (const [item, degree] of degrees.entries()) {
    let last = item;
    for (const end = pair + degree; pair < end; pair++) {
      // What is beyond the list is undefined, and fails the comparison.
      const isNext = neighbours[pair] > last && neighbours[pair] < degrees.length;
      if (!isNext) {
        throw new RangeError(
          `${who}: a neighbour of item ${item} must be above ${last} and below ${degrees.length}, got ${neighbours[pair]}`,
        );
      }
      last = neighbours[pair];
    }
  }
  if (pair !== neighbours.length) {
    throw new RangeError(`${who}: items must have ${neighbours.length} neighbours together, got ${pair}`);
  }
}
