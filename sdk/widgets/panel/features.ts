/** Features of the person in numbers with their units, in the words of a language: a line for each that says something. */
import type { ShownFeature, ShownProfile } from "../../../worker/api.ts";
import { isolated } from "../dom.ts";
import type { Language } from "../language.ts";
import { numberIn, percentIn } from "./numbers.ts";
import type { FeatureValueWords, MoreWords } from "./words/words.ts";

export interface FeatureLine {
  readonly title: string;
  readonly text: string;
}

/** Those that there was something to work out of. */
export function featuresIn(
  { features }: ShownProfile,
  { words, language }: { readonly words: MoreWords; readonly language: Language },
): readonly FeatureLine[] {
  const titles: Readonly<Partial<Record<string, string>>> = words.features;
  return features.flatMap((feature) => {
    const { name, title, value } = feature;
    if (value === null) return [];
    return [{ title: titles[name] ?? title, text: valueText(feature, value, words.values, language) }];
  });
}

function valueText(
  { unit, levels }: Pick<ShownFeature, "unit" | "levels">,
  value: number,
  words: FeatureValueWords,
  language: Language,
): string {
  // Whole, or with one digit where that says more.
  const rounded = (number: number): string => numberIn(language, number, number < 10 ? 1 : 0);
  const inUnit = (number: number, name: "day" | "minute" | "second"): string =>
    value < 1
      ? words.lessThan[name]
      : new Intl.NumberFormat(language.locale, { style: "unit", unit: name, unitDisplay: "long" }).format(
          number,
        );
  switch (unit) {
    case "visits":
    case "orders":
    case "acts":
      return rounded(value);
    case "days":
      return inUnit(Math.floor(value), "day");
    case "minutes":
      return inUnit(Math.round(value), "minute");
    case "seconds":
      return inUnit(Math.round(value), "second");
    case "money":
      return new Intl.NumberFormat(language.locale, {
        minimumFractionDigits: 2,
        maximumFractionDigits: 2,
      }).format(value);
    case "share":
      return percentIn(language, value);
    case "bits":
      return value < 0.5 ? words.oneCategory : words.categories(rounded(2 ** value));
    case "score":
      return words.ofFive(numberIn(language, value));
    case "indicator":
      return value === 1 ? words.yes : words.no;
    case "level":
      return levels === undefined ? numberIn(language, value) : isolated(levels[value] ?? String(value));
  }
}
