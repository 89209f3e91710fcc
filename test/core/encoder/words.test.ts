import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CatalogueWords } from "../../../core/encoder/words/catalogue.ts";
import { wordEncoder } from "../../../core/encoder/words/encoder.ts";
import { mostWords, tellingWords } from "../../../core/encoder/words/telling.ts";
import { encodeWordFile, parseWordFile, type WordFile } from "../../../core/encoder/words/wordfile.ts";
import { formsOf, WordVectors } from "../../../core/encoder/words/wordvectors.ts";
import { seededRandom } from "../../../core/seeded.ts";

/** Each word points where its first letters say: those of one group are near each other, groups are not. */
function fileOf(groups: Readonly<Record<string, readonly string[]>>): WordFile {
  const random = seededRandom(7);
  const names = Object.keys(groups);
  const dim = names.length + 2;
  const pairs = names.flatMap((name, group) => groups[name].map((word) => [word, group] as const));
  const vectors = new Int8Array(pairs.length * dim);
  for (const [at, [, group]] of pairs.entries()) {
    vectors[at * dim + group] = 127;
    vectors[at * dim + dim - 1] = Math.round(20 * random());
  }
  return { source: "made up", words: pairs.map(([word]) => word), dim, vectors };
}

const file = fileOf({
  baby: ["infant", "baby", "child", "nursery"],
  drink: ["tea", "coffee", "beverage", "mug"],
  sea: ["sailor", "ocean", "boat"],
});
const items = [
  { title: "Baby Bib Set", categories: ["Children"] },
  { title: "Tea Mug", categories: ["Kitchen"] },
  { title: "Ocean Print", categories: ["Home Decor"] },
  { title: "Zylinderhut", categories: [] },
  { title: "茶 杯", categories: [] },
  { title: "", categories: [] },
];
const words = new CatalogueWords(items, new WordVectors(file));

/** Rows that are an answer, nearest first. */
function answered(text: string): readonly number[] {
  const answer = words.answer(text);
  if (answer === null) return [];
  const rows = items.map((_, row) => row).filter((row) => !Number.isNaN(answer.scores[row]));
  return rows.sort((a, b) => answer.scores[b] - answer.scores[a]);
}

describe("a text", () => {
  test("finds what has words of like meaning, and nothing else", () => {
    expect(answered("something for an infant")).toEqual([0]);
    expect(answered("a hot beverage")).toEqual([1]);
    expect(answered("boats and infants")).toEqual([2, 0]);
  });

  test("finds its own words, also those that the file does not know, in any script", () => {
    expect(answered("zylinderhut")).toEqual([3]);
    expect(answered("Zylinderhut!")).toEqual([3]);
    expect(answered("茶")).toContain(4);
  });

  test.each(["", "   ", "!?", "the and of", "xqzzy", "12 34", "я"])(
    "without a word that anybody knows, as in “%s”, has no answer",
    (text) => expect(words.answer(text)).toBeNull(),
  );

  test("counts with its first words, however long it is", () => {
    const many = Array.from({ length: 3_000 }, (_, at) => `word${at}`).join(" ");
    expect(tellingWords(many)).toHaveLength(mostWords);
    expect(answered(`infant ${many}`)).toEqual([0]);
    expect(answered(`${"the ".repeat(4_000)} infant`)).toEqual([]);
  });

  test("says as much in whatever order and however often its words stand", () => {
    const texts = fc.shuffledSubarray(["infant", "ocean", "tea", "zylinderhut", "boats"], { minLength: 2 });
    fc.assert(
      fc.property(texts, (asked) => {
        const once = words.answer(asked.join(" "));
        const again = words.answer([...asked].reverse().concat(asked).join(", "));
        for (const [row, score] of (once?.scores ?? []).entries()) {
          if (Number.isNaN(score)) expect(again?.scores[row]).toBeNaN();
          else expect(again?.scores[row]).toBeCloseTo(score, 12);
        }
      }),
    );
  });
});

