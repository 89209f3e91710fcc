/**
 * What the shop offers, from its own file: the shop knows its products without asking Tacit.
 *
 * The file is demo/data/catalogue.csv, described in the README beside it.
 */
import { useCallback, useEffect, useState } from "preact/hooks";
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

/** Whether the products are here. */
export type Stock =
  | { readonly state: "waiting" }
  | { readonly state: "failed" }
  | { readonly state: "known"; readonly catalogue: Catalogue };

/** Whoever waits longer is told so, and may ask again. */
const patienceMs = 20_000;

/** On its way while the frame is drawn. */
let first: Promise<Catalogue> | null = loadCatalogue();
// Whoever waits for it is told; until somebody does, nothing is wrong.
first.catch(() => {});

/** The catalogue as far as it has come, and a way to ask for it again. */
export function useStock(): { readonly stock: Stock; readonly askAgain: () => void } {
  const [stock, setStock] = useState<Stock>({ state: "waiting" });
  const ask = useCallback(() => {
    setStock({ state: "waiting" });
    const asked = first ?? loadCatalogue();
    first = null;
    asked.then(
      (catalogue) => setStock({ state: "known", catalogue }),
      () => setStock({ state: "failed" }),
    );
  }, []);
  useEffect(ask, [ask]);
  return { stock, askAgain: ask };
}

async function loadCatalogue(): Promise<Catalogue> {
  const response = await fetch(catalogueUrl, { signal: AbortSignal.timeout(patienceMs) });
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
