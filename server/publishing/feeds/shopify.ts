/**
 * A product export of Shopify, of either template: `Handle, Title, Body (HTML), …, Variant Price, …` and
 * `Title, URL handle, Description, …, Price, …`
 * (https://help.shopify.com/en/manual/products/import-export/using-csv).
 *
 * An item is a product, named by its handle; each further row of the handle is a variant or an image. A product that
 * is no active one, or is not published, or of which no variant can be ordered, cannot be had.
 */
import type { Rows, Values } from "../input/rows.ts";
import { type Feed, type FeedRow, isAttribute, Named, present, requireColumns } from "./feed.ts";
import { Products } from "./products.ts";

const handle = ["Handle", "URL handle"] as const;

export const shopify: Feed = {
  name: "shopify",
  catalogue: (rows) => {
    requireColumns(rows, "a product export of Shopify", [handle, ["Title"]]);
    return { rows: productsIn(rows), leftOut: new Map() };
  },
  log: null,
};

async function* productsIn({ rows }: Rows): AsyncGenerator<FeedRow> {
  const products = new Products();
  for await (const row of rows) {
    if ("fault" in row) {
      yield row;
      continue;
    }
    const { where, values: source } = row;
    const named = new Named(source);
    const key = named.text(...handle);
    if (key === "") {
      yield { where, fault: "Handle must be given, got nothing" };
      continue;
    }
    products.add(key, { where, source, values: valuesOf(key, named) });
    if (isVariant(named)) {
      products.addVariant(key, {
        price: named.value("Variant Price", "Price"),
        available: canBeOrdered(named),
      });
    }
  }
  yield* products.rows();
}

function valuesOf(key: string, named: Named): Values {
  const title = named.text("Title");
  return present({
    id: key,
    title,
    // What is said of the product stands in its first row.
    ...(title === "" ? {} : { url: `/products/${encodeURIComponent(key)}` }),
    image: named.text("Image Src", "Product image URL"),
    categories: [named.text("Product Category"), named.text("Type")],
    text: named.together("Body (HTML)", "Description", "Tags", "Vendor"),
    brand: named.attribute("Vendor"),
    attributes: tagsIn(named),
    ...(title !== "" && !isForSale(named) ? { available: false } : {}),
  });
}

/** Parted by commas. */
function tagsIn(named: Named): Values | undefined {
  const tags = named
    .text("Tags")
    .split(",")
    .map((tag) => tag.trim())
    .filter(isAttribute);
  return tags.length === 0 ? undefined : { tags: tags.slice(0, mostTags) };
}

const mostTags = 40;

function isForSale(named: Named): boolean {
  const status = named.text("Status").toLowerCase();
  const published = named.text("Published", "Published on online store").toLowerCase();
  return (status === "" || status === "active") && published !== "false";
}

/** Rows of further images have neither. */
function isVariant(named: Named): boolean {
  return named.text("Option1 Value") !== "" || named.text("Variant Price", "Price") !== "";
}

/** What is not counted, or may be sold beyond what is there, can be ordered whatever the count. */
function canBeOrdered(named: Named): boolean {
  const isCounted = named.text("Variant Inventory Tracker", "Inventory tracker") !== "";
  const goesOn = ["continue", "true"].includes(
    named.text("Variant Inventory Policy", "Continue selling when out of stock").toLowerCase(),
  );
  const count = named.text("Variant Inventory Qty", "Inventory quantity");
  return !isCounted || goesOn || count === "" || Number(count) > 0;
}
