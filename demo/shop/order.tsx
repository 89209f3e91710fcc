/** Basket, checkout and thanks. The order is played: nobody is asked for a name, an address or money. */
import { useEffect } from "preact/hooks";
import { emptyBasket, setPieces, useBasket } from "./basket.ts";
import type { Catalogue } from "./catalogue.ts";
import { Heading } from "./heading.tsx";
import { go } from "./history.ts";
import { type Line, linesOf, totalOf } from "./lines.ts";
import { pounds } from "./money.ts";
import { addressOf } from "./route.ts";
import { type ShelfKind, Shelves } from "./shelf.tsx";
import { track } from "./tacit.ts";
import { Picture } from "./tile.tsx";

/** Where there is nothing to order, the shop goes on. */
const goingOn: readonly ShelfKind[] = [{ list: "for-you" }, { list: "trending" }];

export function BasketPage({ catalogue }: { readonly catalogue: Catalogue }) {
  const lines = linesOf(useBasket(), catalogue.byId);
  const products = lines.map(({ product }) => product);
  const taken = products.map(({ id }) => id);
  const shelves: readonly ShelfKind[] =
    products.length === 0 ? goingOn : [{ list: "goes-with", products }, ...goingOn];
  return (
    <main>
      <header class="page-head">
        <Heading>Your basket</Heading>
      </header>
      {lines.length === 0 ? (
        <p class="empty">
          Nothing in it yet. <a href="/">Have a look around</a>.
        </p>
      ) : (
        <>
          <ul class="lines">
            {lines.map((line) => (
              <BasketLine key={line.product.id} {...line} />
            ))}
          </ul>
          <p class="total">
            <span>Total</span> <strong>{pounds(totalOf(lines))}</strong>
          </p>
          <p class="actions">
            <a class="button" href="/checkout">
              Go to checkout
            </a>
          </p>
        </>
      )}
      <Shelves catalogue={catalogue} shelves={shelves} taken={taken} />
    </main>
  );
}

function BasketLine({ product, pieces }: Line) {
  const change = (next: number) => {
    setPieces(product.id, next);
    if (next > pieces) track("cart_add", { item: product.id, amount: next - pieces });
    else track("cart_remove", { item: product.id, amount: pieces - next });
  };
  return (
    <li class="line">
      <Picture product={product} />
      <a href={addressOf({ page: "item", id: product.id })}>{product.title}</a>
      <fieldset class="pieces" aria-label={`Pieces of ${product.title}`}>
        <button type="button" aria-label="One less" onClick={() => change(pieces - 1)}>
          −
        </button>
        <output>{pieces}</output>
        <button
          type="button"
          aria-label="One more"
          disabled={pieces >= 99}
          onClick={() => change(pieces + 1)}
        >
          +
        </button>
      </fieldset>
      <span class="line-price">{product.inStock ? pounds(product.pence * pieces) : "Out of stock"}</span>
    </li>
  );
}

export function CheckoutPage({ catalogue }: { readonly catalogue: Catalogue }) {
  const lines = linesOf(useBasket(), catalogue.byId).filter(({ product }) => product.inStock);
  const isEmpty = lines.length === 0;
  useEffect(() => {
    if (!isEmpty) track("checkout");
  }, [isEmpty]);
  const order = () => {
    for (const { product, pieces } of lines) track("purchase", { item: product.id, amount: pieces });
    emptyBasket();
    go({ page: "thanks" });
  };
  return (
    <main>
      <header class="page-head">
        <Heading>Checkout</Heading>
        <p>This is a demonstration: nothing is charged, nothing is sent, and nobody is asked for a name.</p>
      </header>
      {isEmpty ? (
        <>
          <p class="empty">
            There is nothing to order. <a href="/">Back to the shop</a>.
          </p>
          <Shelves catalogue={catalogue} shelves={goingOn} />
        </>
      ) : (
        <section class="receipt" aria-label="Your order">
          <ul>
            {lines.map(({ product, pieces }) => (
              <li key={product.id}>
                <span>
                  {pieces} × {product.title}
                </span>
                <span>{pounds(product.pence * pieces)}</span>
              </li>
            ))}
          </ul>
          <p class="total">
            <span>Total</span> <strong>{pounds(totalOf(lines))}</strong>
          </p>
          <p class="actions">
            <button type="button" class="button" onClick={order}>
              Place the order
            </button>
          </p>
        </section>
      )}
    </main>
  );
}

export function ThanksPage({ catalogue }: { readonly catalogue: Catalogue }) {
  return (
    <main>
      <header class="page-head">
        <Heading>Thank you.</Heading>
        <p>Your order is noted in your own browser, and nowhere else. The shelves below already know.</p>
      </header>
      <Shelves catalogue={catalogue} shelves={goingOn} />
    </main>
  );
}
