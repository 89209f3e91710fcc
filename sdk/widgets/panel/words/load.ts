/** The panel's words by language: files of their own (panel-de.js, …), since few who see a shelf open a panel. */
import type { Language, Spoken } from "../../language.ts";
import type { PanelWords } from "./words.ts";

/** The build leaves these imports as they are, to files beside the panel's. */
const loaders: Readonly<Record<Spoken, () => Promise<PanelWords>>> = {
  ar: () => import("./ar.ts"),
  de: () => import("./de.ts"),
  es: () => import("./es.ts"),
  fr: () => import("./fr.ts"),
  zh: () => import("./zh.ts"),
};

/** What a part of the panel has to say in a language; English where the file does not come. */
export async function panelWordsOf<Part extends keyof PanelWords>(
  { words }: Language,
  part: Part,
  english: PanelWords[Part],
): Promise<PanelWords[Part]> {
  if (words === "en") return english;
  try {
    return (await loaders[words]())[part];
  } catch {
    return english;
  }
}
