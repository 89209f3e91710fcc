/**
 * Conditions on items: what a filter keeps, a boost lifts, a quota is about. Plain JSON, so that a call, a
 * signed policy and a test say them alike. All that a condition names must hold; of several values one. What
 * an item does not say matches nothing: an item without a price is in no range of prices.
 */
/** From and to are in it; absent is open. */
export interface Range {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export type AttributeCondition = string | readonly string[] | number | boolean | Range;

export interface Condition {
  /** Ids. */
  readonly item?: string | readonly string[] | undefined;
  /** Names of categories; case does not count. */
  readonly category?: string | readonly string[] | undefined;
  /** Words of title or categories, singular or plural. */
  readonly word?: string | readonly string[] | undefined;
  /** What the variants of a product have in common. */
  readonly group?: string | readonly string[] | undefined;
  readonly price?: Range | undefined;
  /** Days since it came into the catalogue. */
  readonly ageDays?: Range | undefined;
  /** Of the card, by name (`brand`); case does not count in texts. */
  readonly attributes?: Readonly<Record<string, AttributeCondition>> | undefined;
  /** Must not hold. */
  readonly not?: Condition | undefined;
  /** One of them must hold. */
  readonly any?: readonly Condition[] | undefined;
}