describe("scores", () => {
  const texts = fc
    .array(
      fc.oneof(fc.constantFrom(...file.words), fc.constantFrom("bib", "print", "zylinderhut", "nothing")),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((list) => list.join(" "));

  test("are what the matches add up to, between 0 and 1", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const answer = words.answer(text);
        if (answer === null) return;
        for (const [row, score] of answer.scores.entries()) {
          if (Number.isNaN(score)) continue;
          const sum = answer.matchesOf(row).reduce((so, { contribution }) => so + contribution, 0);
          expect(sum).toBeCloseTo(score, 12);
          expect(score).toBeGreaterThan(0);
          expect(score).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("agree with the plain formula over all words of all items", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const answer = words.answer(text);
        const plain = plainScores(text);
        if (answer === null) expect(plain).toBeNull();
        else {
          for (const [row, score] of answer.scores.entries()) {
            if (Number.isNaN(score)) continue;
            expect(score).toBeCloseTo(plain?.[row] ?? -1, 5);
          }
        }
      }),
    );
  });

  /** The formula in the header of catalogue.ts, for words that are no forms of others. */
  function plainScores(text: string): readonly number[] | null {
    const place = (word: string): number => file.words.indexOf(word);
    const cosine = (a: number, b: number): number => {
      const row = (at: number) => Array.from(file.vectors.subarray(at * file.dim, (at + 1) * file.dim));
      const dot = (x: number[], y: number[]) => x.reduce((sum, value, k) => sum + value * y[k], 0);
      const [u, v] = [row(a), row(b)];
      return dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v));
    };
    const titles = items.map(({ title }) => title.toLowerCase().split(" "));
    const near = (word: string, others: readonly string[]): number =>
      Math.max(
        0,
        ...others.map((other) => {
          if (other === word) return 1;
          if (place(word) < 0 || place(other) < 0) return 0;
          return Math.max(0, cosine(place(word), place(other))) ** 4;
        }),
      );
    const all = titles.flat();
    const asked = [...new Set(text.split(" "))].filter(
      (word) => word !== "nothing" && (place(word) >= 0 || all.includes(word)),
    );
    if (asked.length === 0) return null;
    const weight = (word: string): number => (place(word) < 0 ? 1 : 1e-3 / (1e-3 + 0.1 / (place(word) + 2)));
    const whole = asked.reduce((sum, word) => sum + weight(word), 0) * 1.3;
    return items.map(({ categories }, row) => {
      const cats = categories.join(" ").toLowerCase().split(" ");
      return asked.reduce(
        (sum, word) => sum + (weight(word) / whole) * (near(word, titles[row]) + 0.3 * near(word, cats)),
        0,
      );
    });
  }

  test("say which word of the text met which of the item", () => {
    const [first] = words.answer("infants and boats")?.matchesOf(0) ?? [];
    expect(first).toMatchObject({ asked: "infants", found: "baby" });
  });
});

describe("a word", () => {
  test.each([
    ["babies", "baby"],
    ["boxes", "box"],
    ["running", "run"],
    ["baking", "bake"],
    ["stitched", "stitch"],
    ["stopped", "stop"],
    ["reddish", "redd"],
    ["colourful", "colour"],
    ["warmly", "warm"],
  ])("%s may be a form of %s", (word, form) => {
    expect(formsOf(word)).toContain(form);
    expect(formsOf(word)[0]).toBe(word);
  });

  test("of which no form is known has no place, and a vector of zeros", () => {
    const vectors = new WordVectors(file);
    expect(vectors.placeOf("rhinoceros")).toBe(-1);
    expect(vectors.placeOf("infants")).toBe(0);
    const out = new Float32Array(file.dim).fill(3);
    vectors.vectorInto(-1, out);
    expect([...out]).toEqual(Array(file.dim).fill(0));
  });

  test("has a vector of length 1", () => {
    const vectors = new WordVectors(file);
    const out = new Float32Array(file.dim);
    for (const place of file.words.keys()) {
      vectors.vectorInto(place, out);
      expect(Math.hypot(...out)).toBeCloseTo(1, 6);
    }
  });
});

describe("a word file", () => {
  test("is read back as it was written", () => {
    expect(parseWordFile(encodeWordFile(file))).toEqual(file);
  });

  test("is the same bytes each time", () => {
    expect(encodeWordFile(file)).toEqual(encodeWordFile(file));
  });

  test("cut off anywhere is refused in words", () => {
    const bytes = encodeWordFile(file);
    const cut = fc.integer({ min: 0, max: bytes.length - 70 });
    fc.assert(
      fc.property(cut, (at) => {
        expect(() => parseWordFile(bytes.subarray(0, at))).toThrow(/parseWordFile: /);
      }),
    );
  });

  test("with any byte changed is read or refused in words, and nothing else happens", () => {
    const bytes = encodeWordFile(file);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const other = bytes.slice();
        other[at] ^= by;
        try {
          expect(parseWordFile(other).words).toHaveLength(file.words.length);
        } catch (error) {
          expect(String(error)).toMatch(/^(?:Type|Range)Error: parseWordFile: /);
        }
      }),
    );
  });

  test("with a word twice, an empty word or vectors of another length is not written", () => {
    const { words: list } = file;
    expect(() => encodeWordFile({ ...file, words: [...list.slice(1), list[1]] })).toThrow(/unique/);
    expect(() => encodeWordFile({ ...file, words: [...list.slice(1), ""] })).toThrow(/1 to 64 characters/);
    expect(() => encodeWordFile({ ...file, dim: file.dim + 1 })).toThrow(/vectors must have/);
  });
});

test("words are an encoder: near texts have near vectors, of length 1; a text without known words has zeros", async () => {
  const encoder = wordEncoder(file, "0".repeat(64));
  const rows = await encoder.encode(["tea for two", "a beverage", "the infant", "", "xqzzy"]);
  const row = (at: number) => rows.subarray(at * encoder.dim, (at + 1) * encoder.dim);
  const dot = (a: number, b: number) => row(a).reduce((sum, value, k) => sum + value * row(b)[k], 0);
  expect(dot(0, 1)).toBeGreaterThan(0.9);
  expect(dot(0, 2)).toBeLessThan(0.5);
  expect(dot(0, 0)).toBeCloseTo(1, 5);
  expect([...row(3), ...row(4)].every((value) => value === 0)).toBe(true);
  await encoder.close();
});
