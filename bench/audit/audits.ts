/**
 * Both audits of one mechanism in one view: canaries go in or stay out, and an attacker tells which from the
 * sum alone.
 */
import { randomBytes } from "node:crypto";
import { epsilonFromGuesses, guessByScore } from "./guesses.ts";
import { type Mechanism, released, rounded, type View } from "./mechanisms.ts";
import { muAtLeast, type Said, saidOf } from "./worlds.ts";

interface Audited {
  readonly mechanism: Mechanism;
  readonly view: View;
}

/** The attacks of `attackInWorlds`; a bound over all of them shares its level among them. */
const attacks = 2;

/** mu is at least this whichever attack found it, but for a chance of `level`. */
export function muOverAttacks(said: readonly Said[], level: number): number {
  return Math.max(...said.map((each) => muAtLeast(each, levelOfEach(level))));
}

/** What of a level each attack has. */
export function levelOfEach(level: number): number {
  return level / attacks;
}

/**
 * Runs the mechanism `runs` times with the person and as often without, among others whom the attacker knows.
 *
 * The first attack projects the sum on the canary, the best there is against independent noise of equal size.
 * The second projects on the canary less its mean, which noise common to all numbers cannot hide.
 */
export async function attackInWorlds({ mechanism, view }: Audited, runs: number): Promise<readonly Said[]> {
  const { canary, task } = mechanism;
  const others = rounded(
    canary.map((value) => -value / 3),
    task,
  );
  const unit = 2 ** task.fractionBits;
  const mean = canary.reduce((sum, value) => sum + value, 0) / canary.length;
  const directions = [canary, canary.map((value) => value - mean)];
  const scoresOf = async (canaryIsIn: boolean) => {
    const scores = directions.map(() => new Float64Array(runs));
    for (let run = 0; run < runs; run++) {
      const vectors = canaryIsIn ? [others, rounded(canary, task)] : [others];
      const seen = await released(mechanism, { vectors, view });
      for (const [at, direction] of directions.entries()) {
        let along = 0;
        let whole = 0;
        for (let k = 0; k < seen.length; k++) {
          along += ((seen[k] - others[k]) / unit) * direction[k];
          whole += canary[k] * direction[k];
        }
        scores[at][run] = along / whole;
      }
    }
    return scores;
  };
  const scoresIn = await scoresOf(true);
  const scoresOut = await scoresOf(false);
  return directions.map((_, at) => saidOf(scoresIn[at], scoresOut[at]));
}

export interface OneRun {
  /** Numbers of the sum, which the canaries share out among themselves. */
  readonly numbers: number;
  readonly guesses: number;
  readonly delta: number;
  readonly level: number;
}

/**
 * One run of a sum in which each canary has its own numbers, and is in it by a fair coin. Whoever looks projects
 * on each canary's own. Epsilon is at least this.
 */
export async function attackInOneRun(
  { mechanism, view }: Audited,
  { numbers, guesses, delta, level }: OneRun,
): Promise<number> {
  const { own, task } = mechanism;
  const coins = Array.from(randomBytes(Math.floor(numbers / own.length)), (byte) => byte < 128);
  const contributions = new Float64Array(coins.length * own.length);
  for (const [canary, isIn] of coins.entries()) if (isIn) contributions.set(own, canary * own.length);
  const seen = await released(mechanism, { vectors: [rounded(contributions, task)], view });
  const scores = Float64Array.from(coins, (_, canary) =>
    own.reduce((score, value, k) => score + value * seen[canary * own.length + k], 0),
  );
  return epsilonFromGuesses(guessByScore(scores, coins, guesses), { delta, level });
}
