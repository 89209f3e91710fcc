/** The bar on top: name, search, panel, basket. */
import { useEffect, useState } from "preact/hooks";
import type { ConsentState } from "../../sdk/index.ts";
import { useBasket } from "./basket.ts";
import type { Catalogue } from "./catalogue.ts";
import { useConsent } from "./consent.ts";
import { go } from "./history.ts";
import { linesOf, piecesIn } from "./lines.ts";
import type { Route } from "./route.ts";

interface HeaderProps {
  readonly route: Route;
  /** Null as long as it has not come: the basket counts what the shop has, so its count waits too. */
  readonly catalogue: Catalogue | null;
}

export function Header({ route, catalogue }: HeaderProps) {
  const basket = useBasket();
  const pieces = catalogue === null ? "…" : piecesIn(linesOf(basket, catalogue.byId));
  return (
    <header class="bar">
      <a class="name" href="/">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path class="name-back" d="M9 0H23Q32 0 32 9V23Q32 32 23 32H9Q0 32 0 23V9Q0 0 9 0Z" />
          <path class="name-thimble" d="M10 22c-1-6 0-11 1-13 2-3 8-3 10 0 1 2 2 7 1 13 0 2-12 2-12 0Z" />
        </svg>
        Thimble
      </a>
      <Search query={route.page === "search" ? route.query : ""} />
      <AskButton />
      <a class="bar-basket" href="/basket">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M4 9h16l-1.500 10.500a1 1 0 0 1-1 .5h-11a1 1 0 0 1-1-.500ZM8 9l3-6M16 9l-3-6" />
        </svg>
        <span class="hidden">Basket, pieces: </span>
        <span class="bar-pieces">{pieces}</span>
      </a>
    </header>
  );
}

function Search({ query }: { readonly query: string }) {
  const [text, setText] = useState(query);
  useEffect(() => setText(query), [query]);
  return (
    <search class="search">
      <form
        action="/search"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") go({ page: "search", query: text.trim(), number: 1 });
        }}
      >
        <input
          type="search"
          name="q"
          aria-label="Search the shop"
          placeholder="Search the shop"
          autocomplete="off"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </form>
    </search>
  );
}

const states = {
  off: "off",
  here: "personalises on this device",
  crowd: "personalises on this device and contributes to the crowd",
  unknown: "not available",
} as const;

function AskButton() {
  const state = stateOf(useConsent());
  return (
    <button
      type="button"
      class="ask"
      data-tacit-open="panel"
      aria-haspopup="dialog"
      aria-label={`What this shop knows about you: ${states[state]}`}
    >
      <span class={`dot dot-${state}`} aria-hidden="true" />
      <span class="ask-long" aria-hidden="true">
        What this shop knows
      </span>
      <span class="ask-short" aria-hidden="true">
        You
      </span>
    </button>
  );
}

function stateOf(consent: ConsentState | undefined): keyof typeof states {
  if (consent === undefined) return "unknown";
  if (consent.contribute) return "crowd";
  return consent.personalise ? "here" : "off";
}
