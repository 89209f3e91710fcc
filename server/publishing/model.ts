/** Puts a bundle together from what the site offers and what was learned. */
import type { Bundle, CatalogueCard } from "../../core/model/bundle.ts";
import { jointDefaults, scaleToLength } from "../../core/model/joint.ts";
import { dequantizeRows, type QuantizedRows, quantizeRows } from "../../core/model/quantize.ts";
import type { Learned } from "../kinds/itemfactors/knowledge.ts";
import { popularityOf } from "../kinds/itemfactors/learned.ts";
import { contentVectors } from "./import/content.ts";
import type { CatalogueItem } from "./import/formats.ts";

/** The public side of a bundle: what only an import changes. */
export interface PublicSide {
  readonly catalogue: readonly CatalogueCard[];
  readonly content: QuantizedRows;
  readonly contentDim: number;
}

/** Cards and content vectors of imported items. A catalogue of few items needs no more numbers than it has items. */
export function publicSideOf(items: readonly CatalogueItem[], contentDim: number): PublicSide {
  const dim = Math.min(contentDim, items.length);
  const vectors = contentVectors(items, { dim });
  const catalogue = items.map(({ text: _text, ...card }) => card);
  return { catalogue, content: quantizeRows(vectors, items.length, dim), contentDim: dim };
}

export interface ModelParts {
  readonly publicSide: PublicSide;
  readonly learned: Learned;
  /** Item steps behind the factors. */
  readonly round: number;
  /** Root-mean-square length of the factors beside content rows; 0 leaves them out of the ranking. */
  readonly factorLength: number;
}

export function assembleBundle({ publicSide, learned, round, factorLength }: ModelParts): Bundle {
  const { catalogue, content, contentDim } = publicSide;
  const { contentScale, popularityWeight, popularityPower, joint, contentOnly } = jointDefaults;
  const factors = quantizeRows(learned.factors, catalogue.length, learned.dim);
  const rows = dequantizeRows(factors, learned.dim);
  return {
    round,
    items: catalogue.length,
    contentDim,
    factorDim: learned.dim,
    ...(factorLength > 0 ? joint : contentOnly),
    contentScale,
    factorScale: factorLength > 0 ? scaleToLength(rows, learned.dim, factorLength) : 0,
    popularityWeight,
    popularityPower,
    catalogue,
    content,
    factors,
    popularity: popularityOf(learned, publicSide),
  };
}
