/**
 * Encoders, over a graph and a tokenizer that are plain functions: what is run, and what becomes of its
 * numbers.
 */
import { expect, test } from "vitest";
import { encodeWith, type TokenBatch, type Tokenize } from "../../../core/encoder/encoder.ts";
import { parseManifest, type TextManifest } from "../../../core/encoder/manifest.ts";
import { encoderIdOf, openEncoder } from "../../../core/encoder/runtime.ts";
import { jsonToBytes } from "../../../core/json.ts";
import { sha256 } from "../../../server/base/platform.ts";

const hash = (digit: string) => digit.repeat(64);
const manifest: TextManifest = {
  takes: "texts",
  name: "made up",
  license: "MIT",
  dim: 2,
  maxTokens: 6,
  pooling: "in graph",
  inputs: ["input_ids", "attention_mask"],
  output: "out",
  prefix: "",
  mostTexts: 3,
  files: {
    model: { path: "model.onnx", sha256: hash("a") },
    tokenizer: { path: "tokenizer.json", sha256: hash("b") },
  },
};

/** A token for each letter, its code; 1 before and 2, 3 behind. */
const tokenize: Tokenize = (text, ends) => {
  const inner = Array.from(text, (letter) => letter.charCodeAt(0));
  return ends ? [1, ...inner, 2, 3] : inner;
};

/** Gives each token the vector (its id, 3), and remembers what it was asked. */
function graph(perText: boolean) {
  const asked: (readonly number[])[][] = [];
  const run = async ({ ids, count, tokens }: TokenBatch) => {
    const texts = Array.from({ length: count }, (_, at) =>
      Array.from(ids.subarray(at * tokens, (at + 1) * tokens), Number),
    );
    asked.push(texts);
    const vectors = texts.flatMap((text) =>
      perText ? [text.reduce((sum, id) => sum + id, 0), 3] : text.flatMap((id) => [id, 3]),
    );
    return Float32Array.from(vectors);
  };
  return { asked, run };
}

const unit = (x: number, y: number) => [x / Math.hypot(x, y), y / Math.hypot(x, y)];
const near = (numbers: readonly number[]) => numbers.map((number) => expect.closeTo(number, 6));

test("rows come in the order of the texts, whatever was run together", async () => {
  const { run } = graph(true);
  const encode = encodeWith({ manifest, tokenize, run });
  const texts = ["b", "cc", "a", "d", "ee", "f", ""];
  const sumOf = (text: string) => tokenize(text, true).reduce((sum, id) => sum + id, 0);
  expect(Array.from(await encode(texts))).toEqual(near(texts.flatMap((text) => unit(sumOf(text), 3))));
});

test("only texts of one length are run together, and at most as many as the manifest says", async () => {
  const { asked, run } = graph(true);
  await encodeWith({ manifest, tokenize, run })(["b", "cc", "a", "d", "ee", "f", ""]);
  expect(asked.map((texts) => texts.map(({ length }) => length))).toEqual([[4, 4, 4], [4], [5, 5], [3]]);
});

test("a text that is too long loses its end, and keeps the tokens that stand after every text", async () => {
  const { asked, run } = graph(true);
  await encodeWith({ manifest, tokenize, run })(["abcdefgh"]);
  expect(asked).toEqual([[[1, 97, 98, 99, 2, 3]]]);
});

test("the prefix stands before every text", async () => {
  const { asked, run } = graph(true);
  await encodeWith({ manifest: { ...manifest, prefix: "q" }, tokenize, run })(["a"]);
  expect(asked).toEqual([[[1, 113, 97, 2, 3]]]);
});

test.each([
  ["mean", [(1 + 97 + 2 + 3) / 4, 3]],
  ["first", [1, 3]],
] as const)("of one vector a token the %s becomes the text's, of length 1", async (pooling, [x, y]) => {
  const { run } = graph(false);
  const found = await encodeWith({ manifest: { ...manifest, pooling }, tokenize, run })(["a", "a"]);
  expect(Array.from(found)).toEqual(near([...unit(x, y), ...unit(x, y)]));
});

test("a graph that gives other numbers than its manifest says, or none that are finite, is refused", async () => {
  const giving = (...numbers: number[]) =>
    encodeWith({ manifest, tokenize, run: async () => Float32Array.from(numbers) })(["a"]);
  await expect(giving(1, 2, 3)).rejects.toThrow(
    "must give vectors of 2 numbers, as its manifest says, got 3",
  );
  await expect(giving(1, Number.NaN)).rejects.toThrow("must give finite numbers");
  expect(await giving(0, 0)).toEqual(new Float32Array(2));
});

