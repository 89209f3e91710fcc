/**
 * A product export of WooCommerce, in English
 * (https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema).
 *
 * An item is a product, named by its ID, as the shop's pages name it; variations belong to their parent. What is not
 * published, or hidden, cannot be had.
 */

import { shortened } from "../../../core/errors.ts";
import type { Rows, Values } from "../input/rows.ts";
import { availabilityOf } from "../values/availability.ts";
import { type Feed, type FeedRow, isAttribute, Named, present, requireColumns } from "./feed.ts";
import { Products } from "./products.ts";

export const woocommerce: Feed = {
  name: "woocommerce",
  catalogue: (rows) => {
    requireColumns(rows, "a product export of WooCommerce", [["ID"], ["Type"], ["Name"]]);
    return { rows: productsIn(rows), leftOut: new Map() };
  },
  log: null,
};

interface Variation {
  readonly where: string;
  readonly source: Values;
  readonly named: Named;
  readonly parent: string;
}

async function* productsIn({ rows }: Rows): AsyncGenerator<FeedRow> {
  const products = new Products();
  /** Key of a product by what variations may call it: `id:12`, or its SKU. */
  const keys = new Map<string, string>();
  const variations: Variation[] = [];
  for await (const row of rows) {
    if ("fault" in row) {
      yield row;
      continue;
    }
    const { where, values: source } = row;
    const named = new Named(source);
    const id = named.text("ID");
    if (id === "") {
      yield { where, fault: "ID must be given, got nothing" };
      continue;
    }
    const parent = named.text("Parent");
    if (isOfType(named, "variation") && parent !== "") {
      variations.push({ where, source, named, parent });
      continue;
    }
    if (products.has(id)) {
      yield { where, fault: `ID must be unique, got ${shortened(JSON.stringify(id))} again` };
      continue;
    }
    products.add(id, { where, source, values: valuesOf(id, named) });
    keys.set(`id:${id}`, id);
    if (named.text("SKU") !== "") keys.set(named.text("SKU"), id);
    if (!isOfType(named, "variable")) products.addVariant(id, variantOf(named));
  }
  for (const { where, source, named, parent } of variations) {
    const key = keys.get(parent);
    if (key !== undefined) products.addVariant(key, variantOf(named));
    else yield { where, source, values: { ...valuesOf(named.text("ID"), named), ...variantOf(named) } };
  }
  yield* products.rows();
}

function isOfType(named: Named, type: string): boolean {
  return named
    .text("Type")
    .split(",")
    .some((one) => one.trim().toLowerCase() === type);
}

const mostTags = 40;

function valuesOf(id: string, named: Named): Values {
  const isShown =
    ["", "1"].includes(named.text("Published")) && named.text("Visibility in catalog") !== "hidden";
  const tags = partsOf(named.text("Tags")).filter(isAttribute).slice(0, mostTags);
  return present({
    id,
    title: named.text("Name"),
    image: partsOf(named.text("Images"))[0],
    categories: partsOf(named.text("Categories")),
    text: named.together("Short description", "Description", "Tags", "Brands"),
    brand: partsOf(named.text("Brands")).find(isAttribute),
    attributes: tags.length === 0 ? undefined : { tags },
    ...(isShown ? {} : { available: false }),
  });
}

function variantOf(named: Named): { readonly price: unknown; readonly available: boolean } {
  const stock = named.text("In stock?");
  const price = named.value("Sale price", "Regular price");
  return { price, available: stock === "" || availabilityOf(stock) !== false };
}

/** Several values are parted by commas; one within a value is escaped. */
function partsOf(text: string): readonly string[] {
  return text
    .split(/(?<!\\),/)
    .map((part) => part.replaceAll("\\,", ",").trim())
    .filter((part) => part !== "");
}
