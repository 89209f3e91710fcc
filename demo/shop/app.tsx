/** The frame around every page, and which page it is. */
import { useLayoutEffect } from "preact/hooks";
import { useArrival } from "./arrival.ts";
import { type Catalogue, useStock } from "./catalogue.ts";
import { Header } from "./header.tsx";
import { Heading } from "./heading.tsx";
import { useVisit } from "./history.ts";
import { HomePage } from "./home.tsx";
import { ItemPage } from "./item.tsx";
import { FamilyPage, SearchPage } from "./listing.tsx";
import { BasketPage, CheckoutPage, ThanksPage } from "./order.tsx";
import type { Route } from "./route.ts";
import { Shelves } from "./shelf.tsx";
import { WaitingPage } from "./waiting.tsx";
import { WishedNotice } from "./wished.tsx";

export function App() {
  const visit = useVisit();
  const { stock, askAgain } = useStock();
  const { route, moves } = visit;
  const catalogue = stock.state === "known" ? stock.catalogue : null;
  const title = titleOf(route, catalogue);
  useLayoutEffect(() => {
    document.title = title === null ? "Thimble, a gift shop" : `${title} · Thimble`;
  }, [title]);
  // Whoever goes to another page has left the panel.
  useLayoutEffect(() => document.querySelector("tacit-panel")?.removeAttribute("open"), [moves]);
  useArrival(visit, catalogue !== null);
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Header route={route} catalogue={catalogue} />
      <div id="content" class="content" tabIndex={-1}>
        {catalogue === null ? (
          <WaitingPage route={route} isFailed={stock.state === "failed"} onAgain={askAgain} />
        ) : (
          <Page route={route} catalogue={catalogue} />
        )}
      </div>
      <footer class="foot">
        <p>
          A demonstration on real data: Chen, D. (2015),{" "}
          <a href="https://doi.org/10.24432/C5BW33">Online Retail</a>, UCI, CC BY 4.0. Pictures are drawn from
          the products' words.
        </p>
        <p>
          Ranked on this device by Tacit. <a href="/widgets.html">Its widgets</a>
        </p>
      </footer>
      <WishedNotice />
    </>
  );
}

interface PageProps {
  readonly route: Route;
  readonly catalogue: Catalogue;
}

function Page({ route, catalogue }: PageProps) {
  switch (route.page) {
    case "home":
      return <HomePage catalogue={catalogue} />;
    case "family":
      return <FamilyPage catalogue={catalogue} family={route.family} number={route.number} />;
    case "search":
      return <SearchPage catalogue={catalogue} query={route.query} number={route.number} />;
    case "item": {
      const product = catalogue.byId.get(route.id);
      return product === undefined ? (
        <UnknownPage catalogue={catalogue} />
      ) : (
        <ItemPage catalogue={catalogue} product={product} />
      );
    }
    case "basket":
      return <BasketPage catalogue={catalogue} />;
    case "checkout":
      return <CheckoutPage catalogue={catalogue} />;
    case "thanks":
      return <ThanksPage catalogue={catalogue} />;
    case "unknown":
      return <UnknownPage catalogue={catalogue} />;
  }
}

function UnknownPage({ catalogue }: { readonly catalogue: Catalogue }) {
  return (
    <main>
      <header class="page-head">
        <Heading>Not on our shelves</Heading>
        <p>
          There is nothing at this address. <a href="/">Back to the shop</a>.
        </p>
      </header>
      <Shelves catalogue={catalogue} shelves={[{ list: "for-you" }, { list: "trending" }]} />
    </main>
  );
}

/** Null for the front page, and for a product as long as its name has not come. */
function titleOf(route: Route, catalogue: Catalogue | null): string | null {
  switch (route.page) {
    case "home":
      return null;
    case "family":
      return route.family;
    case "search":
      return route.query === "" ? "Search" : route.query;
    case "item":
      return catalogue === null ? null : (catalogue.byId.get(route.id)?.title ?? "Not found");
    case "basket":
      return "Basket";
    case "checkout":
      return "Checkout";
    case "thanks":
      return "Thank you";
    case "unknown":
      return "Not found";
  }
}
