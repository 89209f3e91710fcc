/** What a shelf's attributes ask for. */
import type { ListRequest } from "../../../worker/api.ts";
import type { ShelfList } from "../words/words.ts";

export interface Asked {
  readonly list: ShelfList;
  readonly count: number;
  readonly items: readonly string[];
  /** The list's name for trials. */
  readonly name: string | null;
}

const lists: readonly ShelfList[] = ["for-you", "similar", "together", "trending", "again"];
const countUnlessGiven = 6;
const mostItems = 48;

/** Reads the attributes; what cannot be is what there is without them. */
export function askedBy(attribute: (name: string) => string | null): Asked {
  const given = attribute("list")?.trim();
  const count = Number(attribute("count") ?? countUnlessGiven);
  const items = [attribute("item") ?? "", ...(attribute("items") ?? "").split(",")];
  return {
    list: lists.find((list) => list === given) ?? "for-you",
    count: Number.isInteger(count) && count > 0 ? Math.min(count, mostItems) : countUnlessGiven,
    items: [...new Set(items.map((item) => item.trim()).filter((item) => item !== ""))],
    name: attribute("name")?.trim() || null,
  };
}

/** Null where it is about items and there are none. What the page is about is in no list beside it. */
export function requestOf({ list, count, items, name }: Asked, shown: readonly string[]): ListRequest | null {
  const exclude = [...items, ...shown];
  switch (list) {
    case "for-you":
      return { list: "recommend", count, exclude, ...(name !== null && { name }) };
    case "again":
      return { list: "recommend", again: true, count, exclude: shown, ...(name !== null && { name }) };
    case "trending":
      return { list: "trending", count, exclude };
    case "similar":
      return items.length === 0 ? null : { list: "similar", item: items[0], count, exclude };
    case "together":
      return items.length === 0 ? null : { list: "goesWith", items, count, exclude: shown };
  }
}
