/** The gift shop's data as the crowd replays it: real customers' orders, and who is kept apart to judge. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import type { CatalogueItem } from "../server/publishing/import/itemvalues.ts";
import { readCatalogue } from "../server/publishing/import/readcatalogue.ts";
import { inputOfFile } from "../server/publishing/input/input.ts";

export interface OrderLine {
  readonly item: string;
  readonly atMs: number;
  readonly quantity: number;
}

export interface HeldOutCustomer {
  readonly known: readonly string[];
  readonly targets: readonly string[];
}

export interface Shop {
  /** Orders of the customers who may be in the crowd, in time order: neither judged on nor held out. */
  readonly customers: readonly (readonly OrderLine[])[];
  readonly heldOut: readonly HeldOutCustomer[];
  /** Time of the last order: when the crowd visits. */
  readonly lastOrderMs: number;
}

type Row = Readonly<Record<string, string>>;

/** The shop's products. */
export async function readShopCatalogue(
  directory = fileURLToPath(new URL("../demo/data", import.meta.url)),
): Promise<readonly CatalogueItem[]> {
  const read = await readCatalogue(inputOfFile(join(directory, "catalogue.csv")));
  if (!read.ok) throw new TypeError(read.faults.join("\n"));
  return read.items;
}

/** All customers by their number, and of the held-out ones what is known and what is to be predicted. */
export function readCustomers(directory: string): {
  readonly orders: ReadonlyMap<string, readonly OrderLine[]>;
  readonly heldOut: ReadonlyMap<string, HeldOutCustomer>;
} {
  return {
    orders: readOrders(join(directory, "orders.csv.gz")),
    heldOut: readPeople(join(directory, "heldout.csv.gz")),
  };
}

/**
 * Reads DIR/orders.csv.gz, heldout.csv.gz and gate.csv.gz; their columns are described in
 * demo/data/README.md.
 */
export function readShop(directory: string): Shop {
  const { orders, heldOut } = readCustomers(directory);
  const gate = readPeople(join(directory, "gate.csv.gz"));
  const inCrowd = [...orders].filter(([customer]) => !heldOut.has(customer) && !gate.has(customer));
  const lastOrderMs = Math.max(...[...orders.values()].map((lines) => lines[lines.length - 1].atMs));
  return { customers: inCrowd.map(([, lines]) => lines), heldOut: [...heldOut.values()], lastOrderMs };
}

function readOrders(path: string): ReadonlyMap<string, readonly OrderLine[]> {
  const orders = new Map<string, OrderLine[]>();
  for (const { customer, at, item, quantity } of readRows(path)) {
    const lines = orders.get(customer) ?? [];
    lines.push({ item, atMs: Number(at) * 60_000, quantity: Number(quantity) });
    orders.set(customer, lines);
  }
  return orders;
}

function readPeople(path: string): ReadonlyMap<string, HeldOutCustomer> {
  const people = new Map<string, { readonly known: string[]; readonly targets: string[] }>();
  for (const { customer, item, role } of readRows(path)) {
    const person = people.get(customer) ?? { known: [], targets: [] };
    (role === "target" ? person.targets : person.known).push(item);
    people.set(customer, person);
  }
  return people;
}

function readRows(path: string): readonly Row[] {
  return parse(gunzipSync(readFileSync(path)), { columns: true });
}
