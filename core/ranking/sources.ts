/** Where a recommendation comes from, in one word (source.ts). */
export type Source =
  /** What the person did. */
  | "history"
  /** What the person said of themselves, or asked of the shelf. */
  | "said"
  /** What the site lifts. */
  | "site"
  /** The items, or the words, that were asked about. */
  | "items"
  | "search"
  /** What the crowd wants lately; always. */
  | "trending"
  | "popular"
  | "new"
  /** Nothing but that it is there. */
  | "catalogue";
