/**
 * Where an item stood when it was seen or clicked: its place in the list around it, 1 for the first.
 *
 * `data-tacit-position` says it; else it is counted among the items that the innermost `data-tacit-list` shows.
 * An item counts once, where it stands first, so that two links of one product, or the clones of a looping
 * carousel, are one. An item within another (a link on a tile, both marked) has the outer one's place. A list
 * within a list counts for itself. Outside a list there is no place.
 */
import { markOf, said, shownIn } from "./marks.ts";

export interface Place {
  readonly position?: number;
  readonly list?: string;
}

/** Places by list, for as long as the document cannot change in between: lists are long, and seen together. */
export type Places = Map<Element, ReadonlyMap<string, number>>;

/** The place of the item that a path begins with. */
export function placeOf(path: readonly Element[], places: Places = new Map()): Place {
  const list = path.find((element) => element.hasAttribute("data-tacit-list"));
  const position =
    statedPosition(path[0]) ?? (list && placeIn(list, path.slice(0, path.indexOf(list)), places));
  const name = list && said(list, "list");
  return { ...(position && { position }), ...(name && { list: name }) };
}

function statedPosition(element: Element): number | null {
  const position = Number(said(element, "position"));
  return Number.isInteger(position) && position >= 1 ? position : null;
}

function placeIn(list: Element, below: readonly Element[], places: Places): number | undefined {
  const counted = places.get(list) ?? countIn(list);
  places.set(list, counted);
  const outermost = below.findLast((element) => markOf(element) !== null);
  return outermost && counted.get(said(outermost, "item"));
}

function countIn(list: Element): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const visit = (element: Element): void => {
    for (const child of shownIn(element)) {
      const mark = markOf(child);
      if (child.hasAttribute("data-tacit-list")) continue;
      if (mark === null) visit(child);
      else if (!places.has(mark.item)) places.set(mark.item, places.size + 1);
    }
  };
  visit(list);
  return places;
}
