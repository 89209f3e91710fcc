/**
 * What the ranker reads of a person, an item and the moment: the one table that devices, gate, trainer and
 * docs share.
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
  readonly centre: number;
  readonly width: number;
}

export const rankerFeatures = [
  // Score by joint rows, in standard deviations over the catalogue.
  feature("joint", "taste", 0, 3),
  // Score by pairs, in standard deviations over the catalogue.
  feature("pairs", "taste", 0, 3),
  // Mean cosine with what the person dealt with in the last visit.
  feature("similar", "session", 0, 0.5),
  // 1 for what the person bought and did not return.
  feature("bought", "again", 0, 1),
  // Root of the weight of its taste, for what was bought.
  feature("again", "again", 0, 1),
  // Log(1 + days on which it was bought).
  feature("timesBought", "again", 0, 1.5),
  // Log(1 + days since it was bought last).
  feature("sinceBought", "again", 0, 3),
  // Part of the days with an order on which it was bought.
  feature("boughtRate", "again", 0, 1),
  // Log(1 + days with an order since it was bought last).
  feature("ordersSince", "again", 0, 1.5),
  // Log of days since it was bought last, over the usual days between.
  feature("due", "again", 0, 2),
  // 1 for what was bought on the last day with an order.
  feature("inLastOrder", "again", 0, 1),
  // Log(1 + share of people who want it lately / 0.25 %).
  feature("lately", "wanted", 2, 2),
  // Log(1 + share of people who want it / 0.25 %).
  feature("always", "wanted", 2, 2),
  // Log of how many times as many want it lately as always.
  feature("trend", "wanted", 0, 1),
  // Log(1 + days in the catalogue).
  feature("age", "fresh", 4.5, 3),
  // Share of what the person likes that is of its categories.
  feature("category", "category", 0.25, 0.5),
  // Log(1 + days since something of its categories was bought).
  feature("sinceCategory", "category", 3, 3),
  // Log price from the mean of what the person likes, in their deviations.
  feature("price", "price", 0, 3),
  // Log(1 + items that the person has a taste for).
  feature("items", "habits", 4, 2),
  // Log(1 + days with an order).
  feature("orders", "habits", 1.4, 2),
  // Log(1 + days since the last order).
  feature("sinceOrder", "habits", 3.4, 2),
  // 1 at the weekend, where the person is.
  feature("weekend", "moment", 0, 1),
  // 1 from 17 to 23 o'clock, where the person is.
  feature("evening", "moment", 0, 1),
  // Log(1 + acts of this visit so far).
  feature("position", "moment", 0, 2),
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
  centre: number,
  width: number,
): RankerFeatureRow & { readonly name: Name } {
  return { name, group, centre, width };
}
