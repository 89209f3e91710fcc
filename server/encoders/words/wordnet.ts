/**
 * Which words of a list mean the like by WordNet (Princeton University): those of one synset and of the one above it,
 * by each word's first sense in each part of speech, and a form that is in no dictionary with the word it is a form
 * of. The files are described in wndb(5WN).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formsOf } from "../../../core/encoder/words/wordvectors.ts";
import type { WordLink } from "./retrofit.ts";

interface Synset {
  readonly words: readonly string[];
  /** Names of those above it; of an adjective, those like it. */
  readonly above: readonly string[];
}

const partsOfSpeech = ["noun", "verb", "adj", "adv"];

/** @param folder with data.noun, index.noun and so on. */
export function wordnetLinks(words: readonly string[], folder: string): readonly WordLink[] {
  const placeOf = new Map(words.map((word, place) => [word, place]));
  const synsets = new Map<string, Synset>();
  for (const part of partsOfSpeech) {
    for (const line of linesOf(join(folder, `data.${part}`))) addSynset(synsets, line);
  }
  const links: WordLink[] = [];
  const defined = new Set<string>();
  for (const part of partsOfSpeech) {
    for (const line of linesOf(join(folder, `index.${part}`))) {
      const { word, senses } = lemmaIn(line);
      const from = placeOf.get(word);
      if (from === undefined) continue;
      // The part of speech that a word stands in first counts in full.
      const weight = defined.has(word) ? 0.5 : 1;
      defined.add(word);
      const synset = synsets.get(senses[0]);
      if (synset === undefined) continue;
      const above = synset.above.flatMap((name) => synsets.get(name)?.words ?? []);
      for (const other of [...synset.words, ...above]) {
        const to = placeOf.get(other);
        if (to !== undefined) links.push({ from, to, weight });
      }
    }
  }
  return [...links, ...formLinks(words, placeOf, defined)];
}

function formLinks(
  words: readonly string[],
  placeOf: ReadonlyMap<string, number>,
  defined: ReadonlySet<string>,
): readonly WordLink[] {
  return words.flatMap((word, from) => {
    if (defined.has(word)) return [];
    const to = formsOf(word)
      .slice(1)
      .flatMap((form) => placeOf.get(form) ?? [])
      .at(0);
    return to === undefined ? [] : { from, to, weight: 1 };
  });
}

/** Lines that begin with a blank are the licence. */
function linesOf(path: string): readonly string[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith(" "));
}

/** offset lex_filenum ss_type w_cnt (hex) word lex_id … p_cnt symbol offset pos source/target … | gloss */
function addSynset(synsets: Map<string, Synset>, line: string): void {
  const fields = line.split(" | ")[0].split(" ");
  const count = Number.parseInt(fields[3], 16);
  const words = Array.from({ length: count }, (_, k) =>
    fields[4 + 2 * k].toLowerCase().replace(/\(.*\)$/, ""),
  );
  const pointers = 4 + 2 * count;
  const above = Array.from({ length: Number(fields[pointers]) }, (_, k) => pointers + 1 + 4 * k).flatMap(
    (at) => (["@", "@i", "&"].includes(fields[at]) ? nameOf(fields[at + 2], fields[at + 1]) : []),
  );
  synsets.set(nameOf(fields[2], fields[0]), { words, above });
}

/** lemma pos synset_cnt p_cnt … synset_offset…, the commonest sense first. */
function lemmaIn(line: string): { readonly word: string; readonly senses: readonly string[] } {
  const fields = line.trim().split(/\s+/);
  const offsets = fields.slice(-Number(fields[2]));
  return { word: fields[0], senses: offsets.map((offset) => nameOf(fields[1], offset)) };
}

/** A satellite is an adjective. */
function nameOf(part: string, offset: string): string {
  return `${part === "s" ? "a" : part}${offset}`;
}
