/** The shop's entry: its frame at once, its products when they have come. */
import { render } from "preact";
import { App } from "./shop/app.tsx";

const root = document.getElementById("shop");
if (root === null) throw new TypeError('shop: the page must have an element with id "shop", got none');

render(<App />, root);
