/**
 * A histogram of positive numbers on logarithmic steps, for a median that is kept while values come and go:
 * within 4 % of the exact one, whatever the number of values. What is below a tenth counts as that.
 */

/** Each step is so many times the one before. */
const ratio = 1.08;
const steps = 200;
const least = 0.1;

export class LogHistogram {
  readonly #counts = new Uint32Array(steps);
  #total = 0;

  /** @param change 1 for a value that comes, -1 for one that goes. */
  count(value: number, change: 1 | -1): void {
    this.#counts[stepOf(value)] += change;
    this.#total += change;
  }

  /** The middle of the step that the median is in; null of nothing. Of an even number, the lower one. */
  get median(): number | null {
    if (this.#total === 0) return null;
    const half = Math.ceil(this.#total / 2);
    let below = 0;
    let step = 0;
    while (below + this.#counts[step] < half) below += this.#counts[step++];
    return least * ratio ** (step + 0.5);
  }
}

function stepOf(value: number): number {
  const step = Math.floor(Math.log(value / least) / Math.log(ratio));
  return Math.min(steps - 1, Math.max(0, step));
}
