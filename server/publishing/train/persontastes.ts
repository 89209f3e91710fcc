/** What a person has of a catalogue, as what is learned from. */
export interface PersonTastes {
  /** Rows of the catalogue, ascending, without repeats. */
  readonly rows: readonly number[];
  /** How much each counts, above 0. */
  readonly weights: readonly number[];
  /** What age has left of each, 0..1: how much each counts in what people want now. */
  readonly freshness: readonly number[];
}

/** Item -> weight, above 0. */
export type Tastes = ReadonlyMap<string, number>;

/** The tastes of now, of those who have something of a catalogue; what it does not have is left out. */
export function onRows(people: Iterable<Tastes>, items: readonly string[]): readonly PersonTastes[] {
  const rowOf = new Map(items.map((item, row) => [item, row]));
  return Array.from(people, (tastes) => {
    const known = [...tastes].flatMap(([item, weight]) => {
      const row = rowOf.get(item);
      return row === undefined ? [] : [{ row, weight }];
    });
    known.sort((a, b) => a.row - b.row);
    return {
      rows: known.map(({ row }) => row),
      weights: known.map(({ weight }) => weight),
      freshness: known.map(() => 1),
    };
  }).filter(({ rows }) => rows.length > 0);
}
