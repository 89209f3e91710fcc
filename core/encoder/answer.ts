/** What a text asks of a catalogue, by whatever it was understood. */

/** What of a text speaks for an item. */
export interface TextMatch {
  /** A word of the text, or the text itself. */
  readonly asked: string;
  /** The item's word that is nearest to it; null: the text as a whole means the like. */
  readonly found: string | null;
  /** Of the item's score. */
  readonly contribution: number;
}

/** What a text says about the items of a catalogue. */
export interface TextAnswer {
  /** By row, 0..1; NaN for an item that is no answer. */
  readonly scores: Float64Array;
  /** What adds up to the score of a row with one, most first. */
  readonly matchesOf: (row: number) => readonly TextMatch[];
}
