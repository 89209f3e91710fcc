/**
 * Reads a data set for the benches: DIR/split/{train,foldin,target,item_index}.csv and, where there are
 * texts, DIR/items.csv (first column the item id, a `title` column, every other column metadata).
 *
 * People to judge on are never among the people trained on (strong generalisation): what is known of them is
 * `foldIn`, what they went on to is `targets`.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { seededRandom } from "../core/seeded.ts";
import type { ContentItem } from "../server/publishing/import/content.ts";
import { sample } from "./sample.ts";

/** One person's items (indices into the catalogue, ascending, each once) and their weights. */
export interface Person {
  readonly items: Uint32Array;
  readonly weights: Float64Array;
  /** Which of the items lately, ascending; none where nothing is known of when. */
  readonly recent?: Uint32Array;
}

export interface HeldOut {
  readonly foldIn: Person;
  readonly targets: ReadonlySet<number>;
}

export interface DataSet {
  /** Item ids in catalogue order. */
  readonly items: readonly string[];
  readonly train: readonly Person[];
  readonly heldOut: readonly HeldOut[];
}

/** Reads and checks the split; every index must lie in the catalogue. */
export function readDataSet(directory: string): DataSet {
  const index = readRows(join(directory, "split/item_index.csv"), ["idx", "item"]);
  const items: string[] = [];
  for (const [row, { idx, item }] of index.entries()) {
    if (Number(idx) !== row) throw new RangeError(`item_index.csv: expected idx ${row}, got ${idx}`);
    items.push(item);
  }
  const train = readPeople(join(directory, "split/train.csv"), items.length);
  const foldIn = readPeople(join(directory, "split/foldin.csv"), items.length);
  const targets = readPeople(join(directory, "split/target.csv"), items.length);
  const heldOut: HeldOut[] = [];
  for (const [user, known] of foldIn) {
    const wanted = targets.get(user);
    if (wanted !== undefined) heldOut.push({ foldIn: known, targets: new Set(wanted.items) });
  }
  if (heldOut.length === 0) {
    throw new RangeError(`readDataSet: expected people in both foldin.csv and target.csv, got none`);
  }
  return { items, train: [...train.values()], heldOut };
}

/** Whether a data set has texts. */
export function hasTexts(directory: string): boolean {
  return existsSync(join(directory, "items.csv"));
}

/**
 * Texts and metadata for each item, in catalogue order. An item that items.csv does not name gets an empty
 * title, so the order of vectors stays the order of the catalogue.
 */
export function readContentItems(directory: string, items: readonly string[]): readonly ContentItem[] {
  const path = join(directory, "items.csv");
  if (!existsSync(path)) {
    throw new TypeError(
      `evaluate: this mode needs texts: expected ${path} with a title column, got no such file`,
    );
  }
  const rows = readRows(path, ["title"]);
  const known = new Map<string, Record<string, string>>();
  for (const row of rows) {
    const id = Object.values(row)[0];
    if (known.has(id)) throw new TypeError(`items.csv: expected each item once, got "${id}" twice`);
    known.set(id, row);
  }
  return items.map((item) => {
    const row = known.get(item) ?? {};
    const [, ...metadata] = Object.entries(row).filter(([name]) => name !== "title");
    return { item, title: row.title ?? "", ...describedBy(metadata) };
  });
}

/** Longer values without a bar are texts. */
const longestCategory = 60;

/**
 * Values with bars between them, of whatever column, are categories; numbers and times say nothing by their
 * words.
 */
function describedBy(
  metadata: readonly (readonly [column: string, value: string])[],
): Pick<ContentItem, "categories" | "text"> {
  const categories: string[] = [];
  const texts: string[] = [];
  for (const [column, value] of metadata) {
    if (value === "" || !Number.isNaN(Number(value)) || /^\d{4}-\d\d-\d\d/.test(value)) continue;
    if (!value.includes("|") && value.length > longestCategory) texts.push(value);
    else {
      const names = value.split("|").filter((name) => name !== "");
      categories.push(...names.map((name) => (column === "categories" ? name : `${column} ${name}`)));
    }
  }
  return { categories, ...(texts.length === 0 ? {} : { text: texts.join(" ") }) };
}

