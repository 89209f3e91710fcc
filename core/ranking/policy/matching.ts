/** Which rows a condition (core/policy/condition.ts) holds for. */
import { stemOf, wordsIn } from "../../events/words.ts";
import { nameKey } from "../../namekey.ts";
import type { AttributeCondition, Condition, Range } from "../../policy/condition.ts";
import { dayMs } from "../../time.ts";
import type { RankingCard, RankingModel } from "../model.ts";

export interface MatchingAt {
  readonly model: RankingModel;
  /** Milliseconds since the Unix epoch; without it nothing is of any age. */
  readonly nowMs: number | undefined;
}

interface Matched {
  readonly model: RankingModel;
  readonly day: number;
  readonly rows: Uint8Array;
}

const known = new WeakMap<Condition, Matched>();

/**
 * One byte per row, 1 where the condition holds. Found once for a model and a day, so long as the condition
 * is the same.
 */
export function rowsMatching(condition: Condition, { model, nowMs }: MatchingAt): Uint8Array {
  const day = nowMs === undefined ? -1 : Math.floor(nowMs / dayMs);
  const found = known.get(condition);
  if (found?.model === model && found.day === day) return found.rows;
  const holds = matcher(condition, model, nowMs ?? Number.NaN);
  const rows = Uint8Array.from({ length: model.count }, (_, row) => (holds(row) ? 1 : 0));
  known.set(condition, { model, day, rows });
  return rows;
}

type Holds = (row: number) => boolean;

function matcher(condition: Condition, model: RankingModel, nowMs: number): Holds {
  const { item, category, word, group, price, ageDays, attributes = {}, not, any } = condition;
  const { cards } = model;
  const all: Holds[] = [];
  if (item !== undefined) {
    const rows = new Set(listOf(item).flatMap((id) => model.rowOf.get(id) ?? []));
    all.push((row) => rows.has(row));
  }
  if (category !== undefined) {
    const wanted = keysOf(category);
    all.push((row) => (cards[row].categories ?? []).some((name) => wanted.has(nameKey(name))));
  }
  if (group !== undefined) {
    const wanted = new Set(listOf(group));
    all.push((row) => {
      const own = cards[row].group;
      return own !== undefined && wanted.has(own);
    });
  }
  if (word !== undefined) {
    const wanted = listOf(word).map((text) => wordsIn(text).map(stemOf));
    const stems = stemsOf(model);
    // Of a phrase all words must be there; of what has no letters nothing is.
    all.push((row) => wanted.some((words) => words.length > 0 && words.every((one) => stems(row).has(one))));
  }
  if (price !== undefined) all.push((row) => isWithin(cards[row].price, price));
  if (ageDays !== undefined) {
    // What is dated later is not there yet, and of no age.
    all.push((row) => ageIn(cards[row], nowMs) >= 0 && isWithin(ageIn(cards[row], nowMs), ageDays));
  }
  for (const [name, wanted] of Object.entries(attributes)) all.push(attributeMatcher(name, wanted, cards));
  if (not !== undefined) {
    const holds = matcher(not, model, nowMs);
    all.push((row) => !holds(row));
  }
  if (any !== undefined) {
    const some = any.map((one) => matcher(one, model, nowMs));
    all.push((row) => some.some((holds) => holds(row)));
  }
  return (row) => all.every((holds) => holds(row));
}

function attributeMatcher(name: string, wanted: AttributeCondition, cards: readonly RankingCard[]): Holds {
  const valuesOf = (row: number): readonly (string | number | boolean)[] => {
    const value = attributeOf(cards[row].attributes, name);
    return value === undefined ? [] : typeof value === "object" ? value : [value];
  };
  if (typeof wanted === "object" && !isList(wanted)) {
    return (row) => valuesOf(row).some((value) => typeof value === "number" && isWithin(value, wanted));
  }
  if (typeof wanted === "boolean") return (row) => valuesOf(row).includes(wanted);
  // What a table says is text, also where it is a number.
  const keys = new Set((isList(wanted) ? wanted : [wanted]).map((value) => nameKey(String(value))));
  return (row) => valuesOf(row).some((value) => keys.has(nameKey(String(value))));
}

/** Undefined too for what an object has of itself. */
export function attributeOf(
  attributes: RankingCard["attributes"],
  name: string,
): string | number | boolean | readonly string[] | undefined {
  return attributes !== undefined && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

function isList(value: AttributeCondition): value is readonly string[] {
  return Array.isArray(value);
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

function keysOf(value: string | readonly string[]): ReadonlySet<string> {
  return new Set(listOf(value).map(nameKey));
}

function isWithin(value: number | undefined, { from = -Infinity, to = Infinity }: Range): boolean {
  return value !== undefined && value >= from && value <= to;
}

function ageIn({ publishedAt }: RankingCard, nowMs: number): number {
  return (nowMs - Date.parse(publishedAt ?? "")) / dayMs;
}

const stemsKnown = new WeakMap<RankingModel, (row: number) => ReadonlySet<string>>();

/** Stems of the words of a row's title and categories, found when they are first asked for. */
function stemsOf(model: RankingModel): (row: number) => ReadonlySet<string> {
  const { cards } = model;
  const sets: ReadonlySet<string>[] = [];
  const stems =
    stemsKnown.get(model) ??
    ((row: number) => {
      const { title = "", categories = [] } = cards[row];
      sets[row] ??= new Set(wordsIn([title, ...categories].join(" ")).map(stemOf));
      return sets[row];
    });
  stemsKnown.set(model, stems);
  return stems;
}
