/** Content by pictures: axes around what all pictures share, and their part of a row beside words and meaning. */
import { expect, test } from "vitest";
import { seededRandom } from "../../core/seeded.ts";
import { strongestAxes } from "../../server/publishing/import/axes.ts";
import { fitMeaning, fitPictures, type ItemVectors } from "../../server/publishing/import/meaning.ts";
import {
  encodeSpace,
  fitSpace,
  parseSpace,
  projectInto,
  rowDim,
} from "../../server/publishing/import/space.ts";
import { fitPicturesBeside, hasPicturesOf } from "../../server/publishing/pictures.ts";

const from = 10;

/** Vectors as a network for images gives them: at least zero, and much the same. Every fifth item has none. */
function picturesOf(count: number, seed = 1, dim = from): ItemVectors {
  const random = seededRandom(seed);
  const rows = Array.from({ length: count }, () => Float32Array.from({ length: dim }, () => 2 + random()));
  const readInto = (out: Float32Array, at: number) => {
    if (at % 5 === 4) return false;
    out.set(rows[at]);
    return true;
  };
  return { encoder: "toy images", dim, count, readInto };
}

const dot = (one: ArrayLike<number>, two: ArrayLike<number>) =>
  Array.from(one).reduce((sum, value, k) => sum + value * two[k], 0);

const titles = ["red mug", "blue mug", "red lamp", "blue lamp"];
const items = Array.from({ length: 40 }, (_, k) => ({ item: `${k}`, title: titles[k % 4] }));
const pictures = picturesOf(40);
const encoded = {
  encoder: "toy texts",
  dim: 3,
  values: Float32Array.from({ length: 120 }, (_, k) => Math.sin(k + 1)),
};
const space = fitSpace(
  items,
  { dim: 3, idPrefixes: [] },
  {
    meaning: fitMeaning(encoded, { dim: 2, weight: 0.3 }),
    pictures: fitPictures(pictures, { dim: 4, weight: 0.2 }),
  },
);

function rowOf(at: number, { title = titles[at % 4], hasMeaning = true, where = space } = {}): Float64Array {
  const row = new Float64Array(rowDim(where));
  const vector = new Float32Array(from);
  const picture = pictures.readInto(vector, at) ? vector : null;
  const meaning = hasMeaning ? encoded.values.subarray(3 * at, 3 * at + 3) : null;
  projectInto(row, { item: "x", title }, where, { meaning, picture });
  return row;
}

const partsOf = (row: Float64Array) => {
  const [words, meaning] = [space.dim, space.dim + 2];
  return [row.subarray(0, words), row.subarray(words, meaning), row.subarray(meaning)].map((part) =>
    dot(part, part),
  );
};
const near = (...values: readonly number[]) => values.map((value) => expect.closeTo(value, 9));

test("of a row's square each part has its weight, and what an item lacks is shared out among the rest", () => {
  expect(partsOf(rowOf(3))).toEqual(near(0.5, 0.3, 0.2));
  expect(partsOf(rowOf(4))).toEqual(near(0.7, 0.3, 0));
  expect(partsOf(rowOf(3, { hasMeaning: false }))).toEqual(near(0.8, 0, 0.2));
  expect(partsOf(rowOf(3, { title: "unheard" }))).toEqual(near(0, 0.6, 0.4));
  expect(partsOf(rowOf(4, { title: "unheard", hasMeaning: false }))).toEqual([0, 0, 0]);
  const plain = rowOf(4, { hasMeaning: false });
  expect(partsOf(plain)).toEqual(near(1, 0, 0));
});

test("what all pictures share says nothing: rows of different pictures are on all sides", () => {
  const rows = items.map((_, at) =>
    rowOf(at, { title: "unheard", hasMeaning: false }).subarray(space.dim + 2),
  );
  const pictured = rows.filter((row) => dot(row, row) > 0);
  expect(pictured).toHaveLength(32);
  const sum = pictured.reduce((all, row) => all.map((value, k) => value + row[k]), new Float64Array(4));
  // Of 32 rows of length 1; around zero instead they would be nearly 32 long together.
  expect(Math.hypot(...sum)).toBeLessThan(10);
});

test("a space with pictures is the same after it was stored, and one of before there were any has none", () => {
  const stored = parseSpace(encodeSpace(space));
  expect(stored).toEqual(space);
  expect(rowOf(7, { where: stored })).toEqual(rowOf(7));
  const older = fitSpace(items, { dim: 3, idPrefixes: [] }, { meaning: space.meaning });
  const bytes = encodeSpace(older);
  expect(new TextDecoder().decode(bytes)).not.toMatch(/pictures|centre/);
  expect(parseSpace(bytes)).toEqual(older);
  expect(older.pictures).toBeNull();
});

test("pictures that are all one, or none, have no axes; nor has a row that is full", () => {
  const same: ItemVectors = { ...pictures, readInto: (out) => Boolean(out.fill(0.7)) };
  const none: ItemVectors = { ...pictures, readInto: () => false };
  for (const one of [same, none]) expect(fitPictures(one, { dim: 4, weight: 0.2 })).toBeNull();
  expect(fitPicturesBeside(null, pictures, 1024)).toBeNull();
  expect(fitPicturesBeside(null, pictures, 1020)?.dim).toBe(4);
});

test("a space is fitted again for another encoder, for many more pictures, and when they are not wanted any more", () => {
  const has = (wanted: ItemVectors | null, dim: number) =>
    hasPicturesOf({ ...space, pictures: fitPictures(pictures, { dim, weight: 0.2 }) }, wanted);
  expect(has(pictures, from)).toBe(true);
  expect(has(picturesOf(400), from)).toBe(true);
  expect(has(pictures, 4)).toBe(false);
  expect(has({ ...pictures, encoder: "another" }, from)).toBe(false);
  expect(has(null, from)).toBe(false);
  const without = { ...space, pictures: null };
  expect(hasPicturesOf(without, null)).toBe(true);
  expect(hasPicturesOf(without, pictures)).toBe(false);
  expect(hasPicturesOf(without, { ...pictures, readInto: () => false })).toBe(true);
  // The same two pictures for all items are one direction, however many items there are.
  const two: ItemVectors = { ...pictures, readInto: (out, at) => Boolean(out.fill(1).fill(at % 2, 0, 3)) };
  expect(hasPicturesOf({ ...space, pictures: fitPictures(two, { dim: 4, weight: 0.2 }) }, two)).toBe(true);
});

test("of many numbers the first axes are those that all of them would be", () => {
  const dim = 600;
  const random = seededRandom(3);
  const strengths = [40, 20, 10, 5, 2];
  const directions = strengths.map(() => Float64Array.from({ length: dim }, () => random() - 0.5));
  const gram = new Float64Array(dim * dim);
  for (let one = 0; one < dim; one++) {
    for (let two = 0; two < dim; two++) {
      for (const [k, strength] of strengths.entries())
        gram[one * dim + two] += strength * directions[k][one] * directions[k][two];
    }
  }
  const axes = strongestAxes(gram, { from: dim, most: 3 });
  expect(axes).toHaveLength(3);
  for (const axis of axes) {
    const image = Float64Array.from(axis, (_, row) => dot(gram.subarray(row * dim, (row + 1) * dim), axis));
    const strength = dot(image, axis);
    for (const [k, value] of image.entries()) expect(value).toBeCloseTo(strength * axis[k], 6);
    expect(Math.max(...axis)).toBeGreaterThanOrEqual(-Math.min(...axis));
  }
  expect(strongestAxes(gram, { from: dim, most: 40 })).toHaveLength(5);
});
