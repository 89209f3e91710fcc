/** What a shelf's attributes ask for that cannot be, in words for whoever writes the page. */
import { hintAt } from "../../../core/nearest.ts";
import {
  type Attribute,
  askedBy,
  countUnlessGiven,
  currencyPattern,
  isAboutItems,
  lists,
  mostItems,
  quotaPattern,
} from "./request.ts";

/** By the name of the attribute. */
export function faultsOf(attribute: Attribute): ReadonlyMap<string, string> {
  const { list, count, items } = askedBy(attribute);
  const faults = new Map<string, string>();
  const tell = (name: string, expected: string, hint = ""): void => {
    faults.set(
      name,
      `tacit-shelf: ${name} must be ${expected}, got ${JSON.stringify(attribute(name))}${hint}`,
    );
  };
  const given = attribute("list")?.trim() ?? "";
  if (given !== "" && given !== list) {
    tell("list", `one of ${lists.join(", ")}`, hintAt(given, lists));
  }
  if (count !== Number(attribute("count") ?? count)) {
    tell("count", `a whole number of 1 to ${mostItems} (${countUnlessGiven} unless given)`);
  }
  if (!currencyPattern.test(attribute("currency") ?? "")) {
    tell("currency", "a code of ISO 4217, three letters as GBP or EUR");
  }
  if (!quotaPattern.test(attribute("quota") ?? "")) {
    tell("quota", `"category:2" or an attribute's name and how many, several by commas`);
  }
  if (isAboutItems(list) && items.length === 0) {
    tell(list === "similar" ? "item" : "items", `the id of a product where list is "${list}"`);
  }
  return faults;
}

const said = new WeakMap<Element, Set<string>>();

/** Once for each attribute of an element. */
export function sayFaults(shelf: Element): void {
  const before = said.get(shelf) ?? new Set<string>();
  said.set(shelf, before);
  for (const [name, text] of faultsOf((each) => shelf.getAttribute(each))) {
    if (!before.has(name)) console.warn(text);
    before.add(name);
  }
}
