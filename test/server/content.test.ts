import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { contentVectors } from "../../server/publishing/import/content.ts";
import {
  encodeSpace,
  fitSpace,
  isOutgrown,
  parseSpace,
  projectInto,
} from "../../server/publishing/import/space.ts";
import { type SparseRows, truncatedSvd } from "../../server/publishing/import/svd.ts";
import { tfIdf, vocabularyOf } from "../../server/publishing/import/tfidf.ts";
import { type ContentItem, tokensOf } from "../../server/publishing/import/tokens.ts";

const colours = ["red", "blue", "green", "pink", "ivory"];
const things = ["mug", "lantern", "apron", "clock", "doormat", "teapot"];
const items: readonly ContentItem[] = colours.flatMap((colour, c) =>
  things.map((thing, t) => ({ item: `${t}${t}${c}00`, title: `${colour} vintage ${thing}` })),
);

function dense({ starts, columns, values, columnCount }: SparseRows): Matrix {
  const matrix = Matrix.zeros(starts.length - 1, columnCount);
  for (let row = 0; row + 1 < starts.length; row++) {
    for (let at = starts[row]; at < starts[row + 1]; at++) matrix.set(row, columns[at], values[at]);
  }
  return matrix;
}

function cosine(vectors: Float32Array, dim: number, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < dim; k++) sum += vectors[i * dim + k] * vectors[j * dim + k];
  return sum;
}

describe("words and tokens", () => {
  test("words are lower case, split at what is no letter or digit, without a plural s", () => {
    const title = "SET OF 3 CAKE TINS, Pantry-Design: glass Émaux bus";
    expect(tokensOf({ item: "a", title }, { idPrefixes: [], pairs: false })).toEqual([
      "set",
      "of",
      "3",
      "cake",
      "tin",
      "pantry",
      "design",
      "glass",
      "émaux",
      "bus",
    ]);
  });

  test("metadata tokens never meet words", () => {
    const tokens = tokensOf(
      { item: "22423", title: "Red category", categories: ["Red"] },
      { idPrefixes: [2, 9], pairs: false },
    );
    expect(tokens).toEqual(["red", "category", "category:red", "id:22"]);
  });
});

describe("truncatedSvd", () => {
  const options = { idPrefixes: [2], pairs: false, idfPower: 1, metadataWeight: 1 };
  const rowsOf = (some: readonly ContentItem[]) =>
    tfIdf(some, vocabularyOf(some, options, { minItems: 2, mostTokens: 100 }));
  const matrix = rowsOf(items);

  test("singular values and right vectors equal those of the dense eigenproblem", () => {
    const a = dense(matrix);
    const gram = a.transpose().mmul(a);
    const eigen = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
    const squares = [...eigen.realEigenvalues].sort((x, y) => y - x);
    const { v, singularValues, rank } = truncatedSvd(matrix, { rank: 6 });
    expect(rank).toBe(6);
    for (let k = 0; k < rank; k++) expect(singularValues[k] ** 2).toBeCloseTo(squares[k], 8);
    // A^T A v = s^2 v for each column, which are orthonormal.
    const right = new Matrix(
      Array.from({ length: matrix.columnCount }, (_, i) => Array.from(v.slice(i * rank, (i + 1) * rank))),
    );
    const image = gram.mmul(right);
    for (let i = 0; i < matrix.columnCount; i++) {
      for (let k = 0; k < rank; k++)
        expect(image.get(i, k)).toBeCloseTo(singularValues[k] ** 2 * right.get(i, k), 6);
    }
    expect(Matrix.sub(right.transpose().mmul(right), Matrix.eye(rank)).norm()).toBeLessThan(1e-9);
  });

  test("the rank is all that the matrix has, however few words there are", () => {
    for (let words = 1; words <= 40; words++) {
      // Three items of one word each.
      const columns = Uint32Array.from({ length: 3 * words }, (_, row) => row % words);
      const starts = Uint32Array.from({ length: 3 * words + 1 }, (_, row) => row);
      const matrix = { starts, columns, values: new Float64Array(3 * words).fill(1), columnCount: words };
      expect(truncatedSvd(matrix, { rank: 64 }).rank).toBe(words);
      expect(truncatedSvd(matrix, { rank: 3 }).rank).toBe(Math.min(3, words));
    }
  });

  test("the rank is never more than the matrix has", () => {
    const repeated = rowsOf(
      [...items.slice(0, 2), ...items.slice(0, 2)].map((one) => ({ ...one, item: "x" })),
    );
    expect(truncatedSvd(repeated, { rank: 9 }).rank).toBe(2);
  });

  test("the entry of largest magnitude of each vector is positive", () => {
    const { v, rank } = truncatedSvd(matrix, { rank: 5 });
    for (let k = 0; k < rank; k++) {
      const column = Array.from({ length: matrix.columnCount }, (_, i) => v[i * rank + k]);
      expect(Math.max(...column)).toBeGreaterThanOrEqual(-Math.min(...column) * (1 - 1e-6));
    }
  });
});

