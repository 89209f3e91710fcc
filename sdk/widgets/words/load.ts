/** The words of the widgets. The build leaves these imports as they are, to files beside the widgets'. */
import { type WordsOf, wordsBy } from "./by.ts";
import type { WidgetWords } from "./words.ts";

export const wordsOf: WordsOf<WidgetWords> = wordsBy({
  ar: () => import("./ar.ts"),
  de: () => import("./de.ts"),
  es: () => import("./es.ts"),
  fr: () => import("./fr.ts"),
  zh: () => import("./zh.ts"),
});
