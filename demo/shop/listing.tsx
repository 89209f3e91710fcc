/** Pages that list products: a family and a search. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Family } from "../catalogue/family.ts";
import type { Catalogue } from "./catalogue.ts";
import { type Product, searchProducts } from "./products.ts";
import { addressOf } from "./route.ts";
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
    <main>
      <Listing
        list={`family:${family}`}
        title={family}
        {...{ products, number }}
        addressOfPage={(page) => addressOf({ page: "family", family, number: page })}
      />
    </main>
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
    <main>
      <Listing
        list="search"
        title={query.trim() === "" ? "Search" : `“${query}”`}
        {...{ products, number }}
        addressOfPage={(page) => addressOf({ page: "search", query, number: page })}
      >
        <p class="empty">
          Nothing here goes by that name. Try a thing (“mug”), a colour (“ivory”) or a motif (“retrospot”).
        </p>
      </Listing>
    </main>
  );
}

interface ListingProps {
  readonly list: string;
  readonly title: string;
  readonly products: readonly Product[];
  readonly number: number;
  readonly addressOfPage: (number: number) => string;
  /** Shown when there are no products. */
  readonly children?: ComponentChildren;
}

function Listing({ list, title, products, number, addressOfPage, children }: ListingProps) {
  const pages = Math.max(1, Math.ceil(products.length / perPage));
  const page = Math.min(number, pages);
  const shown = products.slice((page - 1) * perPage, page * perPage);
  return (
    <section aria-labelledby="listing-title">
      <header class="page-head">
        <h1 id="listing-title">{title}</h1>
        <p>{products.length === 1 ? "1 product" : `${products.length} products`}</p>
      </header>
      {products.length === 0 && children}
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
  );
}
