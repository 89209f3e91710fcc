/** The page of one product. */
import { useEffect, useState } from "preact/hooks";
import { setPieces, useBasket } from "./basket.ts";
import type { Catalogue } from "./catalogue.ts";
import { Heading } from "./heading.tsx";
import { pounds } from "./money.ts";
import type { Product } from "./products.ts";
import { addressOf } from "./route.ts";
import { Shelves } from "./shelf.tsx";
import { track } from "./tacit.ts";
import { Picture } from "./tile.tsx";

type Opinion = "none" | "like" | "dislike";

export function ItemPage({
  catalogue,
  product,
}: {
  readonly catalogue: Catalogue;
  readonly product: Product;
}) {
  const [opinion, setOpinion] = useState<Opinion>("none");
  const basket = useBasket();
  useEffect(() => {
    setOpinion("none");
    track("view", { item: product.id });
  }, [product.id]);

  const pieces = basket.get(product.id) ?? 0;
  const add = () => {
    setPieces(product.id, pieces + 1);
    track("cart_add", { item: product.id, amount: 1 });
  };
  const say = (kind: "like" | "dislike") => {
    setOpinion(kind);
    track(kind, { item: product.id });
  };
  return (
    <main>
      <article class="product">
        <Picture product={product} />
        <div class="product-words">
          <nav class="crumbs" aria-label="Families">
            {product.families.map((family) => (
              <a key={family} href={addressOf({ page: "family", family, number: 1 })}>
                {family}
              </a>
            ))}
          </nav>
          <Heading>{product.title}</Heading>
          <p class="product-price">{pounds(product.pence)}</p>
          <p class="product-add">
            {product.inStock ? (
              <button type="button" class="button" onClick={add}>
                Add to basket
              </button>
            ) : (
              <strong>Out of stock for now.</strong>
            )}
            <span role="status">{pieces > 0 && <a href="/basket">{pieces} in your basket</a>}</span>
          </p>
          <fieldset class="opinions" aria-label="What do you think of it?">
            <button type="button" aria-pressed={opinion === "like"} onClick={() => say("like")}>
              More like this
            </button>
            <button type="button" aria-pressed={opinion === "dislike"} onClick={() => say("dislike")}>
              Less like this
            </button>
          </fieldset>
          <dl class="facts">
            <dt>Code</dt>
            <dd>{product.id}</dd>
            <dt>In the shop since</dt>
            <dd>{new Date(product.publishedAt).toLocaleDateString("en-GB", { dateStyle: "long" })}</dd>
          </dl>
        </div>
      </article>
      <Shelves
        catalogue={catalogue}
        shelves={[{ list: "similar", product }, { list: "kind", product }, { list: "for-you" }]}
        taken={[product.id]}
      />
    </main>
  );
}
