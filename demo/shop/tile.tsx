/** A product on a shelf: picture, title, price and, where it was recommended, why. */

import { tileSvg } from "../tiles/tile.ts";
import { pounds } from "./money.ts";
import type { Product } from "./products.ts";
import { addressOf } from "./route.ts";
import { TileMenu } from "./tilemenu.tsx";

/** The picture alone. Its markup is made here from the catalogue's words, which hold no markup. */
export function Picture({ product }: { readonly product: Product }) {
  return <span class="picture" dangerouslySetInnerHTML={{ __html: tileSvg(product) }} />;
}

interface TileProps {
  readonly product: Product;
  readonly reason?: string;
  /** Whether a person may ask for more or less of it here. */
  readonly isSteered?: boolean;
}

export function Tile({ product, reason, isSteered = false }: TileProps) {
  const tile = (
    <a class="tile" href={addressOf({ page: "item", id: product.id })} data-tacit-item={product.id}>
      <Picture product={product} />
      <span class="tile-title">{product.title}</span>
      <span class="tile-price">{pounds(product.pence)}</span>
      {reason !== undefined && <span class="tile-reason">{reason}</span>}
    </a>
  );
  if (!isSteered) return tile;
  return (
    <div class="tile-frame">
      {tile}
      <TileMenu product={product} />
    </div>
  );
}

/** Keeps the place of a tile while the shelf waits. */
export function EmptyTile({ withReason }: { readonly withReason: boolean }) {
  return (
    <span class="tile tile-empty" aria-hidden="true">
      <span class="picture" />
      <span class="tile-title" />
      <span class="tile-price" />
      {withReason && <span class="tile-reason" />}
    </span>
  );
}
