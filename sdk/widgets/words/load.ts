/** The words of the widgets by language: files that are loaded as they are needed. */
import type { Language, Spoken } from "../language.ts";
import type { WidgetWords } from "./words.ts";

/** The build leaves these imports as they are, to files beside the widgets'. */
const loaders: Readonly<Record<Spoken, () => Promise<WidgetWords>>> = {
  ar: () => import("./ar.ts"),
  de: () => import("./de.ts"),
  es: () => import("./es.ts"),
  fr: () => import("./fr.ts"),
  zh: () => import("./zh.ts"),
};

/** What a widget has to say in a language; English where the file does not come. */
export async function wordsOf<Name extends keyof WidgetWords>(
  { words }: Language,
  widget: Name,
  english: WidgetWords[Name],
): Promise<WidgetWords[Name]> {
  if (words === "en") return english;
  try {
    return (await loaders[words]())[widget];
  } catch {
    return english;
  }
}
