/** What content tells of items that nobody has learned yet. */
import { expect, test } from "vitest";
import { quantizeRows } from "../../core/model/quantize.ts";
import { seededRandom } from "../../core/seeded.ts";
import { fitContentMap, predictInto } from "../../server/kinds/itemfactors/contentmap.ts";
import { predictedFor, predictionFrom } from "../../server/kinds/itemfactors/predict.ts";
import { startingFactors } from "../../server/kinds/itemfactors/startingfactors.ts";

const items = 240;
const contentDim = 6;
const dim = 4;
const random = seededRandom(3);
const normal = (count: number) => startingFactors({ count, dim: 1, random }).map((value) => 10 * value);
const content = normal(items * contentDim);
const truth = normal((contentDim + 1) * dim);
/** Linear in content, but for noise of so many standard deviations. */
const targetsWith = (sigma: number) => {
  const noise = normal(items * dim);
  return Float64Array.from({ length: items * dim }, (_, at) => {
    const [item, k] = [Math.floor(at / dim), at % dim];
    let value = truth[contentDim * dim + k] + sigma * noise[at];
    for (let c = 0; c < contentDim; c++) value += content[item * contentDim + c] * truth[c * dim + k];
    return value;
  });
};
const ones = new Float64Array(items).fill(1);

test("what is linear in content is predicted, on items the map was not fitted to", () => {
  const targets = targetsWith(0);
  const seen = ones.map((_, item) => (item < 200 ? 1 : 0));
  const map = fitContentMap({ content, contentDim, targets, dim, weights: seen });
  const predicted = new Float64Array(dim);
  for (let item = 200; item < items; item++) {
    predictInto(predicted, 0, map, content, item * contentDim);
    for (let k = 0; k < dim; k++) expect(predicted[k]).toBeCloseTo(targets[item * dim + k], 1);
  }
  expect(map.explained).toBeGreaterThan(0.99);
});

test("lambda grows with the noise, and the map is the one of the normal equations at that lambda", () => {
  const choices = [0.01, 1, 100, 1000];
  const lambdaAt = (sigma: number) =>
    fitContentMap({ content, contentDim, targets: targetsWith(sigma), dim, weights: ones }, choices).lambda;
  expect(lambdaAt(0)).toBe(0.01);
  expect(lambdaAt(30)).toBeGreaterThanOrEqual(100);
  const targets = targetsWith(1);
  const { matrix } = fitContentMap({ content, contentDim, targets, dim, weights: ones }, [7]);
  // The gradient of the weighted squares is zero there: C^T (C B - V) + lambda B, the constant's row without lambda.
  const width = contentDim + 1;
  const at = (item: number, c: number) => (c < contentDim ? content[item * contentDim + c] : 1);
  for (let c = 0; c < width; c++) {
    for (let k = 0; k < dim; k++) {
      let gradient = c < contentDim ? 7 * matrix[c * dim + k] : 0;
      for (let item = 0; item < items; item++) {
        let error = -targets[item * dim + k];
        for (let other = 0; other < width; other++) error += at(item, other) * matrix[other * dim + k];
        gradient += at(item, c) * error;
      }
      expect(gradient).toBeCloseTo(0, 6);
    }
  }
});

test("where content says nothing the mean is predicted, and it explains nothing", () => {
  const random = seededRandom(77);
  const noise = Float64Array.from({ length: items * dim }, () => 3 + random());
  const map = fitContentMap({ content, contentDim, targets: noise, dim, weights: ones });
  const predicted = new Float64Array(dim);
  for (let item = 0; item < items; item++) {
    predictInto(predicted, 0, map, content, item * contentDim);
    for (let k = 0; k < dim; k++) expect(predicted[k]).toBeCloseTo(map.mean[k], 1);
  }
  expect(Math.abs(map.explained)).toBeLessThan(0.02);
});

test.each([
  ["one item", [0]],
  ["two items of one fold", [0, 3]],
  ["two items of two folds", [0, 1]],
])("%s is enough to fit to, whatever folds are left without any", (_, learned) => {
  for (const weight of [1, 1e-17]) {
    const weights = new Float64Array(items);
    for (const item of learned) weights[item] = weight;
    const targets = new Float64Array(items * dim).fill(0.3);
    const map = fitContentMap({ content, contentDim, targets, dim, weights });
    expect([...map.matrix].every(Number.isFinite)).toBe(true);
    const predicted = new Float64Array(dim);
    predictInto(predicted, 0, map, content, 7 * contentDim);
    if (weight === 1) for (const value of predicted) expect(value).toBeCloseTo(0.3, 1);
  }
});

test("an item of weight 0 says nothing, however wild its row", () => {
  const targets = targetsWith(1);
  const weights = ones.map((_, item) => (item % 7 === 0 ? 0 : 0.5));
  const map = fitContentMap({ content, contentDim, targets, dim, weights });
  const wild = targets.map((value, at) => (weights[Math.floor(at / dim)] === 0 ? 1e6 : value));
  expect(fitContentMap({ content, contentDim, targets: wild, dim, weights })).toEqual(map);
});

const ids = Array.from({ length: items }, (_, item) => `item-${item}`);
const publicItems = {
  catalogue: ids.map((item) => ({ item })),
  content: quantizeRows(content, items, contentDim),
  contentDim,
};
const learnedWith = (counts: Float64Array) => ({
  ...{ items: ids, dim, factors: targetsWith(0), counts },
  ...{ people: new Float64Array(items).fill(100), countVariance: new Float64Array(items) },
});

test("nothing is predicted while nothing is learned; then shares stay within 0..1, and are never nothing", () => {
  const nobody = learnedWith(new Float64Array(items));
  expect(predictionFrom(nobody, publicItems, { shares: new Float64Array(items) })).toBeNull();
  const counts = ones.map((_, item) => (item % 2 === 0 ? 99 : 1));
  const shares = counts.map((count) => count / 100);
  const prediction = predictionFrom(learnedWith(counts), publicItems, { shares });
  if (prediction === null) throw new Error("expected a prediction");
  for (let row = 0; row < items; row++) {
    const { share } = predictedFor(prediction, publicItems, row);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThanOrEqual(1);
  }
});

test("an item without content is expected to be wanted as the others are, and to be like none of them", () => {
  const bare = {
    ...publicItems,
    content: { ...publicItems.content, scales: publicItems.content.scales.slice() },
  };
  bare.content.scales[5] = 0;
  const shares = new Float64Array(items).fill(0.2);
  for (const newItemWeight of [0, 0.5, 1]) {
    const prediction = predictionFrom(learnedWith(ones.map(() => 20)), bare, { shares, newItemWeight });
    if (prediction === null) throw new Error("expected a prediction");
    const { factors, share } = predictedFor(prediction, bare, 5);
    expect([...factors]).toEqual([0, 0, 0, 0]);
    expect(share).toBeCloseTo(0.2 * newItemWeight, 6);
  }
});
