/**
 * An item from the values of its row, each checked within the limits of what a card may hold. What is wrong is told
 * value by value; an item with a fault is no item.
 */
import * as v from "valibot";
import { attributesSchema, type CatalogueCard } from "../../../core/model/card.ts";
import { isWebAddress, modelLimits } from "../../../core/model/limits.ts";
import { issueText } from "../../../core/wire/issues.ts";
import type { Values } from "../input/rows.ts";
import { timeOf } from "../input/times.ts";
import { amountOf, type DecimalMark } from "../values/amounts.ts";
import { availabilityOf } from "../values/availability.ts";
import { plainText } from "../values/markup.ts";
import { categoriesIn } from "../values/paths.ts";

/** `text` shapes the content vectors and is not published. */
export interface CatalogueItem extends CatalogueCard {
  readonly text?: string;
}

export const catalogueColumns = [
  "id",
  "title",
  "price",
  "categories",
  "url",
  "image",
  "publishedAt",
  "available",
  "group",
  "brand",
  "attributes",
  "text",
] as const;
type Column = (typeof catalogueColumns)[number];

export function isColumn(name: string): name is Column {
  return (catalogueColumns as readonly string[]).includes(name);
}

export interface ReadingValues {
  /** Told each fault: `who must be …, got …`. */
  readonly complain: Complain;
  /** Told that a price is none: "on request". */
  readonly noPrice: () => void;
  /** What parts the decimals of prices, where somebody said it. */
  readonly decimal?: DecimalMark | undefined;
}

type Complain = (fault: string) => void;

export function itemOf(values: Values, { complain, noPrice, decimal }: ReadingValues): CatalogueItem {
  const text = (name: Column, check: (value: string) => string | null): string | undefined => {
    const value = values[name];
    if (value === undefined || value === null) return undefined;
    // Ids, and some titles, are numbers where a shop's system writes JSON.
    const given = typeof value === "number" ? String(value) : value;
    const written = typeof given === "string" && isProse(name) ? plainText(given) : given;
    const fault = typeof written === "string" ? check(written) : "a string";
    if (fault === null) return String(written);
    complain(`${name} must be ${fault}, got ${shown(value)}`);
    return undefined;
  };
  const required = (name: "id" | "title", most: number): string => {
    if (values[name] === undefined || values[name] === null) complain(`${name} must be given, got nothing`);
    return text(name, (value) => (value.trim() === "" ? "text" : faultOfLength(value, most))) ?? "";
  };
  const item = required("id", modelLimits.itemId);
  const title = required("title", modelLimits.title);
  const price = priceOf(values.price, { complain, noPrice, decimal });
  const url = text("url", faultOfUrl);
  const image = text("image", faultOfUrl);
  const published = text("publishedAt", (value) => (dateOf(value) === null ? "an ISO 8601 date" : null));
  const publishedAt = published === undefined ? null : dateOf(published);
  const available = availableOf(values.available, complain);
  const group = text("group", (value) => faultOfLength(value, modelLimits.itemId));
  const attributes = attributesOf(values, complain);
  const words = text("text", () => null);
  return {
    item,
    title,
    categories: categoriesOf(values.categories, complain),
    ...(price === undefined ? {} : { price }),
    ...(url === undefined ? {} : { url }),
    ...(image === undefined ? {} : { image }),
    ...(publishedAt === null ? {} : { publishedAt }),
    // What can be had says nothing: absent is true.
    ...(available === false ? { available } : {}),
    ...(group === undefined || group === "" ? {} : { group }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(words === undefined ? {} : { text: words }),
  };
}

/** Of a list by name, or of text as in a table: `colour=red|size=42`. */
function attributesOf({ attributes: given, brand }: Values, complain: Complain): CatalogueCard["attributes"] {
  const named = typeof given === "string" ? namedIn(given) : (given ?? {});
  if (named === null) {
    complain(`attributes must be as in colour=red|size=42, got ${shown(given)}`);
    return undefined;
  }
  if (typeof named !== "object" || Array.isArray(named)) {
    complain(`attributes must be values by name, got ${shown(given)}`);
    return undefined;
  }
  const entries: readonly (readonly [string, unknown])[] = Object.entries(named);
  const all = [...(brand === undefined || brand === null ? [] : [["brand", brand] as const]), ...entries];
  const present = all
    .map(([name, value]) => [name, plainValue(value)] as const)
    .filter(([, value]) => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0));
  if (present.length === 0) return undefined;
  const checked = v.safeParse(attributesSchema, Object.fromEntries(present));
  if (checked.success) return checked.output;
  complain(issueText("attributes", checked.issues[0]));
  return undefined;
}