describe("the content space", () => {
  const options = { dim: 12, idPrefixes: [2] };
  const space = fitSpace(items, options);
  const rowIn = (item: ContentItem, where = space) => {
    const row = new Float64Array(where.dim);
    projectInto(row, item, where);
    return row;
  };

  test("an item's row depends on the item alone: not on its neighbours, its place, or a round trip through the store", () => {
    const kept = parseSpace(encodeSpace(space));
    const all = contentVectors(items, options);
    for (const [at, item] of items.entries()) {
      const row = rowIn(item);
      expect(rowIn(item, kept)).toEqual(row);
      expect(Float32Array.from(row)).toEqual(all.slice(at * 12, at * 12 + space.dim));
    }
  });

  test("neither price nor availability moves a row", () => {
    const dear = { ...items[7], price: 99, available: false };
    expect(rowIn(dear)).toEqual(rowIn(items[7]));
  });

  test("an item that comes later lies beside those it shares words with", () => {
    const later = rowIn({ item: "zz", title: "ivory mug of 2012" });
    const likeness = (other: ContentItem) =>
      rowIn(other).reduce((sum, value, k) => sum + value * later[k], 0);
    const nearest = items.toSorted((a, b) => likeness(b) - likeness(a))[0];
    expect(nearest.title).toBe("ivory vintage mug");
    expect(rowIn({ item: "zz", title: "unheard" })).toEqual(new Float64Array(space.dim));
  });

  test("a space is outgrown when a fifth of what the catalogue says is unknown to it, or when it is far too narrow", () => {
    const wide = { dim: 12 };
    const other = (count: number) =>
      Array.from({ length: count }, (_, k) => ({
        item: `y${k}`,
        title: `novel gadget ${"ab"[k % 2]}${k % 3}`,
      }));
    expect(isOutgrown(space, items, wide)).toBe(false);
    expect(isOutgrown(space, [...items, ...other(3)], wide)).toBe(false);
    expect(isOutgrown(space, [...items, ...other(30)], wide)).toBe(true);
    // Words that one item alone has say nothing about others, known or not.
    expect(
      isOutgrown(
        space,
        [...items, { item: "q", title: "nine words that nothing else in this shop has" }],
        wide,
      ),
    ).toBe(false);
    const narrow = fitSpace(items, { dim: 3 });
    expect(isOutgrown(narrow, items, { dim: 3 })).toBe(false);
    expect(isOutgrown(narrow, items, { dim: 7 })).toBe(true);
  });
});

