/** Pages that list products: a family and a search. */
import { useEffect } from "preact/hooks";
import type { Family } from "../catalogue/family.ts";
import type { Catalogue } from "./catalogue.ts";
import { Heading } from "./heading.tsx";
import { type Product, searchProducts } from "./products.ts";
import { addressOf } from "./route.ts";
import { Shelves } from "./shelf.tsx";
import { track } from "./tacit.ts";
import { Tile } from "./tile.tsx";

const perPage = 24;

export function FamilyPage({
  catalogue,
  family,
  number,
}: {
  readonly catalogue: Catalogue;
  readonly family: Family;
  readonly number: number;
}) {
  const products = catalogue.byFamily.get(family) ?? [];
  return (
    <Listing
      list={`family:${family}`}
      title={family}
      {...{ catalogue, products, number }}
      addressOfPage={(page) => addressOf({ page: "family", family, number: page })}
    />
  );
}

export function SearchPage({
  catalogue,
  query,
  number,
}: {
  readonly catalogue: Catalogue;
  readonly query: string;
  readonly number: number;
}) {
  useEffect(() => {
    if (query.trim() !== "") track("search", { query });
  }, [query]);
  const products = searchProducts(catalogue.products, query);
  return (
    <Listing
      list="search"
      title={searchTitle(query)}
      meant={query.trim()}
      {...{ catalogue, products, number }}
      addressOfPage={(page) => addressOf({ page: "search", query, number: page })}
    />
  );
}

export function searchTitle(query: string): string {
  return query.trim() === "" ? "Search" : `“${query}”`;
}

interface ListingProps {
  readonly list: string;
  readonly title: string;
  readonly catalogue: Catalogue;
  readonly products: readonly Product[];
  /** What was searched for; absent or empty: nothing. */
  readonly meant?: string;
  readonly number: number;
  readonly addressOfPage: (number: number) => string;
}

/** A page of the list; where the list ends, shelves go on. */
function Listing({ list, title, catalogue, products, meant = "", number, addressOfPage }: ListingProps) {
  const pages = Math.max(1, Math.ceil(products.length / perPage));
  const page = Math.min(number, pages);
  const shown = products.slice((page - 1) * perPage, page * perPage);
  return (
    <main>
      <section aria-labelledby="listing-title">
        <header class="page-head">
          <Heading id="listing-title">{title}</Heading>
          <p>{products.length === 1 ? "1 product" : `${products.length} products`}</p>
        </header>
        {products.length === 0 && (
          <p class="empty">
            {meant === ""
              ? "Nothing here goes by that name."
              : "No name has all of these words; what they mean may be below."}{" "}
            Try a thing (“mug”), a colour (“ivory”) or a motif (“retrospot”).
          </p>
        )}
        <div class="grid" data-tacit-list={list}>
          {shown.map((product) => (
            <Tile key={product.id} product={product} />
          ))}
        </div>
        {pages > 1 && (
          <nav class="pager" aria-label="Pages">
            {page > 1 ? <a href={addressOfPage(page - 1)}>Previous</a> : <span />}
            <span>
              Page {page} of {pages}
            </span>
            {page < pages ? <a href={addressOfPage(page + 1)}>Next</a> : <span />}
          </nav>
        )}
      </section>
      {page === pages && (
        <Shelves
          catalogue={catalogue}
          shelves={[
            ...(meant === "" ? [] : [{ list: "meant", query: meant } as const]),
            { list: "for-you" },
            ...(shown.length === 0 ? [{ list: "trending" } as const] : []),
          ]}
          taken={meant === "" ? shown.map(({ id }) => id) : products.map(({ id }) => id)}
        />
      )}
    </main>
  );
}
