/**
 * npx tsx bench/speed/solvers.ts [--quick]: ways to solve a fold-in, on the demo's catalogue with content of 384
 * numbers (docs/decisions/0020-a-kept-matrix.md).
 *
 * How many passes V^T(Vx) conjugate gradients take, plainly and divided by the diagonal, until x is so close to
 * the Cholesky solution; and what a pass, the gram matrix and the factorisation take, least of some runs in Node.
 */
import { parseArgs } from "node:util";
import { foldIn, type TasteRows } from "../../core/foldin.ts";
import { addOuterInto, choleskyInPlace, dot, gramOf } from "../../core/linear.ts";
import { jointDefaults, jointRows } from "../../core/model/joint.ts";
import type { Rows } from "../../core/rows.ts";
import { countPeople, peopleOfShop } from "./shoppeople.ts";

const { values: flags } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const { publicSide, people, judged } = await peopleOfShop(flags.quick ? 8 : 384);
const { contentScale, popularityWeight, popularityPower, contentOnly } = jointDefaults;
const rows = jointRows({
  ...publicSide,
  ...{ contentScale, popularityWeight, popularityPower, factorDim: 0, factorScale: 0 },
  factors: { values: new Int8Array(0), scales: new Float32Array(publicSide.catalogue.length) },
  popularity: countPeople(people, publicSide.catalogue.length),
});
const { count, dim } = rows;
const numbers = new Float64Array(count * dim);
for (let row = 0; row < count; row++) rows.rowInto(row, numbers.subarray(row * dim, (row + 1) * dim));
const gram = gramOf(numbers, count, dim);
const model = { rows: numbers, count, dim, gram, ...contentOnly };

console.log(`${count} items, ${dim} numbers a row\n`);
console.log("| tastes | passes to 1e-2 / 1e-4 / 1e-6, plain | divided by the diagonal |\n|---|---|---|");
const plainly = (residual: Float64Array) => residual.slice();
for (const tastes of [3, 10, 30, 100, 300].flatMap(
  (size) => judged.find((of) => of.items.length >= size) ?? [],
)) {
  const diagonal = Float64Array.from(
    { length: dim },
    (_, k) => model.alpha0 * gram[k * dim + k] + ridgeOf(tastes),
  );
  const divided = (residual: Float64Array) => residual.map((value, k) => value / diagonal[k]);
  const shown = [plainly, divided].map((way) => passesOf(tastes, way).join(" / "));
  console.log(`| ${[tastes.items.length, ...shown].join(" | ")} |`);
}

const out = new Float64Array(count);
const sum = new Float64Array(dim * dim);
console.log(
  `\na product with all rows ${leastMs(() => rows.productsInto(numbers.subarray(0, dim), out))} ms`,
);
console.log(`gram matrix ${leastMs(() => gramOf(numbers, count, dim))} ms`);
console.log(`one taste into the kept matrix ${leastMs(() => addOuterInto(sum, dim, numbers, 0, 1))} ms`);
const matrix = gram.map((value, at) => value + (at % (dim + 1) === 0 ? 1 : 0));
console.log(`factorisation ${leastMs(() => choleskyInPlace(matrix.slice(), dim))} ms`);

function ridgeOf({ items }: TasteRows): number {
  return model.lambda * (items.length + model.alpha0 * count);
}

/** Hestenes and Stiefel 1952, preconditioned. */
function passesOf(
  tastes: TasteRows,
  precondition: (residual: Float64Array) => Float64Array,
): readonly number[] {
  const wanted = foldIn(model, tastes).userVector;
  const x = new Float64Array(dim);
  const residual = new Float64Array(dim);
  for (let s = 0; s < tastes.items.length; s++) {
    for (let k = 0; k < dim; k++) residual[k] += tastes.weights[s] * numbers[tastes.items[s] * dim + k];
  }
  let z = precondition(residual);
  let direction = z.slice();
  let size = dot(residual, 0, z, 0, dim);
  const passes = [1e-2, 1e-4, 1e-6].map(() => Number.NaN);
  for (let pass = 1; pass <= 100; pass++) {
    const product = applied(rows, tastes, direction);
    const step = size / dot(direction, 0, product, 0, dim);
    for (let k = 0; k < dim; k++) {
      x[k] += step * direction[k];
      residual[k] -= step * product[k];
    }
    const far = Math.sqrt(
      x.reduce((all, value, k) => all + (value - wanted[k]) ** 2, 0) / dot(wanted, 0, wanted, 0, dim),
    );
    for (const [at, close] of [1e-2, 1e-4, 1e-6].entries()) {
      if (far < close && Number.isNaN(passes[at])) passes[at] = pass;
    }
    if (far < 1e-6) break;
    z = precondition(residual);
    const next = dot(residual, 0, z, 0, dim);
    direction = direction.map((value, k) => z[k] + (next / size) * value);
    size = next;
  }
  return passes;
}

function applied(of: Rows, tastes: TasteRows, vector: Float64Array): Float64Array {
  const products = new Float64Array(count);
  of.productsInto(vector, products);
  const weights = products.map((product) => model.alpha0 * product);
  for (let s = 0; s < tastes.items.length; s++) {
    weights[tastes.items[s]] += Math.abs(tastes.weights[s]) * products[tastes.items[s]];
  }
  const result = vector.map((value) => ridgeOf(tastes) * value);
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < dim; k++) result[k] += weights[row] * numbers[row * dim + k];
  }
  return result;
}

function leastMs(work: () => unknown): string {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 12; run++) {
    const startedMs = performance.now();
    work();
    least = Math.min(least, performance.now() - startedMs);
  }
  return least.toFixed(2);
}
