/**
 * How item factors are learned round by round when a report covers one block: how far to step, and which
 * block.
 *
 * Each round hears about a block from a part of the crowd only, so a step of constant size never settles. The
 * step decreases instead (Robbins and Monro 1951), which averages over rounds without keeping a second set of
 * factors, and stops decreasing so that a crowd that changes is still followed.
 */

/**
 * eta of the round, counted from 0: a whole step first, because where a budget pays for one round there is no
 * second; then 0.5 and falling, 0.25 after 8 rounds, 0.1 from round 32 on. A whole step oscillates only when
 * it is repeated.
 */
export function stepSize(round: number): number {
  if (!(Number.isInteger(round) && round >= 0)) {
    throw new RangeError(`stepSize: round must be an integer of at least 0, got ${round}`);
  }
  return round === 0 ? 1 : Math.max(0.1, 0.5 / (1 + round / 8));
}

/**
 * The blocks a browser may report on next: those it has not reported on since it last had reported on all.
 *
 * A browser draws uniformly among them, so its order of blocks is a uniformly random permutation: each single
 * report is about a uniformly random block and says nothing about what the person likes, but in `blocks`
 * rounds everybody has a say about everything.
 *
 * @param history blocks reported on, oldest first; those of a larger catalogue of the past do not count.
 */
export function blocksLeft(history: readonly number[], blocks: number): readonly number[] {
  const done = new Set<number>();
  for (const block of history) {
    if (block < blocks) done.add(block);
    if (done.size === blocks) done.clear();
  }
  return Array.from({ length: blocks }, (_, block) => block).filter((block) => !done.has(block));
}
