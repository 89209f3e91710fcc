/** The public side of a shop as an import makes it: cards and content rows in the catalogue's order. */
import type { JoinedModel } from "../core/model/join.ts";
import { quantizeRows } from "../core/model/quantize.ts";
import { contentVectors } from "../server/publishing/import/content.ts";
import type { CatalogueItem } from "../server/publishing/import/itemvalues.ts";

export type PublicSide = Pick<JoinedModel, "catalogue" | "content" | "contentDim">;

/** A catalogue of few items needs no more numbers than it has items. */
export function publicSideOf(items: readonly CatalogueItem[], contentDim: number): PublicSide {
  const dim = Math.min(contentDim, items.length);
  const vectors = contentVectors(items, { dim });
  const catalogue = items.map(({ text: _text, ...card }) => card);
  return { catalogue, content: quantizeRows(vectors, items.length, dim), contentDim: dim };
}
