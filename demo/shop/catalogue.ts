/**
 * What the shop offers, from its own file: the shop knows its products without asking Tacit.
 *
 * The file is demo/data/catalogue.csv, described in the README beside it.
 */
import { type Family, families } from "../catalogue/family.ts";
import catalogueUrl from "../data/catalogue.csv?url";
import { type Product, productsFrom } from "./products.ts";

export interface Catalogue {
  readonly products: readonly Product[];
  readonly byId: ReadonlyMap<string, Product>;
  /** Products whose main family it is come first. */
  readonly byFamily: ReadonlyMap<Family, readonly Product[]>;
  readonly newestFirst: readonly Product[];
}

export async function loadCatalogue(): Promise<Catalogue> {
  const response = await fetch(catalogueUrl);
  if (!response.ok) throw new Error(`loadCatalogue: expected the catalogue, got HTTP ${response.status}`);
  const products = productsFrom(await response.text());
  return {
    products,
    byId: new Map(products.map((product) => [product.id, product])),
    byFamily: new Map(families.map((family) => [family, inFamily(products, family)])),
    newestFirst: [...products].sort((a, b) => Date.parse(b.publishedAt) - Date.parse(a.publishedAt)),
  };
}

function inFamily(products: readonly Product[], family: Family): readonly Product[] {
  const main = products.filter((product) => product.family === family);
  const also = products.filter((product) => product.family !== family && product.families.includes(family));
  return [...main, ...also];
}
