/** Features of the person in plain words: a line for each that says something. */
import type { ShownFeature, ShownProfile } from "../../sdk/index.ts";
import { pounds } from "../shop/money.ts";

export interface ProfileLine {
  readonly name: string;
  readonly title: string;
  readonly text: string;
  /** There was nothing to compute it from. */
  readonly isMissing: boolean;
}

/** What is known first, then what is not. */
export function profileInWords({ features }: ShownProfile): readonly ProfileLine[] {
  const lines = features.map((feature) => ({
    name: feature.name,
    title: feature.title,
    text: feature.value === null ? feature.missing : valueInWords(feature, feature.value),
    isMissing: feature.value === null,
  }));
  return [...lines.filter(({ isMissing }) => !isMissing), ...lines.filter(({ isMissing }) => isMissing)];
}

/** Where most of the liking goes, and what was bought of it. */
export function categoriesInWords({ categories }: ShownProfile, most = 5): readonly string[] {
  return categories.slice(0, most).map(({ category, share, orders, spent }) => {
    const bought =
      orders === 0
        ? ""
        : `, ${counted(orders, "order")}${spent === null ? "" : ` of ${pounds(Math.round(100 * spent))}`}`;
    return `${category}: ${percent(share)}${bought}`;
  });
}

function valueInWords({ unit, levels }: ShownFeature, value: number): string {
  switch (unit) {
    case "visits":
    case "orders":
      return rounded(value);
    case "acts":
      return rounded(value);
    case "days":
      return value < 1 ? "less than a day" : counted(Math.floor(value), "day");
    case "minutes":
      return value < 1 ? "less than a minute" : counted(Math.round(value), "minute");
    case "seconds":
      return value < 1 ? "less than a second" : counted(Math.round(value), "second");
    case "money":
      return pounds(Math.round(100 * value));
    case "share":
      return percent(value);
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

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** Whole, or with one digit where that says more. */
function rounded(value: number): string {
  return String(value < 10 ? Math.round(10 * value) / 10 : Math.round(value));
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
