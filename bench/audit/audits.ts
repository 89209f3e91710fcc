/**
 * Both audits of one mechanism in one view: canaries go in or stay out, and an attacker tells which from the
 * sum alone.
 */
import { randomBytes } from "node:crypto";
import { epsilonFromGuesses, guessByScore } from "./guesses.ts";
import {
  type AuditedTask,
  contributionFor,
  type Mechanism,
  released,
  rounded,
  spikeFor,
  type View,
} from "./mechanisms.ts";
import { muAtLeast, type Said, saidOf } from "./worlds.ts";

interface Audited {
  readonly mechanism: Mechanism;
  readonly task: AuditedTask;
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
export async function attackInWorlds(
  { mechanism, task, view }: Audited,
  runs: number,
): Promise<readonly Said[]> {
  const canary = contributionFor(mechanism, task);
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
      const seen = await released(mechanism, task, { vectors, view });
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
  readonly canaries: number;
  readonly guesses: number;
  readonly delta: number;
  readonly level: number;
}

/**
 * One run with a canary on each number of the sum, each with all of the clip, in it by a fair coin. Epsilon
 * is at least this.
 */
export async function attackInOneRun(
  { mechanism, task, view }: Audited,
  { canaries, guesses, delta, level }: OneRun,
): Promise<number> {
  const coins = Array.from(randomBytes(canaries), (byte) => byte < 128);
  const spike = spikeFor(mechanism, task);
  const sum = rounded(
    Float64Array.from(coins, (isIn) => (isIn ? spike : 0)),
    task,
  );
  const scores = await released(mechanism, task, { vectors: [sum], view });
  return epsilonFromGuesses(guessByScore(scores, coins, guesses), { delta, level });
}