/** A name that stands several times has several values. */
function namedIn(text: string): Readonly<Record<string, unknown>> | null {
  const values = new Map<string, (string | number | boolean)[]>();
  for (const part of text.split("|")) {
    if (part.trim() === "") continue;
    const at = part.indexOf("=");
    const name = part.slice(0, at).trim();
    if (at < 0 || name === "") return null;
    values.set(name, [...(values.get(name) ?? []), writtenValue(part.slice(at + 1).trim())]);
  }
  const named = Array.from(values, ([name, list]) => [name, list.length === 1 ? list[0] : list.map(String)]);
  return Object.fromEntries(named);
}

/** Numbers and yes or no where they are written so: 007 is text. */
function writtenValue(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/.test(text) ? Number(text) : text;
}

function plainValue(value: unknown): unknown {
  if (typeof value === "string") return plainText(value).trim();
  return Array.isArray(value) ? value.map(plainValue) : value;
}

/** What shop systems write as markup. */
function isProse(name: Column): boolean {
  return name === "title" || name === "text";
}

function priceOf(value: unknown, { complain, noPrice, decimal }: ReadingValues): number | undefined {
  if (value === undefined || value === null) return undefined;
  // "On request" is no price, and nothing is wrong with it.
  if (typeof value === "string" && !/\p{N}/u.test(value)) {
    noPrice();
    return undefined;
  }
  const read = typeof value === "string" ? amountIn(value, decimal) : value;
  if (typeof read === "number" && Number.isFinite(read) && read >= 0) return read;
  const hint = read === "ambiguous" ? ", which is right with either decimal mark: say which (--decimal)" : "";
  complain(`price must be an amount of at least 0, got ${shown(value)}${hint}`);
  return undefined;
}

function amountIn(text: string, decimal?: DecimalMark): number | "ambiguous" | null {
  // As programs write numbers, 1e-3 too.
  const number = Number(text);
  if (decimal === undefined && text.trim() !== "" && !Number.isNaN(number)) return number;
  const read = amountOf(text, decimal);
  if (read.ok) return read.amount;
  return read.because === "ambiguous" ? "ambiguous" : null;
}

function availableOf(value: unknown, complain: Complain): boolean | undefined {
  if (value === undefined || value === null || typeof value === "boolean") return value ?? undefined;
  const available =
    typeof value === "string" || typeof value === "number" ? availabilityOf(String(value)) : null;
  if (available !== null) return available;
  complain(`available must be true or false, or such as "in stock" and "out of stock", got ${shown(value)}`);
  return undefined;
}

function categoriesOf(value: unknown, complain: Complain): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((category) => typeof category === "string")) {
    const categories = categoriesIn(value.map(plainText));
    const longest = Math.max(0, ...categories.map(({ length }) => length));
    if (categories.length <= modelLimits.categories && longest <= modelLimits.category) return categories;
    const most = `at most ${modelLimits.categories} of at most ${modelLimits.category} characters`;
    complain(`categories must be ${most}, got ${categories.length} of up to ${longest}`);
    return [];
  }
  complain(`categories must be a list of strings, got ${shown(value)}`);
  return [];
}

function faultOfLength(value: string, most: number): string | null {
  return value.length <= most ? null : `text of at most ${most} characters`;
}

/** Absolute http(s) or a path of the site: an address from a file must never be a script. */
function faultOfUrl(value: string): string | null {
  if (!isWebAddress(value)) return "an http(s) address or a path";
  return faultOfLength(value, modelLimits.url);
}

/** As a card has it: a day, or a time in UTC. */
function dateOf(text: string): string | null {
  if (!/^\d{4}-/.test(text)) return null;
  const ms = timeOf(text);
  if (ms === null) return null;
  return text.length === "2026-01-01".length ? text : new Date(ms).toISOString().replace(".000Z", "Z");
}

/** Never more of a value than a line holds. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= mostShown ? text : `${text.slice(0, mostShown)}…`;
}

const mostShown = 120;
