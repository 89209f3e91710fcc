/**
 * What an element stands for by its data attributes, and what is around it and in it as the page shows it.
 *
 * Around and in are meant as in the flat tree (https://drafts.csswg.org/css-scoping/#flattening): a shadow tree
 * stands where its host is, and what is slotted stands in its slot. Closed shadow trees show nothing. Only
 * attributes and properties of `Element` are asked, so that SVG and elements adopted from a frame answer too.
 */

/** An element with `data-tacit-item`: the item, and the kind of event it makes; "" for seen and clicked. */
export interface Mark {
  readonly item: string;
  readonly event: string;
}

/** Null where no item is named: white space is no name, and none counts around one. */
export function markOf(element: Element): Mark | null {
  const item = said(element, "item");
  return item === "" ? null : { item, event: said(element, "event") };
}

/** What an event is on, innermost first, and which of it is marked innermost; -1 and null where nothing is. */
export interface Hit {
  readonly path: readonly Element[];
  readonly at: number;
  readonly mark: Mark | null;
}

/** Within open shadow trees too. Only while the event is handled. */
export function hitBy(event: Event): Hit {
  const path = event.composedPath().filter(isElement);
  const marks = path.map(markOf);
  const at = marks.findIndex((mark) => mark !== null);
  return { path, at, mark: marks[at] ?? null };
}

/** What an attribute of ours says, "" where it is not there. */
export function said(element: Element, name: "item" | "event" | "list" | "position"): string {
  return (element.getAttribute(`data-tacit-${name}`) ?? "").trim();
}

/** The element and all around it, innermost first. */
export function pathOf(element: Element): readonly Element[] {
  const path: Element[] = [];
  for (let each: Element | null = element; each !== null; each = around(each)) path.push(each);
  return path;
}

/** The element that one is shown in. */
export function around(element: Element): Element | null {
  // Where there is no parent element there is nothing, a document, or a shadow root: only the last has a host.
  const root = element.parentNode as Partial<ShadowRoot> | null;
  return element.assignedSlot ?? element.parentElement ?? root?.host ?? null;
}

/** The elements that are shown directly in one, in their order. */
export function shownIn(element: Element): ArrayLike<Element> & Iterable<Element> {
  const slotted = (element as Partial<HTMLSlotElement>).assignedElements?.() ?? [];
  return slotted.length > 0 ? slotted : (element.shadowRoot ?? element).children;
}

/** True below `data-tacit-ignore`, and on it. */
export function isIgnored(path: readonly Element[]): boolean {
  return path.some((element) => element.hasAttribute("data-tacit-ignore"));
}

/** Not by `instanceof`: an element that was adopted from a frame is none of this window's. */
export function isElement(target: EventTarget): target is Element {
  return (target as Partial<Node>).nodeType === 1;
}
