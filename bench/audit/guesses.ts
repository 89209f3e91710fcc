/**
 * The audit with one run (Steinke, Nasr, Jagielski 2023, arXiv 2305.08846, theorem 5.2 and appendix D).
 *
 * m canaries take part or not by independent fair coins. Who sees one result guesses the coins of r canaries
 * and leaves the others open. Were the mechanism (epsilon, delta)-private, then whatever it is and however
 * the guesses are made
 *
 *   P(correct >= v) <= P(B >= v) + 2 m delta max over i of P(v > B >= v - i) / i,   B ~ Binomial(r, 1 / (1 + e^-epsilon))
 *
 * so every epsilon at which the right side is below the level is refuted. Nothing is assumed of the
 * mechanism; the price is a bound well below the truth.
 */
import { binomialAtLeast, binomialMass, rootOf } from "./statistics.ts";

export interface Guesses {
  readonly canaries: number;
  /** How many coins were guessed. */
  readonly guesses: number;
  readonly correct: number;
}

/** How likely so many correct guesses are, at most, under (epsilon, delta)-differential privacy. */
export function chanceOfGuesses(
  { canaries, guesses, correct }: Guesses,
  { epsilon, delta }: { readonly epsilon: number; readonly delta: number },
): number {
  const luck = { trials: guesses, chance: 1 / (1 + Math.exp(-epsilon)) };
  let between = 0;
  let steepest = 0;
  for (let i = 1; i <= correct; i++) {
    between += binomialMass(correct - i, luck);
    steepest = Math.max(steepest, between / i);
  }
  return Math.min(1, binomialAtLeast(correct, luck) + 2 * canaries * delta * steepest);
}

/** Epsilon is at least this at `delta`, but for a chance of `level`; 0 when nothing is refuted. */
export function epsilonFromGuesses(
  guesses: Guesses,
  { delta, level }: { readonly delta: number; readonly level: number },
): number {
  return rootOf((epsilon) => chanceOfGuesses(guesses, { epsilon, delta }) - level, { low: 0, high: 64 });
}

/**
 * Guesses "in" for the highest scores and "out" for the lowest, half of `guesses` each, and counts what is
 * right.
 */
export function guessByScore(scores: Float64Array, coins: readonly boolean[], guesses: number): Guesses {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
  const half = Math.floor(guesses / 2);
  const correct =
    order.slice(0, half).filter((at) => coins[at]).length +
    order.slice(-half).filter((at) => !coins[at]).length;
  return { canaries: coins.length, guesses: 2 * half, correct };
}
