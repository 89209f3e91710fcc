/** What a shelf's attributes ask for. */
import type { Quota } from "../../../core/policy/listpolicy.ts";
import type { ListRequest } from "../../../worker/api.ts";
import type { ShelfList } from "../words/words.ts";

export interface Asked {
  readonly list: ShelfList;
  readonly count: number;
  readonly items: readonly string[];
  /** The list's name for trials. */
  readonly name: string | null;
  /** At most so many of one category, or of one value of an attribute. */
  readonly quota: readonly Quota[];
}

/** Reads an attribute of a shelf. */
export type Attribute = (name: string) => string | null;

export const lists: readonly ShelfList[] = ["for-you", "similar", "together", "trending", "again"];
export const countUnlessGiven = 6;
export const mostItems = 48;

/** Reads the attributes; what cannot be is what there is without them. */
export function askedBy(attribute: Attribute): Asked {
  const list = attribute("list")?.trim();
  const count = Number(attribute("count") ?? countUnlessGiven);
  const items = [attribute("item") ?? "", ...(attribute("items") ?? "").split(",")];
  return {
    list: lists.find((known) => known === list) ?? "for-you",
    count: Number.isInteger(count) && count > 0 ? Math.min(count, mostItems) : countUnlessGiven,
    items: [...new Set(items.map((item) => item.trim()).filter((item) => item !== ""))],
    name: attribute("name")?.trim() || null,
    quota: quotaIn(attribute("quota") ?? ""),
  };
}

/** Whether something was asked for that cannot be: what it is, is said by a file that few need (faults.ts). */
export function isOdd(attribute: Attribute): boolean {
  const { list, items, count } = askedBy(attribute);
  return (
    list !== (attribute("list")?.trim() || list) ||
    count !== Number(attribute("count") ?? count) ||
    !quotaPattern.test(attribute("quota") ?? "") ||
    !currencyPattern.test(attribute("currency") ?? "") ||
    (items.length === 0 && isAboutItems(list))
  );
}

export const currencyPattern = /^\s*([a-z]{3}\s*)?$/i;
export const quotaPattern = /^(\s*[^:,\s][^:,]*:\s*[1-9]\d{0,2}\s*(,(?!$)|$))*$/;

export function isAboutItems(list: ShelfList): boolean {
  return list === "similar" || list === "together";
}

/** "category:2,brand:1"; none where it is not so written. */
function quotaIn(text: string): readonly Quota[] {
  if (text === "" || !quotaPattern.test(text)) return [];
  return text.split(",").map((each) => {
    const [of, most] = each.split(":");
    return { of: of.trim(), most: Number(most) };
  });
}

/** Null where it is about items and there are none. What the page is about is in no list beside it. */
export function requestOf(
  { list, items, count, name, quota }: Asked,
  shown: readonly string[],
): ListRequest | null {
  const others = [...items, ...shown];
  const how = { count, ...(quota.length > 0 && { quota }) };
  const named = { ...how, ...(name !== null && { name }) };
  switch (list) {
    case "for-you":
      return { list: "recommend", ...named, exclude: others };
    case "again":
      return { list: "recommend", again: true, ...named, exclude: shown };
    case "trending":
      return { list: "trending", ...how, exclude: others };
    case "similar":
      return items.length === 0 ? null : { list: "similar", item: items[0], ...how, exclude: others };
    case "together":
      return items.length === 0 ? null : { list: "goesWith", items, ...how, exclude: shown };
  }
}