const files = async () => {
  const model = Uint8Array.of(1, 2, 3);
  const tokenizer = jsonToBytes({});
  const hashOf = async (bytes: Uint8Array) => Buffer.from(await sha256(bytes)).toString("hex");
  const named = {
    model: { path: "model.onnx", sha256: await hashOf(model) },
    tokenizer: { path: "tokenizer.json", sha256: await hashOf(tokenizer) },
  };
  return { manifest: { ...manifest, files: named }, model, tokenizer, sha256 };
};

/** A runtime whose session has such names and gives the sum of each row's ids beside 3. */
function runtime({ inputNames = ["input_ids", "attention_mask"], outputNames = ["out"] } = {}) {
  const seen: Record<string, readonly number[]>[] = [];
  class Tensor {
    readonly data: BigInt64Array | Float32Array;
    readonly dims: readonly number[];
    constructor(_type: "int64", data: BigInt64Array | Float32Array, dims: readonly number[]) {
      this.data = data;
      this.dims = dims;
    }
  }
  const session = {
    inputNames,
    outputNames,
    run: async (inputs: Record<string, Tensor>) => {
      seen.push(
        Object.fromEntries(
          Object.entries(inputs).map(([name, { data }]) => [name, Array.from(data, Number)]),
        ),
      );
      const [count] = inputs.input_ids.dims;
      return { out: new Tensor("int64", new Float32Array(2 * count).fill(3), [count, 2]) };
    },
    release: async () => {},
  };
  class Tokenizer {
    encode(text: string, { add_special_tokens: ends }: { add_special_tokens: boolean }) {
      return { ids: tokenize(text, ends) };
    }
  }
  return { seen, ort: { InferenceSession: { create: async () => session }, Tensor }, Tokenizer };
}

test("the mask covers every token, and every token is of type 0", async () => {
  const made = await files();
  const inputNames = ["input_ids", "token_type_ids", "attention_mask"];
  const wanted = { ...made.manifest, inputs: ["input_ids", "attention_mask", "token_type_ids"] as const };
  const parts = runtime({ inputNames });
  const encoder = await openEncoder(parts, { ...made, manifest: { ...wanted, inputs: [...wanted.inputs] } });
  expect(Array.from(await encoder.encode(["a"]))).toEqual(near(unit(3, 3)));
  expect(parts.seen).toEqual([
    { input_ids: [1, 97, 2, 3], attention_mask: [1, 1, 1, 1], token_type_ids: [0, 0, 0, 0] },
  ]);
});

test.each(["model", "tokenizer"] as const)("another %s than the manifest names is refused", async (file) => {
  const made = await files();
  const other = { ...made, [file]: jsonToBytes({ other: true }) };
  await expect(openEncoder(runtime(), other)).rejects.toThrow(/must have the SHA-256 [0-9a-f]{64}, .* got/);
});

test("a graph with other inputs or outputs than the manifest names is refused", async () => {
  const made = await files();
  await expect(openEncoder(runtime({ inputNames: ["input_ids"] }), made)).rejects.toThrow(
    "inputs of made up",
  );
  await expect(openEncoder(runtime({ outputNames: ["other"] }), made)).rejects.toThrow("output of made up");
});

test("an encoder's id changes with whatever changes its vectors, and with nothing else", async () => {
  const id = (changes: Partial<TextManifest>) => encoderIdOf({ ...manifest, ...changes }, sha256);
  const others: readonly Partial<TextManifest>[] = [
    { maxTokens: 7 },
    { pooling: "mean" },
    { prefix: "q" },
    { files: { ...manifest.files, model: { path: "model.onnx", sha256: hash("c") } } },
  ];
  const ids = await Promise.all([{}, ...others].map(id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(await id({ source: "somewhere" })).toBe(await id({}));
});

test("a manifest says what it must, and names no file elsewhere", () => {
  const { prefix: _prefix, mostTexts: _most, ...least } = manifest;
  expect(parseManifest(jsonToBytes(least))).toEqual({ ...manifest, mostTexts: 32 });
  const file = (path: string) => ({
    ...least,
    files: { ...manifest.files, model: { path, sha256: hash("a") } },
  });
  for (const wrong of [
    {},
    { ...least, pooling: "max" },
    { ...least, dim: 0 },
    file("../x"),
    file("/etc/x"),
    file("a/b"),
  ]) {
    expect(() => parseManifest(jsonToBytes(wrong))).toThrow(/^parseManifest: /);
  }
});