export interface ValidationSplit {
  /** Share of the training people set aside; the same seed sets aside the same people. */
  readonly share: number;
  readonly seed: number;
}

/**
 * A data set for choosing parameters, made of training people only: some are set aside, a fifth of each one's
 * items (at least one) become targets, as in the test split. People with fewer than 5 items stay in training.
 */
export function validationSet(data: DataSet, { share, seed }: ValidationSplit): DataSet {
  const random = seededRandom(seed);
  const train: Person[] = [];
  const heldOut: HeldOut[] = [];
  for (const person of data.train) {
    if (random() >= share || person.items.length < 5) {
      train.push(person);
      continue;
    }
    const order = Array.from(person.items.keys());
    for (let last = order.length - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1));
      [order[last], order[other]] = [order[other], order[last]];
    }
    const wanted = Math.max(1, Math.round(order.length / 5));
    const kept = order.slice(wanted).sort((a, b) => a - b);
    heldOut.push({
      foldIn: {
        items: Uint32Array.from(kept, (at) => person.items[at]),
        weights: Float64Array.from(kept, (at) => person.weights[at]),
      },
      targets: new Set(order.slice(0, wanted).map((at) => person.items[at])),
    });
  }
  return { items: data.items, train, heldOut };
}

/**
 * The same data with held-out people of whom less is known: so many items, drawn by a seed; who has fewer keeps them.
 * What they went on to stays.
 */
export function knownBy(
  data: DataSet,
  { events, seed }: { readonly events: number; readonly seed: number },
): DataSet {
  const random = seededRandom(seed);
  const heldOut = data.heldOut.map(({ foldIn, targets }): HeldOut => {
    const kept = sample([...foldIn.items.keys()], events, random).toSorted((a, b) => a - b);
    return {
      foldIn: {
        items: Uint32Array.from(kept, (at) => foldIn.items[at]),
        weights: Float64Array.from(kept, (at) => foldIn.weights[at]),
      },
      targets,
    };
  });
  return { ...data, heldOut };
}

function readRows(path: string, columns: readonly string[]): Record<string, string>[] {
  if (!existsSync(path)) throw new TypeError(`readDataSet: expected the file ${path}, got no such file`);
  const rows: Record<string, string>[] = parse(readFileSync(path), { columns: true, bom: true, trim: true });
  const missing = columns.filter((name) => rows.length > 0 && rows[0][name] === undefined);
  if (rows.length === 0) throw new TypeError(`${path}: expected at least one row, got none`);
  if (missing.length > 0) {
    throw new TypeError(
      `${path}: expected the columns ${columns.join(", ")}, got ${Object.keys(rows[0]).join(", ")}`,
    );
  }
  return rows;
}

function readPeople(path: string, itemCount: number): Map<string, Person> {
  const tastes = new Map<string, Map<number, number>>();
  for (const { user, item, weight } of readRows(path, ["user", "item", "weight"])) {
    const index = Number(item);
    if (!Number.isInteger(index) || index < 0 || index >= itemCount) {
      throw new RangeError(`${path}: item must be an index below ${itemCount}, got ${item}`);
    }
    const amount = Number(weight);
    if (!(amount > 0) || !Number.isFinite(amount)) {
      throw new RangeError(`${path}: weight must be a finite number above 0, got ${weight}`);
    }
    let theirs = tastes.get(user);
    if (theirs === undefined) {
      theirs = new Map();
      tastes.set(user, theirs);
    }
    if (theirs.has(index))
      throw new TypeError(`${path}: expected user ${user} and item ${item} once, got twice`);
    theirs.set(index, amount);
  }
  const people = new Map<string, Person>();
  for (const [user, theirs] of tastes) {
    const pairs = [...theirs].sort((a, b) => a[0] - b[0]);
    people.set(user, {
      items: Uint32Array.from(pairs, ([index]) => index),
      weights: Float64Array.from(pairs, ([, amount]) => amount),
    });
  }
  return people;
}
