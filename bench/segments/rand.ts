/**
 * How alike two groupings of the same people are: the adjusted Rand index (Hubert, Arabie 1985). 1 where they
 * agree, 0 on average where they have nothing to do with each other.
 *
 *   ARI = (S - A B / N) / ((A + B) / 2 - A B / N)
 *
 * S pairs that are together in both, A in one, B in the other, N all pairs.
 */
export function adjustedRand(left: ArrayLike<number>, right: ArrayLike<number>): number {
  if (left.length !== right.length) {
    throw new RangeError(
      `adjustedRand: both must group the same people, got ${left.length} and ${right.length}`,
    );
  }
  const cells = new Map<string, number>();
  const rows = new Map<number, number>();
  const columns = new Map<number, number>();
  for (let at = 0; at < left.length; at++) {
    countIn(cells, `${left[at]} ${right[at]}`);
    countIn(rows, left[at]);
    countIn(columns, right[at]);
  }
  const [both, one, other] = [pairsIn(cells), pairsIn(rows), pairsIn(columns)];
  const all = (left.length * (left.length - 1)) / 2;
  const byChance = all === 0 ? 0 : (one * other) / all;
  const most = (one + other) / 2;
  // Everybody together, or everybody alone, in both: the same grouping.
  return most === byChance ? 1 : (both - byChance) / (most - byChance);
}

function countIn<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function pairsIn(counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
}
