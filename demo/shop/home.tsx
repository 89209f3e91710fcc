/** The front page: a welcome, the shelves, the families. */
import { families } from "../catalogue/family.ts";
import { tileSvg } from "../tiles/tile.ts";
import type { Catalogue } from "./catalogue.ts";
import { addressOf } from "./route.ts";
import { HomeShelves } from "./shelf.tsx";
import { Picture } from "./tile.tsx";

/** Products in the window, chosen for how they look together. */
const inTheWindow = ["22423", "85123A", "20725", "23298", "22720", "21731"];

export function HomePage({
  catalogue,
  onAsk,
}: {
  readonly catalogue: Catalogue;
  readonly onAsk: () => void;
}) {
  const window = inTheWindow.flatMap((id) => catalogue.byId.get(id) ?? []);
  return (
    <main>
      <section class="hero">
        <div class="hero-words">
          <h1>Small things, well&nbsp;chosen.</h1>
          <p>
            {catalogue.products.length.toLocaleString("en-GB")} gifts for the table, the tree and the top
            drawer. Your own browser puts the shelves in order for you. What you look at stays with you.
          </p>
          <button type="button" class="button" onClick={onAsk}>
            See what this shop knows
          </button>
        </div>
        <div class="hero-window">
          {window.map((product) => (
            <a key={product.id} href={addressOf({ page: "item", id: product.id })} aria-label={product.title}>
              <Picture product={product} />
            </a>
          ))}
        </div>
      </section>
      <HomeShelves catalogue={catalogue} />
      <Families catalogue={catalogue} />
    </main>
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
