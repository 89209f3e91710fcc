/**
 * What the ranker reads of a person, an item and the moment: the one table that devices, gate, trainer and docs share.
 *
 * Each feature is a number x = (value - centre) / width, held to -4..4. What is not known of somebody, or of an item,
 * stands at the centre, x = 0, where it adds nothing to a score: so a part keeps its sense where a device cannot
 * compute one of its features, and a feature that a part does not name is not read.
 */

/** What of a score is told together: a reason is one group's (shapley.ts). */
export type RankerGroup =
  /** How well the item fits what the person liked. */
  | "taste"
  /** How like it is to what the person dealt with last. */
  | "session"
  /** That the person bought it, how often, and how long ago. */
  | "again"
  /** How many want it, lately and always. */
  | "wanted"
  /** How long it has been in the catalogue. */
  | "fresh"
  | "category"
  /** Dearer or cheaper than what the person likes. */
  | "price"
  /** How much and how often the person buys. */
  | "habits"
  /** Hour, day, and how far into the visit. */
  | "moment";

export interface RankerFeatureRow {
  readonly name: string;
  readonly group: RankerGroup;
  /** What it is, with its unit. */
  readonly what: string;
  readonly centre: number;
  readonly width: number;
}

export const rankerFeatures = [
  feature("joint", "taste", "score by joint rows, in standard deviations over the catalogue", 0, 3),
  feature("pairs", "taste", "score by pairs, in standard deviations over the catalogue", 0, 3),
  feature("similar", "session", "mean cosine with what the person dealt with in the last visit", 0, 0.5),
  feature("bought", "again", "1 for what the person bought and did not return", 0, 1),
  feature("again", "again", "root of the weight of its taste, for what was bought", 0, 1),
  feature("timesBought", "again", "log(1 + days on which it was bought)", 0, 1.5),
  feature("sinceBought", "again", "log(1 + days since it was bought last)", 0, 3),
  feature("boughtRate", "again", "part of the days with an order on which it was bought", 0, 1),
  feature("ordersSince", "again", "log(1 + days with an order since it was bought last)", 0, 1.5),
  feature("due", "again", "log of days since it was bought last, over the usual days between", 0, 2),
  feature("inLastOrder", "again", "1 for what was bought on the last day with an order", 0, 1),
  feature("lately", "wanted", "log(1 + share of people who want it lately / 0.25 %)", 2, 2),
  feature("always", "wanted", "log(1 + share of people who want it / 0.25 %)", 2, 2),
  feature("trend", "wanted", "log of how many times as many want it lately as always", 0, 1),
  feature("age", "fresh", "log(1 + days in the catalogue)", 4.5, 3),
  feature("category", "category", "share of what the person likes that is of its categories", 0.25, 0.5),
  feature("sinceCategory", "category", "log(1 + days since something of its categories was bought)", 3, 3),
  feature("price", "price", "log price from the mean of what the person likes, in their deviations", 0, 3),
  feature("items", "habits", "log(1 + items that the person has a taste for)", 4, 2),
  feature("orders", "habits", "log(1 + days with an order)", 1.4, 2),
  feature("sinceOrder", "habits", "log(1 + days since the last order)", 3.4, 2),
  feature("weekend", "moment", "1 at the weekend, where the person is", 0, 1),
  feature("evening", "moment", "1 from 17 to 23 o'clock, where the person is", 0, 1),
  feature("position", "moment", "log(1 + acts of this visit so far)", 0, 2),
] as const satisfies readonly RankerFeatureRow[];

export type RankerFeature = (typeof rankerFeatures)[number]["name"];

/** Place of a feature in the table, and in every vector of features; undefined for a name of another table. */
export const placeOfFeature: ReadonlyMap<string, number> = new Map(
  rankerFeatures.map(({ name }, place) => [name, place]),
);

const farthest = 4;

/** x of a value; 0 for one that is not known (NaN). */
export function standardised({ centre, width }: RankerFeatureRow, value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.min(farthest, Math.max(-farthest, (value - centre) / width));
}

function feature<Name extends string>(
  name: Name,
  group: RankerGroup,
  what: string,
  centre: number,
  width: number,
): RankerFeatureRow & { readonly name: Name } {
  return { name, group, what, centre, width };
}
