/**
 * Writes the shop's data in the form that `npm run evaluate` reads:
 *
 *     npm run split -- DIR
 *
 * The 3,669 training customers with the number of orders that hold each product as its weight; the 407
 * held-out ones with four fifths of their products known and one fifth to predict, as
 * demo/data/heldout.csv.gz has it. Products are those that a training customer bought, in catalogue order.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import { readCustomers } from "./shop.ts";

const directory = process.argv[2];
if (directory === undefined) {
  console.error("split: expected the directory to write to, got nothing");
  process.exit(1);
}
const shop = fileURLToPath(new URL("../demo/data", import.meta.url));
const { orders, heldOut } = readCustomers(shop);
const catalogue: readonly Readonly<Record<string, string>>[] = parse(
  readFileSync(join(shop, "catalogue.csv")),
  {
    columns: true,
  },
);

const training = [...orders].filter(([customer]) => !heldOut.has(customer));
const bought = new Set(training.flatMap(([, lines]) => lines.map(({ item }) => item)));
const items = catalogue.map(({ id }) => id).filter((id) => bought.has(id));
const indexOf = new Map(items.map((item, index) => [item, index]));

const rows = { train: ["user,item,weight"], foldin: ["user,item,weight"], target: ["user,item,weight"] };
for (const [customer, lines] of orders) {
  const person = heldOut.get(customer);
  const targets = new Set(person?.targets);
  const list = (item: string) =>
    person === undefined ? rows.train : targets.has(item) ? rows.target : rows.foldin;
  const weights = new Map<string, number>();
  for (const { item } of lines) weights.set(item, (weights.get(item) ?? 0) + 1);
  for (const [item, weight] of weights) {
    const index = indexOf.get(item);
    if (index !== undefined) list(item).push(`${customer},${index},${weight}`);
  }
}
mkdirSync(join(directory, "split"), { recursive: true });
for (const [name, lines] of Object.entries(rows)) write(`split/${name}.csv`, lines);
write("split/item_index.csv", ["idx,item", ...items.map((item, index) => `${index},${item}`)]);
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
write("items.csv", [
  "item,title,categories",
  ...catalogue.map(({ id, title, categories }) => [id, quoted(title), quoted(categories)].join(",")),
]);
console.log(`${training.length} training customers, ${heldOut.size} held out, ${items.length} products`);

function write(name: string, lines: readonly string[]): void {
  writeFileSync(join(directory, name), `${lines.join("\n")}\n`);
}
