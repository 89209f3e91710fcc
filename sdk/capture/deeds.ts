/**
 * What an element does when it is acted on, by `data-tacit-on`: `<button data-tacit-on="click:like">` in a
 * card likes the card's item, `<form data-tacit-on="submit:search">` searches for what its field holds. It is
 * that instead of a click.
 *
 * `data-tacit-prop-amount="3"` and the like say more of it, as `track` takes it.
 */

/** What the element makes of such an act, a word for `track`; "" where it says nothing of it. */
export function deedOf(element: Element, act: "click" | "submit"): string {
  const said = element.getAttribute("data-tacit-on") ?? "";
  const [, kind = ""] =
    said
      .split(/\s+/)
      .map((word) => word.split(":"))
      .find(([on]) => on === act) ?? [];
  return kind;
}

const prefix = "data-tacit-prop-";

export function propertiesOf(element: Element): Readonly<Record<string, string>> {
  const own = Array.from(element.attributes).filter(({ name }) => name.startsWith(prefix));
  return Object.fromEntries(own.map(({ name, value }) => [name.slice(prefix.length), value]));
}
