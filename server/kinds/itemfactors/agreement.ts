/**
 * How far texts tell what people tell: of items, whether those that are near by content are near by factors too.
 *
 *   agreement = (n - r) / (b - r)
 *
 * n is the mean cosine of factors between an item and the `nearest` others that are nearest by content, r that to
 * all others, and b that to those nearest by factors: 1 where both have the same neighbours, 0 where neighbours by
 * content are as good as any. Of cosines, because a regression from content to factors (contentmap.ts) fails where
 * factors also tell alike items apart.
 */
import { dequantizeRows } from "../../../core/model/quantize.ts";
import type { LearnedItems, PublicItems } from "./knowledge.ts";

const nearest = 10;
/** Items that are looked at, evenly over all; time grows with the square. */
const mostItems = 600;

/**
 * @param publicItems the public side of the learned items, row by row.
 * @returns null where fewer than two items are learned, or factors tell none apart; 0 where no item has content.
 */
export function agreementOf(
  { counts, factors, dim }: Pick<LearnedItems, "counts" | "factors" | "dim">,
  { content, contentDim }: PublicItems,
): number | null {
  const learned = Array.from(counts.keys()).filter((row) => counts[row] > 0);
  const stride = Math.max(1, learned.length / mostItems);
  const rows = Array.from(
    { length: Math.floor(learned.length / stride) },
    (_, k) => learned[Math.floor(k * stride)],
  );
  if (rows.length < 2) return null;
  if (rows.every((row) => content.scales[row] === 0)) return 0;
  const byFactors = cosines(unitRows(rows, factors, dim), rows.length, dim);
  const contentRows = unitRows(rows, dequantizeRows(content, contentDim), contentDim);
  const byContent = cosines(contentRows, rows.length, contentDim);
  const [n, b, r] = [means(byFactors, byContent), means(byFactors, byFactors), meanOfOthers(byFactors)];
  return b - r > 1e-6 ? (n - r) / (b - r) : null;
}

function unitRows(rows: readonly number[], values: ArrayLike<number>, dim: number): Float64Array {
  const unit = new Float64Array(rows.length * dim);
  for (const [at, row] of rows.entries()) {
    let square = 0;
    for (let k = 0; k < dim; k++) square += values[row * dim + k] ** 2;
    const factor = square === 0 ? 0 : 1 / Math.sqrt(square);
    for (let k = 0; k < dim; k++) unit[at * dim + k] = factor * values[row * dim + k];
  }
  return unit;
}

/** count x count. */
function cosines(unit: Float64Array, count: number, dim: number): Float64Array {
  const all = new Float64Array(count * count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < a; b++) {
      let sum = 0;
      for (let k = 0; k < dim; k++) sum += unit[a * dim + k] * unit[b * dim + k];
      all[a * count + b] = sum;
      all[b * count + a] = sum;
    }
  }
  return all;
}

/** Mean of `values` between each item and those nearest to it by `near`. */
function means(values: Float64Array, near: Float64Array): number {
  const count = Math.sqrt(values.length);
  const taken = Math.min(nearest, count - 1);
  let sum = 0;
  for (let item = 0; item < count; item++) {
    const others = Array.from({ length: count }, (_, other) => other).filter((other) => other !== item);
    others.sort((a, b) => near[item * count + b] - near[item * count + a] || a - b);
    for (const other of others.slice(0, taken)) sum += values[item * count + other];
  }
  return sum / (count * taken);
}

function meanOfOthers(values: Float64Array): number {
  const count = Math.sqrt(values.length);
  return values.reduce((sum, value) => sum + value, 0) / (count * (count - 1));
}
