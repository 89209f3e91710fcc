/**
 * What a page hands over, as plain data: values behind reactive proxies (Vue, Svelte, MobX) cannot be sent to a
 * worker, ids may be numbers, lists may be sets, and a form's numbers are text.
 */
import { show } from "../core/errors.ts";
import { itemIdOf } from "../core/events/event.ts";
import { given } from "../core/given.ts";
import type { ForYouOptions, TrendingOptions } from "../worker/api.ts";

/** Keys that each method's options may have. */
export const optionKeys = {
  recommend: ["count", "exclude", "includeSeen", "again"],
  similar: ["count", "exclude"],
  goesWith: ["count", "exclude"],
  search: ["count", "exclude"],
  trending: ["count", "exclude", "by"],
  explain: ["includeSeen"],
} as const;

/** @throws {TypeError} `recommend: …` naming the option, what was expected and what came. */
export function plainOptions(who: string, options: unknown): ForYouOptions & TrendingOptions {
  const { count, exclude, includeSeen, again, by } = fields(who, options);
  return given({
    count: count == null ? undefined : plainCount(who, count),
    exclude: exclude == null ? undefined : plainItems(who, exclude, "exclude"),
    includeSeen: includeSeen == null ? undefined : Boolean(includeSeen),
    again: again == null ? undefined : Boolean(again),
    by: by == null ? undefined : plainBy(who, by),
  });
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

/** @throws {TypeError} when it is no text. */
export function plainText(who: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError(`${who}: text must be a string, got ${typeof value}`);
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

/** The id of a card; what is no card as it is. */
function ofCard(value: unknown): unknown {
  return typeof value === "object" && value !== null && "item" in value ? value.item : value;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
