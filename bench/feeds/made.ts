/**
 * Files such as others publish, made here, since theirs may not be carried along: the oldest MovieLens set in its form
 * and size (https://files.grouplens.org/datasets/movielens/ml-100k-README.txt), and a product export of Shopify
 * (https://help.shopify.com/en/manual/products/import-export/using-csv). Names and numbers are drawn.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../core/seeded.ts";

export interface MovieLensSize {
  readonly people: number;
  readonly films: number;
  readonly ratings: number;
}

/** u.item and u.data, in windows-1252 as there. */
export function makeMovieLens(directory: string, { people, films, ratings }: MovieLensSize) {
  const random = seededRandom(1);
  const genreOf = Array.from({ length: films }, () => 1 + Math.floor(random() * 18));
  const nouns = [
    "Nuit",
    "Fiancée",
    "Señor",
    "Winter",
    "Café",
    "River",
    "Mädchen",
    "Train",
    "Garden",
    "Letter",
  ];
  const title = (film: number): string => {
    const words = [nouns[film % 10], nouns[Math.floor(film / 10) % 10], String(film)];
    return `${words.join(" ")}, The (${1930 + (film % 69)})`;
  };
  const lines = genreOf.map((genre, film) => {
    const flags = Array.from({ length: 19 }, (_, flag) => (flag === genre ? "1" : "0"));
    // One film of that set is unknown: it has neither dates nor an address.
    const isUnknown = film === 266;
    const dates = isUnknown
      ? ["", "", ""]
      : [`01-Jan-${1930 + (film % 69)}`, "", `http://us.imdb.com/M/title-exact?${film}`];
    return [film + 1, isUnknown ? "unknown" : title(film), ...dates, ...flags].join("|");
  });
  const items = join(directory, "u.item");
  writeFileSync(items, Buffer.from(`${lines.join("\n")}\n`, "latin1"));
  const rated: string[] = [];
  const done = new Set<number>();
  while (rated.length < ratings) {
    const person = Math.floor(random() * people);
    const film = Math.floor(Math.exp(random() * Math.log(films)));
    if (done.has(person * films + film) || film >= films) continue;
    done.add(person * films + film);
    // People like a genre of their own.
    const isLiked = genreOf[film] % 6 === person % 6;
    const rating = Math.max(1, Math.min(5, Math.round((isLiked ? 4.2 : 2.9) + 2 * (random() - 0.5))));
    rated.push([person + 1, film + 1, rating, 874_724_710 + Math.floor(random() * 1.8e7)].join("\t"));
  }
  const orders = join(directory, "u.data");
  writeFileSync(orders, `${rated.join("\n")}\n`);
  return { items, orders };
}

const shopifyColumns = [
  "Handle",
  "Title",
  "Body (HTML)",
  "Vendor",
  "Product Category",
  "Type",
  "Tags",
  "Published",
  "Option1 Name",
  "Option1 Value",
  "Option2 Name",
  "Option2 Value",
  "Variant SKU",
  "Variant Inventory Tracker",
  "Variant Inventory Qty",
  "Variant Inventory Policy",
  "Variant Price",
  "Image Src",
  "Image Position",
  "Status",
] as const;

/** Products with variants in two options, a few images each; one in ten is sold out, one in twenty a draft. */
export function makeShopify(directory: string, products: number): string {
  const random = seededRandom(2);
  const things = ["Tee", "Hoodie", "Mug", "Cap", "Tote", "Socks"];
  const styles = ["Classic", "Soft", "Heavy", "Striped", "Organic"];
  const lines: string[] = [shopifyColumns.map(quoted).join(",")];
  for (let at = 0; at < products; at++) {
    const thing = things[at % things.length];
    const name = `${styles[Math.floor(at / 6) % 5]} ${thing} No. ${at}`;
    const isOut = at % 10 === 9;
    const product = {
      Title: name,
      "Body (HTML)": `<p>${name}, <strong>made well</strong>.</p>\n<ul><li>washable &amp; warm</li></ul>`,
      Vendor: "Acme, Inc.",
      "Product Category": `Apparel & Accessories > ${thing}`,
      Type: thing,
      Tags: "basic, gift",
      Published: "true",
      Status: at % 20 === 19 ? "draft" : "active",
    };
    const sizes = ["S", "M", "L"];
    for (const [place, size] of [...sizes, null].entries()) {
      const row: Partial<Record<(typeof shopifyColumns)[number], string>> = {
        Handle: `product-${at}`,
        ...(place === 0 ? product : {}),
        "Image Src": place < 2 || size === null ? `https://cdn.example/${at}-${place}.jpg` : "",
        "Image Position": String(place + 1),
        ...(size === null
          ? {}
          : {
              "Option1 Name": place === 0 ? "Size" : "",
              "Option1 Value": size,
              "Variant SKU": `SKU-${at}-${size}`,
              "Variant Inventory Tracker": "shopify",
              "Variant Inventory Qty": isOut ? "0" : String(1 + Math.floor(random() * 20)),
              "Variant Inventory Policy": "deny",
              "Variant Price": (9.9 + place).toFixed(2),
            }),
      };
      lines.push(shopifyColumns.map((column) => quoted(row[column] ?? "")).join(","));
    }
  }
  const file = join(directory, "products_export.csv");
  writeFileSync(file, `\ufeff${lines.join("\r\n")}\r\n`);
  return file;
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
