/**
 * Fine-tuning of the ranker for one person: weights w + D' theta, D rows of directions in the space of the
 * weights w that everybody has (a form says which), theta the minimum of
 *
 *   sum over the person's own lists of loss(theta) + pull / 2 |theta|^2,
 *   loss = log sum over candidates i of exp(T s_i + theta . D h_i) - mean over wanted i of the same exponent
 *
 * with s_i = w . h_i: the most likely theta where it is normal with mean 0 and precision `pull` before
 * anything is known (MAP). T is the temperature at which shared scores are probabilities; the weights that
 * are added are D' theta / T. Newton's method, halving steps that do not lower the loss.
 *
 * "Kept only while it helps": what is learned from all lists is kept only where what is learned from all but
 * the last moment's lowers the loss of those.
 */
import { solveInPlace } from "../../core/linear.ts";

export interface TuningList {
  /** candidates x width, row-major: D h, or whatever else a person may weigh for themselves. */
  readonly columns: Float64Array;
  readonly width: number;
  /** T s. */
  readonly shared: Float64Array;
  /** One byte a candidate. */
  readonly wanted: Uint8Array;
}

/**
 * Whether what is learned from all but the last moment's lists makes those of the last one likelier. @param
 * lists by moment, oldest first.
 */
export function helpsLast(lists: readonly (readonly TuningList[])[], pull: number): boolean {
  if (lists.length < 2) return false;
  const last = lists[lists.length - 1];
  const earlier = tunedTheta(lists.slice(0, -1).flat(), pull);
  return lossOf(last, earlier, 0) < lossOf(last, new Float64Array(earlier.length), 0);
}

const mostSteps = 6;
const mostHalvings = 8;
const enough = 1e-6;

/** @throws {RangeError} without a list, or with a pull that is not above 0. */
export function tunedTheta(lists: readonly TuningList[], pull: number): Float64Array {
  if (lists.length === 0) throw new RangeError("tunedTheta: lists must have one, got none");
  if (!(pull > 0)) throw new RangeError(`tunedTheta: pull must be above 0, got ${pull}`);
  const { width } = lists[0];
  let theta = new Float64Array(width);
  let loss = lossOf(lists, theta, pull);
  for (let step = 0; step < mostSteps; step++) {
    const towards = newtonStep(lists, theta, pull);
    const next = descended(lists, { theta, towards, loss }, pull);
    if (next === null) break;
    const gained = loss - next.loss;
    theta = next.theta;
    loss = next.loss;
    if (gained < enough) break;
  }
  return theta;
}

interface From {
  readonly theta: Float64Array;
  readonly towards: Float64Array;
  readonly loss: number;
}

function descended(
  lists: readonly TuningList[],
  { theta, towards, loss }: From,
  pull: number,
): { readonly theta: Float64Array<ArrayBuffer>; readonly loss: number } | null {
  for (let halving = 0, scale = 1; halving < mostHalvings; halving++, scale /= 2) {
    const next = Float64Array.from(theta, (value, k) => value + scale * towards[k]);
    const reached = lossOf(lists, next, pull);
    if (reached < loss) return { theta: next, loss: reached };
  }
  return null;
}

export function lossOf(lists: readonly TuningList[], theta: Float64Array, pull: number): number {
  let loss = (pull / 2) * theta.reduce((sum, value) => sum + value * value, 0);
  for (const list of lists) {
    const { logOfSum, exponents } = chances(list, theta);
    const hits = wantedIn(list);
    for (const [at, mark] of list.wanted.entries()) if (mark !== 0) loss -= exponents[at] / hits;
    loss += logOfSum;
  }
  return loss;
}

function newtonStep(lists: readonly TuningList[], theta: Float64Array, pull: number): Float64Array {
  const width = theta.length;
  const towards = theta.map((value) => -pull * value);
  const curvature = new Float64Array(width * width);
  for (let k = 0; k < width; k++) curvature[k * width + k] = pull;
  for (const list of lists) addInto({ towards, curvature }, list, theta);
  for (let a = 0; a < width; a++) {
    for (let b = 0; b < a; b++) curvature[b * width + a] = curvature[a * width + b];
  }
  solveInPlace(curvature, width, towards);
  return towards;
}

interface Derivatives {
  /** The gradient, negated. */
  readonly towards: Float64Array;
  /** The lower triangle. */
  readonly curvature: Float64Array;
}

function addInto({ towards, curvature }: Derivatives, list: TuningList, theta: Float64Array): void {
  const { columns, width, wanted } = list;
  const { exponents, logOfSum } = chances(list, theta);
  const hits = wantedIn(list);
  const mean = new Float64Array(width);
  for (const [at, exponent] of exponents.entries()) {
    const chance = Math.exp(exponent - logOfSum);
    const surprise = (wanted[at] !== 0 ? 1 / hits : 0) - chance;
    const start = at * width;
    for (let a = 0; a < width; a++) {
      const value = columns[start + a];
      if (value === 0) continue;
      towards[a] += surprise * value;
      mean[a] += chance * value;
      for (let b = 0; b <= a; b++) curvature[a * width + b] += chance * value * columns[start + b];
    }
  }
  for (let a = 0; a < width; a++) {
    for (let b = 0; b <= a; b++) curvature[a * width + b] -= mean[a] * mean[b];
  }
}

function chances({ columns, width, shared }: TuningList, theta: Float64Array) {
  const exponents = shared.map((value, at) => {
    let exponent = value;
    for (let k = 0; k < width; k++) exponent += theta[k] * columns[at * width + k];
    return exponent;
  });
  const most = exponents.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (const exponent of exponents) sum += Math.exp(exponent - most);
  return { exponents, logOfSum: most + Math.log(sum) };
}

function wantedIn({ wanted }: TuningList): number {
  return wanted.reduce((sum, mark) => sum + mark, 0);
}
