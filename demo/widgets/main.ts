/**
 * A page of Tacit's widgets, in the language that its address names; products have the pictures that the shop
 * draws.
 */
import type { Recommendation } from "../../sdk/index.ts";
import { type Family, families } from "../catalogue/family.ts";
import { pounds } from "../shop/money.ts";
import { addressOf } from "../shop/route.ts";
import { tileSvg } from "../tiles/tile.ts";

const lang = new URLSearchParams(location.search).get("lang") ?? "en-GB";
document.documentElement.lang = lang;
document.documentElement.dir = lang === "ar" ? "rtl" : "ltr";
for (const link of document.querySelectorAll<HTMLAnchorElement>("nav a")) {
  if (new URL(link.href).searchParams.get("lang") === lang) link.setAttribute("aria-current", "page");
}

/** The shop's own card: its picture is made here from the product's words, which hold no markup. */
function card({ item, title, categories, price }: Recommendation): HTMLElement {
  const link = document.createElement("a");
  link.className = "product";
  link.href = addressOf({ page: "item", id: item });
  const picture = document.createElement("span");
  picture.className = "picture";
  const family: Family = families.find((name) => categories.includes(name)) ?? families[0];
  picture.innerHTML = tileSvg({ id: item, title, family });
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = title;
  const cost = document.createElement("b");
  cost.textContent = price === undefined ? "" : pounds(Math.round(price * 100));
  link.append(picture, name, cost);
  return link;
}

for (const shelf of document.querySelectorAll("tacit-shelf:not(.plain)")) {
  Reflect.set(shelf, "renderCard", card);
}
document.querySelector("#choose")?.addEventListener("click", () => {
  document.querySelector("tacit-consent")?.toggleAttribute("open", true);
});
