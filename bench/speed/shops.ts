/**
 * Shops to measure on, the same for the same number of items: cards of the demo's catalogue, again under other
 * ids where more are wanted, and rows of normal numbers in the sizes that an edition has.
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "../../core/json.ts";
import type { CatalogueCard } from "../../core/model/card.ts";
import { encodeCatalogue } from "../../core/model/catalogue.ts";
import { encodeContent } from "../../core/model/content.ts";
import { encodeFactors } from "../../core/model/factors.ts";
import { encodeHead, fittingHead } from "../../core/model/head.ts";
import { jointDefaults } from "../../core/model/joint.ts";
import { encodePopularity } from "../../core/model/popularity.ts";
import { quantizeRows, rowsBetween } from "../../core/model/quantize.ts";
import { seededRandom } from "../../core/seeded.ts";
import { readShopCatalogue } from "../shop.ts";

export interface ShopSize {
  readonly items: number;
  readonly contentDim: number;
  readonly factorDim: number;
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

export async function shopOf({ items: count, contentDim, factorDim }: ShopSize): Promise<MeasuredShop> {
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
    model: { ...joint, contentScale, factorScale: 1, popularityWeight, popularityPower },
  });
  return { document, parts, ids: items };
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
