/**
 * npm run bench:freetext -- --words FILE: free text held against the demo's catalogue, case by case, right or wrong
 * by the rule in bench/words/cases.ts.
 *
 * A search is what `search` lists. An onboarding text is the shelf of a person who said it and did nothing:
 * its nearest items folded in on content rows, as the device does. Beside them the ten most popular items,
 * the same list for every text; by the word file's mean vectors, and with --encoder FOLDER by that encoder,
 * alone and beside words as a device has it. --developing prints the texts that settings were chosen by
 * instead.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { TextAnswer } from "../core/encoder/answer.ts";
import type { Encoder } from "../core/encoder/encoder.ts";
import { CatalogueWords } from "../core/encoder/words/catalogue.ts";
import { wordEncoder } from "../core/encoder/words/encoder.ts";
import { parseWordFile } from "../core/encoder/words/wordfile.ts";
import { WordVectors } from "../core/encoder/words/wordvectors.ts";
import { textLeaning, textLeanings } from "../core/facts/textleanings.ts";
import { bestRows } from "../core/ranking/best.ts";
import { rank } from "../core/ranking/pipeline.ts";
import { profileOfTastes } from "../core/ranking/profile.ts";
import { loadEncoder, manifestFor } from "../server/encoders/load.ts";
import { writeResults } from "./results.ts";
import { answersBy, megabytes } from "./words/byencoder.ts";
import { type MeaningCase, onboardingCases, rule, searchCases } from "./words/cases.ts";
import { developingCases } from "./words/developing.ts";
import { type Judged, judged } from "./words/judge.ts";
import { shopWithContent } from "./words/shop.ts";

const { values: flags } = parseArgs({
  options: {
    words: { type: "string" },
    encoder: { type: "string" },
    developing: { type: "boolean", default: false },
    items: { type: "string", default: String(textLeaning.items) },
    weight: { type: "string", default: String(textLeaning.weight) },
  },
});
if (flags.words === undefined) throw new TypeError("freetext: --words must name a word file, got nothing");

const { model, cards } = await shopWithContent();
const startMs = performance.now();
const file = parseWordFile(readFileSync(flags.words));
const vectors = new WordVectors(file);
const readMs = performance.now();
const words = new CatalogueWords(cards, vectors);
const madeMs = performance.now();
words.answer("a first answer");
const answeredMs = performance.now();

const settings = { items: Number(flags.items), weight: Number(flags.weight) };
const popular = bestRows(rank({ model, by: "popular" }), rule.first);

type Answer = (text: string) => TextAnswer | null;
type List = (text: string) => Uint32Array;
const byWords: Answer = (text) => words.answer(text);
const search =
  (answerTo: Answer): List =>
  (text) => {
    const answer = answerTo(text);
    return answer === null ? new Uint32Array(0) : bestRows(rank({ model, by: "text", answer }), rule.first);
  };
const shelf =
  (answerTo: Answer): List =>
  (text) => {
    const answer = answerTo(text);
    if (answer === null) return popular;
    const profile = profileOfTastes(model, { items: [], weights: [] }, textLeanings(model, answer, settings));
    return bestRows(rank({ model, by: "person", profile }), rule.first);
  };

interface Way {
  readonly name: string;
  readonly open: () => Promise<Encoder>;
  readonly words: CatalogueWords | null;
}

const titlesOf = (rows: Uint32Array): readonly string[] => Array.from(rows, (row) => cards[row].title);
const among = { titles: cards.map(({ title }) => title), popular: titlesOf(popular) };

function table(name: string, cases: readonly MeaningCase[], list: List): readonly Judged[] {
  const results = cases.map((one) => judged(one, titlesOf(list(one.text)), among));
  const right = results.filter(({ isRight }) => isRight).length;
  const mean = results.reduce((sum, { carrying }) => sum + carrying, 0) / results.length;
  const chance = results.reduce((sum, { byChance }) => sum + byChance, 0) / results.length;
  console.log(
    `\n${name}: ${right} of ${results.length} right; ${mean.toFixed(1)} of 10 carry an expected word, ${chance.toFixed(1)} by chance`,
  );
  for (const { text, isRight, carrying, first } of results) {
    console.log(
      `  ${isRight ? "right" : "WRONG"} ${String(carrying).padStart(2)}  ${text}: ${first.slice(0, 3).join("; ")}`,
    );
  }
  return results;
}

console.log(`${file.words.length} words of ${file.dim} numbers, ${cards.length} items`);
const ms = (from: number, to: number): string => `${(to - from).toFixed(0)} ms`;
console.log(
  `read in ${ms(startMs, readMs)}, catalogue in ${ms(readMs, madeMs)}, a first answer in ${ms(madeMs, answeredMs)}`,
);
tellLarge();

const [searched, started] = flags.developing
  ? [developingCases, developingCases]
  : [searchCases, onboardingCases];
const texts = [...searched, ...started].map(({ text }) => text);
/**
 * Of the word file its mean vectors alone; a sentence encoder with the catalogue's own words, and with the
 * word file.
 */
const means: Way = {
  name: "mean vectors of the word file",
  open: async () => wordEncoder(file, "0".repeat(64)),
  words: null,
};
const sentences = (folder: string): readonly Way[] => {
  const own = new CatalogueWords(
    cards,
    new WordVectors({ source: "none", words: [], dim: 0, vectors: new Int8Array(0) }),
  );
  const open = () => loadEncoder(folder);
  return [
    { name: "an encoder alone", open, words: null },
    { name: "an encoder and the catalogue's own words", open, words: own },
    { name: "an encoder and the word file", open, words },
  ];
};
if (flags.encoder !== undefined) {
  const { model: graph, tokenizer } = (await manifestFor("texts", flags.encoder)).files;
  const bytes = [graph, tokenizer].reduce(
    (sum, { path }) => sum + statSync(join(flags.encoder ?? "", path)).size,
    0,
  );
  console.log(`encoder: ${megabytes(bytes)}`);
}
const ways = [means, ...(flags.encoder === undefined ? [] : sentences(flags.encoder))];
const results: Record<string, readonly Judged[]> = {
  search: table("search", searched, search(byWords)),
  shelf: table("onboarding", started, shelf(byWords)),
};
for (const { name, open, words: beside } of ways) {
  const answerTo = await answersBy(await open(), { cards, texts }, (text) => beside?.answer(text) ?? null);
  results[`search by ${name}`] = table(`search by ${name}`, searched, search(answerTo));
  results[`shelf by ${name}`] = table(`onboarding by ${name}`, started, shelf(answerTo));
}
writeResults("freetext", { ...flags, ...results });

/** How long it takes where a catalogue has more than 10,000 items. */
function tellLarge(): void {
  const many = [...cards, ...cards, ...cards];
  const beganMs = performance.now();
  const large = new CatalogueWords(many, vectors);
  const doneMs = performance.now();
  large.answer("something to brew a beverage for an infant");
  console.log(
    `${many.length} items: catalogue in ${ms(beganMs, doneMs)}, an answer in ${ms(doneMs, performance.now())}`,
  );
}
