/**
 * A shelf with a list in it, as HTML for a page that a server makes.
 *
 * The cards have the size of those that `<tacit-shelf>` draws (widgets/shelf/), by the same columns, words
 * and prices, so that the SDK's list takes their place without a jump. They are links that work without any
 * script, and capture counts them where the shelf's own file does not come. What a catalogue says becomes
 * text, never markup.
 */
import type { ItemCard } from "../../worker/api.ts";
import { languageOf } from "../widgets/language.ts";
import { safeUrl } from "../widgets/safeurl.ts";
import { priceInWords, titleOf } from "../widgets/shelf/card.ts";
import { columnsOf } from "../widgets/shelf/columns.ts";
import { countUnlessGiven } from "../widgets/shelf/request.ts";
import { shelf as ar } from "../widgets/words/ar.ts";
import { shelf as de } from "../widgets/words/de.ts";
import { shelf as en } from "../widgets/words/en.ts";
import { shelf as es } from "../widgets/words/es.ts";
import { shelf as fr } from "../widgets/words/fr.ts";
import { shelf as zh } from "../widgets/words/zh.ts";
import css from "./firstlist.css?inline";

/** How the shelf looks: its attributes, as docs/SDK.md has them. */
export interface FirstLook {
  readonly list?: "for-you" | "trending";
  readonly count?: number;
  /** ISO 4217; without one there are no prices. */
  readonly currency?: string;
  /** Of the page; English unless given. */
  readonly lang?: string;
  /** "" for none; what the shelf says by itself unless given. */
  readonly heading?: string;
  /** Of the heading, 1 to 6; 2 unless given. */
  readonly level?: number;
  readonly name?: string;
  /** Of the site's policy, where that allows styles by a nonce alone. */
  readonly nonce?: string;
}

const words = { ar, de, en, es, fr, zh };

/** The element, with the items in it where there are any. */
export function shelfHtml(items: readonly ItemCard[], look: FirstLook = {}): string {
  const { list = "for-you", count = countUnlessGiven, currency, lang, heading, level, name } = look;
  const shelf = { list, count, currency, lang, heading, level, name };
  return `<tacit-shelf${attributes(shelf)}>${items.length === 0 ? "" : inside(items, { ...look, list, count })}</tacit-shelf>`;
}

function inside(
  items: readonly ItemCard[],
  look: FirstLook & { readonly list: "for-you" | "trending"; readonly count: number },
): string {
  const { list, count, currency, lang = "en", heading, level = 2, name, nonce } = look;
  const { locale, words: tag, direction } = languageOf(lang);
  const columns = columnsOf(count);
  const rows = columns === null ? "" : `.tacit-rows-${count}{--_most:${columns[0]};--_some:${columns[1]}}`;
  const text = heading ?? words[tag].headings[list];
  const title =
    text === ""
      ? ""
      : `<div${attributes({ class: "tacit-heading", role: "heading", "aria-level": level })}>${escaped(text)}</div>`;
  const cards = items.map((item, nth) => cardHtml(item, nth + 1, { locale, currency: currency ?? null }));
  const listed = attributes({
    class: columns === null ? "tacit-list" : `tacit-list tacit-rows tacit-rows-${count}`,
    role: "list",
    "aria-label": text || words[tag].headings[list],
    "data-tacit-list": name ?? list,
  });
  return (
    `<style${attributes({ nonce })}>${css}${rows}</style>` +
    `<div${attributes({ class: "tacit-first", lang: locale, dir: direction ?? undefined })}>${title}` +
    `<div class="tacit-wide"><ul${listed}>${cards.join("")}</ul></div></div>`
  );
}

function cardHtml(
  item: ItemCard,
  position: number,
  { locale, currency }: { readonly locale: string; readonly currency: string | null },
): string {
  const title = titleOf({ ...unscored, ...item });
  const href = safeUrl(item.url, anySite) ?? undefined;
  const src = safeUrl(item.image, anySite) ?? undefined;
  const [initial = ""] = title;
  const picture =
    src === undefined
      ? `<span class="tacit-initial" aria-hidden="true">${escaped(initial.toLocaleUpperCase())}</span>`
      : `<img${attributes({ alt: "", loading: "lazy", decoding: "async", src })}>`;
  const price =
    currency === null
      ? ""
      : `<span class="tacit-price"><bdi>${escaped(priceInWords(item.price, locale, currency))}</bdi></span>`;
  const name = href === undefined ? "span" : "a";
  return (
    `<li${attributes({ "data-tacit-item": item.item, "data-tacit-position": position })}>` +
    `<${name}${attributes({ class: "tacit-face", href })}><span class="tacit-picture">${picture}</span>` +
    `<span${attributes({ class: "tacit-title", title })}><bdi>${escaped(title)}</bdi></span>${price}</${name}></li>`
  );
}

/** Addresses may be relative: it is their scheme that is looked at. */
const anySite = "https://site.invalid/";
const unscored = { score: 0, from: "catalogue", reasons: [] } as const;

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escaped(`${value}`)}"`)
    .join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** As text of an element, or as a value between quotation marks. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign]);
}
