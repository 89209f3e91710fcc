/**
 * Products of the same kind as one, by the words of their titles:
 *
 *   score(a, b) = sum over words in both of idf(word) / sqrt(words of a * words of b)
 *   idf(word)   = log(products / products with the word)
 *
 * What people buy together says what goes with a thing, and of what everybody buys it says little; its name says what
 * it is. Colours, sizes and numbers do not count.
 */
import { stemOf } from "../../core/events/words.ts";
import { namingWords } from "../catalogue/variant.ts";
import type { Candidate } from "./dealing.ts";
import type { Product } from "./products.ts";

interface Names {
  /** By product id: stems of its words in their order, and the words themselves. */
  readonly wordsOf: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly idf: ReadonlyMap<string, number>;
}

/** Words that join others and name nothing. */
const joining: ReadonlySet<string> = new Set(
  "a & and at by for from in of on or the to with set pack box pair piece design style".split(" "),
);

const known = new WeakMap<readonly Product[], Names>();

/** Best first, then what else is in its family; none of them the product itself or one of its variants. */
export function ofItsKind(products: readonly Product[], product: Product): readonly Candidate[] {
  const { wordsOf, idf } = namesOf(products);
  const own = wordsOf.get(product.id) ?? new Map<string, string>();
  const scored: { readonly candidate: Candidate; readonly score: number }[] = [];
  const others: Candidate[] = [];
  for (const other of products) {
    if (other.id === product.id || (other.group !== undefined && other.group === product.group)) continue;
    const words = wordsOf.get(other.id) ?? new Map<string, string>();
    const shared = [...words.keys()].filter((stem) => own.has(stem));
    if (shared.length > 0) {
      const said = shared.map((stem) => words.get(stem)).join(" ");
      const sum = shared.reduce((total, stem) => total + (idf.get(stem) ?? 0), 0);
      const candidate = { product: other, reason: `Its name says “${said}” too` };
      scored.push({ candidate, score: sum / Math.sqrt(own.size * words.size) });
    } else if (other.family === product.family) {
      others.push({ product: other, reason: `Also in ${product.family}` });
    }
  }
  scored.sort((a, b) => b.score - a.score);
  return [...scored.map(({ candidate }) => candidate), ...others];
}

/** Candidates in their order, those first whose names share a word with the product's. */
export function namesakesFirst(
  products: readonly Product[],
  product: Product,
  candidates: readonly Candidate[],
): readonly Candidate[] {
  const { wordsOf } = namesOf(products);
  const own = [...(wordsOf.get(product.id)?.keys() ?? [])];
  const sharesWord = ({ product: { id } }: Candidate) => own.some((stem) => wordsOf.get(id)?.has(stem));
  return [...candidates.filter(sharesWord), ...candidates.filter((one) => !sharesWord(one))];
}

function namesOf(products: readonly Product[]): Names {
  const before = known.get(products);
  if (before !== undefined) return before;
  const wordsOf = new Map<string, ReadonlyMap<string, string>>();
  const productsWith = new Map<string, number>();
  for (const { id, title } of products) {
    const words = namingWords(title).filter((word) => !joining.has(word));
    const byStem = new Map(words.map((word) => [stemOf(word), word]));
    wordsOf.set(id, byStem);
    for (const stem of byStem.keys()) productsWith.set(stem, (productsWith.get(stem) ?? 0) + 1);
  }
  const idf = new Map(Array.from(productsWith, ([stem, count]) => [stem, Math.log(products.length / count)]));
  const names = { wordsOf, idf };
  known.set(products, names);
  return names;
}
