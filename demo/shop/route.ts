/** Where in the shop one is, as a value; addresses are parsed and made here and nowhere else. */
import { type Family, families } from "../catalogue/family.ts";

export type Route =
  | { readonly page: "home" }
  | { readonly page: "family"; readonly family: Family; readonly number: number }
  | { readonly page: "search"; readonly query: string; readonly number: number }
  | { readonly page: "item"; readonly id: string }
  | { readonly page: "basket" }
  | { readonly page: "checkout" }
  | { readonly page: "thanks" }
  | { readonly page: "unknown" };

/** The route of an address; `unknown` for what the shop does not have. */
export function parseRoute({ pathname, search }: Pick<Location, "pathname" | "search">): Route {
  const [first = "", second = "", ...rest] = pathname
    .split("/")
    .filter((part) => part !== "")
    .map(decoded);
  const parameters = new URLSearchParams(search);
  const number = pageNumber(parameters.get("page"));
  if (rest.length > 0) return { page: "unknown" };
  if (first === "" || first === "index.html") return { page: "home" };
  if (first === "item" && second !== "") return { page: "item", id: second };
  if (first === "family") {
    const family = families.find((name) => slugOf(name) === second);
    return family === undefined ? { page: "unknown" } : { page: "family", family, number };
  }
  if (second !== "") return { page: "unknown" };
  if (first === "search") return { page: "search", query: parameters.get("q") ?? "", number };
  if (first === "basket" || first === "checkout" || first === "thanks") return { page: first };
  return { page: "unknown" };
}

/** The address of a route: `parseRoute` undoes it. */
export function addressOf(route: Route): string {
  switch (route.page) {
    case "home":
      return "/";
    case "family":
      return `/family/${slugOf(route.family)}${route.number > 1 ? `?page=${route.number}` : ""}`;
    case "search": {
      const page = route.number > 1 ? `&page=${route.number}` : "";
      return `/search?q=${encodeURIComponent(route.query)}${page}`;
    }
    case "item":
      return `/item/${encodeURIComponent(route.id)}`;
    case "basket":
    case "checkout":
    case "thanks":
      return `/${route.page}`;
    case "unknown":
      return "/not-found";
  }
}

/** "Kitchen & Baking" -> "kitchen-baking". */
function slugOf(family: Family): string {
  return family.toLowerCase().replace(/[^a-z]+/g, "-");
}

function pageNumber(text: string | null): number {
  const number = Number(text ?? "1");
  return Number.isSafeInteger(number) && number >= 1 ? number : 1;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
