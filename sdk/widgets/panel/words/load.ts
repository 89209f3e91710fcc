/**
 * The panel's words: files of their own (panel-de.js, …), since few who see a shelf open a panel. The build leaves these
 * imports as they are, to files beside the panel's.
 */
import { type WordsOf, wordsBy } from "../../words/by.ts";
import type { PanelWords } from "./words.ts";

export const panelWordsOf: WordsOf<PanelWords> = wordsBy({
  ar: () => import("./ar.ts"),
  de: () => import("./de.ts"),
  es: () => import("./es.ts"),
  fr: () => import("./fr.ts"),
  zh: () => import("./zh.ts"),
});
