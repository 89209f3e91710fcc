/** The demo's shop as a device ranks it before any crowd: content rows and the shares of those who bought. */
import { type JointParts, jointDefaults, jointRows } from "../../core/model/joint.ts";
import { quantizeRows } from "../../core/model/quantize.ts";
import { type RankingModel, rankingModel } from "../../core/ranking/model.ts";
import { fitSpace, projectInto, rowDim } from "../../server/publishing/import/space.ts";
import { readShop, readShopCatalogue } from "../shop.ts";

export interface ShopCard {
  readonly item: string;
  readonly title: string;
  readonly categories: readonly string[];
  readonly group?: string | undefined;
}

export async function shopWithContent(
  contentDim = 384,
): Promise<{ readonly model: RankingModel; readonly cards: readonly ShopCard[] }> {
  const items = await readShopCatalogue();
  const cards = items.map(
    ({ item, title, categories = [], group }): ShopCard => ({ item, title, categories, group }),
  );
  const space = fitSpace(items, { dim: contentDim });
  const dim = rowDim(space);
  const rows = new Float32Array(items.length * dim);
  const row = new Float64Array(dim);
  for (const [at, item] of items.entries()) {
    projectInto(row, item, space);
    rows.set(row, at * dim);
  }
  const shares = sharesOf(cards);
  const { contentScale, popularityWeight, popularityPower, contentOnly } = jointDefaults;
  const joint: JointParts = {
    content: quantizeRows(rows, items.length, dim),
    contentDim: dim,
    factors: { values: new Int8Array(0), scales: new Float32Array(items.length) },
    factorDim: 0,
    ...{ contentScale, factorScale: 0, popularityWeight, popularityPower, popularity: shares },
  };
  return { model: rankingModel({ cards, shares, jointRows: () => jointRows(joint), ...contentOnly }), cards };
}

/** Share of the customers in the crowd who bought each item. */
function sharesOf(cards: readonly ShopCard[]): Float32Array {
  const { customers } = readShop(new URL("../../demo/data", import.meta.url).pathname);
  const rowOf = new Map(cards.map(({ item }, row) => [item, row]));
  const shares = new Float32Array(cards.length);
  for (const lines of customers) {
    for (const item of new Set(lines.map((line) => line.item))) {
      const row = rowOf.get(item);
      if (row !== undefined) shares[row] += 1 / customers.length;
    }
  }
  return shares;
}
