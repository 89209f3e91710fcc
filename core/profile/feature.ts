/** What a feature of a person is; which there are stands in table.ts. */

/** How a value is put on the scale from 0 to 1: as it is, or by the logarithm of 1 + it. */
export type FeatureScale = "linear" | "log";

export interface Feature {
  readonly name: string;
  /** For the person, as in "Days since the last visit". */
  readonly title: string;
  readonly unit:
    | "visits"
    | "acts"
    | "orders"
    | "days"
    | "minutes"
    | "seconds"
    | "money"
    | "share"
    | "bits"
    | "score"
    /** 1 for yes, 0 for no. */
    | "indicator"
    /** A place in an order, 0 the first. */
    | "level";
  /** What is beyond counts as the end. */
  readonly range: readonly [least: number, most: number];
  readonly scale: FeatureScale;
  /** Of a level: what each is called, the first first; where there is nothing, its number says it. */
  readonly levels?: readonly string[];
  /** What a panel says where the value is null. */
  readonly missing: string;
}

/** What a person has to do with one category. */
export interface CategoryFeatures {
  readonly category: string;
  /** Of what is liked, 0..1; shares of all categories sum to 1. */
  readonly share: number;
  /** Null where nothing of it was bought. */
  readonly daysSinceOrder: number | null;
  readonly orders: number;
  /** Null where no prices are known. */
  readonly spent: number | null;
}
