/** A card of a shelf: picture, title, price, one link. Its size is the same before it is known what is on it. */
import type { Recommendation } from "../../../worker/api.ts";
import { make } from "../dom.ts";
import { safeUrl } from "../safeurl.ts";

export interface CardLook {
  readonly locale: string;
  /** ISO 4217; without one there are no prices. */
  readonly currency: string | null;
}

/** What of a card is one link to the product, or no link where it has no address of the web. */
export function cardFace(item: Recommendation, { locale, currency }: CardLook): HTMLElement {
  const href = safeUrl(item.url, document.baseURI);
  const title = titleOf(item);
  const inside = [pictureOf(item, title), make("span", { part: "title", title }, make("bdi", {}, title))];
  if (currency !== null) {
    const price = priceInWords(item.price, locale, currency);
    inside.push(make("span", { part: "price" }, make("bdi", {}, price)));
  }
  return make(href === null ? "span" : "a", { part: "link", class: "face", href }, ...inside);
}

/** What a card shows, to compare: a score alone is not seen. */
export function shownOn({ title, price, url, image }: Recommendation): string {
  return JSON.stringify([title, price, url, image]);
}

/** Keeps the place of a card. */
export function emptyCard(currency: string | null): HTMLElement {
  const face = make(
    "span",
    { class: "face" },
    make("span", { part: "picture" }),
    make("span", { part: "title" }),
  );
  if (currency !== null) face.append(make("span", { part: "price" }));
  return make("li", { part: "card skeleton" }, face);
}

export function titleOf({ title, item }: Recommendation): string {
  return (typeof title === "string" && title.trim()) || item;
}

/** Empty where there is no price, or no such currency. */
export function priceInWords(price: number | undefined, locale: string, currency: string): string {
  if (price === undefined || !Number.isFinite(price)) return "";
  try {
    const format = new Intl.NumberFormat(locale, {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
    });
    // Arabic has "UK£" even so, which would be drawn "£UK" from right to left.
    return format.format(price).replace(/[A-Z]+(?=\p{Sc})/u, "");
  } catch {
    return "";
  }
}

/** The title stands beside it, so that a picture adds nothing to what is read aloud. */
function pictureOf({ image }: Recommendation, title: string): HTMLElement {
  const src = safeUrl(image, document.baseURI);
  const [initial = ""] = title;
  const letter = make("span", { class: "initial", "aria-hidden": "true" }, initial.toLocaleUpperCase());
  if (src === null) return make("span", { part: "picture" }, letter);
  const picture = make("img", { alt: "", loading: "lazy", decoding: "async", src });
  const frame = make("span", { part: "picture" }, picture);
  picture.addEventListener("error", () => frame.replaceChildren(letter), { once: true });
  return frame;
}
