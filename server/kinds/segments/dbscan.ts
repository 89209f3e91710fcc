/**
 * Clusters by density (DBSCAN; Ester, Kriegel, Sander, Xu 1996): points with enough neighbours are cores,
 * cores that are neighbours are of one cluster, and so is what is near a core. What is near none is noise.
 *
 *   neighbours of p: all points within `eps` of it, p included
 *   core: at least `minPoints` neighbours
 *
 * Clusters are numbered by their first core; what is near cores of two clusters is of the first. So it is in
 * scikit-learn, whose labels are frozen in the tests. In the clear alone: a crowd's sums know no neighbours.
 */
import type { WeightedPoints } from "./kmeans.ts";

export type Points = Pick<WeightedPoints, "count" | "dim" | "points">;

export interface Density {
  readonly eps: number;
  readonly minPoints: number;
}

export interface DensityClusters {
  readonly count: number;
  /** By point; -1 for noise. */
  readonly labels: Int32Array;
}

export function dbscan(points: Points, { eps, minPoints }: Density): DensityClusters {
  const near = new Neighbours(points);
  const labels = new Int32Array(points.count).fill(-1);
  let count = 0;
  for (let first = 0; first < points.count; first++) {
    if (labels[first] !== -1) continue;
    const around = near.within(first, eps);
    if (around.length < minPoints) continue;
    const open = [around];
    labels[first] = count;
    for (let neighbours = open.pop(); neighbours !== undefined; neighbours = open.pop()) {
      for (const point of neighbours) {
        if (labels[point] !== -1) continue;
        labels[point] = count;
        const more = near.within(point, eps);
        if (more.length >= minPoints) open.push(more);
      }
    }
    count += 1;
  }
  return { count, labels };
}

/** So many points tell where the distances bend. */
const mostAsked = 1_000;

/**
 * Twice as many neighbours as there are dimensions (Sander et al. 1998), and the distance at which those
 * to the farthest of them begin to rise: where the sorted distances are farthest below the line from first
 * to last.
 */
export function densityOf(points: Points): Density {
  const minPoints = Math.min(points.count, 2 * points.dim);
  const step = Math.max(1, Math.ceil(points.count / mostAsked));
  const distances: number[] = [];
  for (let point = 0; point < points.count; point += step) {
    const all = Float64Array.from({ length: points.count }, (_, other) => distanceOf(points, point, other));
    distances.push(all.sort()[minPoints - 1]);
  }
  distances.sort((a, b) => a - b);
  const last = distances.length - 1;
  const rise = distances[last] - distances[0];
  let best = 0;
  for (let at = 0; at <= last; at++) {
    const below = (at / Math.max(1, last)) * rise - (distances[at] - distances[0]);
    const bestBelow = (best / Math.max(1, last)) * rise - (distances[best] - distances[0]);
    if (below > bestBelow) best = at;
  }
  return { eps: distances[best], minPoints };
}

/** Points in the order of their first number: whoever is farther in that alone is no neighbour. */
class Neighbours {
  readonly #points: Points;
  readonly #order: Uint32Array;
  readonly #places: Uint32Array;

  constructor(points: Points) {
    this.#points = points;
    const { count, dim, points: values } = points;
    this.#order = Uint32Array.from({ length: count }, (_, at) => at).sort(
      (a, b) => values[a * dim] - values[b * dim],
    );
    this.#places = new Uint32Array(count);
    for (const [place, point] of this.#order.entries()) this.#places[point] = place;
  }

  within(point: number, eps: number): readonly number[] {
    const found: number[] = [];
    const { count } = this.#points;
    const place = this.#places[point];
    for (let at = place; at < count && this.#apart(point, this.#order[at]) <= eps; at++) {
      if (distanceOf(this.#points, point, this.#order[at]) <= eps) found.push(this.#order[at]);
    }
    for (let at = place - 1; at >= 0 && this.#apart(point, this.#order[at]) <= eps; at--) {
      if (distanceOf(this.#points, point, this.#order[at]) <= eps) found.push(this.#order[at]);
    }
    return found;
  }

  #apart(a: number, b: number): number {
    const { points, dim } = this.#points;
    return Math.abs(points[a * dim] - points[b * dim]);
  }
}

function distanceOf({ points, dim }: Points, a: number, b: number): number {
  let square = 0;
  for (let k = 0; k < dim; k++) square += (points[a * dim + k] - points[b * dim + k]) ** 2;
  return Math.sqrt(square);
}
