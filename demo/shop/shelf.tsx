/** Shelves of recommended products, and the ones that Tacit fills. */
import type { ComponentChildren } from "preact";
import type { Recommendation } from "../../sdk/index.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Product } from "./products.ts";
import { lineUnderTile } from "./reason.ts";
import { type Shelved, useShelved } from "./tacit.ts";
import { EmptyTile, Tile } from "./tile.tsx";

interface ShelfProps {
  readonly list: string;
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly catalogue: Catalogue;
  readonly shelved: Shelved;
  readonly count: number;
  /** Shown while Tacit has nothing to say. */
  readonly otherwise: readonly Product[];
}

/** A row of products with their reasons. Its height does not depend on whether they are known yet. */
export function Shelf({ list, title, note, catalogue, shelved, count, otherwise }: ShelfProps) {
  const known = shelved.state === "known" ? recommended(catalogue, shelved.items) : [];
  const shown =
    known.length > 0 ? known : otherwise.map((product) => ({ product, reason: "From the catalogue" }));
  return (
    <section class="shelf" aria-labelledby={`shelf-${list}`} aria-busy={shelved.state === "waiting"}>
      <header class="shelf-head">
        <h2 id={`shelf-${list}`}>{title}</h2>
        {note !== undefined && <p>{note}</p>}
      </header>
      <div class="shelf-row" data-tacit-list={list}>
        {shelved.state === "waiting"
          ? Array.from({ length: count }, (_, place) => <EmptyTile key={place} withReason />)
          : shown
              .slice(0, count)
              .map(({ product, reason }) => <Tile key={product.id} product={product} reason={reason} />)}
      </div>
    </section>
  );
}

export function ForYou({ catalogue, exclude }: { readonly catalogue: Catalogue; readonly exclude?: string }) {
  const count = 12;
  const shelved = useShelved(`for-you ${exclude ?? ""}`, (tacit) =>
    tacit.recommend({ count, ...(exclude === undefined ? {} : { exclude: [exclude] }) }),
  );
  const isKnown =
    shelved.state === "known" &&
    shelved.items.some(({ reasons }) => reasons.some(({ why }) => why === "event"));
  return (
    <Shelf
      list="for-you"
      title="For you"
      note={
        isKnown
          ? "Put in order on this device, from what you did here."
          : "Look at a few products, and this shelf follows."
      }
      {...{ catalogue, shelved, count, otherwise: newest(catalogue, count) }}
    />
  );
}

/** What the crowd wants; as long as no crowd has spoken the same list says what is new. */
export function Trending({ catalogue }: { readonly catalogue: Catalogue }) {
  const count = 6;
  const shelved = useShelved("trending", (tacit) => tacit.trending({ count }));
  const fromCrowd =
    shelved.state === "known" && shelved.items.some(({ reasons }) => reasons[0]?.why === "trending");
  return (
    <Shelf
      list="trending"
      title={fromCrowd ? "Trending" : "New in"}
      note={
        fromCrowd
          ? "Counted in sums over many browsers, none of which can be read alone."
          : "The latest arrivals."
      }
      {...{ catalogue, shelved, count, otherwise: newest(catalogue, count) }}
    />
  );
}

export function GoesWellWith({
  catalogue,
  product,
}: {
  readonly catalogue: Catalogue;
  readonly product: Product;
}) {
  const count = 6;
  const shelved = useShelved(`similar ${product.id}`, (tacit) => tacit.similar(product.id, { count }));
  const family = (catalogue.byFamily.get(product.family) ?? []).filter(({ id }) => id !== product.id);
  return (
    <Shelf
      list="similar"
      title="Goes well with"
      {...{ catalogue, shelved, count, otherwise: family.slice(0, count) }}
    />
  );
}

function recommended(catalogue: Catalogue, items: readonly Recommendation[]) {
  return items.flatMap(({ item, reasons }) => {
    const product = catalogue.byId.get(item);
    return product === undefined ? [] : [{ product, reason: lineUnderTile(reasons) }];
  });
}

function newest({ products }: Catalogue, count: number): readonly Product[] {
  return [...products].sort((a, b) => (a.publishedAt < b.publishedAt ? 1 : -1)).slice(0, count);
}
