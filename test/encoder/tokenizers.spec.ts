/**
 * Tokens by @huggingface/tokenizers are those of the library `tokenizers`: frozen by
 * test/vectors/encoder/make.py.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { expect, inject, test } from "vitest";
import { frozen } from "./vectors.ts";

const kinds = {
  WordPiece: () => ({
    tokenizer: JSON.parse(readFileSync(join(inject("encoder"), "tokenizer.json"), "utf8")),
    texts: frozen("wordpiece").texts,
  }),
  Unigram: () => frozen("unigram"),
};

test.each(Object.entries(kinds))("a tokenizer of type %s cuts every text as its maker does", (type, made) => {
  const { tokenizer, texts } = made();
  expect(tokenizer.model.type).toBe(type);
  const cut = new Tokenizer(tokenizer, {});
  expect(texts.map(({ text }) => ({ text, ids: cut.encode(text).ids }))).toEqual(texts);
  expect(texts.length).toBeGreaterThan(100);
});