describe("contentVectors", () => {
  const dim = 10;
  const vectors = contentVectors(items, { dim, idPrefixes: [2] });

  test("the same catalogue gives the same vectors", () => {
    expect(contentVectors([...items], { dim, idPrefixes: [2] })).toEqual(vectors);
  });

  test("every row has length 1, and 0 without a token that another item shares", () => {
    for (let i = 0; i < items.length; i++) expect(cosine(vectors, dim, i, i)).toBeCloseTo(1, 5);
    const lonely = contentVectors([...items, { item: "zzzzz", title: "unheard" }], { dim });
    expect(cosine(lonely, dim, items.length, items.length)).toBe(0);
  });

  test("items that share words are nearer than items that share none", () => {
    const mug = items.findIndex(({ title }) => title === "red vintage mug");
    const sameThing = items.findIndex(({ title }) => title === "blue vintage mug");
    const other = items.findIndex(({ title }) => title === "pink vintage clock");
    expect(cosine(vectors, dim, mug, sameThing)).toBeGreaterThan(cosine(vectors, dim, mug, other) + 0.1);
  });

  /** The rows of items that are each a thing in a colour: thing by thing, colour by colour. */
  const inColours = (things: readonly string[], colours: readonly string[], write: Write) =>
    contentVectors(
      things.flatMap((thing, t) =>
        colours.map((colour, c) => ({
          item: `${(t * 37 + c * 11) % 90}${t}${c}`,
          title: write(thing, colour),
        })),
      ),
      { dim },
    );
  type Write = (thing: string, colour: string) => string;
  const behind: Write = (thing, colour) => colour + thing;
  const before: Write = (thing, colour) => thing + colour;
  const apart: Write = (thing, colour) => `${colour} ${thing}`;

  test.each([
    ["Chinese", "陶瓷马克杯|玻璃台灯|木制挂钟|棉质围巾", "红色 蓝色 绿色 黄色", behind],
    ["Japanese", "ガラスのランプ|陶器の花瓶|木の時計|綿のタオル", "赤い 青い 白い 黒い", behind],
    ["Thai", "แก้วกาแฟ|โต๊ะไม้|นาฬิกาปลุก|ผ้าพันคอ", "สีแดง สีเขียว สีขาว สีดำ", before],
    ["Korean", "도자기 머그컵|유리 램프|나무 시계|면 수건", "빨간 파란 하얀 검은", apart],
    ["Hindi", "मिट्टी प्याला|पीतल दीपक|दीवार घड़ी|कांच फूलदान", "लाल नीला हरा काला", apart],
    ["Arabic", "كوب سيراميك|مصباح زجاج|ساعة خشب|منشفة قطن", "أحمر أزرق أخضر أسود", apart],
    ["Russian", "Кружка керамика|Лампа стекло|Часы дерево|Шарф шерсть", "красная синяя белая чёрная", apart],
  ])(
    "in %s a thing of two words is most like itself in other colours",
    (_language, things, colours, write) => {
      const vectors = inColours(things.split("|"), colours.split(" "), write);
      for (let i = 0; i < 16; i++) {
        const nearest = Array.from({ length: 16 }, (_, j) => j)
          .filter((j) => j !== i)
          .sort((a, b) => cosine(vectors, dim, i, b) - cosine(vectors, dim, i, a));
        expect(nearest.slice(0, 3).map((j) => Math.floor(j / 4))).toEqual(Array(3).fill(Math.floor(i / 4)));
      }
    },
  );

  test.each(["Café", "Ångström", "한국어 머그", "Ελλάς", "ﬁne ½ ｍｕｇ", "Việt Nam"])(
    "%s has one row, in whichever normal form it is written",
    (word) => {
      const forms = ["NFC", "NFD", "NFKC", "NFKD"] as const;
      const titles = [
        ...forms.map((form) => word.normalize(form)),
        word.toUpperCase(),
        "Oak bowl",
        "Oak jug",
      ];
      const vectors = contentVectors(
        titles.map((title, k) => ({ item: `${"qwertyui"[k]}${k}`, title })),
        { dim },
      );
      for (let k = 1; k < 5; k++) expect(cosine(vectors, dim, 0, k)).toBeCloseTo(1, 5);
      expect(cosine(vectors, dim, 0, 5)).toBeLessThan(0.5);
    },
  );

  test("kinds of one word each are told apart, however many there are", () => {
    for (let kinds = 2; kinds <= 16; kinds++) {
      const titled = Array.from({ length: 3 * kinds }, (_, k) => ({
        item: `${(k * 7) % 97}x${k}`,
        title: `word${String.fromCharCode(97 + (k % kinds))}`,
      }));
      const vectors = contentVectors(titled, { dim: 64 });
      for (let i = 0; i < titled.length; i++) {
        for (let j = 0; j < i; j++) {
          const expected = i % kinds === j % kinds ? 1 : 0;
          expect(Math.abs(cosine(vectors, 64, i, j) - expected)).toBeLessThan(0.01);
        }
      }
    }
  });

  test("a catalogue smaller than the dimension fills the rest with zeros, an empty one gives none", () => {
    const few = contentVectors(items.slice(0, 4), { dim: 64 });
    expect(few).toHaveLength(4 * 64);
    for (let i = 0; i < 4; i++) expect(cosine(few, 64, i, i)).toBeCloseTo(1, 5);
    expect(contentVectors([], { dim: 8 })).toHaveLength(0);
  });
});

test("a kept space whose header is another is refused in words", () => {
  const space = encodeSpace(
    fitSpace(
      [
        { item: "a", title: "red mug" },
        { item: "b", title: "red bag" },
      ],
      { dim: 2 },
    ),
  );
  const changed = (from: string, to: string) =>
    new Uint8Array(Buffer.from(Buffer.from(space).toString("latin1").replace(from, to), "latin1"));
  expect(() => parseSpace(changed('"pairs":', '"pairs" '))).toThrow("parseSpace: expected JSON");
  expect(() => parseSpace(changed('"dim":', '"dIm":'))).toThrow("parseSpace: dim must be given");
});
