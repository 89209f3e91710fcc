/** Words by language: a file each, which is loaded as it is needed. */
import type { Language, Spoken } from "../language.ts";

/** What there is to say in a language, by who says it; English where its file does not come. */
export type WordsOf<Words> = <Name extends keyof Words>(
  language: Language,
  name: Name,
  english: Words[Name],
) => Promise<Words[Name]>;

export function wordsBy<Words>(loaders: Readonly<Record<Spoken, () => Promise<Words>>>): WordsOf<Words> {
  return async ({ words }, name, english) =>
    words === "en"
      ? english
      : loaders[words]().then(
          (all) => all[name],
          () => english,
        );
}
