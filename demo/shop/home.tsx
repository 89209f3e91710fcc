/** The front page: a welcome, the shelves, the families. */
import { families } from "../catalogue/family.ts";
import { tileSvg } from "../tiles/tile.ts";
import { Asking } from "./asking.tsx";
import type { Catalogue } from "./catalogue.ts";
import { Heading } from "./heading.tsx";
import { addressOf } from "./route.ts";
import { Shelves } from "./shelf.tsx";
import { Picture } from "./tile.tsx";

/** Products in the window, chosen for how they look together. */
const inTheWindow = ["22423", "85123A", "20725", "23298", "22720", "21731"];

export function HomePage({ catalogue }: { readonly catalogue: Catalogue }) {
  return (
    <main>
      <Hero catalogue={catalogue} />
      <Asking />
      <Shelves
        catalogue={catalogue}
        shelves={[{ list: "for-you" }, { list: "again" }, { list: "trending" }]}
        taken={inTheWindow}
      />
      <Families catalogue={catalogue} />
    </main>
  );
}

/** The welcome, with or without the products in its window. */
export function Hero({ catalogue }: { readonly catalogue: Catalogue | null }) {
  return (
    <section class="hero">
      <div class="hero-words">
        <Heading>Small things, well&nbsp;chosen.</Heading>
        <p>
          Thousands of gifts for the table, the tree and the top drawer. Your own browser puts the shelves in
          order for you. What you look at stays with you.
        </p>
        <button type="button" class="button" data-tacit-open="panel">
          See what this shop knows
        </button>
      </div>
      <div class="hero-window">
        {inTheWindow.map((id) => {
          const product = catalogue?.byId.get(id);
          return product === undefined ? (
            <span key={id} class="picture" />
          ) : (
            <a key={id} href={addressOf({ page: "item", id })} aria-label={product.title}>
              <Picture product={product} />
            </a>
          );
        })}
      </div>
    </section>
  );
}

function Families({ catalogue }: { readonly catalogue: Catalogue }) {
  return (
    <section class="shelf" aria-labelledby="families-title">
      <header class="shelf-head">
        <h2 id="families-title">Families</h2>
      </header>
      <ul class="families">
        {families.map((family) => {
          const products = catalogue.byFamily.get(family) ?? [];
          return (
            <li key={family}>
              <a href={addressOf({ page: "family", family, number: 1 })}>
                <span
                  class="picture"
                  dangerouslySetInnerHTML={{ __html: tileSvg({ id: family, title: "", family }) }}
                />
                <span class="family-name">{family}</span>
                <span class="family-count">{products.length} products</span>
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
