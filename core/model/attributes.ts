/** What else a shop says of an item, by name: `brand`, `colour`. */
export type Attributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;
