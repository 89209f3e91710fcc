/**
 * What reports cost: zero-concentrated differential privacy (zCDP), and its conversion to (epsilon, delta).
 *
 * rho-zCDP bounds the Rényi divergence of every order a > 1 by a rho, and rho adds up over reports. Converted
 * with the tight formula (Canonne, Kamath, Steinke 2020, arXiv 2004.00010, proposition 12):
 *
 *   delta = min over a > 1 of  exp( (a - 1)(a rho - epsilon) + a log(1 - 1/a) ) / (a - 1)
 *
 * Unit and adjacency are those of the mechanism: here one report, left out, with the batch size public.
 */

export interface Epsilon {
  readonly epsilon: number;
  readonly delta: number;
}

/** The least epsilon that rho-zCDP implies at this delta. */
export function epsilonOf({ rho, delta }: { readonly rho: number; readonly delta: number }): number {
  requireAtLeast0("epsilonOf", "rho", rho);
  requireDelta("epsilonOf", delta);
  if (rho === 0) return 0;
  if (rho === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  const at = (a: number) => a * rho - (Math.log(delta) - a * Math.log1p(-1 / a) + Math.log(a - 1)) / (a - 1);
  return Math.max(0, leastOver(at));
}

/** The least delta that rho-zCDP implies at this epsilon, at most 1. */
export function deltaOf({ rho, epsilon }: { readonly rho: number; readonly epsilon: number }): number {
  requireAtLeast0("deltaOf", "rho", rho);
  requireAtLeast0("deltaOf", "epsilon", epsilon);
  if (rho === 0) return 0;
  if (rho === Number.POSITIVE_INFINITY) return 1;
  const logAt = (a: number) => (a - 1) * (a * rho - epsilon) + a * Math.log1p(-1 / a) - Math.log(a - 1);
  return Math.min(1, Math.exp(leastOver(logAt)));
}

/** The most rho that may be spent within (epsilon, delta): the inverse of `epsilonOf`. */
export function rhoWithin({ epsilon, delta }: Epsilon): number {
  requireAtLeast0("rhoWithin", "epsilon", epsilon);
  requireDelta("rhoWithin", delta);
  let low = 0;
  // rho-zCDP is never better than epsilon = rho, so this is too much.
  let high = epsilon + 1;
  for (let step = 0; step < 200 && high - low > 1e-15 * high; step++) {
    const middle = (low + high) / 2;
    if (epsilonOf({ rho: middle, delta }) <= epsilon) low = middle;
    else high = middle;
  }
  return low;
}

/** The minimum of a function of one dip over the orders a > 1: golden-section search on log(a - 1). */
function leastOver(at: (a: number) => number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(1e-9);
  let high = Math.log(1e15);
  const value = (log: number) => at(1 + Math.exp(log));
  let left = high - ratio * (high - low);
  let right = low + ratio * (high - low);
  let valueLeft = value(left);
  let valueRight = value(right);
  for (let step = 0; step < 200; step++) {
    if (valueLeft <= valueRight) {
      high = right;
      right = left;
      valueRight = valueLeft;
      left = high - ratio * (high - low);
      valueLeft = value(left);
    } else {
      low = left;
      left = right;
      valueLeft = valueRight;
      right = low + ratio * (high - low);
      valueRight = value(right);
    }
  }
  return Math.min(valueLeft, valueRight);
}

function requireAtLeast0(who: string, name: string, value: number): void {
  if (!(value >= 0)) throw new RangeError(`${who}: ${name} must be at least 0, got ${value}`);
}

function requireDelta(who: string, delta: number): void {
  if (!(delta > 0 && delta < 1)) throw new RangeError(`${who}: delta must lie between 0 and 1, got ${delta}`);
}
