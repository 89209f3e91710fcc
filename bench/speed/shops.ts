/**
 * Shops to measure on, the same for the same number of items: cards of the demo's catalogue, again under
 * other ids where more are wanted, and rows of normal numbers in the sizes that an edition has.
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "../../core/json.ts";
import type { CatalogueCard } from "../../core/model/card.ts";
import { encodeCatalogue } from "../../core/model/catalogue.ts";
import { encodeContent } from "../../core/model/content.ts";
import { encodeFactors } from "../../core/model/factors.ts";
import { encodeHead, fittingHead } from "../../core/model/head.ts";
import { jointDefaults } from "../../core/model/joint.ts";
import { patternOfPairs } from "../../core/model/pairlist.ts";
import { encodePairs } from "../../core/model/pairs.ts";
import { encodePolicy } from "../../core/model/policy.ts";
import { encodePopularity } from "../../core/model/popularity.ts";
import { quantizeRows, rowsBetween } from "../../core/model/quantize.ts";
import { encodeRanker } from "../../core/model/ranker.ts";
import { rankerUnits } from "../../core/ranking/ranker/learnedunits.ts";
import { seededRandom } from "../../core/seeded.ts";
import { readShopCatalogue } from "../shop.ts";

export interface ShopSize {
  readonly items: number;
  readonly contentDim: number;
  readonly factorDim: number;
  /**
   * Pairs, what is wanted lately, a ranker with variety, and rules of lists beside it; and its people wish
   * for something.
   */
  readonly hasAll?: boolean;
}

export function nameOf({ items, hasAll = false }: ShopSize): string {
  return `shop-${items}${hasAll ? "-all" : ""}`;
}

export interface Part {
  /** Hex SHA-256 of the bytes. */
  readonly id: string;
  readonly kind: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface MeasuredShop {
  /** Canonical JSON of the edition that lists the parts. */
  readonly document: string;
  readonly parts: readonly Part[];
  readonly ids: readonly string[];
}

export async function shopOf({
  items: count,
  contentDim,
  factorDim,
  hasAll = false,
}: ShopSize): Promise<MeasuredShop> {
  const random = seededRandom(5);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const rows = (dim: number, length: number) => {
    const size = length / Math.sqrt(dim);
    return quantizeRows(
      Float64Array.from({ length: count * dim }, () => size * normal()),
      count,
      dim,
    );
  };
  const cards = await cardsOf(count);
  const items = cards.map(({ item }) => item);
  const content = rows(contentDim, 1);
  const factors = rows(factorDim, jointDefaults.factorLength);
  // A few are wanted by many.
  const shares = Float64Array.from({ length: count }, () => 0.1 * random() ** 6);
  const to = Math.min(count, 400);
  const head = encodeHead(
    fittingHead({
      cards: cards.slice(0, to),
      space: "measured",
      ...{ contentDim, factorDim, round: 1 },
      content: rowsBetween(content, { from: 0, to, dim: contentDim }),
      factors: rowsBetween(factors, { from: 0, to, dim: factorDim }),
      shares: shares.slice(0, to),
    }),
  );
  const parts = [
    partOf("catalogue", encodeCatalogue({ cards })),
    partOf("content", encodeContent({ items, dim: contentDim, space: "measured", rows: content })),
    partOf("factors", encodeFactors({ items, dim: factorDim, round: 1, rows: factors })),
    partOf("popularity", encodePopularity({ items, shares })),
    ...(hasAll ? allStages(items, shares, random) : []),
  ];
  const refOf = ({ kind, id, bytes }: Part) => ({ kind, id, bytes: bytes.length });
  const { contentScale, popularityWeight, popularityPower, joint } = jointDefaults;
  const document = canonicalJson({
    version: 3,
    sequence: 1,
    issuedAtMs: 1_300_000_000_000,
    head: refOf(partOf("head", head)),
    parts: parts.map(refOf),
    deltas: [],
    model: {
      ...joint,
      contentScale,
      factorScale: 1,
      popularityWeight,
      popularityPower,
      ...(hasAll ? { pairWeight: 0.3, recentWeight: 0.2 } : {}),
    },
  });
  return { document, parts, ids: items };
}

/** Pairs each item has, on average, with items further down. */
const pairsPerItem = 12;

/**
 * What orders lists beyond factors, as large as a site's may be: weights are drawn, as they cost the same
 * whatever they are.
 */
function allStages(items: readonly string[], shares: Float64Array, random: () => number): readonly Part[] {
  const count = items.length;
  const drawn = Array.from({ length: pairsPerItem * count }, () => {
    const a = Math.floor(random() * (count - 1));
    return [a, a + 1 + Math.floor(random() * (count - 1 - a))] as const;
  });
  const distinct = new Map(drawn.map(([a, b]) => [a * count + b, [a, b] as const]));
  const pattern = patternOfPairs([...distinct.values()], count);
  const pairs = encodePairs({
    ...{ items, pattern, round: 1, reports: 30_000, asked: 1 },
    values: Int8Array.from({ length: 2 * pattern.pairCount }, () => Math.round(100 * random())),
    scales: new Float32Array(count).fill(0.01),
    recent: { shares: Float32Array.from(shares, (share) => share * random()), floor: 0.001 },
  });
  const ranker = encodeRanker({
    units: rankerUnits.map((unit) => ({ ...unit })),
    weights: rankerUnits.map(() => random() - 0.5),
    ...{ novelty: 1, diversity: 0.2, people: 30_000, origin: "crowd" },
  });
  const policy = encodePolicy({
    all: { filter: { not: { word: "discontinued" } }, quota: [{ of: "category", most: 4 }] },
    recommend: {
      pin: [{ item: items[0], place: 3 }],
      boost: [{ where: { ageDays: { to: 30 } }, by: 0.5 }],
      bury: [{ where: { price: { from: 100 } }, by: 0.5 }],
      ignored: { shown: 8, days: 14 },
    },
  });
  return [partOf("pairs", pairs), partOf("ranker", ranker), partOf("policy", policy)];
}

async function cardsOf(count: number): Promise<readonly CatalogueCard[]> {
  const given = (await readShopCatalogue()).map(({ text: _text, ...card }) => card);
  return Array.from({ length: count }, (_, row) => {
    const card = given[row % given.length];
    return row < given.length ? card : { ...card, item: `${card.item}-${Math.floor(row / given.length)}` };
  });
}

function partOf(kind: string, bytes: Uint8Array<ArrayBuffer>): Part {
  return { kind, id: createHash("sha256").update(bytes).digest("hex"), bytes };
}
