/**
 * What a page hands over, as plain data: values behind reactive proxies (Vue, Svelte, MobX) cannot be sent to
 * a worker, ids may be numbers, lists may be sets, and a form's numbers are text.
 */
import { show } from "../core/errors.ts";
import { itemIdOf } from "../core/events/event.ts";
import { given } from "../core/given.ts";
import type { ForYouOptions, ListRequest, TrendingOptions } from "../worker/api.ts";

/** What a page may decide about a list; the worker says whether it is right. */
const policyKeys = ["filter", "pin", "boost", "bury", "quota", "exposure", "ignored"] as const;
const listKeys = ["count", "exclude", ...policyKeys] as const;

/** Keys that each method's options may have. */
export const optionKeys = {
  recommend: [...listKeys, "includeSeen", "again", "without", "name"],
  similar: listKeys,
  goesWith: listKeys,
  search: listKeys,
  trending: [...listKeys, "by"],
  explain: ["includeSeen", "without", ...policyKeys],
} as const;

/** @throws {TypeError} `recommend: …` naming the option, what was expected and what came. */
export function plainOptions(who: string, options: unknown): ForYouOptions & TrendingOptions {
  const all = fields(who, options);
  const { count, exclude, includeSeen, again, by, without, name } = all;
  const policy = Object.fromEntries(
    policyKeys.flatMap((key) => (all[key] == null ? [] : [[key, plainJson(who, key, all[key])]])),
  );
  return given({
    ...policy,
    without: without == null ? undefined : plainItems(who, without, "without"),
    count: count == null ? undefined : plainCount(who, count),
    exclude: exclude == null ? undefined : plainItems(who, exclude, "exclude"),
    includeSeen: includeSeen == null ? undefined : Boolean(includeSeen),
    again: again == null ? undefined : Boolean(again),
    by: by == null ? undefined : plainBy(who, by),
    name: name == null ? undefined : plainText(who, name, "name"),
  });
}

/** Sets become lists, and ids text. @throws {TypeError} for what JSON cannot carry. */
function plainJson(who: string, key: string, value: unknown): unknown {
  const plain = (name: string, one: unknown): unknown => {
    if (one instanceof Set) return [...one];
    return name === "item" && typeof one === "number" ? itemIdOf(one) : one;
  };
  try {
    return JSON.parse(JSON.stringify(value, plain));
  } catch {
    throw new TypeError(`${who}: ${key} must be plain data, got ${typeof value}`);
  }
}

const crowds = ["trending", "popular", "new"] as const;

function plainBy(who: string, value: unknown): (typeof crowds)[number] {
  const by = crowds.find((each) => each === value);
  if (by !== undefined) return by;
  throw new TypeError(`${who}: by must be one of ${crowds.join(", ")}, got ${show(value)}`);
}

/** @throws {TypeError} when it is no id; `what` names it. */
export function plainItem(who: string, value: unknown, what = "item"): string {
  const id = itemIdOf(value);
  if (id !== null) return id;
  throw new TypeError(`${who}: ${what} must be an id, got ${typeof value}`);
}

/** @throws {TypeError} when it is no text; `what` names it. */
export function plainText(who: string, value: unknown, what = "text"): string {
  if (typeof value === "string") return value;
  throw new TypeError(`${who}: ${what} must be a string, got ${typeof value}`);
}

/** @throws {TypeError} when it is no number; which numbers are counts the ranking says. */
function plainCount(who: string, value: unknown): number {
  const count = Number(value);
  if (!Number.isNaN(count)) return count;
  throw new TypeError(`${who}: count must be a positive integer, got ${show(value)}`);
}

function fields(who: string, options: unknown): Readonly<Record<string, unknown>> {
  if (options == null) return {};
  if (typeof options === "object") return options as Readonly<Record<string, unknown>>;
  throw new TypeError(`${who}: options must be an object, got ${typeof options}`);
}

/** A request of `lists`, by its name. @throws {TypeError} naming it when it is none. */
export function plainRequest(name: string, request: unknown): ListRequest {
  const who = `lists: ${name}`;
  const { list, item, items, text, ...options } = fields(who, request);
  const plain = plainOptions(who, options);
  switch (list) {
    case "recommend":
      // What the page calls the list is what it is named where it is shown.
      return { name, ...plain, list };
    case "trending":
      return { ...plain, list };
    case "similar":
      return { ...plain, list, item: plainItem(who, item) };
    case "goesWith":
      return { ...plain, list, items: plainItems(who, items) };
    case "search":
      return { ...plain, list, text: plainText(who, text) };
    default:
      throw new TypeError(`${who}: list must be one of ${lists.join(", ")}, got ${show(list)}`);
  }
}

const lists = ["recommend", "similar", "goesWith", "search", "trending"] as const;

/**
 * One id, or any number of them; cards as recommended stand for their items.
 *
 * @throws {TypeError} when it is none of it; `what` names it.
 */
export function plainItems(who: string, value: unknown, what = "items"): readonly string[] {
  const given = ofCard(value);
  if (itemIdOf(given) !== null) return [plainItem(who, given)];
  if (!isIterable(given)) throw new TypeError(`${who}: ${what} must be a list of ids, got ${typeof given}`);
  return Array.from(given, (each) => plainItem(who, ofCard(each)));
}

/** Ids of events, or events as a panel has them. @throws {TypeError} when it is none of it. */
export function plainEvents(who: string, value: unknown): readonly string[] {
  const list = isIterable(value) && typeof value !== "string" ? [...value] : [value];
  return list.map((one) => {
    const id = typeof one === "object" && one !== null && "id" in one ? one.id : one;
    if (typeof id === "string" && id !== "") return id;
    throw new TypeError(`${who}: events must be ids of events, got ${typeof id}`);
  });
}

/** The id of a card; what is no card as it is. */
function ofCard(value: unknown): unknown {
  return typeof value === "object" && value !== null && "item" in value ? value.item : value;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
