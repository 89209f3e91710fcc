/**
 * Tells of a view where the page says in its structured data which product it is about
 * (https://schema.org/Product as JSON-LD, https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents):
 * shops write it for search engines, and so need not say it again.
 *
 * A page about one product is one with exactly one, or one group of variants; a page with several is a list, and
 * nobody knows which of them is looked at. A group counts as the variant whose `url` the page has, else as the
 * group's own `productGroupID`. Each product counts once a page view, as what is captured by attributes does.
 */
import { type Fields, fieldsIn, idIn } from "../../core/events/standards/product.ts";
import { addressOf } from "../capture/pageview.ts";
import { attempt, type Stop } from "./attempt.ts";
import type { Tracking } from "./tell.ts";

export interface ProductDataOptions {
  /** The fields of a product in which its id in the catalogue may stand, the first that it has counts. */
  readonly id?: readonly string[];
}

const idFields = ["sku", "productID", "mpn", "gtin", "gtin13", "gtin12", "gtin8", "@id"];
const lookEveryMs = 500;
/** Structured data are some kB; what is longer is something else. */
const mostCharacters = 1_000_000;
const mostDepth = 8;

/**
 * Looks now, and again whenever the page's address or structured data change.
 *
 * @example
 * fromProductData(tacit);
 */
export function fromProductData(tacit: Tracking, { id = idFields }: ProductDataOptions = {}): Stop {
  let told = "";
  let seen = "";
  const look = (): void => {
    if (document.visibilityState !== "visible") return;
    const texts = structuredData(document);
    const all = [location.href, ...texts].join(" ");
    if (all === seen) return;
    seen = all;
    const item = productIn(texts, location.href, id);
    const key = item === null ? "" : `${addressOf(location)} ${item}`;
    if (key === told) return;
    told = key;
    if (item !== null) tacit.track("view", { item });
  };
  const soon = (): void => attempt(look);
  soon();
  // A route of a single page changes what neither observer nor event tells of everywhere.
  const timer = setInterval(soon, lookEveryMs);
  // Back from the back/forward cache is a new page view.
  const again = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) told = seen = "";
    soon();
  };
  addEventListener("pageshow", again);
  return () => {
    clearInterval(timer);
    removeEventListener("pageshow", again);
  };
}

function structuredData(page: Document): readonly string[] {
  const scripts = page.querySelectorAll('script[type="application/ld+json"]');
  return Array.from(scripts, ({ textContent }) => textContent ?? "");
}

/** The id of the one product that a page's structured data are about; null where they are about none, or several. */
export function productIn(
  texts: readonly string[],
  address: string,
  id: readonly string[] = idFields,
): string | null {
  const products = texts.flatMap((text) => productsIn(parsed(text), 0));
  const ids = products.map((product) => idOf(product, address, id));
  const known = new Set(ids.filter((each) => each !== null));
  return known.size === 1 ? ([...known][0] ?? null) : null;
}

function parsed(text: string): unknown {
  if (text.length > mostCharacters) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Products that stand for themselves: not those in a list, of an offer or beside another. */
function productsIn(value: unknown, depth: number): readonly Fields[] {
  if (depth > mostDepth) return [];
  if (Array.isArray(value)) return value.flatMap((each) => productsIn(each, depth + 1));
  const node = fieldsIn(value);
  if (isOf(node, "Product") || isOf(node, "ProductGroup")) return [node];
  return [node["@graph"], node.mainEntity].flatMap((part) =>
    part === undefined ? [] : productsIn(part, depth + 1),
  );
}

function isOf(node: Fields, type: string): boolean {
  const types: unknown[] = [node["@type"]].flat();
  return types.some(
    (each) => typeof each === "string" && each.replace(/^(https?:\/\/schema\.org\/|schema:)/, "") === type,
  );
}

function idOf(product: Fields, address: string, names: readonly string[]): string | null {
  if (!isOf(product, "ProductGroup")) return idIn(product, names);
  const variants: unknown[] = [product.hasVariant].flat();
  const here = variants.map(fieldsIn).find((variant) => isAt(variant, address));
  return (here && idIn(here, names)) ?? idIn(product, [...names, "productGroupID"]);
}

/** Whether a variant, or its offer, has the page's address; a hash is a place within the page. */
function isAt(variant: Fields, address: string): boolean {
  const offers: unknown[] = [variant.offers].flat();
  return [variant, ...offers.map(fieldsIn)].some(({ url }) => {
    if (typeof url !== "string" || !URL.canParse(url, address)) return false;
    const [there, here] = [new URL(url, address), new URL(address)];
    return there.origin === here.origin && there.pathname === here.pathname && there.search === here.search;
  });
}
