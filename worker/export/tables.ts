/** The export as tables: one a sort of thing, with typed columns and a word on each. */
import type { TacitExport } from "../api.ts";

export interface Column {
  readonly name: string;
  /** `time` in milliseconds since the Unix epoch; `json` is any value that JSON has. */
  readonly type: "text" | "time" | "number" | "count" | "yes" | "json";
  /** What it is, with its unit. */
  readonly what: string;
  readonly isNullable: boolean;
}

type Cell = string | number | boolean | object | null;

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** A row a line, in the order of the columns. */
  readonly rows: readonly (readonly Cell[])[];
}

const always = (name: string, type: Column["type"], what: string): Column => ({
  ...{ name, type, what },
  isNullable: false,
});
const maybe = (name: string, type: Column["type"], what: string): Column => ({
  ...{ name, type, what },
  isNullable: true,
});

export function tablesOf(data: TacitExport): readonly Table[] {
  return [
    events(data),
    facts(data),
    wishes(data),
    features(data),
    categories(data),
    interests(data),
    tastes(data),
    reports(data),
    trials(data),
    experiments(data),
  ];
}

function events({ events: all, leftOut }: TacitExport): Table {
  const why = new Map(leftOut.map((one) => [one.event, one.why]));
  return {
    name: "events",
    columns: [
      always("id", "text", "random, made on the device"),
      always("kind", "text", "what was done"),
      maybe("at", "time", "when, UTC; null where the clock said no time"),
      maybe("item", "text", "id of the item"),
      maybe("amount", "number", "seconds for dwell; pieces for cart_add, purchase, refund"),
      maybe("query", "text", "what was searched"),
      maybe("position", "count", "place in the list, 1 for the first"),
      maybe("list", "text", "name of the list"),
      maybe("depth", "number", "how far down a page, 0 to 1, for view and dwell"),
      maybe("left_out", "text", "why it does not count; null where it does"),
    ],
    rows: all.map(({ id, kind, atMs, item, amount, query, position, list, depth }) => [
      ...[id, kind, atMs, item ?? null, amount ?? null, query ?? null],
      ...[int32(position), list ?? null, depth ?? null, why.get(id) ?? null],
    ]),
  };
}

function facts({ facts: said }: TacitExport): Table {
  return {
    name: "facts",
    columns: [
      always("fact", "text", "name"),
      always("title", "text", "what it is called"),
      always("value", "json", "text, a number, true, false, or a list of texts"),
      maybe("at", "time", "when it was said, UTC"),
    ],
    rows: said.map(({ fact, title, value, atMs }) => [fact, title, value, atMs]),
  };
}

function wishes({ wishes: asked }: TacitExport): Table {
  return {
    name: "wishes",
    columns: [
      always("wish", "text", "mute, boost or less"),
      always("of", "text", "item, category, brand or word"),
      always("value", "text", "id or name"),
      maybe("at", "time", "when it was said, UTC"),
    ],
    rows: asked.map(({ wish, of, value, atMs }) => [wish, of, value, atMs]),
  };
}

function trials({ trials: kept }: TacitExport): Table {
  return {
    name: "trials",
    columns: [
      always("list", "text", "name of the list"),
      always("day", "text", "YYYY-MM-DD, UTC"),
      maybe("place", "count", "place that the first may have changed with; null where none was drawn"),
      always("swapped", "yes", "whether the two changed places"),
      always(
        "servings",
        "json",
        "from when on, in milliseconds since the Unix epoch, which items stood there",
      ),
    ],
    rows: kept.map(({ list, day, place, isSwapped, servings }) => [list, day, place, isSwapped, servings]),
  };
}

function experiments({ experiments: kept }: TacitExport): Table {
  return {
    name: "experiments",
    columns: [
      always("experiment", "text", "name of the experiment"),
      always("arm", "text", "which version this device has in it"),
      always("at", "time", "since when, UTC"),
      maybe("shown", "time", "when it was first shown, UTC"),
      always("left", "yes", "whether the person left it"),
    ],
    rows: kept.map(({ experiment, arm, atMs, shownMs, hasLeft }) => [
      experiment,
      arm,
      atMs,
      shownMs,
      hasLeft,
    ]),
  };
}

function features({ profile }: TacitExport): Table {
  return {
    name: "features",
    columns: [
      always("name", "text", "name"),
      always("title", "text", "what it is called"),
      always("unit", "text", "unit of the value"),
      maybe("value", "number", "null where there is nothing to compute it from"),
    ],
    rows: profile.features.map(({ name, title, unit, value }) => [name, title, unit, value]),
  };
}

function categories({ profile }: TacitExport): Table {
  const names = [...new Set(profile.categories.flatMap((one) => Object.keys(one)))].filter(
    (name) => name !== "category",
  );
  return {
    name: "categories",
    columns: [
      always("category", "text", "name of the category"),
      always("features", "json", `what is known of it: ${names.join(", ")}`),
    ],
    rows: profile.categories.map(({ category, ...known }) => [category, known]),
  };
}

function interests({ interests: words }: TacitExport): Table {
  return {
    name: "interests",
    columns: [
      always("word", "text", "a word of the items' titles"),
      always("weight", "number", "share of the interest in these words; negative for what is disliked"),
      always("items", "json", "ids of the items it comes from"),
    ],
    rows: words.map(({ word, weight, items }) => [word, weight, items]),
  };
}

function tastes({ tastes: all }: TacitExport): Table {
  return {
    name: "tastes",
    columns: [
      always("item", "text", "id of the item"),
      always("weight", "number", "how much what was done speaks for it now"),
    ],
    rows: all.map(({ item, weight }) => [item, weight]),
  };
}

/** A row a sum, because that is what is answered and paid for. */
function reports({ reports: sent }: TacitExport): Table {
  return {
    name: "reports",
    columns: [
      always("report", "text", "id of the report"),
      maybe("at", "time", "when it was written down, UTC"),
      always("bytes", "count", "length of the request body"),
      always("sha256", "text", "hex SHA-256 of the request body"),
      always("task", "text", "id of the task"),
      always("kind", "text", "what is summed"),
      always("round", "count", "round of the task"),
      always("block", "count", "block of the sum"),
      maybe("rho", "number", "cost (zCDP); null without bound"),
      always("state", "text", "sending, accepted or refused"),
      maybe("why", "text", "why it was refused"),
    ],
    rows: sent.flatMap(({ id, atMs, bytes, sha256, sums }) =>
      sums.map(({ task, kind, round, block, rho, state, why }) => [
        ...[id, atMs, int32(bytes), sha256, task, kind],
        ...[int32(round), int32(block), rho, state, why ?? null],
      ]),
    ),
  };
}

/** A place may be any whole number that a page tracked: beyond 32 bits it is none. */
function int32(value: number | undefined): number | null {
  return value !== undefined && Math.abs(value) < 2 ** 31 ? value : null;
}
