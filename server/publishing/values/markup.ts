/**
 * Text out of markup: shop systems export descriptions as HTML, and tags and class names are not words of a product.
 * Read by htmlparser2, which takes markup as it comes.
 */
import { Parser } from "htmlparser2";

/** What is no text of the product. */
const silent: ReadonlySet<string> = new Set(["script", "style", "template", "noscript", "iframe", "svg"]);

/** A whole tag, a comment or a character reference: `3 < 5` and `R&B` are text as they stand. */
const markup =
  /<\/?[a-z][a-z0-9-]*(?:\s[^<>]*)?\/?>|<!--|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});/i;

/** The words of a text that may be markup, with single spaces; a text without any stays as it is. */
export function plainText(text: string): string {
  if (!markup.test(text)) return text;
  const pieces: string[] = [];
  let silenced = 0;
  const parser = new Parser({
    onopentagname: (name) => {
      if (silent.has(name)) silenced += 1;
      if (!inline.has(name)) pieces.push(" ");
    },
    onclosetag: (name) => {
      if (silent.has(name)) silenced -= 1;
      if (!inline.has(name)) pieces.push(" ");
    },
    ontext: (stretch) => {
      if (silenced === 0) pieces.push(stretch);
    },
  });
  parser.end(text);
  return pieces.join("").replaceAll(/\s+/g, " ").trim();
}

/** Tags within words; all others part them. */
const inline: ReadonlySet<string> = new Set(
  "a abbr b bdi bdo cite code del dfn em font i ins kbd mark q s samp small span strike strong sub sup tt u var wbr".split(
    " ",
  ),
);
