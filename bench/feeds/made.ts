/**
 * Files such as others publish, made here, since theirs may not be carried along. Names and numbers are drawn.
 *
 * MovieLens: the oldest set in its form and size (u.item with pipes in Latin-1, u.data with tabs:
 * https://files.grouplens.org/datasets/movielens/ml-100k-README.txt), and the newest in its form (CSV in
 * UTF-8, titles with commas in quotes, half stars:
 * https://files.grouplens.org/datasets/movielens/ml-latest-small-README.html).
 *
 * Shopify: a product file of either template. That of today begins with `Title, URL handle, Description`
 * (https://help.shopify.com/en/manual/products/import-export/using-csv, its sample is
 * https://help.shopify.com/cdn/shopifycloud/product-knowledge/production/csv/product_template.csv); files
 * with the names before it, `Handle, Title, Body (HTML)`, are still about
 * (https://beta.help.shopify.com/zh-CN/manual/products/import-export/using-csv).
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../core/seeded.ts";

export interface MovieLensSize {
  readonly people: number;
  readonly films: number;
  readonly ratings: number;
}

export interface MovieLensFiles {
  readonly items: string;
  readonly orders: string;
  /** Genre of each film, by its number. */
  readonly genreOf: readonly number[];
  /** Whether a person likes films of a genre: a third of all genres are each one's own. */
  readonly likes: (person: number, genre: number) => boolean;
}

/** The genres of u.genre after `unknown`, in its order. */
const genreNames = [
  ...["Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy"],
  ...["Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western"],
];

const likes = (person: number, genre: number): boolean => genre % 6 === person % 6;

/** u.item and u.data in Latin-1, or movies.csv and ratings.csv. */
export function makeMovieLens(
  directory: string,
  { people, films, ratings }: MovieLensSize,
  set: "100k" | "latest" = "100k",
): MovieLensFiles {
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
  const flagged = genreOf.map((genre, film) => {
    const flags = Array.from({ length: 19 }, (_, flag) => (flag === genre ? "1" : "0"));
    // One film of that set is unknown: it has neither dates nor an address.
    const isUnknown = film === 266;
    const dates = isUnknown
      ? ["", "", ""]
      : [`01-Jan-${1930 + (film % 69)}`, "", `http://us.imdb.com/M/title-exact?${film}`];
    return [film + 1, isUnknown ? "unknown" : title(film), ...dates, ...flags].join("|");
  });
  const listed = genreOf.map((genre, film) => {
    const genres = film % 50 === 49 ? "(no genres listed)" : genreNames[genre - 1];
    return [film + 1, quoted(title(film)), genres].join(",");
  });
  const [items, orders] =
    set === "100k"
      ? [join(directory, "u.item"), join(directory, "u.data")]
      : [join(directory, "movies.csv"), join(directory, "ratings.csv")];
  if (set === "100k") writeFileSync(items, Buffer.from(`${flagged.join("\n")}\n`, "latin1"));
  else writeFileSync(items, `${["movieId,title,genres", ...listed].join("\r\n")}\r\n`);
  const rated: string[] = set === "100k" ? [] : ["userId,movieId,rating,timestamp"];
  const [between, steps] = set === "100k" ? (["\t", 1] as const) : ([",", 2] as const);
  const done = new Set<number>();
  while (done.size < ratings) {
    const person = Math.floor(random() * people);
    const film = Math.floor(Math.exp(random() * Math.log(films)));
    if (done.has(person * films + film) || film >= films) continue;
    done.add(person * films + film);
    const drawn = (likes(person, genreOf[film]) ? 4.2 : 2.9) + 2 * (random() - 0.5);
    const rating = Math.max(1, Math.min(5, Math.round(drawn * steps) / steps));
    const stars = steps === 1 ? String(rating) : rating.toFixed(1);
    rated.push([person + 1, film + 1, stars, 874_724_710 + Math.floor(random() * 1.8e7)].join(between));
  }
  writeFileSync(orders, `${rated.join("\n")}\n`);
  return { items, orders, genreOf, likes };
}

/** A column's name in the template before today's, and in today's. */
const shopifyColumns = [
  ["Handle", "URL handle"],
  ["Title", "Title"],
  ["Body (HTML)", "Description"],
  ["Vendor", "Vendor"],
  ["Product Category", "Product category"],
  ["Type", "Type"],
  ["Tags", "Tags"],
  ["Published", "Published on online store"],
  ["Option1 Name", "Option1 name"],
  ["Option1 Value", "Option1 value"],
  ["Option2 Name", "Option2 name"],
  ["Option2 Value", "Option2 value"],
  ["Variant SKU", "SKU"],
  ["Variant Inventory Tracker", "Inventory tracker"],
  ["Variant Inventory Qty", "Inventory quantity"],
  ["Variant Inventory Policy", "Continue selling when out of stock"],
  ["Variant Price", "Price"],
  ["Image Src", "Product image URL"],
  ["Image Position", "Image position"],
  ["Status", "Status"],
] as const;

export type ShopifyTemplate = "before" | "today";

/** Products with variants in an option, a few images each; one in ten is sold out, one in twenty a draft. */
export function makeShopify(
  directory: string,
  products: number,
  template: ShopifyTemplate = "before",
): string {
  const random = seededRandom(2);
  const things = ["Tee", "Hoodie", "Mug", "Cap", "Tote", "Socks"];
  const styles = ["Classic", "Soft", "Heavy", "Striped", "Organic"];
  const isToday = template === "today";
  const lines: string[] = [shopifyColumns.map(([before, today]) => (isToday ? today : before)).join(",")];
  for (let at = 0; at < products; at++) {
    const thing = things[at % things.length];
    const name = `${styles[Math.floor(at / 6) % 5]} ${thing} No. ${at}`;
    const isOut = at % 10 === 9;
    const status = at % 20 === 19 ? "draft" : "active";
    const product = {
      Title: name,
      "Body (HTML)": `<p>${name}, <strong>made well</strong>.</p>\n<ul><li>washable &amp; warm</li></ul>`,
      Vendor: "Acme, Inc.",
      "Product Category": `Apparel & Accessories > ${thing}`,
      Type: thing,
      Tags: "basic, gift",
      Published: isToday ? "TRUE" : "true",
      Status: isToday ? `${status[0].toUpperCase()}${status.slice(1)}` : status,
    };
    const sizes = ["S", "M", "L"];
    for (const [place, size] of [...sizes, null].entries()) {
      const row: Partial<Record<(typeof shopifyColumns)[number][0], string>> = {
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
              "Variant Inventory Policy": isToday ? "DENY" : "deny",
              "Variant Price": (9.9 + place).toFixed(2),
            }),
      };
      lines.push(shopifyColumns.map(([column]) => quoted(row[column] ?? "")).join(","));
    }
  }
  const file = join(directory, `products-${template}.csv`);
  writeFileSync(file, `\ufeff${lines.join("\r\n")}\r\n`);
  return file;
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
