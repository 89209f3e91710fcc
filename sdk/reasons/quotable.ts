/**
 * A text of the site's or the person's, as it may stand between quotation marks: on one line, without what
 * cannot be seen or is no character, cut where it is long, and with a direction that ends where it does
 * (isolates of UAX #9). A plain text stays as it is.
 */

/** As a reader counts them: a whole article may have been searched for. */
const mostCharacters = 80;

/** Embeddings, overrides and isolates: where they do not end, they turn around what follows. */
const bidiControls = /[\u202a-\u202e\u2066-\u2069]/gu;
/** The blocks that Unicode keeps for what is written from right to left, and the mark of that direction. */
const rightToLeft = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Empty for what is no text, or has nothing in it to be seen. */
export function quotable(text: unknown): string {
  if (typeof text !== "string") return "";
  const still = text.replaceAll(bidiControls, "");
  const plain = still
    .replaceAll(/\p{Cs}/gu, "\ufffd")
    // The lines of old terminals end in a control that is no space to a regular expression.
    .replaceAll(/(?![\s\x85])\p{Cc}/gu, "")
    .replaceAll(/[\s\x85]+/g, " ")
    .trim();
  if (!/[^\s\p{DI}]/u.test(plain)) return "";
  const short = shortened(plain);
  // An isolate takes its direction from the first letter in it, and ends where it ends.
  return still !== text || rightToLeft.test(text) ? `\u2068${short}\u2069` : short;
}

function shortened(text: string): string {
  // No more characters than code units.
  if (text.length <= mostCharacters) return text;
  const kept: string[] = [];
  for (const character of charactersOf(text)) {
    if (kept.length === mostCharacters) return `${kept.slice(0, -1).join("").trimEnd()}…`;
    kept.push(typeof character === "string" ? character : character.segment);
  }
  return text;
}

/**
 * As a reader sees them (grapheme clusters, UAX #29); code points in browsers without a segmenter: Firefox
 * before 125.
 */
function charactersOf(text: string): Iterable<string | { readonly segment: string }> {
  return typeof Intl.Segmenter === "function" ? new Intl.Segmenter().segment(text) : text;
}
