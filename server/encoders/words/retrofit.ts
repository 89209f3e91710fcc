/**
 * Moves word vectors to those of words that a dictionary says mean the like (retrofitting, Faruqui et al. 2015, eq.
 * 1; arXiv 1411.4166): vectors from running text are near for what stands together, as "cup" and "match".
 *
 *   q_i = (alpha v_i + b_i sum over neighbours j of w_ij q_j) / (alpha + b_i sum of w_ij),  b_i = 1 / max(1, sum of w_ij)
 */
export interface WordLink {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

/** What a vector counts against all its neighbours together, and how often all are moved. */
const alpha = 2;
const turns = 10;

/** @param rows of length 1. */
export function retrofitted(rows: Float64Array, dim: number, links: Iterable<WordLink>): Float64Array {
  const neighbours = neighboursOf(links);
  const moved = rows.slice();
  const sum = new Float64Array(dim);
  for (let turn = 0; turn < turns; turn++) {
    for (const [word, near] of neighbours) {
      let whole = 0;
      for (const weight of near.values()) whole += weight;
      const scale = 1 / Math.max(1, whole);
      for (let k = 0; k < dim; k++) sum[k] = alpha * rows[word * dim + k];
      for (const [other, weight] of near) {
        for (let k = 0; k < dim; k++) sum[k] += scale * weight * moved[other * dim + k];
      }
      for (let k = 0; k < dim; k++) moved[word * dim + k] = sum[k] / (alpha + scale * whole);
    }
  }
  return moved;
}

/** Both ways; of two links the stronger one. In the order of the words. */
function neighboursOf(links: Iterable<WordLink>): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const found = new Map<number, Map<number, number>>();
  const put = (from: number, to: number, weight: number): void => {
    const near = found.get(from) ?? new Map<number, number>();
    near.set(to, Math.max(weight, near.get(to) ?? 0));
    found.set(from, near);
  };
  for (const { from, to, weight } of links) {
    if (from === to) continue;
    put(from, to, weight);
    put(to, from, weight);
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}
