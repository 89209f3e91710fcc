/**
 * The words that describe an item to the content vectors: words of its texts and tokens of its metadata.
 *
 * Metadata tokens carry a prefix with a colon, so that the category "red" never meets the word "red".
 */
import { stemOf, wordsIn } from "../../../core/events/words.ts";

/** What is public about an item and may shape its content vector. */
export interface ContentItem {
  readonly item: string;
  readonly title: string;
  readonly text?: string;
  readonly categories?: readonly string[];
}

export interface TokenOptions {
  /**
   * Lengths of the prefixes of the item id that become tokens. Ids that carry a family (sku ranges) gain by
   * it.
   */
  readonly idPrefixes: readonly number[];
  /** Also pairs of neighbouring words. */
  readonly pairs: boolean;
}

/** Tokens of one item, in order, with repeats. */
export function tokensOf(item: ContentItem, { idPrefixes, pairs }: TokenOptions): string[] {
  const tokens: string[] = [];
  for (const text of [item.title, item.text ?? ""]) {
    const words = stemsIn(text);
    tokens.push(...words);
    if (pairs) for (let at = 1; at < words.length; at++) tokens.push(`${words[at - 1]} ${words[at]}`);
  }
  for (const category of item.categories ?? []) tokens.push(`category:${category.trim().toLowerCase()}`);
  for (const length of idPrefixes) {
    if (item.item.length >= length) tokens.push(`id:${item.item.slice(0, length)}`);
  }
  return tokens;
}

/** Words in the form in which they are counted. */
function stemsIn(text: string): readonly string[] {
  return wordsIn(text).map(stemOf);
}
