/**
 * How item factors are learned round by round when a report covers one block: how far to step, and which block.
 *
 * Each round hears about a block from a part of the crowd only, so a step of constant size never settles. The step
 * decreases instead (Robbins and Monro 1951), which averages over rounds without keeping a second set of factors,
 * and stops decreasing so that a crowd that changes is still followed.
 */

/** eta of the round, counted from 0: 0.5 at first, half of that after 8 rounds, 0.1 from round 32 on. */
export function stepSize(round: number): number {
  if (!(Number.isInteger(round) && round >= 0)) {
    throw new RangeError(`stepSize: round must be an integer of at least 0, got ${round}`);
  }
  return Math.max(0.1, 0.5 / (1 + round / 8));
}

export interface BlockDraw {
  /** Blocks of the catalogue. */
  readonly blocks: number;
  /** Blocks this browser has reported on since it last had reported on all of them. */
  readonly done: readonly number[];
  /** Uniform in [0, 1). */
  readonly chance: number;
}

/**
 * The block to report on: uniform among those not yet done, or among all once all are done.
 *
 * The order of blocks is a uniformly random permutation, so each single report is about a uniformly random block and
 * says nothing about what the person likes; but in `blocks` rounds everybody is heard about everything.
 */
export function drawBlock({ blocks, done, chance }: BlockDraw): number {
  const open: number[] = [];
  for (let block = 0; block < blocks; block++) if (!done.includes(block)) open.push(block);
  const count = open.length === 0 ? blocks : open.length;
  const at = Math.min(count - 1, Math.floor(chance * count));
  return open.length === 0 ? at : open[at];
}
