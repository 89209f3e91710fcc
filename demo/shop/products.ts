/** Products as the shop holds them: parsed from the catalogue file, and searched by words. */
import { type Family, families } from "../catalogue/family.ts";
import { penceFrom } from "./money.ts";

export interface Product {
  readonly id: string;
  readonly title: string;
  readonly pence: number;
  /** The main family. */
  readonly family: Family;
  readonly families: readonly Family[];
  readonly publishedAt: string;
  /** What its variants have in common; undefined for what has none. */
  readonly group: string | undefined;
  /** Whether it can be had now. */
  readonly inStock: boolean;
}

const columns = ["id", "title", "price", "categories", "publishedAt"] as const;

/**
 * Products of a catalogue file: CSV with a header, titles quoted where they hold a comma or a quote. `group` and
 * `available` may be there; what is not said to be out of stock is in stock.
 */
export function productsFrom(csv: string): readonly Product[] {
  const [header, ...lines] = csv.trimEnd().split("\n");
  const names = cellsOf(header);
  if (columns.some((name) => !names.includes(name))) {
    throw new TypeError(`productsFrom: expected the columns of the catalogue, got ${JSON.stringify(header)}`);
  }
  return lines.map((line) => {
    const cells = cellsOf(line);
    const row: Readonly<Record<string, string | undefined>> = Object.fromEntries(
      names.map((name, place) => [name, cells[place]]),
    );
    const { id, title, price, categories = "", publishedAt, group, available } = row;
    const known = categories.split("|").filter(isFamily);
    const [family] = known;
    if (!id || !title || !price || !publishedAt || family === undefined) {
      throw new TypeError(
        `productsFrom: expected a cell for each column and a known family, got ${JSON.stringify(line)}`,
      );
    }
    const told = { group: group || undefined, inStock: available !== "false" };
    return { id, title, pence: penceFrom(price), family, families: known, publishedAt, ...told };
  });
}

/**
 * Products that hold every word of the query, or a word that begins with it; best first.
 *
 * A whole word in the title counts 3, a beginning 2, a word of a family 1. Equal scores keep catalogue order.
 */
export function searchProducts(products: readonly Product[], query: string): readonly Product[] {
  const wanted = wordsOf(query);
  if (wanted.length === 0) return [];
  const scored: { readonly product: Product; readonly score: number }[] = [];
  for (const product of products) {
    const title = wordsOf(product.title);
    const family = wordsOf(product.families.join(" "));
    let score = 0;
    for (const word of wanted) {
      const points = pointsFor(word, title, family);
      if (points === 0) {
        score = 0;
        break;
      }
      score += points;
    }
    if (score > 0) scored.push({ product, score });
  }
  return scored.sort((a, b) => b.score - a.score).map(({ product }) => product);
}

function pointsFor(word: string, title: readonly string[], family: readonly string[]): number {
  if (title.includes(word)) return 3;
  if (title.some((other) => other.startsWith(word) || `${other}s` === word)) return 2;
  return family.some((other) => other.startsWith(word)) ? 1 : 0;
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== "" && word !== "and" && word !== "of");
}

function isFamily(name: string): name is Family {
  return (families as readonly string[]).includes(name);
}

function cellsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}
