/**
 * Where an item stood when it was seen or clicked: its place in the list around it, 1 for the first.
 *
 * `data-tacit-position` says it; else it is counted among the items of the innermost `data-tacit-list`. An
 * item within another (a link on a tile, both marked) has the outer one's place. Outside a list there is no
 * place.
 */

export interface Place {
  readonly position?: number;
  readonly list?: string;
}

/** What is asked of an element of the document. */
export interface Placed {
  readonly dataset: Readonly<Record<string, string | undefined>>;
  readonly parentElement: Placed | null;
  closest(selector: string): Placed | null;
  querySelectorAll(selector: string): Iterable<Placed>;
}

const item = "[data-tacit-item]";
const listed = "[data-tacit-list]";

export function placeOf(element: Placed): Place {
  const list = element.closest(listed);
  const position = statedPosition(element) ?? (list === null ? null : placeIn(list, element));
  const name = list?.dataset.tacitList;
  return { ...(position !== null && { position }), ...(name && { list: name }) };
}

function statedPosition({ dataset }: Placed): number | null {
  const position = Number(dataset.tacitPosition);
  return Number.isInteger(position) && position >= 1 ? position : null;
}

function placeIn(list: Placed, element: Placed): number | null {
  let place = 0;
  for (const each of list.querySelectorAll(item)) {
    if (each.closest(listed) !== list || outermost(each) !== each) continue;
    place += 1;
    if (each === outermost(element)) return place;
  }
  return null;
}

/** The element itself or the outermost item around it, within the same list. */
function outermost(element: Placed): Placed {
  const around = element.parentElement?.closest(item) ?? null;
  return around === null || around.closest(listed) !== element.closest(listed) ? element : outermost(around);
}
