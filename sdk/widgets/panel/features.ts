/** Features of the person in numbers with their units: a line for each that says something. */
import type { ShownFeature, ShownProfile } from "../../../worker/api.ts";

export interface FeatureLine {
  readonly title: string;
  readonly text: string;
}

/** Those that there was something to work out of; numbers in English, as their names are. */
export function featuresIn({ features }: ShownProfile): readonly FeatureLine[] {
  return features.flatMap((feature) =>
    feature.value === null ? [] : [{ title: feature.title, text: valueText(feature, feature.value) }],
  );
}

function valueText({ unit, levels }: Pick<ShownFeature, "unit" | "levels">, value: number): string {
  switch (unit) {
    case "visits":
    case "orders":
    case "acts":
      return rounded(value);
    case "days":
      return value < 1 ? "less than a day" : inUnit(Math.floor(value), "day");
    case "minutes":
      return value < 1 ? "less than a minute" : inUnit(Math.round(value), "minute");
    case "seconds":
      return value < 1 ? "less than a second" : inUnit(Math.round(value), "second");
    case "money":
      return new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(
        value,
      );
    case "share":
      return `${Math.round(100 * value)} %`;
    case "bits":
      return value < 0.5 ? "one category" : `as if of ${rounded(2 ** value)} categories alike`;
    case "score":
      return `${value} of 5`;
    case "indicator":
      return value === 1 ? "yes" : "no";
    case "level":
      return levels?.[value] ?? String(value);
  }
}

function inUnit(value: number, unit: "day" | "minute" | "second"): string {
  return new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long" }).format(value);
}

/** Whole, or with one digit where that says more. */
function rounded(value: number): string {
  return String(value < 10 ? Math.round(10 * value) / 10 : Math.round(value));
}
