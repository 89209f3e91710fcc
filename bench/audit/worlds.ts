/**
 * The audit with two worlds: the mechanism runs many times with a canary and as often without, and an
 * attacker says of each result whether the canary is in it. Gaussian noise claims mu-GDP (Dong, Roth, Su
 * 2019, arXiv 1905.02383): no test beats telling N(mu, 1) from N(0, 1), where mu = sensitivity / sigma =
 * sqrt(2 rho). So for any attacker
 *
 *   mu >= Phi^-1(true positive rate) - Phi^-1(false positive rate)
 *
 * and exact confidence bounds of both rates (Clopper and Pearson) bound mu from below (Nasr et al. 2023,
 * arXiv 2302.07956). Beside the claim itself this assumes that runs are independent. It is tight: the truth
 * is reached as runs grow.
 */
import {
  binomialAtLeast,
  binomialAtMost,
  binomialMass,
  chanceAtLeast,
  chanceAtMost,
  normalCdf,
  normalQuantile,
  rootOf,
} from "./statistics.ts";

/** How often the attacker said "in". */
export interface Said {
  readonly canaryIn: { readonly hits: number; readonly trials: number };
  readonly canaryOut: { readonly hits: number; readonly trials: number };
}

/**
 * Says "in" of scores above the middle between the two worlds: scores are 1 with the canary and 0 without,
 * plus noise.
 */
export function saidOf(scoresIn: ArrayLike<number>, scoresOut: ArrayLike<number>): Said {
  const above = (scores: ArrayLike<number>) => ({
    hits: Array.from(scores).filter((score) => score > 0.5).length,
    trials: scores.length,
  });
  return { canaryIn: above(scoresIn), canaryOut: above(scoresOut) };
}

/** mu is at least this, but for a chance of `level`. */
export function muAtLeast({ canaryIn, canaryOut }: Said, level: number): number {
  const truePositives = chanceAtLeast({ ...canaryIn, level: level / 2 });
  const falsePositives = chanceAtMost({ ...canaryOut, level: level / 2 });
  return Math.max(0, normalQuantile(truePositives) - normalQuantile(falsePositives));
}

/**
 * The epsilon that Gaussian noise of this mu has at `delta`, exactly (Balle and Wang 2018, arXiv 1805.06530,
 * theorem 8).
 */
export function epsilonOfMu({ mu, delta }: { readonly mu: number; readonly delta: number }): number {
  const deltaAt = (epsilon: number) =>
    normalCdf(mu / 2 - epsilon / mu) - Math.exp(epsilon) * normalCdf(-mu / 2 - epsilon / mu);
  if (mu === 0 || deltaAt(0) <= delta) return 0;
  return rootOf((epsilon) => delta - deltaAt(epsilon), { low: 0, high: mu * mu + 20 * mu });
}

export interface Plan {
  /** Runs in each world. */
  readonly runs: number;
  readonly claimedMu: number;
  /** Of the alarm: its chance when the claim holds. */
  readonly level: number;
}

/** The chance that the alarm stays silent, `muAtLeast` being no more than claimed, when mu is truly `mu`. */
export function chanceOfSilence({ runs, claimedMu, level }: Plan, mu: number): number {
  const canaryIn = { trials: runs, chance: normalCdf(mu / 2) };
  const canaryOut = { trials: runs, chance: normalCdf(-mu / 2) };
  const middle = Math.round(runs * canaryOut.chance);
  const reach = Math.ceil(9 * Math.sqrt(runs * canaryOut.chance * canaryIn.chance)) + 10;
  const first = Math.max(0, middle - reach);
  const last = Math.min(runs, middle + reach);
  // Counts further off than 9 standard deviations are taken for silence.
  let silence = binomialAtMost(first - 1, canaryOut) + binomialAtLeast(last + 1, canaryOut);
  for (let hits = first; hits <= last; hits++) {
    const falsePositives = chanceAtMost({ hits, trials: runs, level: level / 2 });
    const needed = normalCdf(claimedMu + normalQuantile(falsePositives));
    silence +=
      binomialMass(hits, canaryOut) *
      binomialAtMost(fewestHits({ trials: runs, chance: needed }, level / 2) - 1, canaryIn);
  }
  return silence;
}

/** The fewest hits whose chance is below `level`: those that refute the chance. */
function fewestHits(claimed: { readonly trials: number; readonly chance: number }, level: number): number {
  let low = 0;
  let high = claimed.trials + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (binomialAtLeast(middle, claimed) > level) low = middle;
    else high = middle;
  }
  return high;
}
