/**
 * Makes the compact form of Online Retail that the shop and the virtual crowd use.
 *
 *     npx tsx demo/data/prepare.ts DIRECTORY
 *
 * DIRECTORY holds the cleaned data set: items.csv, transactions.csv.gz, split/. Customers are renumbered to
 * the anonymous `user` of the split. The split names no customer, so each user is matched to the one customer
 * with exactly the same products and order lines; the script stops if any user is without a match of its own.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { familiesOf } from "../catalogue/family.ts";
import { readableTitle } from "../catalogue/title.ts";
import { groupsOf } from "../catalogue/variant.ts";

type Row = Readonly<Record<string, string>>;

interface OrderLine {
  readonly atMinutes: number;
  readonly item: string;
  readonly quantity: number;
}

const source = process.argv[2];
if (source === undefined) throw new TypeError("prepare: expected the directory of the data set, got nothing");

const read = (name: string) => readFileSync(join(source, name));
const table = (bytes: Buffer): readonly Row[] => parse(bytes, { columns: true });

const catalogue = writeCatalogue(table(read("items.csv")));
const transactions = table(gunzipSync(read("transactions.csv.gz")));
const userOfCustomer = matchUsers(transactions);
const lines = writeOrders(transactions, userOfCustomer);
writeHeldOut();
writeGate();
console.log(`${catalogue} products, ${userOfCustomer.size} customers, ${lines} order lines`);

function writeCatalogue(rows: readonly Row[]): number {
  const quote = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const titleOf = new Map(rows.map(({ sku, title }) => [sku, readableTitle(title)]));
  const groupOf = groupsOf(Array.from(titleOf, ([id, title]) => ({ id, title })));
  const out = rows.map(({ sku, unit_price_gbp: price, first_sold: sold }) => {
    const title = titleOf.get(sku) ?? "";
    const families = familiesOf(sku, title).join("|");
    return [sku, quote(title), Number(price).toFixed(2), families, sold, groupOf.get(sku) ?? ""].join(",");
  });
  write("catalogue.csv", ["id,title,price,categories,publishedAt,group", ...out]);
  return rows.length;
}

/** Customer id -> split user, by equality of the whole (item -> order lines) map. */
function matchUsers(rows: readonly Row[]): ReadonlyMap<string, number> {
  const itemOf = table(read("split/item_index.csv")).map((row) => row.item);
  const known = new Set(itemOf);
  const weightsOfUser = new Map<string, Map<string, number>>();
  const unseen = new Map<string, Map<string, number>>();
  for (const name of ["train", "foldin", "target"]) {
    for (const { user, item, weight } of table(read(`split/${name}.csv`))) {
      mapIn(weightsOfUser, user).set(itemOf[Number(item)], Number(weight));
    }
  }
  // The split dropped the products that no training customer bought, so they cannot be compared.
  for (const { customer, sku } of rows) {
    if (!known.has(sku)) continue;
    const weights = mapIn(unseen, customer);
    weights.set(sku, (weights.get(sku) ?? 0) + 1);
  }
  const customers = new Map<string, string[]>();
  for (const [customer, weights] of unseen) {
    const key = keyOf(weights);
    customers.set(key, [...(customers.get(key) ?? []), customer]);
  }
  const matched = new Map<string, number>();
  for (const [user, weights] of weightsOfUser) {
    const candidates = customers.get(keyOf(weights)) ?? [];
    if (candidates.length !== 1) {
      throw new RangeError(`prepare: user ${user} must match one customer, got ${candidates.length}`);
    }
    matched.set(candidates[0], Number(user));
  }
  if (matched.size !== weightsOfUser.size) {
    throw new RangeError(
      `prepare: ${weightsOfUser.size} users must match as many customers, got ${matched.size}`,
    );
  }
  return matched;
}

/** Lines of the matched customers, by customer, time and sku; the same product in one invoice is one line. */
function writeOrders(rows: readonly Row[], userOf: ReadonlyMap<string, number>): number {
  const merged = new Map<string, OrderLine & { readonly user: number }>();
  for (const { invoice, customer, sku, quantity, time } of rows) {
    const user = userOf.get(customer);
    if (user === undefined) continue;
    const key = `${invoice}/${sku}`;
    const atMinutes = Date.parse(time) / 60_000;
    const before = merged.get(key)?.quantity ?? 0;
    merged.set(key, { user, atMinutes, item: sku, quantity: before + Number(quantity) });
  }
  const sorted = [...merged.values()].sort(
    (a, b) => a.user - b.user || a.atMinutes - b.atMinutes || compare(a.item, b.item),
  );
  const out = sorted.map(({ user, atMinutes, item, quantity }) =>
    [user, atMinutes, item, quantity].join(","),
  );
  write("orders.csv.gz", ["customer,at,item,quantity", ...out]);
  return sorted.length;
}

/** Which products of the held-out customers to fold in and which to predict. */
function writeHeldOut(): void {
  const itemOf = table(read("split/item_index.csv")).map((row) => row.item);
  const rows = ["foldin", "target"].flatMap((role) =>
    table(read(`split/${role}.csv`)).map(({ user, item }) => ({
      user: Number(user),
      item: itemOf[Number(item)],
      role,
    })),
  );
  rows.sort((a, b) => a.user - b.user || compare(a.role, b.role) || compare(a.item, b.item));
  write("heldout.csv.gz", [
    "customer,item,role",
    ...rows.map(({ user, item, role }) => `${user},${item},${role}`),
  ]);
}

/**
 * The people on whom the shop judges new item factors before it publishes them: every 18th training customer,
 * every fifth of their products to predict. They are neither in the virtual crowd nor among the held-out
 * customers.
 */
function writeGate(): void {
  const itemOf = table(read("split/item_index.csv")).map((row) => row.item);
  const people = new Map<number, string[]>();
  for (const { user, item } of table(read("split/train.csv"))) {
    if (Number(user) % 18 !== 7) continue;
    people.set(Number(user), [...(people.get(Number(user)) ?? []), itemOf[Number(item)]]);
  }
  const rows = [...people].flatMap(([user, items]) =>
    items.sort(compare).map((item, place) => `${user},${item},${place % 5 === 4 ? "target" : "foldin"}`),
  );
  write("gate.csv.gz", ["customer,item,role", ...rows]);
}

function write(name: string, rows: readonly string[]): void {
  const text = `${rows.join("\n")}\n`;
  writeFileSync(join(import.meta.dirname, name), name.endsWith(".gz") ? gzipSync(text, { level: 9 }) : text);
}

function mapIn(maps: Map<string, Map<string, number>>, key: string): Map<string, number> {
  const found = maps.get(key) ?? new Map<string, number>();
  maps.set(key, found);
  return found;
}

function keyOf(weights: ReadonlyMap<string, number>): string {
  return [...weights]
    .map(([item, weight]) => `${item}:${weight}`)
    .sort(compare)
    .join(" ");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
