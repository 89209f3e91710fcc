/**
 * A page while its products have not come: what is known of it without them, places for the rest, or what
 * went wrong.
 */
import type { ComponentChildren } from "preact";
import { Heading } from "./heading.tsx";
import { Hero } from "./home.tsx";
import { searchTitle } from "./listing.tsx";
import type { Route } from "./route.ts";
import { Shelf } from "./shelf.tsx";
import { EmptyTile } from "./tile.tsx";

interface WaitingProps {
  readonly route: Route;
  readonly isFailed: boolean;
  readonly onAgain: () => void;
}

export function WaitingPage({ route, isFailed, onAgain }: WaitingProps) {
  return (
    <main aria-busy={!isFailed}>
      <p class="hidden" role="status">
        {isFailed ? "" : "The products are on their way…"}
      </p>
      {isFailed && <Failed onAgain={onAgain} />}
      <Outline route={route} isFailed={isFailed} />
    </main>
  );
}

function Failed({ onAgain }: { readonly onAgain: () => void }) {
  return (
    <div class="failed" role="alert">
      <p>
        <strong>The products did not come.</strong> The shop could not be reached, or took too long. What this
        browser remembers is still here.
      </p>
      <button type="button" class="button" onClick={onAgain}>
        Try again
      </button>
    </div>
  );
}

function Outline({ route, isFailed }: Pick<WaitingProps, "route" | "isFailed">) {
  const places = isFailed ? null : (
    <>
      <Shelf list="for-you" title="For you" note="…" />
      <Shelf list="trending" title="New in" note="…" />
    </>
  );
  switch (route.page) {
    case "home":
      return (
        <>
          <Hero catalogue={null} />
          {places}
        </>
      );
    case "family":
      return <ListOutline title={route.family} isFailed={isFailed} />;
    case "search":
      return <ListOutline title={searchTitle(route.query)} isFailed={isFailed} />;
    case "item":
      return <ItemOutline isFailed={isFailed} />;
    case "basket":
      return <Head title="Your basket" />;
    case "checkout":
      return <Head title="Checkout" />;
    case "thanks":
      return <Head title="Thank you.">{places}</Head>;
    case "unknown":
      return <Head title="Not on our shelves">{places}</Head>;
  }
}

function Head({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <>
      <header class="page-head">
        <Heading>{title}</Heading>
      </header>
      {children}
    </>
  );
}

function ListOutline({ title, isFailed }: { readonly title: string; readonly isFailed: boolean }) {
  return (
    <>
      <header class="page-head">
        <Heading>{title}</Heading>
        <p>…</p>
      </header>
      {!isFailed && (
        <div class="grid">
          {Array.from({ length: 24 }, (_, place) => (
            <EmptyTile key={place} withReason={false} />
          ))}
        </div>
      )}
    </>
  );
}

/** The name of a product is not known yet. */
function ItemOutline({ isFailed }: { readonly isFailed: boolean }) {
  return (
    <article class="product">
      <span class="picture" />
      <div class="product-words">
        <Heading>{isFailed ? "A product" : "A product, on its way…"}</Heading>
      </div>
    </article>
  );
}
