/** The shop's entry: the catalogue first, then the page. */
import { render } from "preact";
import { App } from "./shop/app.tsx";
import { loadCatalogue } from "./shop/catalogue.ts";

const root = document.getElementById("shop");
if (root === null) throw new TypeError('shop: the page must have an element with id "shop", got none');

loadCatalogue().then(
  (catalogue) => render(<App catalogue={catalogue} />, root),
  (error: unknown) => {
    root.textContent = `The shop could not be opened: ${error instanceof Error ? error.message : String(error)}`;
  },
);
